"""The limits that keep one client from filling the server, and the worlds that are refused at the door."""

from collections.abc import Callable
from copy import deepcopy
from threading import Event, Thread
from typing import Any

import pytest
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_JOURNAL_BODY_BYTES, MAX_JOURNAL_ENTRIES
from stepmock.mock_server import Emulator, Settings, store
from stepmock.mock_server.clock import FrozenClock, SystemClock, parse_clock
from stepmock.mock_server.identifiers import world_id
from stepmock.mock_server.providers.lemlist import steps as lemlist_steps
from stepmock.mock_server.store import MemoryStore, TooManyWorlds
from stepmock.mock_server.world import World, WorldError, read_resources

SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
STEPS = f"/sequences/{SEQUENCE}/steps"
LISTING = "/campaigns/cam_docs0000000000000/sequences"


def world() -> World:
    return World("w", "lemlist", 0, {})


# Worlds


def test_a_key_too_many_is_refused_and_the_others_are_still_served(
    core: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_WORLDS", 3)
    client = core()
    keys = ["first", "second", "third"]
    assert [client.get("/team", key=key).status for key in keys] == [200] * 3
    refused = client.get("/team", key="fourth")
    assert (refused.status, refused.content_type) == (429, "text/plain; charset=utf-8")
    assert refused.text
    assert "X-Stepmock-World" not in refused.headers
    assert [client.post(STEPS, json={"type": "linkedinVisit"}, key=key).status for key in keys] == [200] * 3
    assert client.get("/team", key="fifth").status == 429


def test_a_refused_key_takes_up_no_world(core: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_WORLDS", 1)
    client = core()
    for number in range(5):
        assert client.get("/team", key=f"invalid{number}").status == 401
    assert client.get("/team", key="first").status == 200


def test_the_store_makes_a_world_once_and_keeps_it() -> None:
    kept = MemoryStore()
    made: list[World] = []

    def create() -> World:
        made.append(world())
        return made[-1]

    with kept.open("a", create) as first:
        first.counter = 7
    with kept.open("a", create) as second:
        assert second.counter == 7
    with kept.open("b", create) as other:
        assert other.counter == 0
    assert len(made) == 2


def test_what_a_block_changed_stays_although_it_raised() -> None:
    kept = MemoryStore()

    def fail() -> None:
        with kept.open("a", world) as changed:
            changed.counter = 7
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with kept.open("a", world) as found:
        assert found.counter == 7


def test_a_world_that_cannot_be_made_takes_up_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_WORLDS", 1)
    kept = MemoryStore()

    def fail() -> World:
        raise KeyError

    with pytest.raises(KeyError):
        kept.open("a", fail)
    kept.open("b", world)
    with pytest.raises(TooManyWorlds):
        kept.open("c", world)


def test_a_world_belongs_to_one_thread_while_others_go_on() -> None:
    kept = MemoryStore()
    entered = Event()

    def enter(name: str) -> None:
        with kept.open(name, world):
            entered.set()

    with kept.open("a", world):
        same, other = Thread(target=enter, args=("a",)), Thread(target=enter, args=("b",))
        other.start()
        assert entered.wait(20)
        other.join(20)
        entered.clear()
        same.start()
        assert not entered.wait(0.05)
    assert entered.wait(20)
    same.join(20)


# Steps


def test_a_sequence_that_is_full_takes_no_further_step(
    core: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lemlist_steps, "MAX_STEPS_PER_SEQUENCE", 3)
    client = core()
    made = [client.post(STEPS, json={"type": "linkedinVisit"}).json()["_id"] for _ in range(3)]
    refused = client.post(STEPS, json={"type": "linkedinVisit"})
    assert (refused.status, refused.content_type) == (400, "text/plain; charset=utf-8")
    assert "3" in refused.text
    assert [step["_id"] for step in client.get(LISTING).json()[SEQUENCE]["steps"]] == made
    assert client.delete(f"{STEPS}/{made[0]}").status == 200
    assert client.post(STEPS, json={"type": "linkedinVisit"}).status == 200


# The journal


def journal(emulator: Emulator, key: str, worlds: MemoryStore) -> Any:
    with worlds.open(world_id("lemlist", key), world) as found:
        return found.journal


def test_the_journal_keeps_the_newest_requests_only(core: Callable[..., Any]) -> None:
    worlds = MemoryStore()
    emulator = Emulator(Settings(rate_limit=False), worlds)
    client = core(emulator=emulator)
    for _ in range(MAX_JOURNAL_ENTRIES + 5):
        client.get("/team")
    numbers = [entry.number for entry in journal(emulator, client.key, worlds)]
    assert numbers == list(range(6, MAX_JOURNAL_ENTRIES + 6))


def test_a_journal_entry_says_what_came_and_went_without_the_key(core: Callable[..., Any]) -> None:
    worlds = MemoryStore()
    emulator = Emulator(Settings(rate_limit=False, clock=FrozenClock(1_700_000_000)), worlds)
    client = core(emulator=emulator)
    client.post(STEPS, json={"type": "email", "message": "m" * (MAX_JOURNAL_BODY_BYTES * 2)})
    client.get(f"/team?access_token={client.key}")
    first, second = journal(emulator, client.key, worlds)
    assert (first.method, first.path, first.operation, first.status) == ("POST", f"/lemlist/api{STEPS}", "addStep", 400)
    assert (first.at, first.rules) == (1_700_000_000, ("LEM030",))
    assert len(first.request_body) == MAX_JOURNAL_BODY_BYTES
    assert first.response_body
    assert (second.operation, second.status) == ("getTeam", 200)
    assert client.key not in repr((first, second))


# World data


GOOD: dict[str, Any] = {
    "format": "stepmock-world",
    "version": 1,
    "provider": "lemlist",
    "resources": {
        "campaigns": {
            "cam_a": {
                "_id": "cam_a",
                "name": "A",
                "createdAt": "2026-01-01T00:00:00.000Z",
                "status": "draft",
                "sequenceIds": ["seq_a"],
            }
        },
        "sequences": {"seq_a": {"_id": "seq_a", "campaignId": "cam_a", "level": 0, "steps": ["stp_a"]}},
        "steps": {"stp_a": {"_id": "stp_a", "sequenceId": "seq_a", "type": "linkedinVisit", "delay": 0}},
    },
}


def changed(*where: str, to: Any) -> Any:
    data = deepcopy(GOOD)
    place = data
    for name in where[:-1]:
        place = place[name]
    place[where[-1]] = to
    return data


def test_good_world_data_is_read_and_served(core: Callable[..., Any]) -> None:
    assert read_resources(GOOD, load("lemlist"))["campaigns"] == GOOD["resources"]["campaigns"]
    client = core(worlds={"lemlist": GOOD})
    assert client.get("/campaigns/cam_a/sequences").json()["seq_a"]["steps"][0]["_id"] == "stp_a"
    assert client.delete("/sequences/seq_a/steps/stp_a").status == 200


def test_world_data_is_copied_and_never_changed(core: Callable[..., Any]) -> None:
    data = deepcopy(GOOD)
    client = core(worlds={"lemlist": data})
    client.delete("/sequences/seq_a/steps/stp_a")
    client.patch("/campaigns/cam_a", json={"name": "B"})
    assert data == GOOD


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="array"),
        pytest.param("world", id="text"),
        pytest.param({}, id="empty"),
        pytest.param(changed("format", to="other"), id="format"),
        pytest.param(changed("version", to=2), id="version"),
        pytest.param(changed("version", to="1"), id="version-text"),
        pytest.param(changed("provider", to="smartlead"), id="provider"),
        pytest.param(changed("resources", to=None), id="no-resources"),
        pytest.param(changed("resources", to=[]), id="array-of-resources"),
        pytest.param(changed("resources", "leads", to={}), id="unknown-kind"),
        pytest.param(changed("resources", "steps", to=[]), id="array-of-steps"),
        pytest.param(changed("resources", "steps", "stp_a", to=None), id="step-null"),
        pytest.param(changed("resources", "steps", "stp_a", "_id", to="stp_b"), id="id-is-not-the-key"),
        pytest.param(changed("resources", "steps", "stp_a", "sequenceId", to="seq_b"), id="step-of-no-sequence"),
        pytest.param(
            changed("resources", "sequences", "seq_a", "campaignId", to="cam_b"), id="sequence-of-no-campaign"
        ),
        pytest.param(
            changed("resources", "sequences", "seq_a", "steps", to=["stp_b"]), id="sequence-with-no-such-step"
        ),
        pytest.param(changed("resources", "sequences", "seq_a", "steps", to=[1]), id="step-by-number"),
        pytest.param(changed("resources", "sequences", "seq_a", "parentId", to="seq_b"), id="no-such-parent"),
        pytest.param(changed("resources", "campaigns", "cam_a", "sequenceIds", to=["seq_b"]), id="no-such-sequence"),
        pytest.param(
            changed("resources", "campaigns", "cam_a", "sequenceIds", to=[["seq_a"]]), id="sequence-in-a-list"
        ),
    ],
)
def test_world_data_that_cannot_be_used_is_refused_with_one_sentence(data: Any) -> None:
    with pytest.raises(WorldError) as caught:
        read_resources(data, load("lemlist"))
    assert str(caught.value).endswith((".", "}."))
    assert "\n" not in str(caught.value)


REQUESTS: list[tuple[str, str, Any]] = [
    ("GET", "/team", None),
    ("GET", "/campaigns", None),
    ("GET", "/campaigns?sortOrder=asc", None),
    ("GET", "/campaigns/cam_a", None),
    ("GET", "/campaigns/cam_a/sequences", None),
    ("POST", "/sequences/seq_a/steps", {"type": "conditional", "conditionKey": "hasScore", "delayType": "waitUntil"}),
    ("PATCH", "/sequences/seq_a/steps/stp_a", {"type": "linkedinVisit", "delay": 2}),
    ("POST", "/campaigns/cam_a/start", None),
    ("POST", "/campaigns/cam_a/pause", None),
    ("PATCH", "/campaigns/cam_a", {"name": "B"}),
    ("DELETE", "/sequences/seq_a/steps/stp_a", None),
]


@pytest.mark.parametrize(
    ("kind", "name", "field"),
    [
        (kind, name, field)
        for kind, table in GOOD["resources"].items()
        for name, entry in table.items()
        for field in entry
        if field != "_id"
    ],
)
def test_world_data_without_a_needed_field_is_refused_or_makes_nothing_fail(
    core: Callable[..., Any], kind: str, name: str, field: str
) -> None:
    data = deepcopy(GOOD)
    del data["resources"][kind][name][field]
    try:
        client = core(worlds={"lemlist": data})
    except WorldError:
        return
    statuses = [(method, path, client.request(method, path, json=payload).status) for method, path, payload in REQUESTS]
    assert [each for each in statuses if each[2] >= 500] == []


# Time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2021-02-16T08:02:42Z", 1_613_462_562),
        ("2021-02-16T08:02:42", 1_613_462_562),
        ("2021-02-16T09:02:42+01:00", 1_613_462_562),
        ("2021-02-16", 1_613_433_600),
        ("2021-02-16T08:02:42.500Z", 1_613_462_562.5),
    ],
)
def test_a_time_in_iso_8601_stands_still(text: str, seconds: float) -> None:
    clock = parse_clock(text)
    assert (clock.now(), clock.now()) == (seconds, seconds)


def test_the_system_clock_is_asked_for_by_name() -> None:
    assert isinstance(parse_clock("system"), SystemClock)


@pytest.mark.parametrize("text", ["", "now", "System", "12:00", "2021-13-01", "2021-02-30T00:00:00Z", "1613462562.5"])
def test_what_is_no_time_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|must be in|out of range"):
        parse_clock(text)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1969-12-31T23:59:59Z",
    ],
)
def test_a_time_at_the_edge_is_refused_or_served(core: Callable[..., Any], text: str) -> None:
    try:
        clock = parse_clock(text)
    except ValueError:
        return
    assert core(clock=clock, rate_limit=True).get("/team").status == 200
