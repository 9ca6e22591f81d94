"""Each rule of lemlist at its boundaries, through `check`; every case names all codes that are to come out."""

import pytest
from stepmock.contracts import ContractError, load
from stepmock.validators import Context, Violation, check
from stepmock.validators.worlds import docs_context

PHONE = {"type": "phone"}
EMAIL = {"type": "email", "subject": "Hello", "message": "Hi"}
MANUAL = {"type": "manual", "title": "Call"}
API = {"type": "api", "method": "GET", "url": "https://example.com"}
FORK = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "waitUntil"}
MOVE = {"type": "sendToAnotherCampaign", "campaignId": "cam_ABC123XYZ456"}
INVITE = {"type": "linkedinInvite"}
NOTE = {"type": "linkedinVoiceNote"}
EMOJI = "\N{GRINNING FACE}"
PICTURE = "https://cdn.example.com/a.png"
FILM = "https://cdn.example.com/a.mp4"


def found(payload, operation="addStep", **options):
    return [(item.code, item.pointer) for item in check("lemlist", operation, payload, **options)]


def nested(levels):
    value = []
    for _ in range(levels - 1):
        value = [value]
    return value


CASES = {
    "delay 0": ({**PHONE, "delay": 0}, []),
    "delay 1500": ({**PHONE, "delay": 1500}, []),
    "delay 1501": ({**PHONE, "delay": 1501}, [("LEM022", "/delay")]),
    "delay -1": ({**PHONE, "delay": -1}, [("LEM022", "/delay")]),
    "delay 1500.0 is whole": ({**PHONE, "delay": 1500.0}, []),
    "delay 1500.5": ({**PHONE, "delay": 1500.5}, [("LEM021", "/delay")]),
    "delay as text": ({**PHONE, "delay": "1"}, [("LEM021", "/delay")]),
    "delay null": ({**PHONE, "delay": None}, [("LEM021", "/delay")]),
    "delay true": ({**PHONE, "delay": True}, [("LEM021", "/delay")]),
    "index -1": ({**PHONE, "index": -1}, []),
    "index 0": ({**PHONE, "index": 0}, []),
    "index 1000000": ({**PHONE, "index": 1_000_000}, []),
    "index 10**30": ({**PHONE, "index": 10**30}, []),
    "index -2": ({**PHONE, "index": -2}, [("LEM020", "/index")]),
    "index 1.0 is whole": ({**PHONE, "index": 1.0}, []),
    "index 1.5": ({**PHONE, "index": 1.5}, [("LEM020", "/index")]),
    "index true": ({**PHONE, "index": True}, [("LEM020", "/index")]),
    "index null": ({**PHONE, "index": None}, [("LEM020", "/index")]),
    "subject of 400 letters": ({**EMAIL, "subject": "x" * 400}, []),
    "subject of 401 letters": ({**EMAIL, "subject": "x" * 401}, [("LEM031", "/subject")]),
    "subject of 400 emoji": ({**EMAIL, "subject": EMOJI * 400}, []),
    "subject of 401 emoji": ({**EMAIL, "subject": EMOJI * 401}, [("LEM031", "/subject")]),
    "subject of 400 two-byte letters": ({**EMAIL, "subject": "é" * 400}, []),
    "subject of 401 two-byte letters": ({**EMAIL, "subject": "é" * 401}, [("LEM031", "/subject")]),
    "subject of 201 letters with accents set apart": ({**EMAIL, "subject": "e\u0301" * 201}, [("LEM031", "/subject")]),
    "subject whose Liquid makes it long": ({**EMAIL, "subject": "{{" + "x" * 397 + "}}"}, [("LEM031", "/subject")]),
    "subject empty": ({**EMAIL, "subject": ""}, []),
    "subject missing": ({"type": "email", "message": "Hi"}, [("LEM030", "/subject")]),
    "subject null": ({**EMAIL, "subject": None}, [("LEM013", "/subject")]),
    "subject a number": ({**EMAIL, "subject": 7}, [("LEM013", "/subject")]),
    "message missing": ({"type": "sms"}, [("LEM040", "/message")]),
    "message null": ({"type": "sms", "message": None}, [("LEM013", "/message")]),
    "message a list": ({"type": "sms", "message": ["Hi"]}, [("LEM013", "/message")]),
    "message of 100,000 letters": ({"type": "sms", "message": "x" * 100_000}, []),
    "title of 400 emoji": ({**MANUAL, "title": EMOJI * 400}, []),
    "title of 401 letters": ({**MANUAL, "title": "x" * 401}, [("LEM042", "/title")]),
    "title missing": ({"type": "manual"}, [("LEM041", "/title")]),
    "method missing": ({"type": "api", "url": "http://example.com"}, [("LEM050", "/method")]),
    "method in small letters": ({**API, "method": "get"}, [("LEM051", "/method")]),
    "method HEAD": ({**API, "method": "HEAD"}, [("LEM051", "/method")]),
    "method with a newline": ({**API, "method": "GET\n"}, [("LEM051", "/method")]),
    "url missing": ({"type": "api", "method": "GET"}, [("LEM052", "/url")]),
    "url with another scheme": ({**API, "url": "ftp://example.com"}, [("LEM053", "/url")]),
    "url relative": ({**API, "url": "/webhook"}, [("LEM053", "/url")]),
    "url empty": ({**API, "url": ""}, [("LEM053", "/url")]),
    "url on this machine": ({**API, "url": "http://localhost:3000/hook"}, []),
    "conditionKey missing": ({"type": "conditional", "delayType": "waitUntil"}, [("LEM060", "/conditionKey")]),
    "conditionKey unknown": ({**FORK, "conditionKey": "emailsBounced"}, [("LEM061", "/conditionKey")]),
    "conditionKey in other letters": ({**FORK, "conditionKey": "EmailsOpened"}, [("LEM061", "/conditionKey")]),
    "delayType missing": ({"type": "conditional", "conditionKey": "hasScore"}, [("LEM062", "/delayType")]),
    "delayType unknown": ({**FORK, "delayType": "after"}, [("LEM063", "/delayType")]),
    "within and a delay": ({**FORK, "delayType": "within", "delay": 0}, []),
    "within without delay": ({**FORK, "delayType": "within"}, [("LEM023", "/delay")]),
    "waitUntil without delay": (FORK, []),
    "conditional with nothing": ({"type": "conditional"}, [("LEM060", "/conditionKey"), ("LEM062", "/delayType")]),
    "campaignId missing": ({"type": "sendToAnotherCampaign"}, [("LEM064", "/campaignId")]),
    "campaignId a number": ({**MOVE, "campaignId": 1}, [("LEM013", "/campaignId")]),
    "recordMode unknown": ({**NOTE, "recordMode": "auto"}, [("LEM070", "/recordMode")]),
    "recordMode null": ({**NOTE, "recordMode": None}, [("LEM013", "/recordMode")]),
    "endorseAnyFallback as text": (
        {"type": "linkedinEndorse", "endorseAnyFallback": "true"},
        [("LEM013", "/endorseAnyFallback")],
    ),
    "endorseAnyFallback 1": ({"type": "linkedinEndorse", "endorseAnyFallback": 1}, [("LEM013", "/endorseAnyFallback")]),
    "skillName a number": ({"type": "linkedinEndorse", "skillName": 1}, [("LEM013", "/skillName")]),
    "six images": ({**INVITE, "images": [PICTURE] * 6}, []),
    "seven images": ({**INVITE, "images": [PICTURE] * 7}, [("LEM080", "/images")]),
    "three images and three videos": ({**INVITE, "images": [PICTURE] * 3, "videos": [FILM] * 3}, []),
    "three images and four videos": (
        {**INVITE, "images": [PICTURE] * 3, "videos": [FILM] * 4},
        [("LEM080", "/videos")],
    ),
    "images empty": ({**INVITE, "images": [], "videos": []}, []),
    "images one text": ({**INVITE, "images": PICTURE}, [("LEM013", "/images")]),
    "images with a number": ({**INVITE, "images": [PICTURE, 7]}, [("LEM013", "/images/1")]),
    "image over http": ({**INVITE, "images": [PICTURE, "http://example.com/a.png"]}, [("LEM081", "/images/1")]),
    "video as image": ({**INVITE, "images": [FILM]}, [("LEM082", "/images/0")]),
    "image as video": ({**INVITE, "videos": [PICTURE]}, [("LEM082", "/videos/0")]),
    "image unsafe and of a wrong kind": (
        {**INVITE, "images": ["http://example.com/a.pdf"]},
        [("LEM081", "/images/0"), ("LEM082", "/images/0")],
    ),
    "field that no step has": ({**PHONE, "dealy": 1}, [("LEM090", "/dealy")]),
    "field of another type": ({**PHONE, "subject": "x"}, [("LEM091", "/subject")]),
    "field of another type, of the wrong kind": ({**PHONE, "subject": 7}, [("LEM091", "/subject")]),
    "altMessage elsewhere": ({**PHONE, "altMessage": "x"}, [("LEM092", "/altMessage")]),
    "variable left open": ({**PHONE, "message": "Hi {{firstName"}, [("LEM094", "/message")]),
    "variable left open in subject": ({**EMAIL, "subject": "Hi {{firstName"}, [("LEM094", "/subject")]),
    "keys that need escapes in a pointer": ({**PHONE, "a/b~c": 1}, [("LEM090", "/a~1b~0c")]),
    "errors before warnings": (
        {"type": "sms", "subject": "x", "delay": -1, "nope": 1},
        [("LEM022", "/delay"), ("LEM040", "/message"), ("LEM090", "/nope"), ("LEM091", "/subject")],
    ),
    "type missing": ({"message": "Hi"}, [("LEM010", "/type")]),
    "nothing at all": ({}, [("LEM010", "/type")]),
    "type unknown": ({"type": "fax"}, [("LEM011", "/type")]),
    "type in capitals": ({"type": "Email"}, [("LEM011", "/type")]),
    "type empty": ({"type": ""}, [("LEM011", "/type")]),
    "type null": ({"type": None}, [("LEM013", "/type")]),
    "type a number": ({"type": 1}, [("LEM013", "/type")]),
    "type a list": ({"type": ["email"]}, [("LEM013", "/type")]),
    "type an object": ({"type": {"email": 1}}, [("LEM013", "/type")]),
    "type true": ({"type": True}, [("LEM013", "/type")]),
    "root null": (None, [("LEM002", "")]),
    "root a list": ([PHONE], [("LEM002", "")]),
    "root a text": ("email", [("LEM002", "")]),
    "root a number": (1, [("LEM002", "")]),
    "nested as deep as may be": ({**PHONE, "x": nested(99)}, [("LEM090", "/x")]),
    "nested too deep": ({**PHONE, "x": nested(100)}, [("LEM004", "/x/0/0/0")]),
}


@pytest.mark.parametrize(("payload", "expected"), CASES.values(), ids=CASES)
def test_an_added_step_breaks_exactly_these_rules(payload, expected):
    assert found(payload) == expected


UPDATES = {
    "type alone": (PHONE, []),
    "email without subject and message": ({"type": "email"}, []),
    "within without delay": ({"type": "conditional", "delayType": "within"}, []),
    "type missing": ({"delay": 1}, [("LEM010", "/type")]),
    "type unknown": ({"type": "fax"}, [("LEM011", "/type")]),
    "delay 1501": ({**PHONE, "delay": 1501}, [("LEM022", "/delay")]),
    "index is not editable": ({**PHONE, "index": 0}, [("LEM090", "/index")]),
    "delay of a transfer is not editable": ({**MOVE, "delay": 1}, [("LEM091", "/delay")]),
    "message of a LinkedIn visit": ({"type": "linkedinVisit", "message": "x"}, []),
    "images emptied": ({**INVITE, "images": []}, []),
}


@pytest.mark.parametrize(("payload", "expected"), UPDATES.values(), ids=UPDATES)
def test_a_changed_step_breaks_exactly_these_rules(payload, expected):
    assert found(payload, "updateStep") == expected


CAMPAIGNS = {
    "a name": ("createCampaign", {"name": "Spring"}, []),
    "no name": ("createCampaign", {}, [("LEM100", "/name")]),
    "an error before a warning of a lower code": (
        "createCampaign",
        {"nmae": 1},
        [("LEM100", "/name"), ("LEM090", "/nmae")],
    ),
    "name null": ("createCampaign", {"name": None}, [("LEM013", "/name")]),
    "unknown field": ("createCampaign", {"name": "Spring", "nmae": 1}, [("LEM090", "/nmae")]),
    "conditions a list": (
        "createCampaign",
        {"name": "Spring", "autoReviewConditions": []},
        [("LEM013", "/autoReviewConditions")],
    ),
    "not finite deep inside": (
        "createCampaign",
        {"name": "Spring", "autoReviewConditions": {"a": [float("nan")]}},
        [("LEM003", "/autoReviewConditions/a/0")],
    ),
    "half a character deep inside": (
        "createCampaign",
        {"name": "Spring", "autoReviewConditions": {"a": "\ud83d"}},
        [("LEM005", "/autoReviewConditions/a")],
    ),
    "nothing to change": ("updateCampaign", {}, []),
    "name to change to a number": ("updateCampaign", {"name": 1}, [("LEM013", "/name")]),
}


@pytest.mark.parametrize(("operation", "payload", "expected"), CAMPAIGNS.values(), ids=CAMPAIGNS)
def test_a_campaign_breaks_exactly_these_rules(operation, payload, expected):
    assert found(payload, operation) == expected


class Text(str):
    """A text of a user's own class."""


CYCLE = {"type": "phone"}
CYCLE["x"] = CYCLE
CYCLIC_LIST = []
CYCLIC_LIST.append(CYCLIC_LIST)

PYTHON_ONLY = {
    "tuple key": ({**PHONE, (1, 2): 1}, [("LEM001", "")]),
    "number as key": ({**PHONE, 1: 1}, [("LEM001", "")]),
    "None as key": ({**PHONE, None: 1}, [("LEM001", "")]),
    "half a character as key": ({**PHONE, "\ud83d": 1}, [("LEM005", "")]),
    "object in an unknown field": ({**PHONE, "x": object()}, [("LEM001", "/x")]),
    "object in a known field": ({**PHONE, "delay": object()}, [("LEM001", "/delay")]),
    "bytes": ({**PHONE, "message": b"Hi"}, [("LEM001", "/message")]),
    "set": ({**PHONE, "message": {"Hi"}}, [("LEM001", "/message")]),
    "NaN": ({**PHONE, "delay": float("nan")}, [("LEM003", "/delay")]),
    "infinity in an unknown field": ({**PHONE, "x": float("inf")}, [("LEM003", "/x")]),
    "half a character in a known field": ({**PHONE, "message": "\ud83d"}, [("LEM005", "/message")]),
    "half a character in the type": ({"type": "\ud83d"}, [("LEM005", "/type")]),
    "half a character in an unknown field": ({**PHONE, "x": ["\udc00"]}, [("LEM005", "/x/0")]),
    "delay 10**6000": ({**PHONE, "delay": 10**6000}, [("LEM003", "/delay")]),
    "index 10**6000": ({**PHONE, "index": 10**6000}, [("LEM003", "/index")]),
    "index -10**6000": ({**PHONE, "index": -(10**6000)}, [("LEM003", "/index")]),
    "unknown field 10**6000": ({**PHONE, "x": 10**6000}, [("LEM003", "/x")]),
    "subject 10**6000": ({**EMAIL, "subject": 10**6000}, [("LEM003", "/subject")]),
    "5,000 levels in an unknown field": ({**PHONE, "x": nested(5000)}, [("LEM004", "/x/0/0/0")]),
    "5,000 levels in a known field": ({**PHONE, "message": nested(5000)}, [("LEM004", "/message/0/0/0")]),
    "payload that holds itself": (CYCLE, [("LEM004", "/x/x/x/x")]),
    "list that holds itself": ({**INVITE, "images": CYCLIC_LIST}, [("LEM004", "/images/0/0/0")]),
    "root a list that holds itself": (CYCLIC_LIST, [("LEM002", "")]),
    "root an object": (object(), [("LEM002", "")]),
    "root bytes": (b"{}", [("LEM002", "")]),
    "text of a class of its own": ({"type": Text("phone"), "message": Text("Hi")}, []),
    "tuple as an array of right addresses": ({**INVITE, "images": (PICTURE,)}, []),
    "tuple as an array of unsafe addresses": (
        {**INVITE, "images": ("http://example.com/a.png",)},
        [("LEM081", "/images/0")],
    ),
    "tuple as too long an array": ({**INVITE, "images": (PICTURE,) * 7}, [("LEM080", "/images")]),
}


@pytest.mark.parametrize(("payload", "expected"), PYTHON_ONLY.values(), ids=PYTHON_ONLY)
def test_a_value_that_only_python_has_is_told_and_never_raises(payload, expected):
    assert found(payload) == expected


@pytest.mark.parametrize("operation", ["updateStep", "createCampaign", "updateCampaign"])
@pytest.mark.parametrize(
    "payload",
    [10**6000, CYCLE, CYCLIC_LIST, {"x": object()}, {1: 2}, {"type": "\ud83d"}],
    ids=["big", "cycle", "list", "object", "key", "half"],
)
def test_no_operation_accepts_what_is_no_json(operation, payload):
    assert any(item.severity == "error" for item in check("lemlist", operation, payload))


def test_a_number_of_4300_digits_is_read_but_too_large_a_delay():
    assert found({**PHONE, "delay": 10**4299}) == [("LEM022", "/delay")]


FACTS = docs_context(load("lemlist"))


def test_an_archived_campaign_cannot_be_sent_to():
    assert found({**MOVE, "campaignId": "cam_archived000000000"}, context=FACTS) == [("LEM066", "/campaignId")]


def test_an_unknown_campaign_cannot_be_sent_to():
    assert found({**MOVE, "campaignId": "cam_nowhere0000000000"}, context=FACTS) == [("LEM065", "/campaignId")]


def test_an_existing_campaign_can_be_sent_to():
    assert found(MOVE, context=FACTS) == []


@pytest.mark.parametrize("name", ["cam_archived000000000", "cam_nowhere0000000000", ""])
def test_rules_about_campaigns_stay_silent_when_nothing_is_known(name):
    assert found({**MOVE, "campaignId": name}) == []


def test_an_update_cannot_change_the_type():
    assert found(PHONE, "updateStep", context=Context(stored=EMAIL)) == [("LEM012", "/type")]


def test_an_update_that_repeats_the_type_is_right():
    assert found(PHONE, "updateStep", context=Context(stored=PHONE)) == []


def test_the_type_of_an_update_is_not_compared_when_the_stored_step_is_unknown():
    assert found(PHONE, "updateStep") == []


STORED_MEDIA = Context(stored={**INVITE, "images": [PICTURE] * 4, "videos": [FILM] * 2})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"images": [PICTURE] * 4}, []),
        ({"images": [PICTURE] * 5}, [("LEM080", "/images")]),
        ({"videos": [FILM] * 2}, []),
        ({"videos": [FILM] * 3}, [("LEM080", "/videos")]),
        ({"images": [], "videos": [FILM] * 6}, []),
        ({"delay": 1}, []),
    ],
    ids=["as many images", "one image more", "as many videos", "one video more", "images cleared", "no media sent"],
)
def test_stored_media_that_stay_count_on_update(change, expected):
    assert found({**INVITE, **change}, "updateStep", context=STORED_MEDIA) == expected


REPLY = {"type": "email", "message": "Just following up"}


@pytest.mark.parametrize(
    ("profile", "siblings", "expected"),
    [
        ("documented", None, ["LEM030"]),
        ("documented", [], ["LEM030"]),
        ("documented", [EMAIL], ["LEM030"]),
        ("observed", None, []),
        ("observed", [], ["LEM030"]),
        ("observed", [PHONE], ["LEM030"]),
        ("observed", [EMAIL], []),
        ("observed", [PHONE, EMAIL], []),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
def test_a_follow_up_needs_a_subject_only_as_documented(profile, siblings, expected):
    violations = check("lemlist", "addStep", REPLY, profile=profile, context=Context(siblings=siblings))
    assert [item.code for item in violations] == expected


@pytest.mark.parametrize(
    ("profile", "severity", "status"), [("documented", "warning", None), ("observed", "error", 400)]
)
def test_an_alternate_message_elsewhere_is_graver_as_observed(profile, severity, status):
    [item] = check("lemlist", "addStep", {**PHONE, "altMessage": "x"}, profile=profile)
    assert (item.code, item.severity, item.status) == ("LEM092", severity, status)


def test_a_violation_says_what_where_why_and_what_the_provider_answers():
    [item] = check("lemlist", "addStep", {**PHONE, "delay": 1501})
    assert isinstance(item, Violation)
    assert item._asdict() | {"source": str(item.source)} == {
        "code": "LEM022",
        "severity": "error",
        "pointer": "/delay",
        "value": 1501,
        "expected": "at most 1500",
        "hint": load("lemlist").rules["LEM022"].hint,
        "source": "Add Step to Sequence, All Request Body Fields",
        "confidence": "documented",
        "status": 400,
        "body": "delay must be at most 1500; 1501 is not.",
        "message": "delay must be at most 1500; 1501 is not.",
        "reasons": ({"message": "delay must be at most 1500; 1501 is not.", "pointer": "/delay"},),
    }


def test_a_media_violation_answers_with_the_code_of_the_provider():
    [item] = check("lemlist", "addStep", {**INVITE, "images": [PICTURE] * 7})
    assert (item.status, item.body) == (400, {"error": item.message, "code": "LINKEDIN_MEDIA_TOO_MANY"})


@pytest.mark.parametrize(
    ("payload", "guess"),
    [
        ({"type": "linkedinVist"}, '"linkedinVisit"'),
        ({**API, "method": "PSOT"}, '"POST"'),
        ({**PHONE, "mesage": "x"}, '"message"'),
        ({**FORK, "conditionKey": "emailOpened"}, '"emailsOpened"'),
    ],
)
def test_the_nearest_name_is_suggested(payload, guess):
    [item] = check("lemlist", "addStep", payload)
    assert item.message.endswith(f"Did you mean {guess}?")


@pytest.mark.parametrize("value", ["x" * 10_000, "\x1b[31m", "a\nb", "\u202e", ["x"] * 9, {"a": 1}, 10**100, EMOJI])
def test_a_message_is_one_short_printable_line(value):
    for item in check("lemlist", "addStep", {"type": "api", "method": value, "url": value}):
        assert item.message.isprintable()
        assert len(item.message) < 400


def test_a_check_changes_nothing_in_the_payload():
    payload = {"type": "linkedinInvite", "images": ["http://localhost/a.pdf"], "x": {"y": 1}, "delay": -1.0}
    copy = {"type": "linkedinInvite", "images": ["http://localhost/a.pdf"], "x": {"y": 1}, "delay": -1.0}
    check("lemlist", "addStep", payload)
    assert payload == copy


@pytest.mark.parametrize(
    ("provider", "operation", "profile", "guess"),
    [
        ("lemlst", "addStep", "documented", '"lemlist"'),
        ("lemlist", "addSteps", "documented", '"addStep"'),
        ("lemlist", "addStep", "observd", '"observed"'),
    ],
    ids=["provider", "operation", "profile"],
)
def test_an_unknown_name_is_a_contract_error_that_names_the_nearest(provider, operation, profile, guess):
    with pytest.raises(ContractError, match=f"Did you mean {guess}"):
        check(provider, operation, PHONE, profile=profile)


@pytest.mark.parametrize("operation", ["listSequences", "deleteStep", "getTeam", "startCampaign"])
def test_an_operation_without_a_body_has_no_payload_to_check(operation):
    with pytest.raises(ContractError, match="takes no request body"):
        check("lemlist", operation, {})
