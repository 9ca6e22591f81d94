"""Nothing that is sent makes the core fail."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lemlist_operations import EVERY, STEPS, WITH_BODY
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.validators.checker import checker

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
