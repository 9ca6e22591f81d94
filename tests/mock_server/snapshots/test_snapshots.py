"""A world is saved and put back exactly; what is no snapshot of it changes nothing."""

import json
import subprocess
import sys
from copy import deepcopy
from typing import Any

import pytest
from drives import CONNECTIONS, Caller
from stepmock.contracts import load, providers
from stepmock.contracts.limits import MAX_BODY_BYTES, MAX_SNAPSHOT_BYTES, MAX_STEPS_PER_SEQUENCE
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.snapshots import schema
from stepmock.mock_server.world import World
from world_control import SEQUENCE, STEPS, control, driven, emulator, lemlist, of_world, snapshot

WORLDS = [
    *((name, "apollo") for name in ("lemlist", "saleshandy", "smartlead")),
    *(("supaglue", c) for c in CONNECTIONS),
]


def refused(call: Caller, body: Any = None, *, raw: bytes | None = None) -> str:
    """Return the message of a snapshot that is refused, and changes nothing."""
    before = of_world(call, "GET", "snapshot").body
    reply = of_world(call, "PUT", "snapshot", body, raw=raw)
    assert reply.status == 400, reply.body
    error = reply.json()["error"]
    assert error.keys() == {"code", "message", "hint"}
    assert "\n" not in error["message"]
    assert of_world(call, "GET", "snapshot").body == before
    return str(error["message"])


@pytest.mark.parametrize(("provider", "connection"), WORLDS)
def test_a_world_that_is_put_back_is_the_same_and_goes_on_the_same(provider: str, connection: str) -> None:
    call = driven(emulator(), provider, connection)
    saved = of_world(call, "GET", "snapshot").body
    driven(call.emulator, provider, connection)
    first = of_world(call, "GET", "snapshot").body
    assert first != saved
    assert of_world(call, "PUT", "snapshot", raw=saved).status == 204
    assert of_world(call, "GET", "snapshot").body == saved
    driven(call.emulator, provider, connection)
    assert of_world(call, "GET", "snapshot").body == first


def test_the_same_calls_have_the_same_replies_after_a_restore() -> None:
    call = lemlist(rate_limit=True)
    saved = of_world(call, "GET", "snapshot").body
    first = [call("POST", STEPS, {"type": "manual", "title": str(number)}) for number in range(30)]
    assert {reply.status for reply in first} == {200, 429}
    of_world(call, "PUT", "snapshot", raw=saved)
    assert [call("POST", STEPS, {"type": "manual", "title": str(number)}) for number in range(30)] == first


def test_the_clock_comes_back_with_the_snapshot() -> None:
    call = lemlist()
    of_world(call, "POST", "clock", {"set": "2026-01-31T09:00:00Z"})
    saved = snapshot(call)
    of_world(call, "POST", "clock", {"resume": True})
    of_world(call, "PUT", "snapshot", saved)
    assert of_world(call, "GET", "clock").json() == {"now": "2026-01-31T09:00:00.000Z", "frozen": True}


def test_the_journal_begins_anew_with_a_restore() -> None:
    call = lemlist()
    of_world(call, "PUT", "snapshot", snapshot(call))
    assert of_world(call, "GET", "journal").json()["entries"] == []
    call("GET", "/team")
    assert [entry["number"] for entry in of_world(call, "GET", "journal").json()["entries"]] == [2]


def test_a_snapshot_goes_into_the_world_of_another_key_which_keeps_its_id() -> None:
    one = lemlist("one")
    one("POST", STEPS, {"type": "manual", "title": "t"})
    two = Caller(one.emulator, "lemlist", "two")
    two("GET", "/team")
    assert of_world(two, "PUT", "snapshot", snapshot(one)).status == 204
    assert snapshot(two) == {**snapshot(one), "world": two.world}
    two("POST", STEPS, {"type": "manual", "title": "t"})
    assert len(one.resources()["steps"]) == 1


@pytest.mark.parametrize(("provider", "connection"), WORLDS)
def test_a_snapshot_is_what_its_schema_says_and_a_start_for_worlds(provider: str, connection: str) -> None:
    import jsonschema

    data = snapshot(driven(emulator(), provider, connection))
    jsonschema.Draft202012Validator(schema("snapshot")).validate(data)
    assert data["version"] == 1
    assert Emulator(Settings(worlds={provider: data}))


def test_the_schema_describes_every_part_of_a_world() -> None:
    state = schema("snapshot")["properties"]["state"]
    known = World("w", "lemlist", 0, {}).state().keys()
    assert state["properties"].keys() == known
    assert set(state["required"]) == known


@pytest.mark.parametrize("provider", providers())
def test_no_credential_is_in_a_snapshot_or_a_recording(provider: str) -> None:
    call = Caller(emulator(), provider, key="a-secret-key-of-mine")
    call("GET", "/campaigns")
    call("GET", "/sequences")
    for part in ("snapshot", "recording", "diff"):
        reply = of_world(call, "GET", part)
        assert reply.status == 200
        assert b"a-secret-key" not in reply.body


@pytest.mark.parametrize("member", ["format", "version", "provider", "resources", "state"])
def test_a_snapshot_without_a_member_is_refused(member: str) -> None:
    call = lemlist()
    data = snapshot(call)
    del data[member]
    assert member in refused(call, data)


@pytest.mark.parametrize("slot", list(World("w", "lemlist", 0, {}).state()))
def test_a_state_that_is_damaged_is_refused(slot: str) -> None:
    call = lemlist()
    data = snapshot(call)
    for wrong in ("text", [1], True, {"a": 1}, -1e300):
        assert slot in refused(call, {**data, "state": {**data["state"], slot: wrong}})
    del data["state"][slot]
    assert slot in refused(call, data)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "newer stepmock"),
        ({"version": True}, "version True"),
        ({"version": "1"}, "version '1'"),
        ({"provider": "smartlead"}, "'smartlead'"),
        ({"provider": None}, "None"),
        ({"format": "other"}, "stepmock-world"),
        ({"resources": []}, "resources"),
        ({"resources": {"stepps": {}}}, "stepps"),
        ({"state": []}, "state"),
        ({"world": 5}, "world"),
        ({"statte": {}}, "statte"),
    ],
)
def test_another_form_is_refused_with_the_reason(change: dict[str, Any], said: str) -> None:
    call = lemlist()
    assert said in refused(call, {**snapshot(call), **change})


def test_an_unknown_part_of_the_state_is_refused() -> None:
    call = lemlist()
    data = snapshot(call)
    data["state"]["conter"] = 1
    assert "'conter'" in refused(call, data)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"\xff", b"1" * 5000, b"[" * 100_000, b'{"a": NaN}'])
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    refused(lemlist(), raw=raw)


def test_numbers_that_are_not_finite_are_refused() -> None:
    call = lemlist()
    text = of_world(call, "GET", "snapshot").body
    for wrong in (b"NaN", b"Infinity", b"1e999"):
        refused(call, raw=text.replace(b'"shift":0.0', b'"shift":' + wrong))
        refused(call, raw=text.replace(b'"name":"stepmock"', b'"name":' + wrong))


def test_an_id_that_stands_twice_is_refused() -> None:
    call = lemlist()
    text = of_world(call, "GET", "snapshot").body
    twice = text.replace(b'"steps":{}', b'"steps":{"stp_1":{"_id":"stp_1"},"stp_1":{"_id":"stp_1"}}')
    assert twice != text
    assert "'stp_1' stands twice" in refused(call, raw=twice)


def test_a_reference_to_nothing_is_refused_though_all_else_is_right() -> None:
    call = driven(emulator(), "lemlist")
    data = snapshot(call)
    name = next(iter(data["resources"]["steps"]))
    damaged = deepcopy(data)
    del damaged["resources"]["steps"][name]
    assert name in refused(call, damaged)


def test_a_snapshot_that_is_too_large_is_refused_with_413() -> None:
    call = lemlist()
    reply = of_world(call, "PUT", "snapshot", raw=b" " * (MAX_SNAPSHOT_BYTES + 1))
    assert (reply.status, reply.json()["error"]["code"]) == (413, "too_large")


def test_a_connection_takes_no_snapshot_of_another_kind_of_connection() -> None:
    apollo = driven(emulator(), "supaglue", "apollo")
    outreach = Caller(apollo.emulator, "supaglue", connection="outreach")
    outreach("GET", "/sequences")
    assert "'apollo'" in refused(outreach, snapshot(apollo))
    data = snapshot(outreach)
    data["state"]["facts"] = {"customer": "somebody else", "provider": "outreach"}
    assert of_world(outreach, "PUT", "snapshot", data).status == 204
    data["state"]["facts"] = {"customer": "c"}
    assert "facts" in refused(outreach, data)


def test_a_clock_that_would_leave_the_calendar_is_refused() -> None:
    call = lemlist()
    data = snapshot(call)
    data["state"]["shift"] = -1_700_000_001.0
    assert "shift" in refused(call, data)


def test_there_is_no_snapshot_of_an_unknown_world() -> None:
    for method in ("GET", "PUT"):
        assert control(emulator(), method, "worlds/0123456789abcdef/snapshot", {}).status == 404


def test_a_saved_world_is_a_file_that_worlds_can_begin_with(tmp_path: Any) -> None:
    path = tmp_path / "world.json"
    path.write_bytes(of_world(driven(emulator(), "lemlist"), "GET", "snapshot").body)
    code = f"from stepmock.mock_server.cli import _start; print(*_start({str(path)!r})[1])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "lemlist\n"


@pytest.mark.parametrize("provider", providers())
def test_a_snapshot_of_every_provider_names_only_what_its_contract_has(provider: str) -> None:
    assert snapshot(driven(emulator(), provider))["resources"].keys() == load(provider).resources.keys()


def test_a_snapshot_is_readable_json() -> None:
    text = of_world(lemlist(), "GET", "snapshot").body.decode()
    assert json.loads(text)["state"]["seed"] == 0
    assert text.startswith('{"format":"stepmock-world","version":1,"provider":"lemlist"')


def test_a_snapshot_may_be_larger_than_what_a_provider_takes(client: Any) -> None:
    world = client.get("/team").headers["X-Stepmock-World"]
    path, headers = f"/_stepmock/worlds/{world}/snapshot", {"Host": "localhost"}
    saved = client.get(path, base="", key=None, headers=headers).content
    padded = saved + b" " * (MAX_BODY_BYTES + 1)
    assert client.request("PUT", path, base="", key=None, headers=headers, body=padded).status == 204
    assert client.post("/campaigns", json={"name": "x"}).status == 200
    assert client.request("PUT", path, base="", key=None, headers=headers, body=padded).status == 204
    assert client.get(path, base="", key=None, headers=headers).content == saved


def test_a_sequence_of_as_many_steps_as_there_may_be_is_put_back() -> None:
    call = lemlist()
    data = snapshot(call)
    names = [f"stp_{number}" for number in range(MAX_STEPS_PER_SEQUENCE)]
    step = {"sequenceId": SEQUENCE, "type": "manual", "delay": 1}
    data["resources"]["steps"] = {name: {"_id": name, **step} for name in names}
    data["resources"]["sequences"][SEQUENCE]["steps"] = names
    assert of_world(call, "PUT", "snapshot", data).status == 204
    assert len(call.resources()["steps"]) == MAX_STEPS_PER_SEQUENCE
