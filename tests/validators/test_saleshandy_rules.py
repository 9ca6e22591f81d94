"""Each row, field and limit of Saleshandy's page, through `check`; every case names all codes that are to come out."""

import pytest
from stepmock.validators import Context, check
from stepmock.validators.checker import checker

MAIL = {"subject": "Hello", "content": "<p>Hi</p>"}
EMAIL = {"type": 1, "absoluteDays": 3, "variants": [{"payload": MAIL}]}
TASK = {"type": 9, "absoluteDays": 3, "variants": [{"payload": {}}]}
EMOJI = "\N{GRINNING FACE}"
NOTE = {"connectionNote": "Hi"}
MESSAGE = {"message": "Hi"}
INMAIL = {"subject": "Hello", "message": "Hi"}
PAYLOADS = {1: MAIL, 2: NOTE, 3: MESSAGE, 4: INMAIL, 5: {}, 6: {}, 9: {}, 11: {}, 12: {}, 13: {}, 14: {}, 15: {},
            16: {}, 17: {}, 18: {}}  # fmt: skip
NAMES = ["Email", "LinkedInConnectionRequest", "LinkedInMessage", "LinkedInInMail", "LinkedInViewProfile",
         "LinkedInPostInteration", "Custom", "CallIntroduction", "CallDemo", "CallFollowUp", "CallReminder",
         "CallOther", "WhatsappMessage", "WhatsappVoiceMessage", "WhatsappVoiceCall"]  # fmt: skip
CODES = dict(zip(NAMES, PAYLOADS, strict=True))
TASKS = [code for code in PAYLOADS if code != 1]


def found(payload, operation="createStep", **options):
    return [(item.code, item.pointer) for item in check("saleshandy", operation, payload, **options)]


def step(code, payload=None, **fields):
    variant = {"payload": PAYLOADS[code] if payload is None else payload}
    return {"type": code, "absoluteDays": 3, "variants": [variant], **fields}


def email(**payload):
    return {**EMAIL, "variants": [{"payload": {**MAIL, **payload}}]}


def with_variant(base, **fields):
    return {**base, "variants": [{**base["variants"][0], **fields}]}


# "Value in: Email | LinkedInConnectionRequest | ...": the 15 rows of `type`, in each spelling.


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_each_type_is_taken_by_name_by_number_and_by_digits(name, code):
    for spelling in (name, code, float(code), str(code)):
        assert found({**step(code), "type": spelling}) == []


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_the_live_gateway_takes_the_number_alone(name, code):
    assert found(step(code), profile="observed") == []
    for spelling in (name, str(code)):
        assert found({**step(code), "type": spelling}, profile="observed") == [("SHY011", "/type")]


@pytest.mark.parametrize("value", ["LinkedInPostInteraction", "email", "Task", "", " Email", "01", "1.0", 0, 7, 8, 10,
                                   19, -1, 1.5, 10**30, True, None, [], ["Email"], {}])  # fmt: skip
@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_any_other_type_is_refused_and_nothing_else_is_said(value, profile):
    assert found({**EMAIL, "type": value}, profile=profile) == [("SHY011", "/type")]


# "Required - channel, absoluteDays (1-999; ...), and variants[]"; "Optional - priority and assigneeId".

FIELDS = {
    "type missing": ({"absoluteDays": 1, "variants": []}, [("SHY010", "/type")]),
    "channel in place of type": ({"channel": "Email", "absoluteDays": 1}, [("SHY010", "/type")]),
    "day 1": ({**EMAIL, "absoluteDays": 1}, []),
    "day 999": ({**EMAIL, "absoluteDays": 999}, []),
    "day 999.0 is whole": ({**EMAIL, "absoluteDays": 999.0}, []),
    "day 0": ({**EMAIL, "absoluteDays": 0}, [("SHY022", "/absoluteDays")]),
    "day 1000": ({**EMAIL, "absoluteDays": 1000}, [("SHY022", "/absoluteDays")]),
    "day -1": ({**TASK, "absoluteDays": -1}, [("SHY022", "/absoluteDays")]),
    "day 1.5": ({**EMAIL, "absoluteDays": 1.5}, [("SHY021", "/absoluteDays")]),
    "day as text": ({**EMAIL, "absoluteDays": "3"}, [("SHY021", "/absoluteDays")]),
    "day null": ({**TASK, "absoluteDays": None}, [("SHY021", "/absoluteDays")]),
    "day true": ({**TASK, "absoluteDays": True}, [("SHY021", "/absoluteDays")]),
    "day missing": ({"type": 1, "variants": EMAIL["variants"]}, [("SHY020", "/absoluteDays")]),
    "variants missing": ({"type": 1, "absoluteDays": 1}, [("SHY030", "/variants")]),
    "variants empty": ({**TASK, "variants": []}, [("SHY031", "/variants")]),
    "variants an object": ({**EMAIL, "variants": EMAIL["variants"][0]}, [("SHY012", "/variants")]),
    "variant a text": ({**EMAIL, "variants": ["Hi"]}, [("SHY012", "/variants/0")]),
    "26 variants of an email": ({**EMAIL, "variants": EMAIL["variants"] * 26}, []),
    "27 variants of an email": ({**EMAIL, "variants": EMAIL["variants"] * 27}, [("SHY032", "/variants")]),
    "payload missing": ({**EMAIL, "variants": [{}]}, [("SHY034", "/variants/0/payload")]),
    "payload of a task missing": ({**TASK, "variants": [{}]}, [("SHY034", "/variants/0/payload")]),
    "payload null": ({**EMAIL, "variants": [{"payload": None}]}, [("SHY012", "/variants/0/payload")]),
    "payload of the second variant": ({**EMAIL, "variants": [EMAIL["variants"][0], {"payload": {"subject": "x"}}]},
                                      [("SHY041", "/variants/1/payload/content")]),
    "preheader": (email(preheader="Quick question"), []),
    "preheader a number": (email(preheader=1), [("SHY012", "/variants/0/payload/preheader")]),
    "subject empty": (email(subject=""), []),
    "subject null": (email(subject=None), [("SHY012", "/variants/0/payload/subject")]),
    "body for content": (step(1, {"subject": "x", "body": "y"}),
                         [("SHY041", "/variants/0/payload/content"), ("SHY091", "/variants/0/payload/body")]),
    "note of another channel": (step(3, {**MESSAGE, "connectionNote": "x"}),
                                [("SHY091", "/variants/0/payload/connectionNote")]),
    "variable left open": (email(subject="Hi {{firstName"), [("SHY094", "/variants/0/payload/subject")]),
    "variable left open in a note": (with_variant(TASK, taskNote="Hi {{firstName"),
                                     [("SHY094", "/variants/0/taskNote")]),
    "connection note of 300": (step(2, {"connectionNote": EMOJI * 300}), []),
    "connection note of 301": (step(2, {"connectionNote": "x" * 301}),
                               [("SHY095", "/variants/0/payload/connectionNote")]),
    "message of 8000": (step(3, {"message": "x" * 8000}), []),
    "message of 8001": (step(3, {"message": "x" * 8001}), [("SHY095", "/variants/0/payload/message")]),
    "InMail of 200 and 1900": (step(4, {"subject": "x" * 200, "message": "x" * 1900}), []),
    "InMail of 201 and 1901": (step(4, {"subject": "x" * 201, "message": "x" * 1901}),
                               [("SHY095", "/variants/0/payload/message"), ("SHY095", "/variants/0/payload/subject")]),
    "attachments": (with_variant(EMAIL, attachmentIds=["lN5xKp2vJq"]), []),
    "attachments empty": (with_variant(EMAIL, attachmentIds=[]), []),
    "attachments one text": (with_variant(EMAIL, attachmentIds="lN5xKp2vJq"),
                             [("SHY012", "/variants/0/attachmentIds")]),
    "attachment a number": (with_variant(EMAIL, attachmentIds=["a", 1]), [("SHY012", "/variants/0/attachmentIds/1")]),
    "taskNote on an email": (with_variant(EMAIL, taskNote="x"), [("SHY050", "/variants/0/taskNote")]),
    "taskNote null on an email": (with_variant(EMAIL, taskNote=None), [("SHY050", "/variants/0/taskNote")]),
    "taskNote of 3000": (with_variant(TASK, taskNote=EMOJI * 3000), []),
    "taskNote of 3001": (with_variant(TASK, taskNote="x" * 3001), [("SHY051", "/variants/0/taskNote")]),
    "taskNote a number": (with_variant(TASK, taskNote=1), [("SHY012", "/variants/0/taskNote")]),
    "priority on an email": ({**EMAIL, "priority": 3}, [("SHY092", "/priority")]),
    "assignee on an email": ({**EMAIL, "assigneeId": "z6R8Mw4vBn"}, [("SHY092", "/assigneeId")]),
    "assignee a number": ({**TASK, "assigneeId": 7}, [("SHY012", "/assigneeId")]),
    "root null": (None, [("SHY002", "")]),
    "root a list": ([EMAIL], [("SHY002", "")]),
    "nothing at all": ({}, [("SHY010", "/type")]),
}  # fmt: skip


@pytest.mark.parametrize(("payload", "expected"), FIELDS.values(), ids=FIELDS)
def test_a_created_step_breaks_exactly_these_rules(payload, expected):
    assert found(payload) == expected


@pytest.mark.parametrize(("payload", "expected"), FIELDS.values(), ids=FIELDS)
def test_the_other_reading_breaks_the_same_rules_of_a_step(payload, expected):
    assert found(payload, profile="observed") == expected


@pytest.mark.parametrize("value", ["Urgent", "High", "Normal", "Low", 1, 2, 3, 4, "1", "2", "3", "4", 3.0])
@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_a_priority_is_taken_by_name_and_by_number(value, profile):
    assert found({**TASK, "priority": value}, profile=profile) == []


@pytest.mark.parametrize("value", ["urgent", "NORMAL", "", 0, 5, "5", 2.5, None, True, []])
def test_another_priority_is_refused(value):
    assert found({**TASK, "priority": value}) == [("SHY060", "/priority")]


# "other channels use a single variant"; "taskNote is allowed (these channels generate a task)"; attachments on Email.


@pytest.mark.parametrize("code", TASKS)
def test_a_step_of_another_channel_has_one_variant(code):
    assert found(step(code)) == []
    assert found({**step(code), "variants": step(code)["variants"] * 2}) == [("SHY033", "/variants")]


@pytest.mark.parametrize("code", TASKS)
def test_a_step_of_another_channel_takes_a_note_and_no_attachments(code):
    assert found(with_variant(step(code), taskNote="Look first")) == []
    assert found(with_variant(step(code), attachmentIds=["lN5xKp2vJq"])) == [("SHY052", "/variants/0/attachmentIds")]
    assert found(with_variant(step(code), attachmentIds=[])) == [("SHY052", "/variants/0/attachmentIds")]


@pytest.mark.parametrize(("code", "field", "rule"), [
    (1, "subject", "SHY040"), (1, "content", "SHY041"), (2, "connectionNote", "SHY042"), (3, "message", "SHY043"),
    (4, "subject", "SHY040"), (4, "message", "SHY043"),
])  # fmt: skip
def test_a_payload_has_the_texts_of_its_channel(code, field, rule):
    rest = {name: text for name, text in PAYLOADS[code].items() if name != field}
    assert found(step(code, rest)) == [(rule, f"/variants/0/payload/{field}")]
    assert found(step(code, {**rest, field: 7})) == [("SHY012", f"/variants/0/payload/{field}")]


# "each day can hold at most one Email step"


@pytest.mark.parametrize("stored", [1, "1", "Email"])
@pytest.mark.parametrize("sent", [1, "1", "Email", 1.0])
def test_a_day_holds_one_email_whatever_the_spelling(stored, sent):
    siblings = [{"type": 9, "absoluteDays": 3}, {"type": stored, "absoluteDays": 3}]
    assert found({**EMAIL, "type": sent}, context=Context(siblings=siblings)) == [("SHY023", "/absoluteDays")]
    assert found({**EMAIL, "type": sent, "absoluteDays": 4}, context=Context(siblings=siblings)) == []


@pytest.mark.parametrize("code", TASKS)
def test_other_channels_share_a_day(code):
    siblings = [{"type": 1, "absoluteDays": 3}, {"type": code, "absoluteDays": 3}]
    assert found(step(code), context=Context(siblings=siblings)) == []


def test_an_email_may_share_a_day_with_other_channels():
    assert found(EMAIL, context=Context(siblings=[{"type": code, "absoluteDays": 3} for code in TASKS])) == []


def test_without_siblings_nobody_knows_whether_the_day_is_taken():
    assert found(EMAIL, context=Context(siblings=None)) == []


# Unknown fields: ignored by the page's silence, refused by the live API.


@pytest.mark.parametrize(("payload", "pointer"), [
    ({**EMAIL, "attachmentId": 1}, "/attachmentId"), (with_variant(TASK, note="x"), "/variants/0/note"),
])  # fmt: skip
def test_a_field_that_nothing_declares_is_a_warning_documented_and_refused_live(payload, pointer):
    (documented,) = check("saleshandy", "createStep", payload)
    (observed,) = check("saleshandy", "createStep", payload, profile="observed")
    assert (documented.code, documented.severity, documented.pointer) == ("SHY090", "warning", pointer)
    assert (observed.code, observed.severity, observed.pointer) == ("SHY090", "error", pointer)
    assert observed.status == 400


@pytest.mark.parametrize(("payload", "text"), [
    ({**EMAIL, "x": 1}, "property x should not exist"),
    (with_variant(TASK, x=1), "variants.0.property x should not exist"),
    (with_variant(EMAIL, taskNote="x"), "variants.0.property taskNote should not exist"),
    ({**EMAIL, "type": 7}, "type must be a valid enum value"),
    ({**EMAIL, "absoluteDays": 1000}, "absoluteDays must not be greater than 999"),
    ({**EMAIL, "absoluteDays": 0}, "absoluteDays must not be less than 1"),
    ({**EMAIL, "absoluteDays": "1"}, "absoluteDays must be an integer number"),
    ({**EMAIL, "variants": []}, "variants must contain at least 1 elements"),
    (email(subject=1), "variants.0.payload.subject must be a string"),
    ({**EMAIL, "variants": [1]}, "each value in variants must be an object"),
    (with_variant(EMAIL, attachmentIds=[1]), "variants.0.each value in attachmentIds must be a string"),
    (with_variant(TASK, taskNote="x" * 3001), "variants.0.taskNote must be shorter than or equal to 3000 characters"),
])  # fmt: skip
def test_a_refusal_speaks_as_the_providers_validation_does(payload, text):
    first = check("saleshandy", "createStep", payload, profile="observed")[0]
    assert first.body == {"code": 4000, "message": text}


# Variants: one `type` for a step and its variants; at most 26 of an email, one elsewhere.

STORED = {"type": 1, "absoluteDays": 3, "variants": [{}]}


@pytest.mark.parametrize("spelling", [1, "1", "Email", 1.0])
def test_a_variant_repeats_the_type_of_its_step_in_any_spelling(spelling):
    for stored in (1, "1", "Email"):
        context = Context(stored={**STORED, "type": stored})
        assert found({"type": spelling, "payload": MAIL}, "addVariant", context=context) == []
        assert found({"type": spelling, "payload": MAIL}, "updateVariant", context=context) == []


@pytest.mark.parametrize("operation", ["addVariant", "updateVariant"])
@pytest.mark.parametrize("code", TASKS)
def test_a_variant_of_another_type_than_its_step_is_refused(operation, code):
    assert ("SHY013", "/type") in found(
        {"type": code, "payload": PAYLOADS[code]}, operation, context=Context(stored=STORED)
    )


@pytest.mark.parametrize(("code", "held", "codes"), [
    (1, 1, []), (1, 25, []), (1, 26, ["SHY032"]), (9, 0, []), (9, 1, ["SHY033"]), (2, 1, ["SHY033"]),
])  # fmt: skip
def test_a_variant_is_added_where_there_is_room(code, held, codes):
    context = Context(stored={"type": code, "absoluteDays": 1, "variants": [{}] * held})
    assert [
        rule for rule, _ in found({"type": code, "payload": PAYLOADS[code]}, "addVariant", context=context)
    ] == codes


CHANGES = {
    "nothing": ({}, []),
    "payload": ({"payload": MAIL}, []),
    "payload in part": ({"payload": {"subject": "x"}}, [("SHY041", "/payload/content")]),
    "status 0": ({"status": 0}, []),
    "status 1": ({"status": 1}, []),
    "status 2": ({"status": 2}, [("SHY061", "/status")]),
    "status false": ({"status": False}, [("SHY061", "/status")]),
    "attachments cleared": ({"attachmentIds": []}, []),
    "taskNote": ({"taskNote": "x"}, [("SHY050", "/taskNote")]),
    "its own day": ({"absoluteDays": 3}, []),
    "a free day": ({"absoluteDays": 4}, []),
    "the day of another email": ({"absoluteDays": 5}, [("SHY023", "/absoluteDays")]),
    "day 1000": ({"absoluteDays": 1000}, [("SHY022", "/absoluteDays")]),
    "priority": ({"priority": 1}, [("SHY092", "/priority")]),
    "unknown": ({"prio": 1}, [("SHY090", "/prio")]),
}


@pytest.mark.parametrize("typed", [{}, {"type": 1}, {"type": "Email"}], ids=["untyped", "number", "name"])
@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_of_an_email_breaks_exactly_these_rules(change, typed, expected):
    own, other = {**STORED}, {"type": 1, "absoluteDays": 5}
    context = Context(stored=own, siblings=[own, other, {"type": 9, "absoluteDays": 4}])
    assert found({**change, **typed}, "updateVariant", context=context) == expected


def test_a_change_without_a_type_is_judged_by_the_stored_step():
    context = Context(stored={"type": 9, "absoluteDays": 1, "variants": [{}]})
    assert found({"taskNote": "x", "priority": "High"}, "updateVariant", context=context) == []
    assert found({"attachmentIds": []}, "updateVariant", context=context) == [("SHY052", "/attachmentIds")]


def test_a_change_without_a_type_of_an_unknown_step_is_judged_as_far_as_that_goes():
    assert found({"taskNote": "x", "attachmentIds": [], "payload": {"anything": 1}}, "updateVariant") == []
    assert found({"taskNote": "x" * 3001, "absoluteDays": 0, "prio": 1}, "updateVariant") == [
        ("SHY022", "/absoluteDays"), ("SHY051", "/taskNote"), ("SHY090", "/prio"),
    ]  # fmt: skip


SEQUENCES = {"JA5YdAr9wy": {"active": False}, "running000": {"active": True}}
KNOWN = Context(find=lambda kind, name: SEQUENCES.get(name))
OTHERS = {
    "a title": ("createSequence", {"title": "Spring"}, []),
    "no title": ("createSequence", {}, [("SHY070", "/title")]),
    "title a number": ("createSequence", {"title": 1}, [("SHY012", "/title")]),
    "title empty": ("createSequence", {"title": ""}, [("SHY096", "/title")]),
    "title of 255": ("createSequence", {"title": "x" * 255}, []),
    "title of 256": ("createSequence", {"title": "x" * 256}, [("SHY096", "/title")]),
    "accounts": ("createSequence", {"title": "x", "emailAccountIds": ["bwOLEx4l8G"], "scheduleId": "aB3xK9"}, []),
    "account that is no id": ("createSequence", {"title": "x", "emailAccountIds": ["a b"]},
                              [("SHY071", "/emailAccountIds/0")]),
    "account with a newline": ("createSequence", {"title": "x", "emailAccountIds": ["ab\n"]},
                               [("SHY071", "/emailAccountIds/0")]),
    "schedule empty": ("createSequence", {"title": "x", "scheduleId": ""}, [("SHY071", "/scheduleId")]),
    "schedule a number": ("createSequence", {"title": "x", "scheduleId": 58964}, [("SHY012", "/scheduleId")]),
    "name for title": ("createSequence", {"title": "x", "name": "y"}, [("SHY090", "/name")]),
    "resume": ("setSequenceStatus", {"status": "resume", "sequenceIds": ["JA5YdAr9wy"]}, []),
    "pause": ("setSequenceStatus", {"status": "pause", "sequenceIds": ["running000"]}, []),
    "resume a running one": ("setSequenceStatus", {"status": "resume", "sequenceIds": ["JA5YdAr9wy", "running000"]},
                             [("SHY085", "/sequenceIds/1")]),
    "pause a paused one": ("setSequenceStatus", {"status": "pause", "sequenceIds": ["JA5YdAr9wy"]},
                           [("SHY086", "/sequenceIds/0")]),
    "resume an unknown one": ("setSequenceStatus", {"status": "resume", "sequenceIds": ["nowhere000"]},
                              [("SHY084", "/sequenceIds/0")]),
    "no status": ("setSequenceStatus", {"sequenceIds": ["JA5YdAr9wy"]}, [("SHY080", "/status")]),
    "status active": ("setSequenceStatus", {"status": "active", "sequenceIds": []}, [("SHY081", "/status")]),
    "no sequences": ("setSequenceStatus", {"status": "resume"}, [("SHY082", "/sequenceIds")]),
    "empty list": ("setSequenceStatus", {"status": "pause", "sequenceIds": []}, [("SHY083", "/sequenceIds")]),
    "one text": ("setSequenceStatus", {"status": "pause", "sequenceIds": "running000"}, [("SHY012", "/sequenceIds")]),
    "a number in the list": ("setSequenceStatus", {"status": "pause", "sequenceIds": [7]},
                             [("SHY012", "/sequenceIds/0")]),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "payload", "expected"), OTHERS.values(), ids=OTHERS)
def test_a_sequence_and_its_status_break_exactly_these_rules(operation, payload, expected):
    assert found(payload, operation, context=KNOWN) == expected


def test_a_sentence_says_what_decides_the_branch():
    (status,) = check("saleshandy", "setSequenceStatus", {"status": "resume"})
    assert status.message == "sequenceIds is required where status is resume."
    (missing,) = check("saleshandy", "createStep", {"type": "1", "absoluteDays": 1})
    assert missing.message == "variants is required for steps of type Email."


def test_what_is_taken_of_a_payload_is_what_is_declared():
    payload = {
        "type": "Custom",
        "absoluteDays": 3.0,
        "extra": 1,
        "variants": [{"payload": {"x": 1}, "taskNote": "y", "z": 2}],
    }
    taken = checker("saleshandy", "createStep").accepted(payload, with_defaults=True)
    assert taken == {"type": "Custom", "absoluteDays": 3, "priority": "Normal",
                     "variants": [{"payload": {}, "taskNote": "y"}]}  # fmt: skip


@pytest.mark.parametrize("text", ["\ud83d", "ok {{x", "fine {{firstName}} \u2014"])
def test_the_quick_look_sees_what_the_long_one_sees(text):
    quick = found({"type": 1, "absoluteDays": 1, "variants": [{"payload": {"subject": text, "content": "x"}}]})
    slow = found({"type": 1, "absoluteDays": 1, "variants": [{"payload": {"subject": text, "content": "x"}}], "zz": 1})
    assert [item for item in slow if item[0] != "SHY090"] == quick
