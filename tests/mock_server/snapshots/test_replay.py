"""A recording rebuilds its world and gives the same replies, or shows the first that differs."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from drives import CONNECTIONS, Caller
from stepmock.contracts.limits import MAX_JOURNAL_BODY_BYTES, MAX_JOURNAL_ENTRIES, MIN_REQUESTS_PER_MARK
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Request
from stepmock.mock_server.cli import main
from stepmock.mock_server.snapshots import schema, snapshot_of
from stepmock.mock_server.snapshots.replay import Replayed, replay
from stepmock.mock_server.world import WorldError
from world_control import STEPS, driven, emulator, lemlist, of_world, snapshot


def recording(call: Caller) -> Any:
    reply = of_world(call, "GET", "recording")
    assert reply.status == 200, reply.body
    return reply.json()


def same(found: Replayed, call: Caller) -> None:
    """Assert that a replay gave the same replies and built the same world; a clock that stands still is its own."""
    assert found.difference == []
    built = json.loads(json.dumps(snapshot_of(found.world)))
    real = snapshot(call)
    for state in (built["state"], real["state"]):
        del state["frozen_at"], state["shift"]
    assert built == real


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("provider", "connection"),
    [("lemlist", ""), ("saleshandy", ""), ("smartlead", ""), *(("supaglue", name) for name in CONNECTIONS)],
)
def test_all_that_a_provider_does_is_replayed(provider: str, connection: str, profile: str) -> None:
    import jsonschema

    call = driven(emulator(profile=profile, seed=7), provider, connection or "apollo")
    data = recording(call)
    jsonschema.Draft202012Validator(schema("recording")).validate(data)
    found = replay(data)
    assert found.sent == len(data["entries"]) > 10
    same(found, call)


def test_quotas_and_a_clock_that_moves_are_replayed() -> None:
    call = lemlist(rate_limit=True)
    for turn in range(3):
        statuses = {call("POST", STEPS, {"type": "manual", "title": str(turn)}).status for _ in range(25)}
        assert statuses == {200, 429}
        of_world(call, "POST", "clock", {"advance": 2.5})
    same(replay(recording(call)), call)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"type":"manual","title":"\xc3\xa9"}', b'"\\ud800"', b'{"access_token": "k"}', b"NaN"],
)
def test_requests_that_are_refused_are_replayed(body: bytes) -> None:
    call = lemlist()
    call("POST", STEPS, body=body)
    call("POST", "/nowhere\u00e9\udc80", body=body)
    call("DELETE", STEPS)
    same(replay(recording(call)), call)


def test_a_fork_and_a_restored_world_are_replayed_from_where_they_began() -> None:
    call = driven(emulator(), "lemlist")
    of_world(call, "POST", "fork", {"credential": "fork"})
    fork = Caller(call.emulator, "lemlist", "fork")
    fork("POST", STEPS, {"type": "manual", "title": "t"})
    data = recording(fork)
    assert len(data["entries"]) == 1
    same(replay(data), fork)
    of_world(call, "PUT", "snapshot", snapshot(fork))
    assert recording(call)["entries"] == []
    call("POST", STEPS, {"type": "manual", "title": "t"})
    same(replay(recording(call)), call)
    of_world(call, "POST", "reset")
    call("GET", "/team")
    same(replay(recording(call)), call)


@pytest.mark.parametrize("count", [MIN_REQUESTS_PER_MARK, MAX_JOURNAL_ENTRIES + 1, 2 * MAX_JOURNAL_ENTRIES + 777])
def test_a_ring_that_has_gone_round_is_replayed_from_its_oldest_mark(count: int) -> None:
    call = lemlist()
    for number in range(count):
        call("POST", STEPS, {"type": "manual", "title": str(number)})
    data = recording(call)
    assert data["entries"][0]["number"] == data["start"]["state"]["requests"] + 1
    assert data["entries"][-1]["number"] == count + 1
    assert len(data["entries"]) >= min(count, MAX_JOURNAL_ENTRIES - MIN_REQUESTS_PER_MARK)
    same(replay(data), call)


def test_a_journal_that_was_emptied_is_recorded_from_then_on() -> None:
    call = driven(emulator(), "lemlist")
    of_world(call, "DELETE", "journal")
    assert recording(call)["entries"] == []
    call("POST", STEPS, {"type": "manual", "title": "t"})
    data = recording(call)
    assert len(data["entries"]) == 1
    same(replay(data), call)


def test_a_large_world_whose_ring_reaches_back_to_no_mark_says_so() -> None:
    call = lemlist()
    table = call.resources()["campaigns"]
    sample = next(iter(table.values()))
    for number in range(20_000):
        table[f"cam_{number}"] = {**sample, "_id": f"cam_{number}", "sequenceIds": []}
    of_world(call, "DELETE", "journal")
    for _ in range(MAX_JOURNAL_ENTRIES + 1):
        call("GET", "/team")
    reply = of_world(call, "GET", "recording")
    assert (reply.status, reply.json()["error"]["code"]) == (409, "not_replayable")
    of_world(call, "DELETE", "journal")
    call("GET", "/team")
    assert recording(call)["entries"]


def test_a_request_that_is_too_long_for_the_journal_is_named() -> None:
    call = lemlist()
    call("POST", STEPS, {"type": "manual", "title": "t", "message": "m" * MAX_JOURNAL_BODY_BYTES})
    with pytest.raises(WorldError, match=r"Request 2, POST .*cannot be replayed: its body has 16,4"):
        replay(recording(call))


def test_of_a_long_reply_the_first_part_and_the_length_are_compared() -> None:
    call = lemlist()
    for _ in range(200):
        call("POST", STEPS, {"type": "manual", "title": "t"})
    call("GET", "/campaigns/cam_docs0000000000000/sequences")
    data = recording(call)
    found = replay(data)
    same(found, call)
    assert found.in_part == [202]
    data["entries"][-1]["response"]["bytes"] += 1
    assert "length of the body" in replay(data).difference[-1]


def edited(change: Callable[[Any], object]) -> list[str]:
    """Return the difference that a replay shows after an edit of a recording."""
    call = lemlist(rate_limit=True)
    for number in range(5):
        call("POST", STEPS, {"type": "manual", "title": str(number), "delay": number})
    data = recording(call)
    assert replay(deepcopy(data)).difference == []
    change(data)
    return replay(data).difference


def _entry(data: Any, part: str) -> Any:
    return data["entries"][2][part]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: _entry(data, "response").update(status=201), "status: 201 recorded, 200 replayed"),
        (lambda data: _entry(data, "response")["headers"].pop(), "+X-Stepmock-Confidence"),
        (lambda data: _entry(data, "response").update(body="{}"), "-{}"),
        (lambda data: _entry(data, "request").update(body='{"type": "manual"}'), "status: 200 recorded, 400 replayed"),
        (lambda data: _entry(data, "request").update(body='{"type":"manual","title":"t","delay":9}'), '+  "delay": 9'),
        (lambda data: _entry(data, "request").update(method="PUT"), "405 replayed"),
        (lambda data: data["entries"].pop(2), "X-RateLimit-Remaining"),
        (lambda data: data["entries"].insert(2, data["entries"][0]), "X-RateLimit-Remaining"),
        (lambda data: data["start"]["state"].update(seed=8), '+  "_id": "stp_'),
        (lambda data: data["entries"][2].update(at=1.0), "X-RateLimit-Reset: Thu Jan 01 1970"),
        (lambda data: data.update(end="0"), "the world at the end is another"),
        (lambda data: data["entries"].pop(), "the world at the end is another"),
    ],
)  # fmt: skip
def test_an_edit_shows_as_the_first_difference(change: Callable[[Any], object], said: str) -> None:
    lines = edited(change)
    assert any(said in line for line in lines), lines
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda entries: entries.pop(2), "request 4 stands where request 3 belongs"),
        (lambda entries: entries.insert(2, entries[0]), "request 1 stands where request 3 belongs"),
        (lambda entries: entries.insert(2, entries.pop(3)), "request 4 stands where request 3 belongs"),
        (lambda entries: entries.__delitem__(slice(2)), "request 3 stands where request 1 belongs"),
    ],
)
def test_a_recording_that_misses_requests_or_has_them_elsewhere_says_so(
    change: Callable[[Any], object], said: str
) -> None:
    assert said in edited(lambda data: change(data["entries"]))[-1]


def test_a_difference_in_a_whole_recording_does_not_blame_it() -> None:
    lines = edited(lambda data: _entry(data, "response").update(status=201))
    assert "was changed" not in lines[-1]


def test_only_the_first_difference_is_shown() -> None:
    lines = edited(lambda data: [entry["response"].update(status=201) for entry in data["entries"][2:]])
    assert lines[0].startswith("request 3, POST ")
    assert len([line for line in lines if line.startswith("status")]) == 1


def test_bytes_that_are_written_otherwise_are_a_difference() -> None:
    lines = edited(
        lambda data: _entry(data, "response").update(body=_entry(data, "response")["body"].replace(":", ": "))
    )
    assert any("bytes differ from byte" in line for line in lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(version=2), "newer stepmock"),
        (lambda data: data.update(format="stepmock-world"), "no recording"),
        (lambda data: data.pop("format"), "GET worlds/ID/recording"),
        (lambda data: data.update(profile="other"), "profile"),
        (lambda data: data.pop("end"), "end"),
        (lambda data: data.update(entries={}), "entries"),
        (lambda data: data["start"].pop("provider"), "start"),
        (lambda data: data["start"].update(provider="nobody"), "start"),
        (lambda data: data["start"].update(provider="smartlead"), "start"),
        (lambda data: data["start"].pop("state"), "start"),
        (lambda data: data["start"]["state"].update(facts=5), "start"),
        (lambda data: data["start"]["state"].update(facts={"a": "b"}), "start"),
        (lambda data: data["start"]["resources"].update(steps=[]), "resources.steps"),
        (lambda data: data["entries"][2].pop("at"), "entries.2"),
        (lambda data: data["entries"][2].update(at=-1), "entries.2.at"),
        (lambda data: data["entries"][2].update(at=float("inf")), ""),
        (lambda data: _entry(data, "request").update(path="/smartlead/api/v1/campaigns"), "Request 3"),
        (lambda data: _entry(data, "request").update(body_base64="?"), "body_base64"),
        (lambda data: _entry(data, "request").pop("body"), "Request 3"),
        (lambda data: _entry(data, "response").update(headers=[["a"]]), "headers"),
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused_with_the_reason(change: Callable[[Any], object], said: str) -> None:
    with pytest.raises(WorldError) as caught:
        edited(change)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [None, [], {}, 5, "text"])
def test_what_is_no_object_is_no_recording(data: Any) -> None:
    with pytest.raises(WorldError, match="no recording"):
        replay(data)


def test_a_journal_is_told_from_a_recording() -> None:
    with pytest.raises(WorldError, match="it is a journal"):
        replay(of_world(lemlist(), "GET", "journal").json())


def test_requests_to_the_own_host_of_a_provider_are_replayed() -> None:
    call = lemlist()
    headers = {**call._headers, "host": "api.lemlist.com"}
    reply = call.emulator.handle(Request("GET", "/api/team", "", headers))
    assert reply.status == 200
    same(replay(recording(call)), call)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "lost-request"},
        {"fault": "lost-reply"},
        {"fault": "rate-limited"},
        {"fault": "LINKEDIN_MEDIA_TIMEOUT"},
        {"fault": "truncated-body", "bytes": 5},
        {"fault": "latency", "clock_latency": 3},
        {"status": 503, "body": "gone"},
    ],
    ids=str,
)
def test_faults_that_were_applied_are_applied_again(fault: dict[str, Any]) -> None:
    call = lemlist(rate_limit=True)
    of_world(call, "POST", "faults", [{**fault, "operation": "addStep", "nth": 2}, {"fault": "lost-reply", "nth": 900}])
    for title in "abc":
        call("POST", STEPS, {"type": "manual", "title": title})
    data = recording(call)
    assert [entry["fault"] is not None for entry in data["entries"][-3:]] == [False, True, False]
    found = replay(data)
    assert found.difference == []
    assert found.world.resources == json.loads(json.dumps(snapshot(call)["resources"]))


def test_a_fault_that_is_none_is_told() -> None:
    call = lemlist()
    call("POST", STEPS, {"type": "manual", "title": "a"})
    data = recording(call)
    data["entries"][0]["fault"] = "lost-replie"
    with pytest.raises(WorldError, match=r"Request 1 cannot be replayed: .*lost-reply"):
        replay(data)


def test_a_credential_that_was_taken_out_is_said_to_be_why_a_reply_differs() -> None:
    call = lemlist()
    call("POST", STEPS, {"type": "api", "method": "GET", "url": "https://example.com/a?access_token=sesame"})
    assert replay(recording(call)).difference[-1].startswith("A credential was taken out of this request")


def test_the_command_counts_the_requests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call, file = lemlist(), tmp_path / "run.json"
    for said in ("1 request, and every reply is the same\n", "2 requests, and every reply is the same\n"):
        file.write_text(json.dumps(recording(call)), encoding="utf-8")
        assert main(["replay", str(file)]) == 0
        assert capsys.readouterr().out == said
        call("GET", "/team")
