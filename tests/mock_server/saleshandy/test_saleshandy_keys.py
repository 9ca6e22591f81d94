"""Saleshandy: what is not there, who is let in, and how often."""

import json

import pytest
from saleshandy_client import BOTH, EMAIL, MAIL, SEED, STEPS, TASK, Client, headers_of, refused
from stepmock.contracts import load
from stepmock.mock_server import Emulator, Response, Settings, create_app
from stepmock.mock_server.clock import FrozenClock


@BOTH
@pytest.mark.parametrize("name", ["nowhere000", "ja5ydar9wy", "a%2Fb", "..", "%00", "é" * 100, "\udc80", "x" * 5000,
                                  "{id}", "'; DROP TABLE steps", "<script>"])  # fmt: skip
def test_an_id_that_nothing_has_is_refused_as_a_failure(profile: str, name: str) -> None:
    client = Client(profile)
    step = client.new_step(EMAIL)
    before = client.everything()
    calls = [
        ("POST", f"/sequences/{name}/steps", EMAIL, "Failed to create sequence step"),
        ("GET", f"/sequences/{name}/steps", None, "Failed to fetch sequences and their steps"),
        ("POST", f"{STEPS}/{name}/variants", {"type": 1, "payload": MAIL}, "Failed to create sequence step variant"),
        ("POST", f"/sequences/{name}/steps/{step['id']}/variants", {"type": 1, "payload": MAIL},
         "Failed to create sequence step variant"),
        ("PATCH", f"{STEPS}/{step['id']}/variants/{name}", {}, "Failed to update sequence step variant"),
        ("PATCH", f"{STEPS}/{name}/variants/{step['variants'][0]['id']}", {}, "Failed to update sequence step variant"),
    ]  # fmt: skip
    for method, path, payload, message in calls:
        reply = client.send(method, path, json.dumps(payload).encode() if payload is not None else b"")
        assert (reply.status, reply.json()) == (400, {"code": 4000, "message": message})
    assert client.everything() == before


def test_a_step_is_found_in_its_own_sequence_alone() -> None:
    client = Client()
    step = client.new_step(EMAIL)
    other = client.call("POST", "/sequences", {"title": "Other"}).json()["payload"]["id"]
    path = f"/sequences/{other}/steps/{step['id']}/variants"
    assert refused(client.call("POST", path, {"type": 1, "payload": MAIL})) == (400, 4000)


@BOTH
@pytest.mark.parametrize("key", ["", "invalid", "invalid-key"])
def test_a_bad_key_is_400_with_code_1001_on_every_operation(profile: str, key: str) -> None:
    client = Client(profile)
    for operation in load("saleshandy").operations.values():
        reply = client.send(operation.method, operation.path, b"{}", x_api_key=key)
        assert (reply.status, reply.json()) == (400, {"code": 1001, "message": "Invalid token"})
        assert "X-Stepmock-World" not in headers_of(reply)
    assert client.send("GET", "/sequences", x_api_key="", authorization="Bearer abc").json()["code"] == 1001


def test_only_listed_keys_are_let_in_when_keys_are_listed() -> None:
    emulator = Emulator(Settings(api_keys=frozenset({"mine"})))
    assert Client(emulator=emulator, key="mine").call("GET", "/sequences").status == 200
    assert Client(emulator=emulator, key="theirs").send("GET", "/sequences").json()["code"] == 1001


def test_each_key_has_a_world_of_its_own() -> None:
    first, second = Client(), Client()
    first.new_step(EMAIL)
    assert second.steps() == []
    worlds = {headers_of(client.send("GET", "/sequences"))["X-Stepmock-World"] for client in (first, second)}
    assert len(worlds) == 2


@pytest.mark.parametrize(("prefix", "host"), [
    ("/saleshandy/v1", "localhost"), ("/saleshandy/api/open-api/v1", "localhost"), ("/v1", "open-api.saleshandy.com"),
    ("/api/open-api/v1", "Open-API.Saleshandy.com:443"),
])  # fmt: skip
def test_both_prefixes_lead_to_the_same_world(prefix: str, host: str) -> None:
    client = Client()
    step = client.new_step(EMAIL)
    reply = client.send("GET", STEPS, prefix=prefix, host=host, sh_application="open-api")
    assert reply.status == 200
    assert reply.json()["payload"] == [step]


def test_the_flask_app_answers_on_both_prefixes() -> None:
    browser = create_app(Settings()).test_client()
    for number, prefix in enumerate(("/saleshandy/v1", "/saleshandy/api/open-api/v1"), 1):
        payload = {**TASK, "absoluteDays": number}
        with browser.post(f"{prefix}{STEPS}", json=payload, headers={"x-api-key": "flask"}) as reply:
            assert (reply.status_code, reply.json["number"]) == (200, number)


@BOTH
def test_a_used_up_quota_is_400_with_code_40000_until_the_window_ends(profile: str) -> None:
    limit = load("saleshandy").rate_limit
    assert limit is not None
    clock = FrozenClock(1_613_462_560)
    client = Client(profile, Emulator(Settings(profile=profile, clock=clock)))
    for left in reversed(range(limit.requests)):
        reply = client.call("GET", "/sequences")
        assert reply.status == 200
        assert headers_of(reply)["X-RateLimit-Remaining"] == str(left)
    reply = client.call("POST", STEPS, EMAIL)
    assert (reply.status, reply.json()) == (400, {"code": 40000, "message": "Rate Limit exceeded"})
    assert headers_of(reply)["X-Stepmock-Confidence"] == "observed"
    assert headers_of(reply)["X-RateLimit-Reset"].startswith("Tue Feb 16 2021 08:02:42 GMT+0000")
    clock.advance(limit.window_seconds)
    assert client.steps() == []


def test_the_same_calls_give_the_same_bytes_under_a_frozen_clock() -> None:
    def replies() -> list[Response]:
        client = Client(emulator=Emulator(Settings(clock=FrozenClock(1_613_462_560), seed=7)), key="same")
        return [client.call("POST", "/sequences", {"title": "A"}), client.call("POST", STEPS, SEED),
                client.call("GET", STEPS), client.call("POST", STEPS, {})]  # fmt: skip

    assert replies() == replies()
