"""Whatever is sent, the answer is a refusal in the provider's form: never a crash, never a change."""

import json
from typing import Any

import pytest
from lemlist_operations import CAMPAIGN, EVERY, JSON, SEQUENCE, STEPS, WITH_BODY, WITHOUT_BODY
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_BODY_BYTES
from stepmock.validators.checker import checker

BAD_BODIES = [
    pytest.param(b"", id="empty"),
    pytest.param(b" \r\n\t", id="white-space"),
    pytest.param(b"{", id="broken"),
    pytest.param(b'{"type":"linkedinVisit","name":"N"', id="cut-off"),
    pytest.param(b"{'type':'linkedinVisit','name':'N'}", id="single-quotes"),
    pytest.param(b'{"type":"linkedinVisit","name":"N",}', id="trailing-comma"),
    pytest.param(b'{"type":"linkedinVisit","name":"N"} {}', id="two-texts"),
    pytest.param(b"type=linkedinVisit&name=N", id="form"),
    pytest.param(b"[]", id="array"),
    pytest.param(b'[{"type":"linkedinVisit","name":"N"}]', id="array-of-one"),
    pytest.param(b'"linkedinVisit"', id="string"),
    pytest.param(b"1", id="number"),
    pytest.param(b"true", id="true"),
    pytest.param(b"null", id="null"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","delay":NaN}', id="nan"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","delay":Infinity}', id="infinity"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","delay":-Infinity}', id="minus-infinity"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","delay":1e999}', id="overflow"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","delay":%s}' % (b"9" * 5000), id="5000-digits"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","other":-%s}' % (b"9" * 5000), id="5000-digits-elsewhere"),
    pytest.param(b'{"type":"linkedinVisit","name":"N\\ud800"}', id="lone-surrogate"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","\\udfff":1}', id="lone-surrogate-in-a-key"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","other":[["\\ud800"]]}', id="lone-surrogate-below"),
    pytest.param(b"[" * 20_000 + b"]" * 20_000, id="20000-brackets"),
    pytest.param(
        b'{"type":"linkedinVisit","name":"N","other":%s}' % (b"[" * 20_000 + b"]" * 20_000), id="nested-below"
    ),
    pytest.param(b'{"a":' * 20_000 + b"1" + b"}" * 20_000, id="20000-objects"),
    pytest.param(b'{"type":"linkedinVisit","name":"N","other":%s}' % (b"[" * 200 + b"]" * 200), id="200-brackets"),
    pytest.param(b'{"type":"linkedinVisit","name":"N\xff"}', id="not-utf-8"),
    pytest.param('{"type":"linkedinVisit","name":"N"}'.encode("utf-16"), id="utf-16"),
    pytest.param(b'{"type":"linkedinVisit","name":"N\xed\xa0\x80"}', id="surrogate-in-utf-8"),
    pytest.param(b"\x00" * 10, id="nulls"),
    pytest.param(b'{"type":"linkedinVisit","name":"N\x00"}', id="raw-control-character"),
]


def listing(client: Any) -> Any:
    return client.get(f"{CAMPAIGN}/sequences").json(), client.get("/campaigns").json()


def send(client: Any, operation: str, **options: Any) -> Any:
    method, path = EVERY[operation]
    if "STEP" in path:
        steps = client.get(f"{CAMPAIGN}/sequences").json()[SEQUENCE]["steps"]
        path = path.replace("STEP", steps[0]["_id"])
    return client.request(method, path, **options)


def assert_refused(reply: Any, *statuses: int) -> None:
    assert reply.status in (statuses or range(400, 500))
    assert reply.content_type == "text/plain; charset=utf-8"
    assert reply.text.strip()
    assert len(reply.text) < 2000
    assert "Traceback" not in reply.text


@pytest.fixture
def prepared(client: Any) -> Any:
    """A client whose sequence has one step."""
    assert client.post(STEPS, json={"type": "linkedinVisit"}).status == 200
    return client


def test_the_operations_named_here_are_all_of_the_contract() -> None:
    assert EVERY.keys() == load("lemlist").operations.keys()


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_body_that_cannot_be_read_is_a_400_text_and_changes_nothing(
    prepared: Any, operation: str, body: bytes
) -> None:
    before = listing(prepared)
    reply = send(prepared, operation, body=body, headers=JSON)
    assert_refused(reply, 400)
    assert json.loads(reply.headers["X-Stepmock-Violations"])
    assert listing(prepared) == before


@pytest.mark.parametrize("operation", WITHOUT_BODY)
def test_an_operation_without_a_body_passes_over_one(prepared: Any, operation: str) -> None:
    bare = send(prepared, operation)
    for case in BAD_BODIES:
        loaded = send(prepared, operation, body=case.values[0], headers=JSON)
        assert (case.id, loaded.status, loaded.content) == (case.id, bare.status, bare.content)


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 11 * 1024 * 1024], ids=["one-byte-over", "11-MB"])
def test_a_body_over_the_limit_is_413(prepared: Any, operation: str, size: int) -> None:
    before = listing(prepared)
    reply = send(prepared, operation, body=b'{"type":"linkedinVisit","name":"N"}'.ljust(size), headers=JSON)
    assert_refused(reply, 413)
    assert listing(prepared) == before


@pytest.mark.parametrize("operation", WITHOUT_BODY)
def test_a_large_body_that_nobody_reads_is_no_failure(prepared: Any, operation: str) -> None:
    reply = send(prepared, operation, body=b" " * (11 * 1024 * 1024), headers=JSON)
    assert reply.status in (send(prepared, operation).status, 413)


def test_a_body_of_just_the_limit_is_read(prepared: Any) -> None:
    reply = send(prepared, "addStep", body=b'{"type":"linkedinVisit"}'.ljust(MAX_BODY_BYTES), headers=JSON)
    assert reply.status == 200


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/vnd.api+json",
        "json",
        "; application/json",
        "é",
        "a" * 5000,
    ],
    ids=lambda kind: str(kind)[:20],
)
def test_a_body_of_another_content_type_is_415(prepared: Any, operation: str, kind: str | None) -> None:
    before = listing(prepared)
    headers = {} if kind is None else {"Content-Type": kind}
    assert_refused(send(prepared, operation, body=b'{"type":"linkedinVisit","name":"N"}', headers=headers), 415)
    assert listing(prepared) == before


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        " application/json ".strip() + " ; x=y",
    ],
)
def test_json_is_declared_in_any_case_and_with_parameters(client: Any, kind: str) -> None:
    assert client.post(STEPS, body=b'{"type":"linkedinVisit"}', headers={"Content-Type": kind}).status == 200


def test_a_byte_order_mark_does_no_harm(client: Any) -> None:
    assert client.post(STEPS, body=b'\xef\xbb\xbf{"type":"linkedinVisit"}', headers=JSON).status == 200


def test_of_a_key_that_stands_twice_the_last_wins(client: Any) -> None:
    reply = client.post(STEPS, body=b'{"type":"linkedinVisit","delay":1,"delay":2}', headers=JSON)
    assert (reply.status, reply.json()["delay"]) == (200, 2)


@pytest.mark.parametrize(
    "number",
    ["9" * 4300, "-" + "9" * 4300, "1e308", "-0.0", "0.1", "1E400", "-1e-400", "00", "1."],
    ids=lambda number: number[:8],
)
@pytest.mark.parametrize("field", ["delay", "index"])
def test_an_odd_number_gets_an_ordinary_answer(client: Any, field: str, number: str) -> None:
    reply = client.post(
        STEPS, body=b'{"type":"linkedinVisit","%s":%s}' % (field.encode(), number.encode()), headers=JSON
    )
    assert reply.status in (200, 400)
    if reply.status == 400:
        assert_refused(reply)
    assert len(client.get(f"{CAMPAIGN}/sequences").json()[SEQUENCE]["steps"]) == (reply.status == 200)


ODD_VALUES = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    "",
    "x",
    "\u0000",
    "\U0010ffff",
    [],
    [[]],
    [None],
    {},
    {"": {}},
    "x" * 100_000,
    10**30,
]


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: ascii(value)[:12])
@pytest.mark.parametrize("operation", WITH_BODY)
def test_an_odd_value_in_any_field_gets_an_ordinary_answer(prepared: Any, operation: str, value: Any) -> None:
    for example in checker("lemlist", operation).examples[-3:]:
        for field in example:
            reply = send(prepared, operation, json={**example, field: value})
            assert reply.status in (200, 400)
            assert "Traceback" not in reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/%",
        "/%2",
        "/%zz",
        "/%00",
        "/%ff",
        "/%c3%28",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/../../etc/passwd",
        "/%2F",
        "//",
        "///team",
        "/team%20",
        "/team%2F",
        "/team/",
        "/team;x=1",
        "/campaigns/%00/sequences/",
        "/" + "a" * 30_000,
        "/a" * 5000,
        "/%F0%9F%94%91",
        "/{campaignId}",
        "/<script>",
        "/team\\",
        "/%0d%0aX-Evil:%201",
    ],
    ids=lambda path: path[:24],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_odd_path_is_not_found(client: Any, method: str, path: str) -> None:
    reply = client.request(method, path)
    assert reply.status == 404
    assert "X-Evil" not in reply.headers
    if reply.content_type.startswith("text/plain"):
        assert_refused(reply)
    else:
        assert reply.json()["error"]["code"] == "no_provider"


@pytest.mark.parametrize(
    "name",
    [
        "%00",
        "%ff",
        "%F0%9F%94%91",
        "a" * 30_000,
        "%20",
        ".",
        "seq_lkCSKd32qSZZTe5Ru%00",
        "..%5c",
        "%25",
        "{}",
        "'%22",
        "constructor",
        "__proto__",
    ],
    ids=lambda name: name[:20],
)
def test_an_odd_id_is_unknown(client: Any, name: str) -> None:
    assert_refused(client.get(f"/campaigns/{name}x"), 404)
    assert_refused(client.post(f"/sequences/{name}x/steps", json={"type": "linkedinVisit"}), 400)
    assert_refused(client.delete(f"{STEPS}/{name}x"), 404)


@pytest.mark.parametrize(
    "query",
    ["%", "&&&", "=", "a=b&a=c", "%00=%00", "%ff=%ff", "x" * 30_000, "limit[]=1", "é=ü", "?", "a;b"],
    ids=lambda query: query[:12],
)
def test_an_odd_query_is_passed_over(client: Any, query: str) -> None:
    assert client.get(f"/campaigns?{query}").status == 200
    assert client.get(f"/team?{query}").status == 200


PATHS = sorted({path.replace("STEP", "stp_00000000000000000") for _, path in EVERY.values()})
ALLOWED = {
    path: {verb for verb, place in EVERY.values() if place.replace("STEP", "stp_00000000000000000") == path}
    for path in PATHS
}


def assert_not_allowed(client: Any, method: str, path: str) -> None:
    reply = client.request(method, path)
    assert (reply.status, reply.text) == (405, "Method not allowed")
    assert {name.strip() for name in reply.headers["Allow"].split(",")} == ALLOWED[path]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for path in PATHS
        for method in ("PUT", "DELETE", "PATCH", "POST", "GET", "OPTIONS")
        if method not in ALLOWED[path]
    ],
)
def test_another_method_is_405_and_says_which_are_allowed(prepared: Any, method: str, path: str) -> None:
    before = listing(prepared)
    assert_not_allowed(prepared, method, path)
    assert listing(prepared) == before


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "LINK"])
def test_a_method_that_no_provider_knows_is_405_too(client: Any, method: str) -> None:
    assert_not_allowed(client, method, "/campaigns")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Odd": "\x80\xff"}, id="high-bytes"),
        pytest.param({"Accept": "text/xml"}, id="accept"),
        pytest.param({"X-Odd": "x" * 30_000}, id="long"),
        pytest.param({"Cookie": "a=\xff; ;=;"}, id="cookie"),
        pytest.param({"X-Odd": ""}, id="empty"),
        pytest.param({"Accept-Encoding": "\xff"}, id="encoding"),
        pytest.param({"Range": "bytes=0-1"}, id="range"),
        pytest.param({"If-None-Match": "*"}, id="if-none-match"),
        pytest.param({"X-HTTP-Method-Override": "DELETE"}, id="method-override"),
        pytest.param({"X-Forwarded-Host": "api.lemlist.com", "X-Forwarded-Prefix": "/x"}, id="forwarded"),
        pytest.param({"Expect": "200-ok"}, id="expect"),
    ],
)
def test_an_odd_header_is_passed_over(client: Any, headers: dict[str, str]) -> None:
    assert client.get("/team", headers=headers).json() == client.get("/team").json()


@pytest.mark.parametrize(
    "host",
    ["", "\xff", "a b", "[", "[::1", "x:y:z", "api.lemlist.com:port", "-", "a" * 64, "{}"],
    ids=lambda host: ascii(host)[:12],
)
def test_the_base_path_is_answered_whatever_the_host_header(client: Any, host: str) -> None:
    reply = client.get("/team", headers={"Host": host})
    assert reply.json() == client.get("/team").json()


def test_the_violations_header_stays_small_and_ascii(client: Any) -> None:
    payload = {"type": "linkedinInvite", "images": ["http://é\n"] * 500, "videos": [{"a": 1}] * 500}
    header = client.post(STEPS, json=payload).headers["X-Stepmock-Violations"]
    items = json.loads(header)
    assert header.isascii()
    assert len(header) <= 4096
    assert len(items) <= 21
    assert items[-1].keys() == {"more"}
    assert all(item.keys() == {"rule", "pointer"} for item in items[:-1])
