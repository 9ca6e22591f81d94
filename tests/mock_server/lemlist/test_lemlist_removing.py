"""Removing steps of lemlist, and naming what is not there."""

from typing import Any

import pytest
from lemlist_steps import (
    CAMPAIGN,
    CONDITION,
    SEQUENCE,
    VISIT,
    add,
    added,
    codes,
    is_text,
    listing,
    remove,
    steps,
    update,
)

# Deleting


def test_deleting_answers_ok_and_closes_the_gap(client: Any) -> None:
    first, second, third = (added(client, VISIT)["_id"] for _ in range(3))
    reply = remove(client, second)
    assert (reply.status, reply.json()) == (200, {"ok": True})
    assert [(step["_id"], step["index"], step["sequenceStep"]) for step in steps(client)] == [
        (first, 1, 0),
        (third, 2, 1),
    ]
    again = remove(client, second)
    assert (again.status, again.text) == (404, "Step not found")


def test_deleting_a_condition_takes_everything_below_it(client: Any) -> None:
    stays = added(client, VISIT)["_id"]
    condition = added(client, CONDITION)
    branch, fallback = (entry["sequenceId"] for entry in condition["conditions"])
    inner = added(client, CONDITION, fallback)
    deepest = inner["conditions"][0]["sequenceId"]
    below = added(client, VISIT, deepest)["_id"]
    other = added(client, CONDITION)
    assert remove(client, condition["_id"]).status == 200
    listed = listing(client)
    assert list(listed) == [SEQUENCE, *(entry["sequenceId"] for entry in other["conditions"])]
    assert [step["_id"] for step in listed[SEQUENCE]["steps"]] == [stays, other["_id"]]
    for gone in (branch, fallback, deepest):
        assert add(client, VISIT, gone).text == "Bad team"
        assert remove(client, below, gone).text == "Sequence not found"


@pytest.mark.parametrize("nested", [False, True], ids=["main", "branch"])
def test_a_step_cannot_be_deleted_while_the_campaign_runs(client: Any, nested: bool) -> None:
    sequence = added(client, CONDITION)["conditions"][0]["sequenceId"] if nested else SEQUENCE
    step = added(client, VISIT, sequence)["_id"]
    client.post(f"/campaigns/{CAMPAIGN}/start")
    reply = remove(client, step, sequence)
    assert (reply.status, reply.text) == (400, "You cannot delete this step because the campaign is running")
    assert is_text(reply)
    assert step in [each["_id"] for each in steps(client, sequence)]
    client.post(f"/campaigns/{CAMPAIGN}/pause")
    assert remove(client, step, sequence).status == 200


def test_a_new_campaign_loses_steps_although_it_says_that_it_runs(client: Any) -> None:
    campaign = client.post("/campaigns", json={"name": "Spring"}).json()
    assert campaign["state"] == "running"
    step = added(client, VISIT, campaign["sequenceId"])["_id"]
    assert remove(client, step, campaign["sequenceId"]).json() == {"ok": True}


# What is not there


UNKNOWN = "seq_00000000000000000"


@pytest.mark.parametrize("whose", ["nobody", "another-key"])
def test_a_sequence_that_the_key_does_not_have_is_refused(client: Any, whose: str) -> None:
    sequence, step = UNKNOWN, "stp_00000000000000000"
    if whose == "another-key":
        other = client.with_key(f"{client.key}, another")
        sequence = other.post("/campaigns", json={"name": "Theirs"}).json()["sequenceId"]
        step = added(other, VISIT, sequence)["_id"]
    replies = [add(client, VISIT, sequence), update(client, step, VISIT, sequence), remove(client, step, sequence)]
    assert [(reply.status, reply.text) for reply in replies] == [
        (400, "Bad team"),
        (400, "Bad team"),
        (404, "Sequence not found"),
    ]
    assert all(reply.content_type == "text/plain; charset=utf-8" for reply in replies)


def test_a_step_that_does_not_exist_is_refused(client: Any) -> None:
    changed, removed = update(client, "stp_00000000000000000", VISIT), remove(client, "stp_00000000000000000")
    assert (changed.status, removed.status, removed.text) == (400, 404, "Step not found")
    assert is_text(changed)


def test_a_step_is_found_below_its_own_sequence_only(client: Any) -> None:
    branch = added(client, CONDITION)["conditions"][0]["sequenceId"]
    step = added(client, VISIT)["_id"]
    before = listing(client)
    assert update(client, step, {**VISIT, "delay": 9}, branch).status == 400
    assert remove(client, step, branch).status == 404
    assert listing(client) == before


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        pytest.param("cam_00000000000000000", "LEM065", id="unknown"),
        pytest.param("cam_archived000000000", "LEM066", id="archived"),
        pytest.param("", "LEM065", id="empty"),
    ],
)
def test_leads_go_only_to_campaigns_that_exist_and_are_not_archived(client: Any, target: str, rule: str) -> None:
    step = {"type": "sendToAnotherCampaign", "campaignId": target}
    new = added(client, {**step, "campaignId": "cam_ABC123XYZ456"})
    before = listing(client)
    for reply in (add(client, step), update(client, new["_id"], step)):
        assert (reply.status, codes(reply)) == (400, [rule])
        assert is_text(reply)
    assert listing(client) == before


def test_leads_do_not_go_to_a_campaign_of_another_key(client: Any) -> None:
    other = client.with_key(f"{client.key}, another").post("/campaigns", json={"name": "Theirs"}).json()["_id"]
    own = client.post("/campaigns", json={"name": "Mine"}).json()["_id"]
    step = {"type": "sendToAnotherCampaign"}
    assert codes(add(client, {**step, "campaignId": other})) == ["LEM065"]
    assert add(client, {**step, "campaignId": own}).status == 200
