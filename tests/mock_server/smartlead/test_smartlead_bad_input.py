"""Bad input to Smartlead: its own error shapes, and nothing changed."""

import pytest
from smartlead_client import BOTH, WITH_BODY, WITHOUT_BODY, Client, codes, header, step
from stepmock.contracts.limits import MAX_BODY_BYTES

DEEP = b"[" * 20_000 + b"]" * 20_000
BAD_BODIES = {
    "empty": b"",
    "white space": b" \r\n\t",
    "broken": b"{",
    "cut off": b'{"name":"N","status":"START","sequences":[]',
    "two texts": b'{"name":"N"} {}',
    "form": b"name=N&status=START",
    "array": b"[]",
    "array of one": b'[{"sequences":[]}]',
    "string": b'"START"',
    "number": b"1",
    "null": b"null",
    "NaN": b'{"sequences":[],"name":NaN}',
    "infinity": b'{"sequences":[],"name":-Infinity}',
    "overflow": b'{"sequences":[],"name":1e999}',
    "5,000 digits": b'{"sequences":[],"client_id":%s}' % (b"9" * 5000),
    "lone surrogate": b'{"sequences":[],"name":"\\ud800"}',
    "lone surrogate below": b'{"sequences":[{"seq_number":1,"subject":"\\udfff"}]}',
    "lone surrogate in a key": b'{"sequences":[],"\\udfff":1}',
    "20,000 brackets": DEEP,
    "20,000 brackets below": b'{"sequences":%s}' % DEEP,
    "200 brackets": b'{"sequences":%s}' % (b"[" * 200 + b"]" * 200),
    "20,000 objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "no UTF-8": b'{"name":"N\xff"}',
    "UTF-16": '{"name":"N"}'.encode("utf-16"),
    "nulls": b"\x00" * 10,
    "raw control character": b'{"name":"\x00"}',
}


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_is_no_json_object_is_400_and_changes_nothing(profile, operation, body):
    client = Client(profile)
    client.save(step())
    before = client.all()
    reply = client.send(*WITH_BODY[operation], body=body)
    assert (reply.status, header(reply, "Content-Type")) == (400, "application/json; charset=utf-8")
    assert "error" in reply.json()
    assert len(reply.body) < 2000
    assert codes(reply)
    assert client.all() == before


@BOTH
@pytest.mark.parametrize("operation", WITHOUT_BODY)
def test_an_operation_without_a_body_passes_over_one(profile, operation):
    client = Client(profile)
    bare = client.send(*WITHOUT_BODY[operation])
    for body in BAD_BODIES.values():
        assert client.send(*WITHOUT_BODY[operation], body=body).body == bare.body


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_body_over_the_limit_is_413_and_one_that_is_no_json_by_name_is_415(profile, operation):
    client = Client(profile)
    before = client.all()
    large = client.send(*WITH_BODY[operation], body=b"{}".ljust(11 * 1024 * 1024))
    assert (large.status, list(large.json())) == (413, ["error"])
    assert client.send(*WITH_BODY[operation], body=b"{}".ljust(MAX_BODY_BYTES + 1)).status == 413
    for headers in ({}, {"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}):
        wrong = client.send(*WITH_BODY[operation], body=b'{"status":"START","sequences":[]}', headers=headers)
        assert (wrong.status, list(wrong.json())) == (415, ["error"])
    assert client.all() == before


@pytest.mark.parametrize("text", ["<style>" * 200_000, "{{" * 500_000, "<" * 1_000_000, "{{a}}" * 200_000])
def test_a_hostile_text_takes_no_long_time(text):
    client = Client()
    assert client.save(step(email_body=text, subject=text)).status == 200
