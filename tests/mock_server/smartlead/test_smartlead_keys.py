"""Keys, worlds, paths and the quota of Smartlead."""

import pytest
from smartlead_client import BEGINNING, BOTH, Client, header, step, variant
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.identifiers import world_id

# Credentials, worlds and paths


@BOTH
@pytest.mark.parametrize(
    "query",
    ["", "api_key=", "api_key=invalid-key", "apikey=k", "api_key=a&api_key=invalid", "api_key=%FF", "api_key=%FE",
     "api_key=a%C3", "api_key=%ED%A0%80"],
)  # fmt: skip
def test_a_missing_or_refused_key_is_401(profile, query):
    reply = Client(profile).send("GET", "/campaigns", query=query)
    assert (reply.status, reply.json()) == (401, {"message": "Invalid API Key"})
    assert header(reply, "X-Stepmock-World") is None


def test_only_the_listed_keys_are_let_in():
    emulator = Emulator(Settings(api_keys=frozenset({"mine"})))
    assert Client(emulator=emulator, key="mine").send("GET", "/campaigns").status == 200
    assert Client(emulator=emulator, key="yours").send("GET", "/campaigns").status == 401


@BOTH
def test_every_key_has_a_world_of_its_own(profile):
    one, two = Client(profile), Client(profile)
    one.save(step())
    assert (len(one.steps()), len(two.steps())) == (1, 0)
    assert header(one.send("GET", "/campaigns"), "X-Stepmock-World") == world_id("smartlead", one.key)


def test_the_same_calls_give_the_same_bytes_in_another_process():
    bodies = []
    for _ in range(2):
        client = Client("observed", Emulator(Settings(profile="observed", clock=FrozenClock(BEGINNING))), "k")
        saved = client.save(step(seq_variants=[variant("A")]))
        bodies.append([saved.body, client.send("GET", "/campaigns/1/sequences").body])
    assert bodies[0] == bodies[1]


@BOTH
def test_the_real_host_is_answered_too(profile):
    client = Client(profile)
    reply = client.send("GET", "/campaigns", base="/api/v1", headers={"host": "SERVER.smartlead.ai:443"})
    assert (reply.status, reply.body) == (200, client.send("GET", "/campaigns").body)


@BOTH
def test_an_empty_world_has_no_campaign(profile):
    assert Client(profile, Emulator(Settings(profile=profile, world="empty"))).campaigns() == []


@BOTH
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/campaigns/1/status"),
        ("PUT", "/campaigns/1/sequences"),
        ("GET", "/nothing"),
        ("POST", "/campaigns"),
        ("GET", "/campaigns/1/sequences/2"),
        ("DELETE", "/campaigns"),
        ("GET", ""),
        ("POST", "/campaigns/1"),
    ],
)
def test_an_unknown_path_or_method_is_the_404_of_express(profile, method, path):
    reply = Client(profile).send(method, path, {})
    assert (reply.status, header(reply, "Content-Type")) == (404, "text/html; charset=utf-8")
    assert f"<pre>Cannot {method} /api/v1{path}</pre>" in reply.body.decode()


@BOTH
def test_a_hostile_path_is_escaped_in_the_html(profile):
    reply = Client(profile).send("PATCH", "/campaigns/<script>alert('&')</script>/status")
    assert reply.status == 404
    assert b"<script" not in reply.body
    assert b"&lt;script&gt;" in reply.body


@BOTH
def test_the_journal_holds_no_key(profile):
    client = Client(profile, key="very-secret-key")
    client.save(step())
    client.send("GET", "/nothing")
    client.send("GET", "/campaigns/x")
    with client.emulator._store.open(world_id("smartlead", client.key), lambda: pytest.fail("it is there")) as world:
        assert len(world.journal) == 3
        assert "very-secret-key" not in repr(list(world.journal))


# Quota


@BOTH
def test_the_61st_request_of_a_minute_is_refused(profile):
    clock = FrozenClock(BEGINNING)
    client = Client(profile, Emulator(Settings(profile=profile, clock=clock)))
    replies = [client.send("GET", "/campaigns") for _ in range(60)]
    assert [header(reply, "X-RateLimit-Remaining") for reply in replies] == [str(left) for left in range(59, -1, -1)]
    assert {header(reply, "X-RateLimit-Limit") for reply in replies} == {"60"}
    assert {header(reply, "X-RateLimit-Reset") for reply in replies} == {str(int(BEGINNING) + 60)}
    assert {header(reply, "Retry-After") for reply in replies} == {None}
    clock.advance(15)
    refused = client.send("GET", "/campaigns")
    assert (refused.status, header(refused, "Retry-After")) == (429, "45")
    assert refused.json() == {
        "error": {
            "code": "RATE_LIMIT_EXCEEDED",
            "message": "Too many requests. Please retry after 45 seconds.",
            "retry_after": 45,
        }
    }
    clock.advance(45)
    assert client.send("GET", "/campaigns").status == 200
