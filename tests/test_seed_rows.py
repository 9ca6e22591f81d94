"""Every row of every table on the vendor's two pages, each case named after the row that it comes from."""

import base64
import json
import re

import pytest
from lemlist_page import CONDITION_KEYS, EDITABLE, FILM, METHODS, PICTURE, STEP_TYPES, VALUES
from stepmock.contracts import load
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.validators import Context, check
from stepmock.validators.worlds import docs_context

ADD = "Add Step"
UPDATE = "Update Step"
LEMLIST = load("lemlist")
FACTS = docs_context(LEMLIST)


def found(operation, payload):
    return [(item.code, item.pointer) for item in check("lemlist", operation, payload, context=FACTS)]


def rows(page, section, cases):
    """Return parameters named as a citation: page, section, row."""
    return [pytest.param(*values, id=f"{page}: {section}: {name}") for name, values in cases]


TABLE = rows(ADD, "Step Types and Required Fields", [(row[0], row) for row in STEP_TYPES])
REQUIRED = {name: {"type": name, **{field: VALUES[field] for field in needed}} for name, needed, _ in STEP_TYPES}


@pytest.mark.parametrize(("name", "required", "optional"), TABLE)
def test_the_required_fields_of_a_row_are_enough(name, required, optional):
    assert found("addStep", REQUIRED[name]) == []


@pytest.mark.parametrize(("name", "required", "optional"), TABLE)
def test_each_required_field_of_a_row_is_missed(name, required, optional):
    for field, code in required.items():
        payload = {key: value for key, value in REQUIRED[name].items() if key != field}
        assert found("addStep", payload) == [(code, f"/{field}")]


@pytest.mark.parametrize(("name", "required", "optional"), TABLE)
def test_the_required_fields_of_a_row_are_all_missed_together(name, required, optional):
    assert found("addStep", {"type": name}) == sorted((code, f"/{field}") for field, code in required.items())


@pytest.mark.parametrize(("name", "required", "optional"), TABLE)
def test_the_optional_fields_of_a_row_are_taken_one_by_one_and_together(name, required, optional):
    for field in optional:
        assert found("addStep", {**REQUIRED[name], field: VALUES[field]}) == []
    assert found("addStep", {**REQUIRED[name], **{field: VALUES[field] for field in optional}}) == []


@pytest.mark.parametrize(("name", "required", "optional"), TABLE)
def test_fields_that_a_row_does_not_list_are_only_warned_of(name, required, optional):
    listed = {*required, *optional, "delay"}
    for field in VALUES.keys() - listed:
        code = "LEM092" if field == "altMessage" else "LEM091"
        violations = check("lemlist", "addStep", {**REQUIRED[name], field: VALUES[field]})
        assert [(item.code, item.pointer, item.severity) for item in violations] == [(code, f"/{field}", "warning")]


CONDITIONAL = REQUIRED["conditional"]


@pytest.mark.parametrize(
    ("payload", "expected"),
    rows(
        ADD,
        "Step Types and Required Fields",
        [
            ("conditional: within needs a delay", ({**CONDITIONAL, "delayType": "within"}, [("LEM023", "/delay")])),
            ("conditional: within with a delay", ({**CONDITIONAL, "delayType": "within", "delay": 2}, [])),
            ("note: waitUntil needs no delay", (CONDITIONAL, [])),
            ("note: waitUntil may have a delay", ({**CONDITIONAL, "delay": 1}, [])),
        ],
    ),
)
def test_a_condition_needs_a_delay_only_within_some_days(payload, expected):
    assert found("addStep", payload) == expected


PHONE, EMAIL, MANUAL, API, MOVE = (
    REQUIRED[name] for name in ("phone", "email", "manual", "api", "sendToAnotherCampaign")
)
INVITE, SEND, ENDORSE, VOICE = (
    REQUIRED[name] for name in ("linkedinInvite", "linkedinSend", "linkedinEndorse", "linkedinVoiceNote")
)

# field, a payload, values that are taken, values that are not with the rule that each breaks
ADD_FIELDS = [
    ("type", None, [], [("fax", "LEM011"), ("EMAIL", "LEM011"), (1, "LEM013"), (None, "LEM013")]),
    ("index", PHONE, [-1, 0, 1, 10_000], [(-2, "LEM020"), (0.5, "LEM020"), ("0", "LEM020"), (None, "LEM020")]),
    ("delay", PHONE, [0, 1, 1500], [(-1, "LEM022"), (1501, "LEM022"), (1.5, "LEM021"), ("1", "LEM021")]),
    ("subject", EMAIL, ["", "x" * 400, "{{ a | b }}"], [("x" * 401, "LEM031"), (1, "LEM013")]),
    ("subject, raw template", EMAIL, ["{{" + "x" * 396 + "}}"], [("{{" + "x" * 397 + "}}", "LEM031")]),
    ("message", SEND, ["", "x" * 5000], [(1, "LEM013"), (None, "LEM013")]),
    ("message, note of manual", MANUAL, ["", "Note"], [(1, "LEM013")]),
    ("message, note of phone", PHONE, ["", "Note"], [(1, "LEM013")]),
    ("message, of linkedinInvite", INVITE, ["", "Note"], [(1, "LEM013")]),
    ("altMessage", SEND, ["", "Hi"], [(1, "LEM013")]),
    ("title", MANUAL, ["", "x" * 400], [("x" * 401, "LEM042"), (1, "LEM013")]),
    ("method", API, METHODS, [("HEAD", "LEM051"), ("post", "LEM051"), (1, "LEM013")]),
    (
        "url",
        API,
        ["http://example.com", "https://example.com/a?b=c"],
        [("ftp://example.com", "LEM053"), ("example.com", "LEM053"), ("", "LEM053"), (1, "LEM013")],
    ),
    ("conditionKey", CONDITIONAL, CONDITION_KEYS, [("hasFaxNumber", "LEM061"), (1, "LEM013")]),
    ("delayType", {**CONDITIONAL, "delay": 1}, ["within", "waitUntil"], [("after", "LEM063"), (1, "LEM013")]),
    (
        "campaignId",
        MOVE,
        ["cam_ABC123XYZ456"],
        [("cam_00000000000000000", "LEM065"), (1, "LEM013"), ("cam_archived000000000", "LEM066")],
    ),
    ("images", SEND, [[], [PICTURE], [PICTURE] * 6], [(PICTURE, "LEM013"), ([PICTURE] * 7, "LEM080")]),
    ("videos", SEND, [[], [FILM], [FILM] * 6], [(FILM, "LEM013"), ([FILM] * 7, "LEM080")]),
    ("skillName", ENDORSE, ["", "Sales"], [(1, "LEM013")]),
    ("endorseAnyFallback", ENDORSE, [True, False], [("true", "LEM013"), (1, "LEM013")]),
    ("recordMode", VOICE, ["manual", "ai"], [("auto", "LEM070"), (True, "LEM013")]),
]


@pytest.mark.parametrize(
    ("name", "base", "right", "wrong"), rows(ADD, "All Request Body Fields", [(row[0], row) for row in ADD_FIELDS])
)
def test_a_field_takes_its_allowed_values_and_no_others(name, base, right, wrong):
    field = name.partition(",")[0]
    for value in right:
        assert found("addStep", {**base, field: value}) == []
    for value, code in wrong:
        assert found("addStep", {**(base or {}), field: value}) == [(code, f"/{field}")]


def test_every_field_of_the_table_has_a_row_here():
    assert {row[0].partition(",")[0] for row in ADD_FIELDS} == {"type", *VALUES}


@pytest.mark.parametrize(
    "name", [pytest.param(row[0], id=f"{ADD}: All Request Body Fields: type: {row[0]}") for row in STEP_TYPES]
)
def test_every_allowed_type_is_taken(name):
    assert found("addStep", REQUIRED[name]) == []


def media(images=(), videos=()):
    return {**SEND, "images": list(images), "videos": list(videos)}


@pytest.mark.parametrize(
    ("payload", "expected"),
    rows(
        ADD,
        "LinkedIn media constraints",
        [
            ("6 items", (media([PICTURE] * 6), [])),
            ("6 items, combined", (media([PICTURE] * 2, [FILM] * 4), [])),
            ("7 items", (media([PICTURE] * 7), [("LEM080", "/videos")])),
            ("7 items, combined", (media([PICTURE] * 3, [FILM] * 4), [("LEM080", "/videos")])),
            ("image/png", (media(["https://example.com/a.png"]), [])),
            ("image/jpeg", (media(["https://example.com/a.jpg", "https://example.com/a.jpeg"]), [])),
            ("image/gif", (media(["https://example.com/a.gif"]), [])),
            ("image/webp is not allowed", (media(["https://example.com/a.webp"]), [("LEM082", "/images/0")])),
            ("video/mp4", (media([], ["https://example.com/a.mp4"]), [])),
            ("video/quicktime", (media([], ["https://example.com/a.mov"]), [])),
            ("video/webm is not allowed", (media([], ["https://example.com/a.webm"]), [("LEM082", "/videos/0")])),
            ("a video is no image", (media([FILM]), [("LEM082", "/images/0")])),
            ("an image is no video", (media([], [PICTURE]), [("LEM082", "/videos/0")])),
            ("HTTPS only", (media(["http://example.com/a.png"]), [("LEM081", "/images/0")])),
            ("publicly reachable only", (media([], ["https://10.0.0.1/a.mp4"]), [("LEM081", "/videos/0")])),
        ],
    ),
)
def test_media_keep_their_constraints(payload, expected):
    assert found("addStep", payload) == expected


MEDIA_ERRORS = rows(
    ADD,
    "LinkedIn media constraints: error codes",
    [
        (code, (code, status, payload))
        for code, status, payload in [
            ("LINKEDIN_MEDIA_TOO_MANY", 400, media([PICTURE] * 7)),
            ("LINKEDIN_MEDIA_UNSAFE_URL", 400, media(["http://example.com/a.png"])),
            ("LINKEDIN_MEDIA_TOO_LARGE", 413, media(["https://media.stepmock.test/too-large/a.png"])),
            ("LINKEDIN_MEDIA_INVALID_TYPE", 415, media(["https://example.com/a.pdf"])),
            ("LINKEDIN_MEDIA_GIF_INVALID", 422, media(["https://media.stepmock.test/gif-invalid/a.gif"])),
            ("LINKEDIN_MEDIA_DOWNLOAD_FAILED", 502, media(["https://media.stepmock.test/download-failed/a.png"])),
            ("LINKEDIN_MEDIA_AV_UNAVAILABLE", 503, media([], ["https://media.stepmock.test/av-unavailable/a.mp4"])),
            ("LINKEDIN_MEDIA_TIMEOUT", 504, media([], ["https://media.stepmock.test/timeout/a.mp4"])),
        ]
    ],
)


@pytest.mark.parametrize(("code", "status", "payload"), MEDIA_ERRORS)
def test_a_media_error_is_a_refusal_of_the_contract(code, status, payload):
    [refusal] = [
        item for item in LEMLIST.refusals.values() if isinstance(item.body, dict) and item.body["code"] == code
    ]
    assert refusal.status == status


def test_the_contract_has_no_other_media_errors():
    codes = {item.body["code"] for item in LEMLIST.refusals.values() if isinstance(item.body, dict)}
    assert codes == {case.values[0] for case in MEDIA_ERRORS}


SEQUENCE = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
HEADERS = {"authorization": "Basic " + base64.b64encode(b":key").decode(), "content-type": "application/json"}


@pytest.fixture
def emulator():
    return Emulator(Settings())


def send(emulator, method, path, payload):
    return emulator.handle(Request(method, path, "", HEADERS, json.dumps(payload).encode()))


@pytest.mark.parametrize(("code", "status", "payload"), MEDIA_ERRORS)
def test_a_media_error_can_be_had_when_adding_and_when_changing(emulator, code, status, payload):
    added = send(emulator, "POST", SEQUENCE, payload)
    stored = send(emulator, "POST", SEQUENCE, SEND).json()["_id"]
    changed = send(emulator, "PATCH", f"{SEQUENCE}/{stored}", payload)
    for response in (added, changed):
        assert response.status == status
        assert response.json()["code"] == code


@pytest.mark.parametrize(
    ("name", "expected"),
    rows(
        ADD,
        "Rate Limit",
        [
            ("X-RateLimit-Limit", ("X-RateLimit-Limit", r"20")),
            ("X-RateLimit-Remaining", ("X-RateLimit-Remaining", r"19")),
            ("Retry-After", ("Retry-After", r"[1-9]\d*")),
            (
                "X-RateLimit-Reset",
                ("X-RateLimit-Reset", r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4} \([^)]+\)"),
            ),
        ],
    ),
)
def test_a_reply_carries_the_header(emulator, name, expected):
    headers = dict(send(emulator, "POST", SEQUENCE, PHONE).headers)
    assert re.fullmatch(expected, headers[name])


def test_add_step_rate_limit_20_requests_per_2_seconds():
    assert (LEMLIST.rate_limit.requests, LEMLIST.rate_limit.window_seconds) == (20, 2)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    rows(
        ADD,
        "OpenAPI responses",
        [
            ("400 Bad team", ("bad-team", 400, "Bad team")),
            ("401", ("unauthorized", 401, "The authentication you supplied is incorrect")),
        ],
    ),
)
def test_a_published_refusal_has_its_status_and_text(name, status, body):
    refusal = LEMLIST.refusals[name]
    assert (refusal.status, refusal.body, refusal.confidence) == (status, body, "documented")
    assert refusal.content_type.startswith("text/plain")


def test_add_step_openapi_responses_405():
    assert LEMLIST.refusals["method-not-allowed"].status == 405


# The vendor's example payloads; long sample texts are shortened.
EXAMPLES = [
    ("Adding Steps: LinkedIn invite", {"type": "linkedinInvite", "message": "Invite message...."}),
    (
        "Adding Conditions: LinkedIn invite condition",
        {"type": "conditional", "conditionKey": "linkedinInviteAccepted", "delayType": "waitUntil"},
    ),
    ("Adding Conditions: send step", {"type": "linkedinSend", "message": "Hello, ..."}),
    (
        "Email Step",
        {
            "type": "email",
            "subject": "{{firstName}}, one thing about {{companyName}}",
            "message": "<p>Hi {{firstName}},</p><p>Bye<br>{{senderName}}</p>",
            "delay": 1,
            "index": 2,
        },
    ),
    ("LinkedIn Invite", {"type": "linkedinInvite", "message": "Hi {{firstName}} of {{companyName}}!", "delay": 0}),
    ("LinkedIn Send", {"type": "linkedinSend", "message": "Hey {{firstName}}", "delay": 2}),
    (
        "LinkedIn Send with Media",
        {
            "type": "linkedinSend",
            "message": "Hey {{firstName}}",
            "images": ["https://example.com/assets/overview.png"],
            "videos": ["https://example.com/assets/demo.mp4"],
            "delay": 2,
        },
    ),
    ("Manual Task", {"type": "manual", "title": "Call prospect", "message": "A note", "delay": 1}),
    ("Phone Call", {"type": "phone", "message": "A note", "delay": 1}),
    ("API Call", {"type": "api", "method": "POST", "url": "https://api.example.com/webhook", "delay": 0}),
    ("LinkedIn Visit", {"type": "linkedinVisit", "delay": 0}),
    (
        "Conditional Step",
        {"type": "conditional", "conditionKey": "linkedinInviteAccepted", "delayType": "waitUntil", "delay": 1},
    ),
    ("Send to Another Campaign", {"type": "sendToAnotherCampaign", "campaignId": "cam_ABC123XYZ456", "delay": 0}),
    ("WhatsApp Message", {"type": "whatsappMessage", "message": "Hi {{firstName}}", "delay": 1}),
]


@pytest.mark.parametrize("profile", ["documented", "observed"])
@pytest.mark.parametrize(
    "payload", [case[1] for case in EXAMPLES], ids=[f"{ADD}: examples: {case[0]}" for case in EXAMPLES]
)
def test_an_example_of_the_page_is_right(payload, profile):
    context = docs_context(load("lemlist", profile))
    assert check("lemlist", "addStep", payload, profile=profile, context=context) == []


@pytest.mark.parametrize(
    "payload", [case[1] for case in EXAMPLES], ids=[f"{ADD}: examples: {case[0]}" for case in EXAMPLES]
)
def test_an_example_of_the_page_is_added(emulator, payload):
    response = send(emulator, "POST", SEQUENCE, payload)
    assert response.status == 200
    assert response.json()["type"] == payload["type"]


def test_add_step_adding_conditions_the_reply(emulator):
    reply = send(emulator, "POST", SEQUENCE, EXAMPLES[1][1]).json()
    labelled, fallback = reply["conditions"]
    assert set(reply) == {"_id", "type", "conditions"}
    assert {**labelled, "sequenceId": ""} == {
        "sequenceId": "",
        "label": "Accepted invite",
        "key": "linkedinInviteAccepted",
        "delay": 1,
        "delayType": "waitUntil",
    }
    assert set(fallback) == {"sequenceId", "fallback"}
    assert fallback["fallback"] is True
    assert labelled["sequenceId"] != fallback["sequenceId"]
    branch = f"/lemlist/api/sequences/{labelled['sequenceId']}/steps"
    assert send(emulator, "POST", branch, EXAMPLES[2][1]).status == 200


@pytest.mark.parametrize(
    ("sent", "expected"),
    rows(
        ADD,
        "All Request Body Fields: delay",
        [
            ("0 for the first step", ([PHONE], [0])),
            ("1 for a later step", ([PHONE, PHONE, EMAIL], [0, 1, 1])),
        ],
    ),
)
def test_a_delay_that_is_left_out_has_its_default(emulator, sent, expected):
    assert [send(emulator, "POST", SEQUENCE, payload).json()["delay"] for payload in sent] == expected


@pytest.mark.parametrize(
    ("index", "place"),
    rows(
        ADD,
        "All Request Body Fields: index",
        [
            ("omitted is the end", (None, 2)),
            ("greater than the number of steps is the end", (99, 2)),
            ("0 is the first", (0, 0)),
            ("1 is the second", (1, 1)),
            ("-1 is the end", (-1, 2)),
        ],
    ),
)
def test_an_index_is_a_place_in_the_sequence(emulator, index, place):
    for _ in range(2):
        send(emulator, "POST", SEQUENCE, PHONE)
    step = send(emulator, "POST", SEQUENCE, EMAIL if index is None else {**EMAIL, "index": index}).json()
    listing = emulator.handle(
        Request("GET", "/lemlist/api/campaigns/cam_docs0000000000000/sequences", "", HEADERS)
    ).json()
    assert [item["_id"] for item in listing["seq_lkCSKd32qSZZTe5Ru"]["steps"]].index(step["_id"]) == place


def test_add_step_note_record_mode_is_manual_by_default(emulator):
    send(emulator, "POST", SEQUENCE, VOICE)
    listing = emulator.handle(
        Request("GET", "/lemlist/api/campaigns/cam_docs0000000000000/sequences", "", HEADERS)
    ).json()
    assert [item["recordMode"] for item in listing["seq_lkCSKd32qSZZTe5Ru"]["steps"]] == ["manual"]


EDITABLE_ROWS = rows(UPDATE, "Supported Step Types", [(row[0], row) for row in EDITABLE])


def changed(name, fields):
    """Return what a change of a stored step of the same type breaks."""
    context = FACTS._replace(stored=REQUIRED[name])
    violations = check("lemlist", "updateStep", {"type": name, **fields}, context=context)
    return [(item.code, item.pointer) for item in violations]


@pytest.mark.parametrize(("name", "editable"), EDITABLE_ROWS)
def test_the_editable_fields_of_a_row_are_taken_one_by_one_and_together(name, editable):
    for field in editable:
        assert changed(name, {field: VALUES[field]}) == []
    assert changed(name, {field: VALUES[field] for field in editable}) == []


@pytest.mark.parametrize(("name", "editable"), EDITABLE_ROWS)
def test_required_fields_are_not_enforced_on_update(name, editable):
    assert changed(name, {}) == []


@pytest.mark.parametrize(("name", "editable"), EDITABLE_ROWS)
def test_fields_that_are_not_editable_are_only_warned_of(name, editable):
    listed = {*editable, "message"} if name.startswith("linkedin") else set(editable)
    for field in VALUES.keys() - listed:
        code = {"altMessage": "LEM092", "index": "LEM090"}.get(field, "LEM091")
        assert changed(name, {field: VALUES[field]}) == [(code, f"/{field}")]


# field, types that it applies to, values that are taken, values that are not with the rule that each breaks
ALL = [name for name, _ in EDITABLE]
LINKEDIN = [name for name in ALL if name.startswith("linkedin")]
UPDATE_FIELDS = [
    ("subject", ["email"], ["x" * 400, ""], [("x" * 401, "LEM031"), (1, "LEM013")]),
    ("message", ["email", *LINKEDIN, "manual", "phone", "whatsappMessage", "sms"], ["Hi"], [(1, "LEM013")]),
    ("altMessage", ["linkedinSend"], ["Hi"], [(1, "LEM013")]),
    ("title", ["manual"], ["x" * 400], [("x" * 401, "LEM042")]),
    ("method", ["api"], METHODS, [("HEAD", "LEM051")]),
    ("url", ["api"], ["http://example.com", "https://example.com"], [("ftp://example.com", "LEM053")]),
    (
        "delay",
        [name for name in ALL if name != "sendToAnotherCampaign"],
        [0, 1500],
        [(-1, "LEM022"), (1501, "LEM022"), (0.5, "LEM021")],
    ),
    ("delayType", ["conditional"], ["within", "waitUntil"], [("after", "LEM063")]),
    ("conditionKey", ["conditional"], CONDITION_KEYS, [("hasFaxNumber", "LEM061")]),
    (
        "campaignId",
        ["sendToAnotherCampaign"],
        ["cam_ABC123XYZ456"],
        [("cam_00000000000000000", "LEM065"), ("cam_archived000000000", "LEM066")],
    ),
    ("images", ["linkedinInvite", "linkedinSend"], [[], [PICTURE]], [([PICTURE] * 7, "LEM080"), (PICTURE, "LEM013")]),
    ("videos", ["linkedinInvite", "linkedinSend"], [[], [FILM]], [([FILM] * 7, "LEM080"), (FILM, "LEM013")]),
    ("skillName", ["linkedinEndorse"], ["Sales"], [(1, "LEM013")]),
    ("endorseAnyFallback", ["linkedinEndorse"], [True, False], [("true", "LEM013")]),
    ("recordMode", ["linkedinVoiceNote"], ["manual", "ai"], [("auto", "LEM070")]),
]


@pytest.mark.parametrize(
    ("field", "types", "right", "wrong"), rows(UPDATE, "Request Body", [(row[0], row) for row in UPDATE_FIELDS])
)
def test_a_field_applies_to_its_types_and_takes_its_allowed_values(field, types, right, wrong):
    for name in types:
        for value in right:
            assert changed(name, {field: value}) == []
        for value, code in wrong:
            assert changed(name, {field: value}) == [(code, f"/{field}")]
    for name in set(ALL) - set(types):
        code = "LEM092" if field == "altMessage" else "LEM091"
        assert changed(name, {field: right[0]}) == [(code, f"/{field}")]


@pytest.mark.parametrize(
    "key", [pytest.param(key, id=f"{UPDATE}: Supported Condition Keys: {key}") for key in CONDITION_KEYS]
)
def test_a_supported_condition_key_is_taken_when_adding_and_when_changing(key):
    assert found("addStep", {**CONDITIONAL, "conditionKey": key}) == []
    assert changed("conditional", {"conditionKey": key}) == []


@pytest.mark.parametrize("name", [pytest.param(name, id=f"{UPDATE}: Body: type: {name}") for name in ALL])
def test_the_type_is_required_and_must_match_the_stored_one(name):
    other = ALL[ALL.index(name) - 1]
    context = Context(stored=REQUIRED[name])
    assert [item.code for item in check("lemlist", "updateStep", {}, context=context)] == ["LEM010"]
    assert [item.code for item in check("lemlist", "updateStep", {"type": other}, context=context)] == ["LEM012"]
    assert check("lemlist", "updateStep", {"type": name}, context=context) == []


def test_update_step_request_body_an_empty_list_clears_the_stored_media(emulator):
    stored = send(emulator, "POST", SEQUENCE, media([PICTURE], [FILM])).json()["_id"]
    send(emulator, "PATCH", f"{SEQUENCE}/{stored}", {"type": "linkedinSend", "images": []})
    listing = emulator.handle(
        Request("GET", "/lemlist/api/campaigns/cam_docs0000000000000/sequences", "", HEADERS)
    ).json()
    [step] = listing["seq_lkCSKd32qSZZTe5Ru"]["steps"]
    assert (step["images"], step["videos"]) == ([], [FILM])


def test_update_step_request_body_only_sent_fields_change(emulator):
    stored = send(emulator, "POST", SEQUENCE, {**EMAIL, "delay": 4}).json()
    reply = send(emulator, "PATCH", f"{SEQUENCE}/{stored['_id']}", {"type": "email", "message": "New"}).json()
    assert {**stored, "message": "New"} == reply
