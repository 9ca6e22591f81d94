"""The report as workflow commands of GitHub Actions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts import load
from stepmock.contracts.model import PROFILES
from stepmock.validators.linter.lint import lint
from stepmock.validators.linter.result import Result
from stepmock.validators.reports.formats import Report
from stepmock.validators.reports.github import as_github

COMMAND = re.compile(r"::(error|warning|notice) ((?:\w+=[^:,\r\n]*,?)*)::([^\r\n]*)")


def unescaped(text):
    for escape, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def commands(text):
    """Return the commands of a report as the runner reads them, and its last line."""
    *lines, last = text.split("\n")
    found = []
    for line in lines:
        name, pairs, said = COMMAND.fullmatch(line).groups()
        properties = dict(pair.split("=", 1) for pair in pairs.split(","))
        found.append((name, {key: unescaped(value) for key, value in properties.items()}, unescaped(said)))
    return found, last


def test_an_error_is_shown_at_its_place_with_its_fix_and_page(written):
    rule = load("lemlist").rules["LEM022"]
    [command], last = commands(written("github", '{"type": "phone",\n "delay": -1}', "a/x.json"))
    assert command == (
        "error",
        {"file": "a/x.json", "line": "2", "col": "2", "endColumn": "12", "title": "LEM022"},
        f"delay must be at least 0; -1 is not.\n{rule.hint}\n{rule.source} <{rule.source.url}> (documented)",
    )
    assert last == "steplint: 1 file checked: 1 error."


def test_what_takes_several_lines_is_shown_where_it_begins(written):
    [command], _ = commands(written("github", '{"type": "phone", "x": {\n"a": 1}}'))
    assert command[1] == {"file": "x.json", "line": "1", "col": "19", "title": "LEM090"}


def test_each_severity_has_its_command(written):
    found, _ = commands(written("github", '{"type": "phone", "delay": -1, "x": 1}'))
    assert [name for name, _, _ in found] == ["error", "warning"]


def test_a_name_may_hold_what_separates_properties(written):
    [command], _ = commands(written("github", '{"type": "fax"}', "a,b:c%2C\n.json"))
    assert command[1]["file"] == "a,b:c%2C\n.json"


def test_a_file_below_the_current_folder_is_named_from_there(written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    [command], _ = commands(written("github", '{"type": "fax"}', str(tmp_path / "a" / "x.json")))
    assert command[1]["file"] == "a/x.json"


@given(st.data())
def test_nothing_in_a_payload_or_a_name_can_be_a_command(written, strange_payloads, strange_paths, data):
    payload = data.draw(st.just('{"type": "\\n::stop-commands::x", "\\r\\n::error::": 1}') | strange_payloads)
    text = written("github", payload, data.draw(strange_paths))
    commands(text)
    assert all(line.isprintable() for line in text.split("\n"))


def test_reports_on_all_fixtures_can_be_read(fixtures_report):
    found, _ = commands(as_github(fixtures_report))
    result = fixtures_report.result
    assert len(found) == len(result.located) + len(result.not_checked) + len(result.split)


def test_what_was_not_checked_is_an_error_where_it_makes_the_run_unusable(tmp_path):
    path = str(tmp_path / "gone.json")
    [command], last = commands(as_github(Report(lint([path]))))
    assert command[0] == "error"
    assert command[2] == f"{path}: it cannot be read: no such file or directory."
    assert last == "steplint: No file was checked."


def test_what_was_not_checked_in_a_folder_is_a_warning():
    [command], _ = commands(as_github(Report(Result(not_checked=[("x.json", "it belongs to no operation")]))))
    assert command[0] == "warning"


def test_profiles_that_disagree_are_noted(written):
    found, _ = commands(written("github", '{"type": "email", "message": "x"}', profiles=PROFILES))
    assert [name for name, _, _ in found] == ["error", "notice"]
    assert "Only in profile documented." in found[0][2]


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_has_a_place_too(written, text):
    [command], _ = commands(written("github", text))
    assert (command[1]["line"], command[1]["col"], command[1]["endColumn"]) == ("1", "1", "1")
