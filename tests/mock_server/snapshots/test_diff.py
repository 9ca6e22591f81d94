"""What two worlds differ in, in the words of the provider's own things."""

from copy import deepcopy
from typing import Any

import pytest
from drives import Caller
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts import load
from stepmock.mock_server.snapshots import differences, in_words
from world_control import SEQUENCE, STEPS, control, driven, emulator, lemlist, of_world, snapshot, words


def add(call: Caller, **fields: Any) -> Any:
    reply = call("POST", STEPS, {"type": "manual", "title": "t", **fields})
    assert reply.status == 200
    return reply.json()


def told(old: Any, new: Any, provider: str = "lemlist") -> list[str]:
    return in_words(differences(load(provider).resources, old, new))


def test_a_step_that_is_added_and_removed_is_named_with_its_type_and_place() -> None:
    call = lemlist()
    before = snapshot(call)
    step = add(call)["_id"]
    assert words(call) == [f"step {step} (manual) added to sequence {SEQUENCE} at index 0"]
    assert told(snapshot(call), before) == [f"step {step} (manual) removed from sequence {SEQUENCE}"]


def test_the_branches_of_a_condition_are_child_sequences_of_their_step() -> None:
    call = lemlist()
    made = add(call, type="conditional", conditionKey="hasScore", delayType="waitUntil")
    one, two = (each["sequenceId"] for each in made["conditions"])
    assert words(call) == [
        f"2 child sequences added to step {made['_id']}: {one}, {two}",
        f"step {made['_id']} (conditional) added to sequence {SEQUENCE} at index 0",
    ]


def test_steps_that_come_together_are_one_sentence_and_as_many_changes() -> None:
    call = lemlist()
    names = [add(call)["_id"] for _ in range(7)]
    assert words(call) == [f"7 steps added to sequence {SEQUENCE}: {', '.join(names[:5])} and 2 more"]
    changes = of_world(call, "GET", "diff").json()["changes"]
    assert [(each["change"], each["kind"], each["id"], each["index"]) for each in changes] == [
        ("added", "steps", name, place) for place, name in enumerate(names)
    ]
    assert {(each["holder"]["kind"], each["holder"]["id"]) for each in changes} == {("sequences", SEQUENCE)}


def test_a_field_is_told_with_both_values() -> None:
    call = lemlist()
    step = add(call, delay=1)["_id"]
    before = snapshot(call)
    call("PATCH", f"{STEPS}/{step}", {"type": "manual", "delay": 3, "message": "hi"})
    assert told(before, snapshot(call)) == [
        f"field delay of step {step}: 1 -> 3",
        f'field message of step {step}: none -> "hi"',
    ]


def test_a_field_within_a_field_has_a_dotted_name() -> None:
    call = lemlist()
    made = add(call, type="conditional", conditionKey="hasScore", delayType="waitUntil", delay=1)
    before = snapshot(call)
    call("PATCH", f"{STEPS}/{made['_id']}", {"type": "conditional", "delay": 2})
    assert told(before, snapshot(call)) == [
        f"field delay of step {made['_id']}: 1 -> 2",
        f"field conditions.0.delay of step {made['_id']}: 1 -> 2",
    ]


def test_a_step_that_moved_is_told_alone() -> None:
    call = lemlist()
    names = [add(call)["_id"] for _ in range(5)]
    before, after = snapshot(call), snapshot(call)
    after["resources"]["sequences"][SEQUENCE]["steps"] = [names[0], names[4], *names[1:4]]
    assert told(before, after) == [f"step {names[4]} moved to index 1 of sequence {SEQUENCE}"]
    (change,) = differences(load("lemlist").resources, before, after)
    assert change.as_json() == {
        "change": "moved",
        "kind": "steps",
        "id": names[4],
        "words": f"step {names[4]} moved to index 1 of sequence {SEQUENCE}",
        "holder": {"kind": "sequences", "id": SEQUENCE},
        "index": 1,
    }


def test_a_step_that_moved_to_another_sequence_is_no_removal() -> None:
    call = lemlist()
    condition = add(call, type="conditional", conditionKey="hasScore", delayType="waitUntil")
    step = add(call)["_id"]
    branch = condition["conditions"][1]["sequenceId"]
    before, after = snapshot(call), snapshot(call)
    after["resources"]["sequences"][SEQUENCE]["steps"].remove(step)
    after["resources"]["sequences"][branch]["steps"].append(step)
    after["resources"]["steps"][step]["sequenceId"] = branch
    assert told(before, after) == [f"step {step} moved from sequence {SEQUENCE} to sequence {branch} at index 0"]


def test_true_is_not_one() -> None:
    call = lemlist()
    step = add(call, delay=1)["_id"]
    before, after = snapshot(call), snapshot(call)
    after["resources"]["steps"][step]["delay"] = True
    assert told(before, after) == [f"field delay of step {step}: 1 -> true"]


def test_the_clock_is_told_in_words() -> None:
    call = lemlist()
    of_world(call, "POST", "clock", {"advance": 90})
    before = snapshot(call)
    of_world(call, "POST", "clock", {"set": "2026-01-31T09:00:00Z"})
    assert told(before, snapshot(call)) == [
        "clock: runs +90 s from the server's -> stands still at 2026-01-31T09:00:00.000Z"
    ]


def test_reading_is_no_difference() -> None:
    call = lemlist()
    for _ in range(3):
        call("GET", "/campaigns")
    assert words(call) == []


def test_a_world_is_compared_with_another_one() -> None:
    one = lemlist("one")
    other = Caller(one.emulator, "lemlist", "two")
    of_world(one, "POST", "fork", {"credential": "two"})
    step = add(one)["_id"]
    assert words(one, other.world) == [f"step {step} (manual) added to sequence {SEQUENCE} at index 0"]
    assert words(other, one.world) == [f"step {step} (manual) removed from sequence {SEQUENCE}"]
    assert words(one, one.world) == []


@pytest.mark.parametrize(
    ("provider", "kind"), [("smartlead", "variants"), ("saleshandy", "steps"), ("supaglue", "steps")]
)
def test_the_words_are_those_of_each_contract(provider: str, kind: str) -> None:
    call = driven(emulator(), provider)
    changes = of_world(call, "GET", "diff").json()["changes"]
    added = [each for each in changes if (each["change"], each["kind"]) == ("added", kind)]
    assert added
    assert all(each["words"].startswith(kind.removesuffix("s")) for each in added)
    assert all(" added to sequence " in each["words"] for each in added)


def test_a_diff_against_nothing_known_is_refused() -> None:
    call = lemlist()
    other = Caller(call.emulator, "smartlead")
    other("GET", "/campaigns")
    for query, status in [
        ("against=0123", 404),
        ("against=", 404),
        ("agianst=x", 400),
        (f"against={call.world}&against={call.world}", 400),
        (f"against={other.world}", 400),
    ]:
        reply = of_world(call, "GET", f"diff?{query}")
        assert (reply.status, reply.json()["error"].keys()) == (status, {"code", "message", "hint"})
    assert control(call.emulator, "GET", "worlds/0123/diff").status == 404


@given(st.permutations(range(9)), st.sets(st.integers(0, 8)), st.sets(st.integers(0, 8)))
def test_moves_additions_and_removals_lead_from_one_order_to_the_other(
    order: list[int], only_before: set[int], only_after: set[int]
) -> None:
    forms = {"bags": {"holds": {"things": "bag"}, "refers": {"things": "things"}}, "things": {}}
    before = [str(each) for each in range(9) if each not in only_after]
    after = [str(each) for each in order if each not in only_before]

    def world(things: list[str]) -> Any:
        table = {name: {"id": name, "bag": "b"} for name in things}
        return {"resources": {"bags": {"b": {"id": "b", "things": things}}, "things": table}}

    changes = differences(forms, world(before), world(after))
    left = [name for name in before if name in after]
    moved = [each for each in changes if each.change == "moved"]
    for each in moved:
        left.remove(each.id)
    arrived = {each.place: each.id for each in changes if each.change in ("added", "moved")}
    for place, name in sorted(arrived.items()):
        left.insert(place or 0, name)
    assert left == after
    assert {each.id for each in changes if each.change == "removed"} == set(before) - set(after)


def test_comparing_changes_nothing() -> None:
    call = driven(emulator(), "lemlist")
    old, new = snapshot(lemlist()), snapshot(call)
    copies = deepcopy((old, new))
    differences(load("lemlist").resources, old, new)
    assert (old, new) == copies
