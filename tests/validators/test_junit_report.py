"""The report as JUnit XML: elements and attributes that Jenkins knows, read by an independent reader."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml
from stepmock.validators.linter.lint import lint
from stepmock.validators.linter.result import Result
from stepmock.validators.reports.formats import Report
from stepmock.validators.reports.junit import as_junit

KNOWN = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"name"}),
    "testsuite": (
        {"name", "tests", "failures", "errors", "skipped", "time", "file"},
        {"name", "tests", "failures", "errors"},
    ),
    "testcase": ({"name", "classname", "time", "group"}, {"name"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""The attributes that each element may have, and those that it must have, by the schema of Jenkins' xUnit plugin."""

INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "system-out"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


def read(text):
    """Return the tree of a report whose form and counts are right."""
    assert text.isascii()
    root = ElementTree.fromstring(text)
    for element in root.iter():
        allowed, needed = KNOWN[element.tag]
        assert needed <= set(element.attrib) <= allowed
        assert {child.tag for child in element} <= INSIDE.get(element.tag, set())
    parsed = JUnitXml.fromstring(text)
    suites = [root, *root]
    told = [[int(suite.get(name, 0)) for name in ("tests", "failures", "errors")] for suite in suites]
    parsed.update_statistics()
    assert told == [[parsed.tests, parsed.failures, parsed.errors]] * 2
    assert int(root[0].get("skipped")) == parsed.skipped
    return root


def test_reports_on_all_fixtures_can_be_read(fixtures_report):
    root = read(as_junit(fixtures_report))
    skipped = len(fixtures_report.result.not_checked)
    assert int(root.get("tests")) == fixtures_report.result.checked + skipped
    assert 0 < int(root.get("failures")) < fixtures_report.result.checked


@given(st.data())
def test_any_payload_in_any_file_gives_a_report_that_can_be_read(written, strange_payloads, strange_paths, data):
    text = written("junit", data.draw(strange_payloads), data.draw(strange_paths))
    assert read(text).get("tests") == "1"


def test_each_file_is_a_case_that_fails_once_with_all_its_errors(written):
    [[case, *_]] = read(written("junit", '{"type": "phone", "delay": -1, "index": -2, "x": 1}'))
    failure, output = case
    assert case.get("name") == "x.json"
    assert failure.get("type") == "LEM022"
    assert failure.get("message") == "LEM022 delay must be at least 0; -1 is not. (and 1 more)"
    assert "x.json:1:19: LEM022 " in failure.text
    assert "x.json:1:32: LEM020 " in failure.text
    assert "LEM090" not in failure.text
    assert output.text.startswith("x.json:1:45: LEM090 ")


def test_a_clean_file_is_a_case_that_passes(written):
    [[case, output]] = read(written("junit", '{"type": "phone"}'))
    assert list(case) == []
    assert output.text == "1 file checked: all right."


@pytest.mark.parametrize(("bar", "tag"), [("error", "system-out"), ("warning", "failure")])
def test_a_violation_is_a_failure_from_the_bar_on(written, bar, tag):
    [[case, *_]] = read(written("junit", '{"type": "phone", "x": 1}', bar=bar))
    assert [child.tag for child in case] == [tag]


def test_what_was_not_checked_is_an_error_where_it_makes_the_run_unusable(tmp_path):
    root = read(as_junit(Report(lint([str(tmp_path / "gone.json")]))))
    [[case, *_]] = root
    assert (root.get("errors"), case.get("name")) == ("1", str(tmp_path / "gone.json"))
    assert case[0].get("message") == "it cannot be read: no such file or directory."


def test_what_was_not_checked_in_a_folder_is_skipped():
    [[case, *_]] = read(as_junit(Report(Result(not_checked=[("x.json", "it belongs to no operation")]))))
    assert (case[0].tag, case[0].get("message")) == ("skipped", "it belongs to no operation.")


@pytest.mark.parametrize("char", ["\0", "\x1b", "\x7f", "\x9b", "\ufffe", "\ud83d"])
def test_what_xml_cannot_hold_is_replaced(char):
    [[case, *_]] = read(as_junit(Report(Result(not_checked=[("x", f"c{char}d")]))))
    assert case[0].get("message") == "c\ufffdd."


def test_a_report_of_nothing_can_be_read():
    assert read(as_junit(Report(Result()))).get("tests") == "0"
