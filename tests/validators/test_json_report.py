"""The report as JSON, and the schema that describes it."""

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts.model import CONFIDENCES, PROFILES, SEVERITIES
from stepmock.validators.linter.result import Result
from stepmock.validators.reports.formats import Report, writer_of
from stepmock.validators.reports.json_report import as_json, report_schema

SCHEMA = json.loads(report_schema())


def closed(schema):
    """A schema that knows no member but those it describes."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(item) for name, item in schema.items()}
    return {**inner, "additionalProperties": False} if schema.get("type") == "object" else inner


EXACT = jsonschema.Draft202012Validator(closed(SCHEMA))


def test_the_schema_is_one_of_draft_2020_12():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_schema_names_what_the_contracts_know():
    assert SCHEMA["$defs"]["violation"]["properties"]["severity"]["enum"] == list(SEVERITIES)
    assert SCHEMA["$defs"]["violation"]["properties"]["confidence"]["enum"] == list(CONFIDENCES)
    assert SCHEMA["$defs"]["profile"]["enum"] == list(PROFILES)


def test_every_member_is_described():
    found = SCHEMA["$defs"]["violation"]["properties"]
    assert [name for name, schema in found.items() if not schema.get("description")] == []
    assert set(SCHEMA["$defs"]["violation"]["required"]) == set(found)


def test_reports_on_all_fixtures_follow_the_schema(fixtures_report):
    report = json.loads(as_json(fixtures_report))
    EXACT.validate(report)
    assert report["violations"]


def test_a_report_of_nothing_follows_the_schema():
    report = json.loads(as_json(Report(Result(not_checked=[("x", "it cannot be read")], unusable=True))))
    EXACT.validate(report)
    assert report["not_checked"] == [{"path": "x", "reason": "it cannot be read"}]


@pytest.mark.parametrize("change", [{"line": 0}, {"severity": "fatal"}, {"pointer": "delay"}, {"extra": 1}])
def test_the_schema_refuses_what_is_no_report(written, change):
    report = json.loads(written("json", '{"type": "fax"}'))
    report["violations"][0].update(change)
    assert not EXACT.is_valid(report)


@given(st.data())
def test_any_payload_in_any_file_gives_a_report_that_every_parser_takes(written, strange_payloads, strange_paths, data):
    text = written("json", data.draw(strange_payloads), data.draw(strange_paths))
    report = json.loads(text)
    EXACT.validate(report)
    assert text.isascii()
    assert text.isprintable()
    json.dumps(report, ensure_ascii=False).encode()  # fails for half a surrogate pair


def test_a_pointer_leads_from_the_document_and_another_from_the_payload(written):
    report = json.loads(written("json", '[{"type": "phone"}, {"type": "phone", "delay": -1}]'))
    [found] = report["violations"]
    assert (found["pointer"], found["payload_pointer"], found["operation"]) == ("/1/delay", "/delay", "lemlist/addStep")
    assert report["summary"]["payloads"] == 2


@pytest.mark.parametrize(
    ("text", "path", "end"),
    [
        ('{"type": "phone", "delay": -1}', "x.json", (1, 30)),
        ('{"type": "phone", "x": {\n"a": 1}}', "x.json", (2, 8)),
        ('{"type": "sms"}', "x.json", (1, 2)),
        ("type: phone\nx:\n  a: 1\n\ndelay: 1\n", "x.yaml", (3, 7)),
        ("", "x.json", (1, 1)),
        ('\ufeff{"type": "fax"}', "x.json", (1, 15)),
    ],
    ids=["member", "several lines", "missing", "yaml block", "empty", "byte order mark"],
)
def test_the_end_is_just_behind_what_is_wrong(written, text, path, end):
    [found] = json.loads(written("json", text, path))["violations"]
    assert (found["end_line"], found["end_column"]) == end


def test_profiles_that_disagree_are_told_only_when_both_are_asked_for(written):
    text = '{"type": "email", "message": "x"}'
    assert json.loads(written("json", text, profiles=PROFILES))["accepted_by_one_profile"] == [
        {"path": "x.json", "accepted": "observed", "refused": "documented"}
    ]
    assert "accepted_by_one_profile" not in json.loads(written("json", text))


def test_json_is_one_of_the_forms():
    assert writer_of("json") is as_json
