"""Bad input on every operation of Saleshandy."""

import pytest
from saleshandy_client import BOTH, EMAIL, SEQUENCE, STEPS, WITH_BODY, Client, headers_of, refused, rules_of, target_of
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_BODY_BYTES

BAD_BODIES = {
    "empty": b"", "white space": b" \r\n", "broken": b"{", "cut off": b'{"type":1,"title":"x"',
    "comma": b'{"title":"x",}',
    "two texts": b"{} {}", "array": b"[]", "text": b'"Email"', "number": b"1", "null": b"null",
    "nan": b'{"title":"x","absoluteDays":NaN}', "infinity": b'{"title":"x","absoluteDays":Infinity}',
    "overflow": b'{"title":"x","absoluteDays":1e999}',
    "5000 digits": b'{"title":"x","absoluteDays":%s}' % (b"9" * 5000),
    "lone surrogate": b'{"title":"\\ud800"}', "surrogate key": b'{"title":"x","\\udfff":1}',
    "20000 brackets": b"[" * 20_000 + b"]" * 20_000, "nested": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "200 brackets below": b'{"title":"x","variants":%s}' % (b"[" * 200 + b"]" * 200),
    "not UTF-8": b'{"title":"\xff"}', "UTF-16": '{"title":"x"}'.encode("utf-16"), "nulls": b"\x00" * 9,
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_cannot_be_read_is_refused_and_changes_nothing(profile: str, operation: str, body: bytes) -> None:
    client = Client(profile)
    client.new_step(EMAIL)
    before = client.everything()
    method, path = target_of(client, operation)
    reply = client.send(method, path, body)
    client.judge(method, path, reply)
    assert refused(reply) == (400, 4000)
    assert rules_of(reply)
    assert client.everything() == before


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 11 * 1024 * 1024])
def test_a_body_over_the_limit_is_413(operation: str, size: int) -> None:
    client = Client()
    client.new_step(EMAIL)
    method, path = target_of(client, operation)
    reply = client.send(method, path, b'{"title":"x"}'.ljust(size))
    client.judge(method, path, reply)
    assert refused(reply) == (413, 413)


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "é"])
def test_a_body_of_another_content_type_is_415(operation: str, kind: str) -> None:
    client = Client()
    client.new_step(EMAIL)
    method, path = target_of(client, operation)
    reply = client.send(method, path, b'{"title":"x"}', content_type=kind)
    client.judge(method, path, reply)
    assert refused(reply) == (415, 415)


@BOTH
@pytest.mark.parametrize("path", ["", "/", "/nothing", "/sequences/", f"/sequences/{SEQUENCE}", f"{STEPS}/",
                                  "/sequences//steps", "/Sequences", f"{STEPS}/x/variants/y/z", "/\udc80",
                                  "/<b>"])  # fmt: skip
def test_a_path_of_no_operation_is_404(profile: str, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert refused(Client(profile).send(method, path, b"{}")) == (404, 404)


@BOTH
@pytest.mark.parametrize("operation", load("saleshandy").operations)
def test_another_method_is_405_and_says_which_there_are(profile: str, operation: str) -> None:
    client = Client(profile)
    client.new_step(EMAIL)
    _, path = target_of(client, operation)
    allowed = {entry.method for entry in load("saleshandy").operations.values()
               if entry.path == load("saleshandy").operations[operation].path}  # fmt: skip
    for method in {"GET", "POST", "PATCH", "PUT", "DELETE", "TRACE"} - allowed:
        reply = client.send(method, path, b"{}")
        assert refused(reply) == (405, 405)
        assert headers_of(reply)["Allow"] == ", ".join(sorted(allowed))


@pytest.mark.parametrize("operation", ["listSequences", "listSteps"])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_an_operation_without_a_body_passes_over_one(operation: str, body: bytes) -> None:
    client = Client()
    client.new_step(EMAIL)
    method, path = target_of(client, operation)
    assert client.send(method, path, body, content_type="text/plain").body == client.send(method, path).body
