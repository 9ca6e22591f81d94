"""Each field, row and text of Supaglue's page `Create sequence step`, and of its published server."""

import pytest
from stepmock.contracts import load
from stepmock.contracts.model import PROFILES
from stepmock.validators import Context, check
from stepmock.validators.field_checks import either
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.targets import Targets

BODY = "request/body"
TYPES = ["auto_email", "manual_email", "call", "task", "linkedin_send_message"]
MAIL = {"subject": "s", "body": "b"}


def step(record, provider=None, profile="documented", operation="createSequenceStep"):
    """Return the violations of a record."""
    context = Context(settings={"provider": provider}) if provider else None
    return check("supaglue", operation, {"record": record}, profile=profile, context=context)


def codes(*arguments, **options):
    return [item.code for item in step(*arguments, **options)]


def said(violations):
    """Return what the provider says to each failure: pointer and text."""
    return [
        (reason["pointer"], reason["message"]) for item in violations if item.severity == "error"
        for reason in item.reasons
    ]  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_the_five_types_of_the_enumeration_are_taken(name):
    assert step({"type": name}) == []


# Create sequence step, Body: each field with the JSON type of the page.
FIELDS = {
    "name": ("string", ["", "A name"], [1, True, [], {}, None]),
    "interval_seconds": ("number", [0, 1, -1, 0.5, 86400], ["1", True, [], {}, None]),
    "date": ("string", ["2023-01-01", "any text"], [1, True, [], {}, None]),
    "is_reply": ("boolean", [True, False], ["true", 0, 1, [], {}, None]),
    "order": ("number", [0, -3, 2.5], ["1", False, [], {}, None]),
    "task_note": ("string", ["", "note"], [1, True, [], {}, None]),
    "custom_fields": ("object", [{}, {"any": [None, {"deep": 1}]}], ["{}", 1, True, [], None]),
    "template": ("object", [{"id": "1"}, MAIL], ["text", 1, True, [], None]),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, entry in FIELDS.items() for value in entry[1]])
def test_a_field_of_the_page_is_taken_in_its_type(name, value):
    assert step({"type": "task", name: value}) == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, entry in FIELDS.items() for value in entry[2]])
def test_a_field_of_another_type_is_told_in_the_words_of_the_validator(name, value):
    assert said(step({"type": "task", name: value})) == [
        (f"/record/{name}", f"{BODY}/record/{name} must be {FIELDS[name][0]}")
    ]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({}, [("/record", f"{BODY} must have required property 'record'")]),
        ([], [("", f"{BODY} must be object")]),
        ({"record": []}, [("/record", f"{BODY}/record must be object")]),
        ({"record": {}}, [("/record/type", f"{BODY}/record must have required property 'type'")]),
        (
            {"record": {"type": "Call"}},
            [("/record/type", f"{BODY}/record/type must be equal to one of the allowed values: {', '.join(TYPES)}")],
        ),
    ],
)
def test_the_envelope_and_the_type_are_told_in_the_words_of_the_validator(payload, expected):
    assert said(check("supaglue", "createSequenceStep", payload)) == expected


ONE = "must match exactly one schema in oneOf"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({"id": "x"}, []),
        (MAIL, []),
        ({**MAIL, "name": "n", "to": ["a"], "cc": [], "bcc": ["b", "c"], "custom_fields": {"x": 1}}, []),
        ({"id": "x", "body": "b"}, []),
        ({"id": 5, **MAIL}, []),
        ({**MAIL, "id": "x"}, [("", f" {ONE}")]),
        (
            {"body": "b"},
            [("/id", " must have required property 'id'"), ("/subject", " must have required property 'subject'"),
             ("", f" {ONE}")],
        ),
        (
            {},
            [("/id", " must have required property 'id'"), ("/body", " must have required property 'body'"),
             ("/subject", " must have required property 'subject'"), ("", f" {ONE}")],
        ),
        (
            {"subject": 1, "body": None},
            [("/id", " must have required property 'id'"), ("/body", "/body must be string"),
             ("/subject", "/subject must be string"), ("", f" {ONE}")],
        ),
        (
            {**MAIL, "to": "a", "cc": [1], "custom_fields": []},
            [("/id", " must have required property 'id'"), ("/to", "/to must be array"),
             ("/cc/0", "/cc/0 must be string"), ("/custom_fields", "/custom_fields must be object"), ("", f" {ONE}")],
        ),
    ],
)  # fmt: skip
def test_a_template_is_by_id_or_by_content(template, expected):
    assert said(step({"type": "call", "template": template})) == [
        (f"/record/template{pointer}", f"{BODY}/record/template{text}") for pointer, text in expected
    ]


def test_a_boolean_is_no_number_in_either_form():
    [flaw] = either([{"properties": {"a": {"type": "number"}}}], {"a": True}, _occasion())
    assert [part.keyword for part in flaw.parts] == ["type", "oneOf"]


def _occasion():
    from stepmock.validators.context import NOTHING_KNOWN
    from stepmock.validators.occasion import Occasion

    return Occasion({}, NOTHING_KNOWN, ("record",), frozenset(), frozenset(), "")


def sequence(**fields):
    return check("supaglue", "createSequence", {"record": {"name": "n", "type": "team", **fields}})


def test_a_sequence_without_name_and_type_is_told_in_this_order():
    assert said(check("supaglue", "createSequence", {"record": {}})) == [
        ("/record/name", f"{BODY}/record must have required property 'name'"),
        ("/record/type", f"{BODY}/record must have required property 'type'"),
    ]


def test_a_nested_step_is_told_with_its_place_and_places_count_as_numbers():
    steps = [{"type": "call"}] * 11
    steps = [*steps[:2], {"type": "x"}, *steps[3:10], {"type": "y"}]
    assert [pointer for pointer, _ in said(sequence(steps=steps))] == ["/record/steps/2/type", "/record/steps/10/type"]
    assert said(sequence(steps=[{"type": "call"}, {"type": "x"}]))[0][1].startswith(
        f"{BODY}/record/steps/1/type must be equal to one of the allowed values: "
    )


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"type": "all"}, "/type must be equal to one of the allowed values: team, private"),
        ({"name": None}, "/name must be string"),
        ({"tags": "a"}, "/tags must be array"),
        ({"tags": [1]}, "/tags/0 must be string"),
        ({"owner_id": 3}, "/owner_id must be string"),
        ({"steps": {}}, "/steps must be array"),
        ({"steps": ["x"]}, "/steps/0 must be object"),
    ],
)
def test_a_field_of_a_sequence_is_told_in_the_words_of_the_validator(fields, text):
    assert [message for _, message in said(sequence(**fields))] == [f"{BODY}/record{text}"]


@pytest.mark.parametrize("record", [{}, {"template": {}}, {"template": {"body": "b"}}, {"template": MAIL}])
def test_an_update_needs_none_of_its_fields(record):
    assert step(record, operation="updateSequenceStep") == []


SALESLOFT = [
    ({"type": "task", "date": "2023-01-01"}, "SUP020", "Only relative delays are supported for Salesloft sequences"),
    (
        {"type": "task", "interval_seconds": 3600},
        "SUP021",
        "Salesloft only supports intervals in whole days (i.e. multiples of 86400)",
    ),
    (
        {"type": "linkedin_send_message"},
        "SUP022",
        "LinkedIn steps are not currently supported for Salesloft sequences",
    ),
    (
        {"type": "call", "template": {"id": "1"}},
        "SUP023",
        "Template IDs are not currently supported for Salesloft sequences",
    ),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("record", "code", "text"), SALESLOFT)
def test_salesloft_refuses_with_its_own_text(record, code, text, profile):
    [broken] = step(record, "salesloft", profile)
    assert (broken.code, broken.status, broken.body["errors"][0]["title"]) == (code, 400, text)
    assert code not in codes(record, "apollo", profile)
    assert code not in codes(record, profile=profile)


def test_salesloft_checks_in_the_order_date_days_linkedin_template():
    whole = {"date": "d", "interval_seconds": 1, "type": "linkedin_send_message", "template": {"id": "1"}}
    assert codes(whole, "salesloft") == [code for _, code, _ in SALESLOFT]


@pytest.mark.parametrize("seconds", [0, 86400, -86400, 86400.0, 8640000, 10**400 * 86400, 1e300])
def test_whole_days_are_taken_by_salesloft(seconds):
    assert codes({"type": "task", "interval_seconds": seconds}, "salesloft") == []


@pytest.mark.parametrize("seconds", [1, 43200, 86399, 86401, 86400.5, -1])
def test_parts_of_days_are_refused_by_salesloft(seconds):
    assert codes({"type": "task", "interval_seconds": seconds}, "salesloft") == ["SUP021"]


def test_an_empty_date_is_none():
    assert codes({"type": "task", "date": ""}, "salesloft") == []


@pytest.mark.parametrize("name", TYPES)
def test_an_outreach_step_without_a_template_fails_at_the_server_only(name):
    expected = ["SUP030", "SUP043"] if name == "linkedin_send_message" else ["SUP030"]
    assert codes({"type": name}, "outreach") == expected
    broken = step({"type": name}, "outreach", "observed")[0]
    assert (broken.severity, broken.status) == ("error", 500)
    assert broken.body["errors"][0]["detail"] == "Cannot read properties of undefined (reading 'id')"
    assert load("supaglue").rules["SUP030"].severity == "warning"


# Create sequence step: "used by Salesloft only", "does not use the order param", "undocumented in Outreach".
@pytest.mark.parametrize(
    ("record", "provider", "code"),
    [
        ({"name": "n"}, "apollo", "SUP040"),
        ({"name": "n", "template": MAIL}, "outreach", "SUP040"),
        ({"order": 1}, "salesloft", "SUP041"),
        ({"is_reply": True}, "salesloft", "SUP042"),
        ({"type": "linkedin_send_message", "template": MAIL}, "outreach", "SUP043"),
        ({"template": {**MAIL, "cc": ["a"]}}, "apollo", "SUP044"),
        ({"template": {**MAIL, "cc": ["a"]}}, "salesloft", "SUP044"),
    ],
)
def test_a_field_that_the_provider_passes_over_is_a_warning(record, provider, code):
    [item] = step({"type": "call", **record}, provider)
    assert (item.code, item.severity) == (code, "warning")


@pytest.mark.parametrize("record", [{"order": 1, "template": MAIL}, {"template": {**MAIL, "cc": ["a"]}}])
def test_outreach_uses_order_and_recipients(record):
    assert codes({"type": "call", **record}, "outreach") == []


@pytest.mark.parametrize(
    ("payload", "pointer"),
    [
        ({"record": {"type": "call", "interval_second": 1}}, "/record/interval_second"),
        ({"record": {"type": "call", "template": {"id": "1", "titel": 1}}}, "/record/template/titel"),
        ({"record": {"type": "call"}, "recrd": 1}, "/recrd"),
    ],
)
def test_an_unknown_field_is_let_through_with_a_warning(payload, pointer):
    [item] = check("supaglue", "createSequenceStep", payload)
    assert (item.code, item.severity, item.pointer) == ("SUP090", "warning", pointer)


def test_members_of_custom_fields_are_nobodys_business():
    assert codes({"type": "call", "custom_fields": {"anything": {"type": 5}}}) == []


def test_a_reply_without_a_request_shows_the_nil_id():
    [broken] = step({"type": "task", "date": "d"}, "salesloft")
    assert broken.body["errors"][0]["id"] == "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(("suffix", "text"), [
    ("json", b'{"record":{"type":"call"},"record":{"type":"task"}}'),
    ("yaml", b"record:\n  type: call\nrecord:\n  type: task\n"),
])  # fmt: skip
def test_a_key_that_stands_twice_is_told_once_and_at_its_place(suffix, text):
    [found] = lint_bytes(f"x.{suffix}", text, Options(Targets("supaglue/createSequenceStep"))).located
    assert (found.violation.code, found.violation.pointer) == ("SUP093", "/record")
