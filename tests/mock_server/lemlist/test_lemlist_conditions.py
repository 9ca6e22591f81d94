"""Conditions of lemlist and the sequences behind them; how sequences are listed."""

from typing import Any

import pytest
from lemlist_page import CONDITION_KEYS
from lemlist_steps import CONDITION, SEQUENCE, SEQUENCE_ID, STEP_ID, VISIT, add, added, codes, listing, remove, steps

# Conditions


def test_a_condition_fans_out_as_published(client: Any) -> None:
    body = added(client, CONDITION)
    branch, fallback = body["conditions"]
    assert body == {
        "_id": body["_id"],
        "type": "conditional",
        "conditions": [
            {
                "sequenceId": branch["sequenceId"],
                "label": "Accepted invite",
                "key": "linkedinInviteAccepted",
                "delay": 1,
                "delayType": "waitUntil",
            },
            {"sequenceId": fallback["sequenceId"], "fallback": True},
        ],
    }
    assert STEP_ID.fullmatch(body["_id"])
    assert all(SEQUENCE_ID.fullmatch(entry["sequenceId"]) for entry in body["conditions"])
    assert len({SEQUENCE, branch["sequenceId"], fallback["sequenceId"]}) == 3


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
def test_a_condition_without_a_delay_waits_1_day_wherever_it_stands(client: Any, first: bool) -> None:
    if not first:
        added(client, VISIT)
    assert added(client, CONDITION)["conditions"][0]["delay"] == 1
    assert steps(client)[-1]["delay"] == 1


def test_a_condition_within_days_needs_and_keeps_its_delay(client: Any) -> None:
    within = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "within"}
    assert codes(add(client, within)) == ["LEM023"]
    branch = added(client, {**within, "delay": 0})["conditions"][0]
    assert (branch["delay"], branch["delayType"], branch["key"]) == (0, "within", "emailsOpened")


def test_every_condition_key_has_a_label_of_its_own(client: Any) -> None:
    labels = [added(client, {**CONDITION, "conditionKey": key})["conditions"][0]["label"] for key in CONDITION_KEYS]
    assert all(labels)
    assert len(set(labels)) == 13


def test_both_branches_are_listed_while_empty(client: Any) -> None:
    added(client, VISIT)
    condition = added(client, CONDITION)
    branch, fallback = (entry["sequenceId"] for entry in condition["conditions"])
    listed = listing(client)
    assert list(listed) == [SEQUENCE, branch, fallback]
    for name in (branch, fallback):
        assert listed[name] == {"_id": name, "steps": [], "level": 1, "parentId": SEQUENCE, "conditionalStepIndex": 2}


def test_a_listed_condition_carries_what_was_sent_and_its_branches(client: Any) -> None:
    condition = added(client, CONDITION)
    assert steps(client) == [
        {
            **CONDITION,
            "_id": condition["_id"],
            "delay": 1,
            "conditions": condition["conditions"],
            "sequenceId": SEQUENCE,
            "index": 1,
            "sequenceStep": 0,
        }
    ]


def test_steps_can_be_added_to_both_branches(client: Any) -> None:
    branch, fallback = (entry["sequenceId"] for entry in added(client, CONDITION)["conditions"])
    yes = added(client, {"type": "linkedinSend", "message": "Hello, ..."}, branch)
    no = added(client, VISIT, fallback)
    assert (yes["delay"], no["delay"]) == (0, 0)
    assert [step["_id"] for step in steps(client, branch)] == [yes["_id"]]
    assert [step["_id"] for step in steps(client, fallback)] == [no["_id"]]
    assert len(steps(client)) == 1


def test_conditions_nest_five_levels_deep(client: Any) -> None:
    sequence, path = SEQUENCE, [SEQUENCE]
    for level in range(5):
        for _ in range(level):
            added(client, VISIT, sequence)
        sequence = added(client, CONDITION, sequence)["conditions"][level % 2]["sequenceId"]
        path.append(sequence)
    added(client, VISIT, sequence)
    listed = listing(client)
    assert len(listed) == 11
    assert [listed[name]["level"] for name in path] == [0, 1, 2, 3, 4, 5]
    assert [listed[name].get("parentId") for name in path] == [None, *path[:-1]]
    assert [listed[name].get("conditionalStepIndex") for name in path] == [None, 1, 2, 3, 4, 5]
    assert [len(listed[name]["steps"]) for name in path] == [1, 2, 3, 4, 5, 1]


def test_the_place_of_the_condition_follows_when_steps_move(client: Any) -> None:
    branch = added(client, CONDITION)["conditions"][0]["sequenceId"]
    before = added(client, {**VISIT, "index": 0})["_id"]
    assert listing(client)[branch]["conditionalStepIndex"] == 2
    remove(client, before)
    assert listing(client)[branch]["conditionalStepIndex"] == 1


# Listing


def test_a_listing_is_keyed_by_sequence_and_counts_from_1_and_from_0(client: Any) -> None:
    for _ in range(3):
        added(client, VISIT)
    listed = listing(client)
    assert list(listed) == [SEQUENCE]
    assert listed[SEQUENCE].keys() == {"_id", "steps", "level"}
    assert (listed[SEQUENCE]["_id"], listed[SEQUENCE]["level"]) == (SEQUENCE, 0)
    assert [step["index"] for step in listed[SEQUENCE]["steps"]] == [1, 2, 3]
    assert [step["sequenceStep"] for step in listed[SEQUENCE]["steps"]] == [0, 1, 2]


def test_the_sequence_of_the_samples_begins_empty(client: Any) -> None:
    assert listing(client) == {SEQUENCE: {"_id": SEQUENCE, "steps": [], "level": 0}}


def test_sequences_of_an_unknown_campaign_are_not_found(client: Any) -> None:
    reply = client.get("/campaigns/cam_00000000000000000/sequences")
    assert (reply.status, reply.text) == (404, "Campaign not found")
