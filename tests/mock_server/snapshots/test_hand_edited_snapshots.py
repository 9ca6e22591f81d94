"""Snapshots that somebody has edited, and credentials in what is saved."""

import json
from typing import Any

import pytest
from drives import Caller
from stepmock.mock_server.faults.form import _MEMBERS
from stepmock.mock_server.snapshots import schema
from stepmock.mock_server.snapshots.replay import replay
from world_control import STEPS, driven, emulator, lemlist, of_world, snapshot, words

NEW = {
    "lemlist": [("GET", "/team", None), ("POST", "/campaigns", {"name": "N"})],
    "saleshandy": [("POST", "/sequences", {"title": "T"}), ("GET", "/sequences", None)],
    "smartlead": [("POST", "/campaigns/create", {"name": "N"}), ("GET", "/campaigns", None)],
    "supaglue": [("POST", "/sequences", {"record": {"name": "N", "type": "team"}}), ("GET", "/sequences", None)],
}


@pytest.mark.parametrize("provider", NEW)
def test_a_world_that_lacks_what_every_account_has_works_all_the_same(provider: str) -> None:
    call = driven(emulator(), provider)
    assert of_world(call, "PUT", "snapshot", {**snapshot(call), "resources": {}}).status == 204
    for method, path, payload in NEW[provider]:
        assert call(method, path, payload).status < 300


@pytest.mark.parametrize("provider", NEW)
def test_a_recording_whose_start_lacks_it_is_replayed_without_a_defect(
    provider: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call = driven(emulator(), provider)
    recording = of_world(call, "GET", "recording").json()
    recording["start"]["resources"] = {}
    assert replay(recording).difference
    assert capsys.readouterr().err == ""


def test_a_window_that_has_taken_more_than_the_limit_leaves_nothing_and_no_less() -> None:
    call = lemlist(rate_limit=True)
    data = snapshot(call)
    data["state"]["window_count"] = 1000
    assert of_world(call, "PUT", "snapshot", data).status == 204
    reply = call("GET", "/team")
    assert (reply.status, dict(reply.headers)["X-RateLimit-Remaining"]) == (429, "0")


def test_ids_are_given_out_once_though_the_counter_was_set_back() -> None:
    call = driven(emulator(), "lemlist")
    data = snapshot(call)
    known = {name for table in data["resources"].values() for name in table}
    data["state"]["counter"] = 0
    assert of_world(call, "PUT", "snapshot", data).status == 204
    made = [call("POST", STEPS, {"type": "phone"}).json()["_id"] for _ in range(50)]
    assert len({*made, *known}) == len(made) + len(known)


def standing(*entries: Any, declared: int = 3) -> tuple[int, str]:
    """Put a snapshot with standing faults into a world; return the status and what is wrong."""
    call = lemlist()
    data = snapshot(call)
    data["state"]["faults"] = {"declared": declared, "drawn": 0, "standing": list(entries)}
    reply = of_world(call, "PUT", "snapshot", data)
    if reply.status == 204:
        assert snapshot(call)["state"]["faults"] == data["state"]["faults"]
        return 204, ""
    return reply.status, reply.json()["error"]["message"]


def entry(name: str, applied: int = 0, **fault: Any) -> dict[str, Any]:
    return {"id": name, "fault": fault or {"fault": "lost-reply"}, "seen": applied, "applied": applied}


def test_standing_faults_have_the_ids_that_they_were_given() -> None:
    assert standing(entry("1"), entry("3", 7)) == (204, "")
    for entries in ([entry("4")], [entry("2"), entry("2")]):
        status, message = standing(*entries)
        assert (status, "There can be no fault" in message) == (400, True)
    for name in ("0", "01", "", "x", "-1", "\u0661", "1" * 20):
        assert standing(entry(name))[0] == 400


@pytest.mark.parametrize("place", ["declared", "drawn", "seen", "applied"])
def test_counts_of_faults_are_written_as_integers(place: str) -> None:
    data = snapshot(call := lemlist())
    faults = {"declared": 1, "drawn": 0, "standing": [entry("1")]}
    (faults if place in faults else faults["standing"][0])[place] = 1.0  # type: ignore[index]
    data["state"]["faults"] = faults
    error = of_world(call, "PUT", "snapshot", data).json()["error"]
    assert f"{place} must be an integer" in error["message"]


def test_a_fault_that_is_used_up_does_not_stand() -> None:
    assert standing(entry("1", 1, fault="lost-reply", times=2))[0] == 204
    status, message = standing(entry("1", 2, fault="lost-reply", times=2))
    assert (status, "Fault 1 is used up" in message) == (400, True)


@pytest.mark.parametrize(
    "fault",
    [{"nth": 0}, {"times": "1"}, {"probability": 1.1}, {"status": 600}, {"latency": -1}, {"bytes": 1.5}, {"after": 1},
     {"fault": ""}, {"headers": {"A": 1}}, {"unknown": 1}, {}],
    ids=json.dumps,
)  # fmt: skip
def test_the_published_schema_refuses_a_fault_that_is_none(fault: dict[str, Any]) -> None:
    import jsonschema_rs

    data = snapshot(lemlist())
    data["state"]["faults"] = {"declared": 1, "drawn": 0, "standing": [{**entry("1"), "fault": fault}]}
    assert not jsonschema_rs.is_valid(schema("snapshot"), data)
    assert standing({**entry("1"), "fault": fault})[0] == 400


def test_the_published_schema_knows_every_member_of_a_fault() -> None:
    state = schema("snapshot")["properties"]["state"]["properties"]
    fault = state["faults"]["properties"]["standing"]["items"]["properties"]["fault"]
    assert list(fault["properties"]) == list(_MEMBERS)


# Credentials


def with_secret() -> Caller:
    """Return a client that has sent its key among the fields of a step, which Supaglue lets through."""
    call = Caller(emulator(), "supaglue")
    path = "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps"
    fields = {"api_key": "very-secret", "x": [{"X-Api-Key": "very-secret"}], "note": "api_key=very-secret"}
    assert call("POST", path, {"record": {"type": "manual_email", **fields}}).status == 201
    return call


def test_what_is_saved_holds_no_member_that_is_named_as_a_credential() -> None:
    call = with_secret()
    [step] = snapshot(call)["resources"]["steps"].values()
    assert step["api_key"] == step["x"][0]["X-Api-Key"] == "(not kept)"
    assert step["note"] == "api_key=very-secret"  # a text is part of what the client made
    saved = of_world(call, "GET", "snapshot").body
    assert of_world(call, "PUT", "snapshot", raw=saved).status == 204
    assert of_world(call, "GET", "snapshot").body == saved


def test_no_other_view_of_a_world_tells_it_either() -> None:
    call = with_secret()
    for view in ("recording", "diff", "journal", "journal.har", "downstream", "findings"):
        reply = of_world(call, "GET", view)
        assert reply.status == 200
        assert b"very-secret" not in reply.body
    assert words(call)


def test_a_recording_of_such_a_world_is_replayed_without_a_difference() -> None:
    assert replay(of_world(with_secret(), "GET", "recording").json()).difference == []
