"""Whatever is sent, the answer is a refusal in the provider's form: never a crash, never a change."""

import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_BODY_BYTES
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.validators.checker import checker

SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
STEPS = f"/sequences/{SEQUENCE}/steps"
CAMPAIGN = "/campaigns/cam_docs0000000000000"
JSON = {"Content-Type": "application/json"}

WITH_BODY = {
    "addStep": ("POST", STEPS),
    "updateStep": ("PATCH", f"{STEPS}/STEP"),
    "createCampaign": ("POST", "/campaigns"),
    "updateCampaign": ("PATCH", CAMPAIGN),
}
WITHOUT_BODY = {
    "deleteStep": ("DELETE", f"{STEPS}/stp_00000000000000000"),
    "listSequences": ("GET", f"{CAMPAIGN}/sequences"),
    "listCampaigns": ("GET", "/campaigns"),
    "getCampaign": ("GET", CAMPAIGN),
    "startCampaign": ("POST", f"{CAMPAIGN}/start"),
    "pauseCampaign": ("POST", f"{CAMPAIGN}/pause"),
    "getTeam": ("GET", "/team"),
}
EVERY = {**WITH_BODY, **WITHOUT_BODY}

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


# Bytes on the wire that no HTTP library sends


def talk(port: int, *parts: bytes) -> bytes:
    """Send bytes, end the sending side, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def authorization(key: str) -> bytes:
    return b"Authorization: Basic " + b64encode(b":" + key.encode()) + b"\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"GET /lemlist/api/team\xff HTTP/1.1",
        b"GET /lemlist/api/\xc3\xa9 HTTP/1.1",
        b"GET  HTTP/1.1",
        b"GET lemlist HTTP/1.1",
        b"\xff\xfe HTTP/1.1",
        b"GET /lemlist/api/team HTTP/9.9",
        b"get /lemlist/api/team HTTP/1.1",
        b"CONNECT example.org:443 HTTP/1.1",
        b"GET http://example.org/lemlist/api/x HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET /lemlist/api/%zz HTTP/1.1",
        b"GET /lemlist/api/x?\xff=\xfe HTTP/1.1",
        b"GET /lemlist/api/x#y HTTP/1.1",
    ],
    ids=ascii,
)
def test_a_strange_request_line_gets_a_4xx(server: Callable[..., Any], own_key: str, line: bytes) -> None:
    port = server("--rate-limit", "off").port
    answer = talk(port, line + b"\r\nHost: x\r\n" + authorization(own_key) + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "header",
    [
        b"X-Odd: \x00",
        b"X-Odd\x00: 1",
        b"X Odd: 1",
        b": 1",
        b"X-Odd",
        b"Content-Length: -1",
        b"Content-Length: x",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Transfer-Encoding: nonsense",
        b"X-Odd: " + b"x" * 200_000,
    ],
    ids=lambda header: ascii(header)[:40],
)
def test_a_strange_header_gets_an_answer_and_harms_nobody(
    server: Callable[..., Any], own_key: str, header: bytes
) -> None:
    port = server("--rate-limit", "off").port
    answer = talk(
        port, b"GET /lemlist/api/nothing HTTP/1.1\r\nHost: x\r\n" + authorization(own_key) + header + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 4")
    assert talk(port, b"GET /_stepmock/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def test_a_request_that_is_cut_off_changes_nothing(server: Callable[..., Any], session: Any, own_key: str) -> None:
    running = server("--rate-limit", "off")
    head = (
        (
            f"POST /lemlist/api{STEPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
        ).encode()
        + authorization(own_key)
        + b"\r\n"
    )
    talk(running.port, head, b'{"type":"linkedinVisit"}')
    whole = session.get(f"{running.address}/lemlist/api{CAMPAIGN}/sequences", timeout=20, auth=("", own_key)).json()
    assert whole[SEQUENCE]["steps"] == []


def test_a_body_in_chunks_is_read(server: Callable[..., Any], session: Any, own_key: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"type":'
        yield b'"linkedinVisit"}'

    running = server("--rate-limit", "off")
    reply = session.post(
        f"{running.address}/lemlist/api{STEPS}", data=chunks(), auth=("", own_key), headers=JSON, timeout=20
    )
    assert reply.status_code == 200


# Fuzzing the core


ROUTES = sorted({(method, path.replace("STEP", "stp_00000000000000000")) for method, path in EVERY.values()})
VALID = [json.dumps(example).encode() for name in WITH_BODY for example in checker("lemlist", name).examples]
AUTHORIZED = {"authorization": "Basic OmZ1eno=", "content-type": "application/json"}
MEDIA_CODES = {502, 503, 504}
FUZZ = settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def mutated_json(draw: st.DrawFn) -> bytes:
    """A valid payload with a few bytes removed, put in or copied elsewhere."""
    body = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(body)))
        match draw(st.sampled_from(["cut", "insert", "copy"])):
            case "cut":
                del body[place : place + draw(st.integers(1, 8))]
            case "insert":
                body[place:place] = draw(
                    st.sampled_from([b'"', b"{", b"}", b"[", b",", b"null", b"-1e9", b"\\u", b"\\ud8", b"\xff"])
                    | st.binary(min_size=1, max_size=4)
                )
            case "copy":
                body[place:place] = body[draw(st.integers(0, len(body))) :]
    return bytes(body)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([json.loads(text)["type"] for text in VALID if b'"type"' in text]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({field for name in WITH_BODY for example in checker("lemlist", name).examples for field in example})
ODD_PAYLOADS = st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=6).map(
    lambda value: json.dumps(value).encode()
)


@pytest.fixture(scope="module")
def fuzzed() -> Emulator:
    return Emulator(Settings(rate_limit=False))


def assert_ordinary(emulator: Emulator, request: Request) -> None:
    reply = emulator.handle(request)
    assert reply.status < 500 or (reply.status in MEDIA_CODES and b"LINKEDIN_MEDIA_" in reply.body)
    for name, value in reply.headers:
        assert f"{name}{value}".isascii()
        assert "\n" not in value
        assert "\r" not in value
    reply.body.decode()


@pytest.mark.parametrize(("method", "path"), ROUTES)
@settings(FUZZ, max_examples=100)
@given(body=st.binary(max_size=200) | mutated_json() | ODD_PAYLOADS)
def test_no_body_makes_the_core_fail(fuzzed: Emulator, method: str, path: str, body: bytes) -> None:
    assert_ordinary(fuzzed, Request(method, f"/lemlist/api{path}", "", AUTHORIZED, body))


@FUZZ
@given(body=mutated_json() | ODD_PAYLOADS | st.binary(max_size=100))
def test_no_update_of_a_stored_step_makes_the_core_fail(fuzzed: Emulator, body: bytes) -> None:
    made = fuzzed.handle(Request("POST", f"/lemlist/api{STEPS}", "", AUTHORIZED, b'{"type":"linkedinInvite"}')).json()
    path = f"/lemlist/api{STEPS}/{made['_id']}"
    assert_ordinary(fuzzed, Request("PATCH", path, "", AUTHORIZED, body))
    assert_ordinary(fuzzed, Request("DELETE", path, "", AUTHORIZED, body))


@FUZZ
@given(
    method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]) | st.text(max_size=8),
    path=st.text(max_size=40),
    query=st.text(max_size=40),
    below=st.sampled_from(["", "/lemlist/api/", "/lemlist/api/campaigns", "/_stepmock/", "/api/"]),
    host=st.sampled_from(["", "api.lemlist.com"]) | st.text(max_size=10),
    credential=st.sampled_from(["Basic OmZ1eno=", "Basic "]) | st.text(max_size=20),
)
def test_no_path_or_header_makes_the_core_fail(
    fuzzed: Emulator, method: str, path: str, query: str, below: str, host: str, credential: str
) -> None:
    headers = {"authorization": credential, "host": host, "content-type": path}
    assert_ordinary(fuzzed, Request(method, below + path, query, headers, path.encode("utf-8", "replace")))


@FUZZ
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["limit", "offset", "page", "version", "sortBy", "sortOrder", "status", "createdBy", "access_token"]
        ),
        st.integers().map(str) | st.text(max_size=6) | st.sampled_from(["v2", "desc", "createdAt", "draft"]),
        max_size=5,
    )
)
def test_no_query_makes_the_core_fail(fuzzed: Emulator, query: dict[str, str]) -> None:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    assert_ordinary(fuzzed, Request("GET", "/lemlist/api/campaigns", text, AUTHORIZED))
    assert_ordinary(fuzzed, Request("GET", "/lemlist/api/team", text, {}))
