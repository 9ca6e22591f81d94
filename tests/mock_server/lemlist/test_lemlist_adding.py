"""Adding steps to lemlist's sequences: replies, defaults, places, and what is stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from lemlist_steps import (
    CHANGES,
    EXAMPLES,
    PLAIN_TYPES,
    SEQUENCE,
    STEP_ID,
    TEMPLATE_ID,
    VISIT,
    add,
    added,
    codes,
    is_text,
    steps,
)


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
