"""Changing steps of lemlist: what is sent changes, and nothing else."""

from typing import Any

import pytest
from lemlist_steps import (
    CAMPAIGN,
    CHANGES,
    CONDITION,
    EXAMPLES,
    PLAIN_TYPES,
    SEQUENCE,
    VISIT,
    added,
    codes,
    is_text,
    listing,
    steps,
    update,
)


@pytest.mark.parametrize("step_type", PLAIN_TYPES)
def test_an_update_changes_what_is_sent_and_nothing_else(client: Any, step_type: str) -> None:
    new = added(client, EXAMPLES[step_type])
    before = steps(client)[0]
    reply = update(client, new["_id"], CHANGES[step_type])
    assert reply.status == 200
    assert steps(client) == [{**before, **CHANGES[step_type]}]
    body = reply.json()
    assert body.keys() - {"message"} == {"_id", "type", "delay", "emailTemplateId"}
    assert (body["_id"], body["type"]) == (new["_id"], step_type)
    assert body.get("message") == steps(client)[0].get("message")


@pytest.mark.parametrize("step_type", sorted(EXAMPLES))
def test_an_update_with_the_type_alone_changes_nothing(client: Any, step_type: str) -> None:
    new = added(client, EXAMPLES[step_type])
    before = listing(client)
    assert update(client, new["_id"], {"type": step_type}).json() == new
    assert listing(client) == before


@pytest.mark.parametrize("step_type", PLAIN_TYPES)
def test_one_field_at_a_time_can_be_changed(client: Any, step_type: str) -> None:
    new = added(client, EXAMPLES[step_type])
    for name, value in CHANGES[step_type].items():
        before = steps(client)[0]
        assert update(client, new["_id"], {"type": step_type, name: value}).status == 200
        assert steps(client)[0] == {**before, name: value}


@pytest.mark.parametrize("field", ["images", "videos"])
def test_an_empty_list_clears_the_media_of_one_kind(client: Any, field: str) -> None:
    new = added(client, EXAMPLES["linkedinSend"])
    assert update(client, new["_id"], {"type": "linkedinSend", field: []}).status == 200
    assert steps(client)[0][field] == []
    other = {"images": "videos", "videos": "images"}[field]
    assert steps(client)[0][other] == EXAMPLES["linkedinSend"][other]


def test_sent_media_replace_the_stored_ones(client: Any) -> None:
    new = added(client, EXAMPLES["linkedinSend"])
    images = ["https://cdn.example.com/a.png", "https://cdn.example.com/b.gif"]
    assert update(client, new["_id"], {"type": "linkedinSend", "images": images}).status == 200
    assert steps(client)[0]["images"] == images


def test_stored_media_that_stay_count_towards_the_limit(client: Any) -> None:
    urls = [f"https://cdn.example.com/{number}.png" for number in range(6)]
    videos = ["https://cdn.example.com/a.mp4"]
    new = added(client, {"type": "linkedinInvite", "images": urls})
    reply = update(client, new["_id"], {"type": "linkedinInvite", "videos": videos})
    assert (reply.status, reply.json()["code"]) == (400, "LINKEDIN_MEDIA_TOO_MANY")
    assert update(client, new["_id"], {"type": "linkedinInvite", "videos": videos, "images": urls[:5]}).status == 200


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("linkedinVisit", "linkedinFollow"),
        ("email", "sms"),
        ("conditional", "linkedinVisit"),
        ("linkedinVisit", "conditional"),
        ("linkedinInvite", "linkedinSend"),
    ],
)
def test_the_type_of_a_step_never_changes(client: Any, stored: str, sent: str) -> None:
    new = added(client, EXAMPLES[stored])
    before = listing(client)
    reply = update(client, new["_id"], CHANGES[sent])
    assert reply.status == 400
    assert is_text(reply)
    assert codes(reply)[0] == "LEM012"
    assert listing(client) == before


def test_an_update_repeats_the_type(client: Any) -> None:
    new = added(client, VISIT)
    reply = update(client, new["_id"], {"delay": 3})
    assert (reply.status, codes(reply)) == (400, ["LEM010"])
    assert steps(client)[0]["delay"] == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"index": 0}, "index", id="index"),
        pytest.param({"subject": "S"}, "subject", id="misplaced"),
        pytest.param({"_id": "stp_x"}, "_id", id="id"),
        pytest.param({"sequenceId": "seq_x"}, "sequenceId", id="sequence"),
        pytest.param({"emailTemplateId": "etp_x"}, "emailTemplateId", id="template"),
    ],
)
def test_what_an_update_cannot_change_stays(client: Any, change: dict[str, Any], field: str) -> None:
    for _ in range(2):
        new = added(client, VISIT)
    before = steps(client)
    assert update(client, new["_id"], {**VISIT, **change}).status == 200
    assert steps(client) == before


def test_an_update_with_a_broken_rule_changes_nothing_at_all(client: Any) -> None:
    new = added(client, EXAMPLES["email"])
    before = listing(client)
    reply = update(client, new["_id"], {"type": "email", "subject": "New", "delay": -1})
    assert (reply.status, codes(reply)) == (400, ["LEM022"])
    assert listing(client) == before


def test_an_update_of_a_condition_leaves_its_branches_and_relabels_them(client: Any) -> None:
    new = added(client, CONDITION)
    branch, fallback = (entry["sequenceId"] for entry in new["conditions"])
    inside = added(client, VISIT, branch)["_id"]
    reply = update(
        client, new["_id"], {"type": "conditional", "conditionKey": "meetingBooked", "delayType": "within", "delay": 7}
    )
    assert reply.status == 200
    first, second = reply.json()["conditions"]
    assert first.keys() == {"sequenceId", "label", "key", "delay", "delayType"}
    assert (first["sequenceId"], first["key"], first["delay"], first["delayType"]) == (
        branch,
        "meetingBooked",
        7,
        "within",
    )
    assert first["label"] != "Accepted invite"
    assert second == {"sequenceId": fallback, "fallback": True}
    listed = listing(client)
    assert listed[SEQUENCE]["steps"][0]["conditions"] == reply.json()["conditions"]
    assert (listed[SEQUENCE]["steps"][0]["delay"], listed[SEQUENCE]["steps"][0]["conditionKey"]) == (7, "meetingBooked")
    assert [step["_id"] for step in listed[branch]["steps"]] == [inside]
    back = update(client, new["_id"], {"type": "conditional", "conditionKey": "linkedinInviteAccepted"})
    assert back.json()["conditions"][0]["label"] == "Accepted invite"
    assert back.json()["conditions"][0]["delay"] == 7


def test_steps_of_a_running_campaign_may_be_added_and_changed(client: Any) -> None:
    client.post(f"/campaigns/{CAMPAIGN}/start")
    new = added(client, VISIT)
    assert update(client, new["_id"], {**VISIT, "delay": 4}).json()["delay"] == 4
