"""Who is let in, and the world that a key opens."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from stepmock.contracts import load
from stepmock.mock_server import Emulator, Request, Settings, create_app
from stepmock.mock_server.clock import FrozenClock

REFUSED = (401, "The authentication you supplied is incorrect", "text/plain; charset=utf-8")
NO_KEY = (400, "No API key provided", "text/plain; charset=utf-8")
STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
CAMPAIGN = "/campaigns/cam_docs0000000000000"
OF_TEAM_AND_CAMPAIGNS = [
    ("GET", "/team"),
    ("GET", "/campaigns"),
    ("POST", "/campaigns"),
    ("GET", CAMPAIGN),
    ("PATCH", CAMPAIGN),
    ("POST", f"{CAMPAIGN}/start"),
    ("POST", f"{CAMPAIGN}/pause"),
]
OF_SEQUENCES = [
    ("POST", STEPS),
    ("PATCH", f"{STEPS}/stp_00000000000000000"),
    ("DELETE", f"{STEPS}/stp_00000000000000000"),
    ("GET", f"{CAMPAIGN}/sequences"),
]
EVERYTHING = [*OF_TEAM_AND_CAMPAIGNS, *OF_SEQUENCES]


def said(reply: Any) -> tuple[int, str, str]:
    return reply.status, reply.text, reply.content_type


def encoded(text: bytes) -> str:
    return "Basic " + b64encode(text).decode()


def test_the_operations_named_here_are_all_of_the_contract() -> None:
    assert len(EVERYTHING) == len(load("lemlist").operations) == 11


@pytest.mark.parametrize(("method", "path"), OF_TEAM_AND_CAMPAIGNS)
def test_team_and_campaigns_say_that_no_key_was_sent(client: Any, method: str, path: str) -> None:
    assert said(client.request(method, path, key=None)) == NO_KEY


@pytest.mark.parametrize(("method", "path"), OF_SEQUENCES)
def test_sequences_refuse_a_request_without_a_key(client: Any, method: str, path: str) -> None:
    assert said(client.request(method, path, key=None)) == REFUSED


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/team"), ("GET", STEPS)])
def test_what_is_no_operation_asks_for_a_key_first(client: Any, method: str, path: str) -> None:
    assert said(client.request(method, path, key=None)) == REFUSED


MALFORMED = [
    pytest.param("", id="empty"),
    pytest.param("Basic", id="scheme-alone"),
    pytest.param("Basic ", id="nothing-encoded"),
    pytest.param("Bearer abc", id="bearer"),
    pytest.param("Digest username=x", id="digest"),
    pytest.param("key", id="bare-key"),
    pytest.param(encoded(b"user:key"), id="user-name"),
    pytest.param(encoded(b"key:"), id="key-as-user"),
    pytest.param(encoded(b":"), id="empty-password"),
    pytest.param(encoded(b""), id="empty-credentials"),
    pytest.param(encoded(b"key"), id="no-colon"),
    pytest.param("Basic !!!!", id="not-base64"),
    pytest.param("Basic OmtleQ", id="no-padding"),
    pytest.param("Basic OmtleQ==  x", id="trailing-junk"),
    pytest.param("Basic é", id="not-ascii"),
    pytest.param(encoded(b":\xff\xfe"), id="not-utf-8"),
    pytest.param(encoded(b":invalid"), id="invalid"),
    pytest.param(encoded(b":invalid-key"), id="invalid-something"),
    pytest.param("Basic " + "A" * 5000, id="long"),
    pytest.param("Basic" + encoded(b":key")[6:], id="no-space"),
    pytest.param(encoded(b" :key"), id="blank-user"),
]


@pytest.mark.parametrize("header", MALFORMED)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/team"), ("POST", STEPS), ("GET", f"{CAMPAIGN}/sequences"), ("GET", "/nothing")]
)
def test_credentials_that_are_wrong_are_refused(client: Any, header: str, method: str, path: str) -> None:
    reply = client.request(method, path, key=None, headers={"Authorization": header})
    assert said(reply) == REFUSED
    assert "X-Stepmock-World" not in reply.headers
    assert "X-RateLimit-Limit" not in reply.headers


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("basic OmtleQ==", id="lower-case-scheme"),
        pytest.param("BASIC OmtleQ==", id="upper-case-scheme"),
        pytest.param("Basic   OmtleQ==  ", id="spaces"),
    ],
)
def test_the_scheme_is_read_without_regard_to_case_and_space(client: Any, header: str) -> None:
    reply = client.get("/team", key=None, headers={"Authorization": header})
    assert reply.status == 200
    assert reply.headers["X-Stepmock-World"] == client.get("/team", key="key").headers["X-Stepmock-World"]


@pytest.mark.parametrize(
    "key",
    ["k", "a:b:c", ":", " ", "ключ", "🔑", "x" * 4000, "Invalid", "aninvalid", "\x00", "%41"],
    ids=lambda key: ascii(key)[:12],
)
def test_any_other_key_opens_a_world_with_an_id_from_its_digest(client: Any, key: str) -> None:
    reply = client.get("/team", key=key)
    assert reply.status == 200
    assert reply.headers["X-Stepmock-World"] == sha256(f"lemlist\n{key}".encode()).hexdigest()[:16]


def test_the_key_is_nowhere_in_a_reply(client: Any) -> None:
    key = "Zx9-very-secret-Zx9"
    for reply in (
        client.get("/team", key=key),
        client.post(STEPS, json={}, key=key),
        client.get("/nothing", key=key),
        client.get(f"/team?access_token={key}", key=None),
    ):
        assert "Zx9" not in reply.text
        assert "Zx9" not in str(dict(reply.headers))


def test_a_key_may_come_as_access_token_in_the_query(client: Any) -> None:
    by_query = client.get("/team?access_token=a%3Ab%20%C3%A9", key=None)
    assert by_query.status == 200
    assert by_query.json() == client.get("/team", key="a:b é").json()


@pytest.mark.parametrize("query", ["access_token=", "access_token", "Access_Token=key", "token=key"])
def test_another_or_empty_argument_is_no_key(client: Any, query: str) -> None:
    assert said(client.get(f"/team?{query}", key=None)) == NO_KEY
    assert said(client.get(f"{CAMPAIGN}/sequences?{query}", key=None)) == REFUSED


@pytest.mark.parametrize("query", ["access_token=invalid", "access_token=invalid-key"])
def test_a_refused_key_in_the_query_is_incorrect(client: Any, query: str) -> None:
    assert said(client.get(f"/team?{query}", key=None)) == REFUSED


def test_the_header_wins_over_the_query(client: Any) -> None:
    assert said(client.get("/team?access_token=key", key="invalid")) == REFUSED
    assert client.get("/team?access_token=invalid", key="key").status == 200


def test_listed_keys_only_are_let_in_when_keys_are_listed(connect: Callable[..., Any]) -> None:
    client = connect(api_keys=("first", "second"))
    assert [client.get("/team", key=key).status for key in ("first", "second", "third", "First")] == [
        200,
        200,
        401,
        401,
    ]
    assert said(client.get("/team", key="third")) == REFUSED
    assert said(client.get("/team", key=None)) == NO_KEY
    assert client.get("/team?access_token=first", key=None).status == 200


# Worlds


def test_what_one_key_does_no_other_sees(client: Any) -> None:
    mine, theirs = client, client.with_key(f"{client.key}, another")
    campaign = mine.post("/campaigns", json={"name": "Mine"}).json()
    mine.post(STEPS, json={"type": "linkedinVisit"})
    mine.post(f"{CAMPAIGN}/start")
    assert theirs.get(f"/campaigns/{campaign['_id']}").status == 404
    assert len(theirs.get("/campaigns").json()) == 3
    assert theirs.get(CAMPAIGN).json()["status"] == "draft"
    assert theirs.get(f"{CAMPAIGN}/sequences").json()["seq_lkCSKd32qSZZTe5Ru"]["steps"] == []
    assert mine.get("/team").json()["_id"] != theirs.get("/team").json()["_id"]
    assert mine.get("/team").headers["X-Stepmock-World"] != theirs.get("/team").headers["X-Stepmock-World"]


def test_an_empty_world_has_a_team_and_nothing_else(connect: Callable[..., Any]) -> None:
    client = connect(world="empty")
    assert client.get("/campaigns").json() == []
    assert client.get(CAMPAIGN).status == 404
    assert client.post(STEPS, json={"type": "linkedinVisit"}).text == "Bad team"
    assert client.get("/team").status == 200
    assert client.post("/campaigns", json={"name": "First"}).status == 200


def test_a_world_starts_as_given_for_its_provider(core: Callable[..., Any]) -> None:
    world = {
        "format": "stepmock-world",
        "version": 1,
        "provider": "lemlist",
        "resources": {
            "teams": {
                "tea_given000000000000": {
                    "_id": "tea_given000000000000",
                    "name": "Given",
                    "userIds": ["usr_given000000000000"],
                    "createdBy": "usr_given000000000000",
                    "createdAt": "2026-01-01T00:00:00.000Z",
                }
            }
        },
    }
    client = core(worlds={"lemlist": world})
    assert client.get("/team").json()["name"] == "Given"
    assert client.get("/campaigns").json() == []


def test_what_happens_in_a_world_does_not_change_the_start_of_the_next(core: Callable[..., Any]) -> None:
    client = core()
    for number in range(3):
        other = client.with_key(f"key {number}")
        assert other.get(f"{CAMPAIGN}/sequences").json()["seq_lkCSKd32qSZZTe5Ru"]["steps"] == []
        other.post(STEPS, json={"type": "linkedinVisit"})
        other.patch(CAMPAIGN, json={"name": "Changed"})


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/team?version=v2", None),
    ("POST", "/campaigns", {"name": "A"}),
    ("POST", STEPS, {"type": "linkedinVisit"}),
    ("POST", STEPS, {"type": "email"}),
    ("POST", STEPS, {"type": "conditional", "conditionKey": "hasScore", "delayType": "waitUntil"}),
    ("GET", "/nothing", None),
    ("PUT", "/team", None),
    ("POST", STEPS, {"type": "linkedinInvite", "images": ["https://media.stepmock.test/timeout/a.png"]}),
    ("GET", f"{CAMPAIGN}/sequences", None),
    ("GET", "/campaigns", None),
]


def replies(client: Any) -> list[tuple[int, list[tuple[str, str]], bytes]]:
    return [
        (reply.status, sorted(reply.headers.items()), reply.content)
        for reply in (client.request(method, path, json=payload) for method, path, payload in CALLS)
    ]


def test_the_same_calls_give_the_same_bytes_under_a_frozen_clock(core: Callable[..., Any]) -> None:
    first, second = (replies(core(clock=FrozenClock(1_700_000_000), rate_limit=True, seed=7)) for _ in range(2))
    assert first == second


def test_calls_of_other_keys_in_between_change_no_byte(core: Callable[..., Any]) -> None:
    alone = replies(core(clock=FrozenClock(1_700_000_000)))
    crowd = core(clock=FrozenClock(1_700_000_000))
    replies(crowd.with_key("someone else"))
    assert replies(crowd) == alone


def ids(client: Any) -> list[str]:
    return [
        client.get("/team").json()["_id"],
        client.post("/campaigns", json={"name": "A"}).json()["_id"],
        client.post(STEPS, json={"type": "linkedinVisit"}).json()["_id"],
        *(
            entry["sequenceId"]
            for entry in client.post(
                STEPS, json={"type": "conditional", "conditionKey": "hasScore", "delayType": "waitUntil"}
            ).json()["conditions"]
        ),
    ]


def test_ids_depend_on_the_seed_and_the_key_and_the_calls_alone(core: Callable[..., Any]) -> None:
    base = ids(core(seed=1))
    assert len(set(base)) == 5
    assert ids(core(seed=1)) == base
    assert not set(ids(core(seed=2))) & set(base)
    assert not set(ids(core(seed=1).with_key("other"))) & set(base)


def test_the_profile_does_not_change_ids(core: Callable[..., Any]) -> None:
    assert ids(core(profile="observed")) == ids(core(profile="documented"))


# Hosts and base paths


@pytest.mark.parametrize("host", ["api.lemlist.com", "API.Lemlist.COM", "api.lemlist.com:8377", "api.lemlist.com:443"])
def test_the_host_of_the_provider_is_answered_at_its_own_path(client: Any, host: str) -> None:
    reply = client.get("/team", base="/api", headers={"Host": host})
    assert reply.status == 200
    assert reply.json() == client.get("/team").json()
    assert client.post(STEPS, base="/api", headers={"Host": host}, json={"type": "sms"}).status == 400


@pytest.mark.parametrize("host", ["api.lemlist.com", "example.org", "x:1", "127.0.0.1"])
def test_the_base_path_is_answered_for_any_host(client: Any, host: str) -> None:
    assert client.get("/team", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("/api", "localhost"),
        ("/api", "lemlist.com"),
        ("/api", "api.lemlist.com.example.org"),
        ("", "api.lemlist.com"),
        ("/lemlist", "localhost"),
        ("/lemlist/apix", "localhost"),
        ("/apix", "api.lemlist.com"),
        ("/LEMLIST/API", "localhost"),
    ],
)
def test_a_path_of_no_provider_says_where_the_providers_are(client: Any, base: str, host: str) -> None:
    reply = client.get("/team", base=base, headers={"Host": host})
    assert reply.status == 404
    assert reply.json()["error"].keys() == {"code", "message", "hint"}
    assert "/lemlist/api" in reply.json()["error"]["hint"]


def test_health_is_open_and_names_the_version(client: Any) -> None:
    reply = client.get("/_stepmock/health", base="", key=None)
    assert reply.status == 200
    assert reply.json().keys() == {"status", "version"}
    assert reply.json()["status"] == "ok"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_stepmock", 404),
        ("GET", "/_stepmock/", 404),
        ("GET", "/_stepmock/nothing", 404),
        ("POST", "/_stepmock/health", 405),
    ],
)
def test_the_control_plane_answers_errors_in_json(client: Any, method: str, path: str, status: int) -> None:
    reply = client.request(method, path, base="", key=None)
    assert reply.status == status
    assert reply.json()["error"].keys() == {"code", "message", "hint"}


def test_what_only_begins_like_the_control_plane_does_not_belong_to_it(client: Any) -> None:
    assert client.get("/_stepmocking", base="", key=None).json()["error"]["code"] == "no_provider"


# Confidence


@pytest.mark.parametrize(
    ("method", "path", "payload", "confidence"),
    [
        ("GET", "/team", None, "documented"),
        ("POST", STEPS, {"type": "linkedinVisit"}, "documented"),
        ("POST", STEPS, {"type": "linkedinVisit", "index": -1}, "assumed"),
        ("POST", STEPS, {"type": "email"}, "assumed"),
        ("GET", "/nothing", None, "assumed"),
        ("POST", "/sequences/seq_x/steps", {"type": "linkedinVisit"}, "documented"),
        ("GET", "/campaigns/cam_x", None, "documented"),
        (
            "POST",
            STEPS,
            {"type": "conditional", "conditionKey": "hasScore", "delayType": "waitUntil", "index": 1},
            "assumed",
        ),
    ],
)
def test_a_reply_says_how_sure_it_is(client: Any, method: str, path: str, payload: Any, confidence: str) -> None:
    assert client.request(method, path, json=payload).headers["X-Stepmock-Confidence"] == confidence


def test_two_apps_over_one_emulator_share_their_worlds() -> None:
    emulator = Emulator(Settings())
    first, second = create_app(emulator=emulator).test_client(), create_app(emulator=emulator).test_client()
    header = {"Authorization": encoded(b":shared")}
    first.post("/lemlist/api/campaigns", json={"name": "Shared"}, headers=header).close()
    with second.get("/lemlist/api/campaigns", headers=header) as reply:
        assert [campaign["name"] for campaign in reply.json][-1] == "Shared"
    seen = emulator.handle(Request("GET", "/lemlist/api/campaigns", "", {"authorization": header["Authorization"]}))
    assert len(seen.json()) == 4
