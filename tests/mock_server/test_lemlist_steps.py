"""Steps of lemlist sequences: what adding, changing, listing and removing them does."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from lemlist_page import CONDITION_KEYS
from stepmock.contracts import load
from stepmock.validators.checker import checker

SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
CAMPAIGN = "cam_docs0000000000000"
STEP_ID = re.compile(r"stp_[0-9A-Za-z]{17}")
SEQUENCE_ID = re.compile(r"seq_[0-9A-Za-z]{17}")
TEMPLATE_ID = re.compile(r"etp_[0-9A-Za-z]{17}")
VISIT = {"type": "linkedinVisit"}
CONDITION = {"type": "conditional", "conditionKey": "linkedinInviteAccepted", "delayType": "waitUntil"}
EXAMPLES = {example["type"]: example for example in checker("lemlist", "addStep").examples}
CHANGES = {example["type"]: example for example in checker("lemlist", "updateStep").examples}
PLAIN_TYPES = sorted(EXAMPLES.keys() - {"conditional"})


def add(client: Any, step: dict[str, Any], sequence: str = SEQUENCE) -> Any:
    return client.post(f"/sequences/{sequence}/steps", json=step)


def added(client: Any, step: dict[str, Any], sequence: str = SEQUENCE) -> dict[str, Any]:
    reply = add(client, step, sequence)
    assert reply.status == 200, reply.text
    return reply.json()


def update(client: Any, step: str, change: dict[str, Any], sequence: str = SEQUENCE) -> Any:
    return client.patch(f"/sequences/{sequence}/steps/{step}", json=change)


def remove(client: Any, step: str, sequence: str = SEQUENCE) -> Any:
    return client.delete(f"/sequences/{sequence}/steps/{step}")


def listing(client: Any, campaign: str = CAMPAIGN) -> dict[str, Any]:
    reply = client.get(f"/campaigns/{campaign}/sequences")
    assert reply.status == 200, reply.text
    return reply.json()


def steps(client: Any, sequence: str = SEQUENCE) -> list[dict[str, Any]]:
    return listing(client)[sequence]["steps"]


def codes(reply: Any) -> list[str]:
    return [item["rule"] for item in json.loads(reply.headers["X-Stepmock-Violations"])]


def is_text(reply: Any) -> bool:
    return reply.content_type == "text/plain; charset=utf-8" and bool(reply.text.strip())


# Adding


@pytest.mark.parametrize("step_type", PLAIN_TYPES)
def test_adding_answers_id_type_delay_template_and_a_message_that_was_sent(client: Any, step_type: str) -> None:
    sent = EXAMPLES[step_type]
    reply = add(client, sent)
    assert reply.status == 200
    assert reply.content_type.startswith("application/json")
    body = reply.json()
    assert list(body) == ["_id", "type", "delay", "emailTemplateId", *(["message"] if "message" in sent else [])]
    assert STEP_ID.fullmatch(body["_id"])
    assert TEMPLATE_ID.fullmatch(body["emailTemplateId"])
    assert (body["type"], body["delay"], body.get("message")) == (step_type, sent["delay"], sent.get("message"))


def test_examples_cover_all_17_step_types() -> None:
    assert len(EXAMPLES) == len(CHANGES) == 17


@pytest.mark.parametrize("step_type", PLAIN_TYPES)
def test_every_field_that_was_sent_is_listed(client: Any, step_type: str) -> None:
    sent = EXAMPLES[step_type]
    reply = added(client, sent)
    kept = {name: value for name, value in sent.items() if name != "index"}
    assert steps(client) == [
        {
            **kept,
            "_id": reply["_id"],
            "emailTemplateId": reply["emailTemplateId"],
            "sequenceId": SEQUENCE,
            "index": 1,
            "sequenceStep": 0,
        }
    ]


def test_the_reply_to_an_invitation_has_the_shape_of_the_published_one(client: Any) -> None:
    body = added(client, {"type": "linkedinInvite", "message": "Hello, I would like...", "delay": 2})
    assert body == {
        "_id": body["_id"],
        "type": "linkedinInvite",
        "delay": 2,
        "emailTemplateId": body["emailTemplateId"],
        "message": "Hello, I would like...",
    }


def test_the_first_step_waits_0_days_and_later_ones_1(client: Any) -> None:
    assert [added(client, VISIT)["delay"] for _ in range(3)] == [0, 1, 1]


def test_a_step_put_first_waits_0_days_and_the_others_keep_their_delay(client: Any) -> None:
    added(client, VISIT)
    added(client, VISIT)
    assert added(client, {**VISIT, "index": 0})["delay"] == 0
    assert [step["delay"] for step in steps(client)] == [0, 0, 1]


@pytest.mark.parametrize("delay", [0, 1, 1500])
def test_a_delay_that_is_sent_wins_over_the_default(client: Any, delay: int) -> None:
    assert added(client, {**VISIT, "delay": delay})["delay"] == delay
    assert added(client, {**VISIT, "delay": delay})["delay"] == delay


@pytest.mark.parametrize(
    ("index", "place"),
    [
        pytest.param(0, 0, id="first"),
        pytest.param(1, 1, id="second"),
        pytest.param(2, 2, id="middle"),
        pytest.param(3, 3, id="end"),
        pytest.param(4, 3, id="past-the-end"),
        pytest.param(10**9, 3, id="far-past-the-end"),
        pytest.param(-1, 3, id="minus-one"),
        pytest.param(None, 3, id="omitted"),
        pytest.param(1.0, 1, id="whole-float"),
    ],
)
def test_index_says_where_a_step_is_inserted(client: Any, index: int | None, place: int) -> None:
    order = [added(client, VISIT)["_id"] for _ in range(3)]
    new = added(client, VISIT if index is None else {**VISIT, "index": index})["_id"]
    assert [step["_id"] for step in steps(client)] == [*order[:place], new, *order[place:]]


@pytest.mark.parametrize("index", [-2, 1.5, "0", True, None, []], ids=repr)
def test_an_index_that_is_no_whole_number_from_minus_1_is_refused(client: Any, index: Any) -> None:
    reply = add(client, {**VISIT, "index": index})
    assert (reply.status, codes(reply)) == (400, ["LEM020"])
    assert is_text(reply)
    assert steps(client) == []


def test_whole_floats_are_stored_as_integers(client: Any) -> None:
    reply = add(client, {**VISIT, "delay": 3.0})
    assert json.loads(reply.content, parse_float=str)["delay"] == 3
    assert steps(client)[0]["delay"] == 3


def test_two_equal_requests_make_two_steps(client: Any) -> None:
    first, second = added(client, EXAMPLES["sms"]), added(client, EXAMPLES["sms"])
    assert first["_id"] != second["_id"]
    assert first["emailTemplateId"] != second["emailTemplateId"]
    assert len(steps(client)) == 2


def test_record_mode_is_manual_unless_said(client: Any) -> None:
    added(client, {"type": "linkedinVoiceNote"})
    added(client, {"type": "linkedinVoiceNote", "recordMode": "ai"})
    assert [step["recordMode"] for step in steps(client)] == ["manual", "ai"]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        pytest.param({**VISIT, "subject": "S"}, "subject", id="subject-of-a-visit"),
        pytest.param(
            {**VISIT, "images": ["https://media.stepmock.test/timeout/a.png"]}, "images", id="images-of-a-visit"
        ),
        pytest.param({**VISIT, "message": "M"}, "message", id="message-of-a-visit"),
        pytest.param({"type": "sms", "message": "M", "recordMode": "ai"}, "recordMode", id="record-mode-of-an-sms"),
        pytest.param({**VISIT, "altMessage": "A"}, "altMessage", id="alt-message-of-a-visit"),
        pytest.param({**VISIT, "delayy": 4}, "delayy", id="unknown"),
        pytest.param({**VISIT, "_id": "stp_00000000000000000"}, "_id", id="an-own-id"),
        pytest.param({**VISIT, "sequenceId": "seq_00000000000000000"}, "sequenceId", id="an-own-sequence"),
        pytest.param({**VISIT, "conditions": []}, "conditions", id="own-conditions"),
    ],
)
def test_a_field_that_the_type_does_not_have_is_accepted_and_not_stored(client: Any, step: Any, field: str) -> None:
    reply = add(client, step)
    assert reply.status == 200
    assert "X-Stepmock-Violations" not in reply.headers
    assert steps(client)[0].get(field) != step[field]


def test_an_alt_message_elsewhere_is_refused_in_the_observed_profile(connect: Callable[..., Any]) -> None:
    client = connect(profile="observed")
    reply = add(client, {**VISIT, "altMessage": "A"})
    assert (reply.status, codes(reply)) == (400, ["LEM092"])
    assert steps(client) == []


def test_a_follow_up_email_may_leave_out_the_subject_in_the_observed_profile_only(connect: Callable[..., Any]) -> None:
    first, follow_up = EXAMPLES["email"], {"type": "email", "message": "Again"}
    documented, observed = connect(), connect(profile="observed")
    for client in (documented, observed):
        assert add(client, follow_up).status == 400
        assert add(client, first).status == 200
    reply = add(documented, follow_up)
    assert (reply.status, codes(reply)) == (400, ["LEM030"])
    assert add(observed, follow_up).status == 200
    assert "subject" not in steps(observed)[1]


def test_a_refusal_by_rule_is_a_text_and_names_every_broken_rule_in_a_header(client: Any) -> None:
    reply = add(client, {"type": "email", "delay": 1501})
    assert reply.status == 400
    assert is_text(reply)
    assert {(item["rule"], item["pointer"]) for item in json.loads(reply.headers["X-Stepmock-Violations"])} == {
        ("LEM022", "/delay"),
        ("LEM030", "/subject"),
        ("LEM040", "/message"),
    }


def test_text_comes_back_as_it_was_sent(client: Any) -> None:
    message = 'Zoë 🎉 \u0000 \u2028 \\ " {{firstName}} \r\n </script>'
    assert added(client, {"type": "sms", "message": message})["message"] == message
    assert steps(client)[0]["message"] == message


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


# Updating


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


# Media


def media(code: str, kind: str = "png") -> str:
    return f"https://media.stepmock.test/{code}/name.{kind}"


MEDIA = [
    pytest.param(
        {"images": [f"https://cdn.example.com/{number}.png" for number in range(7)]}, 400, "TOO_MANY", id="7-images"
    ),
    pytest.param(
        {
            "images": [f"https://cdn.example.com/{number}.png" for number in range(4)],
            "videos": [f"https://cdn.example.com/{number}.mp4" for number in range(3)],
        },
        400,
        "TOO_MANY",
        id="4-images-and-3-videos",
    ),
    pytest.param({"images": ["http://cdn.example.com/a.png"]}, 400, "UNSAFE_URL", id="http"),
    pytest.param({"images": ["https://127.0.0.1/a.png"]}, 400, "UNSAFE_URL", id="loopback"),
    pytest.param({"images": ["https://localhost/a.png"]}, 400, "UNSAFE_URL", id="localhost"),
    pytest.param({"images": ["https://[::1]/a.png"]}, 400, "UNSAFE_URL", id="loopback-v6"),
    pytest.param({"videos": ["https://10.1.2.3/a.mp4"]}, 400, "UNSAFE_URL", id="private"),
    pytest.param({"images": ["https://169.254.169.254/a.png"]}, 400, "UNSAFE_URL", id="link-local"),
    pytest.param({"images": ["https://user:secret@cdn.example.com/a.png"]}, 400, "UNSAFE_URL", id="credentials"),
    pytest.param({"images": ["https://cdn.example.com/a.mp4"]}, 415, "INVALID_TYPE", id="video-as-image"),
    pytest.param({"videos": ["https://cdn.example.com/a.png"]}, 415, "INVALID_TYPE", id="image-as-video"),
    pytest.param({"images": [media("invalid-type")]}, 415, "INVALID_TYPE", id="invalid-type"),
    pytest.param({"images": [media("too-large")]}, 413, "TOO_LARGE", id="too-large"),
    pytest.param({"videos": [media("too-large", "mp4")]}, 413, "TOO_LARGE", id="too-large-video"),
    pytest.param({"images": [media("gif-invalid", "gif")]}, 422, "GIF_INVALID", id="gif-invalid"),
    pytest.param({"images": [media("download-failed")]}, 502, "DOWNLOAD_FAILED", id="download-failed"),
    pytest.param({"images": [media("av-unavailable")]}, 503, "AV_UNAVAILABLE", id="av-unavailable"),
    pytest.param({"images": ["https://cdn.example.com/fine.png", media("timeout")]}, 504, "TIMEOUT", id="timeout"),
]


@pytest.mark.parametrize("step_type", ["linkedinInvite", "linkedinSend"])
@pytest.mark.parametrize(("fields", "status", "code"), MEDIA)
def test_refused_media_answer_their_code_and_leave_nothing_behind(
    client: Any, step_type: str, fields: dict[str, Any], status: int, code: str
) -> None:
    stored = {"type": step_type, "message": "Hi", "images": [], "videos": []}
    new = added(client, stored)
    before = listing(client)
    for reply in (
        add(client, {**stored, **fields}),
        update(client, new["_id"], {"type": step_type, "message": "New", **fields}),
    ):
        assert (reply.status, reply.json()["code"]) == (status, f"LINKEDIN_MEDIA_{code}")
        assert reply.json().keys() == {"error", "code"}
        assert reply.content_type.startswith("application/json")
        assert isinstance(reply.json()["error"], str)
    assert listing(client) == before


def test_the_cases_above_reach_all_eight_media_codes() -> None:
    refusals = [refusal.body["code"] for refusal in load("lemlist").refusals.values() if isinstance(refusal.body, dict)]
    assert {f"LINKEDIN_MEDIA_{case.values[2]}" for case in MEDIA} == set(refusals)
    assert len(set(refusals)) == 8


@pytest.mark.parametrize(
    "urls",
    [
        pytest.param(["https://cdn.example.com/a"], id="no-extension"),
        pytest.param(["https://cdn.example.com/a.PNG?size=1#x"], id="capitals-and-query"),
        pytest.param(["https://media.stepmock.test/ok/a.gif"], id="magic-ok"),
        pytest.param([f"https://cdn.example.com/{number}.jpeg" for number in range(6)], id="six"),
        pytest.param([], id="none"),
    ],
)
def test_media_that_nothing_is_wrong_with_are_stored_and_never_fetched(client: Any, urls: list[str]) -> None:
    added(client, {"type": "linkedinInvite", "images": urls})
    assert steps(client)[0]["images"] == urls


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param({"type": "linkedinInvite", "images": [media("timeout")]}, id="media"),
        pytest.param({"type": "linkedinInvite", "delay": -1}, id="rule"),
        pytest.param({"type": "sendToAnotherCampaign", "campaignId": "cam_archived000000000"}, id="archived"),
    ],
)
def test_a_refused_step_uses_up_no_id(core: Callable[..., Any], refused: dict[str, Any]) -> None:
    straight, stumbling = core(), core()
    assert add(stumbling, refused).status >= 400
    assert added(straight, VISIT) == added(stumbling, VISIT)
    assert added(straight, CONDITION) == added(stumbling, CONDITION)
