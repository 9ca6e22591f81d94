"""The report as text: the source line with its mark, colours, and what never reaches a terminal."""

import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts.model import PROFILES
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.result import Excerpt, Result
from stepmock.validators.linter.targets import Targets
from stepmock.validators.reports.excerpts import drawn
from stepmock.validators.reports.formats import Report
from stepmock.validators.reports.screen import Screen, screen_of
from stepmock.validators.reports.text import as_text

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def source(text):
    """The source line of the first violation in a report, and the mark under it."""
    shown = re.search(r"^    \d+ \| (.*)\n +\| (.*)$", text, re.MULTILINE)
    return shown.groups() if shown else None


def columns(text):
    """How many columns of a terminal a text takes, by what Unicode says of each character."""
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me") else 1 + (unicodedata.east_asian_width(char) in ("W", "F"))
        for char in text
    )


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"type": "phone", "delay": -1}', '"delay": -1'),
        ('\t{\t"type": "phone",\t"delay": -1}', '"delay": -1'),
        ('{"\u65e5\u672c": 1, "type": "fax"}', '"type": "fax"'),
        ('{"\U0001f600": 1, "type": "fax"}', '"type": "fax"'),
        ('{"e\u0301": 1, "type": "fax"}', '"type": "fax"'),
        ('{"type": "fax \u65e5\u672c"}', '"type": "fax \u65e5\u672c"'),
        ('{"\u00e9": 1, "type": "fax"}\r', '"type": "fax"'),
        ('\ufeff{"type": "fax"}', '"type": "fax"'),
    ],
    ids=["plain", "tabs", "wide", "emoji", "combining", "wide below the mark", "CRLF", "byte order mark"],
)
def test_the_mark_is_under_what_is_wrong(written, line, wrong):
    text = written("text", f"{line}\n")
    block = next(block for block in text.split("\n\n") if "error" in block)
    shown, mark = source(block)
    begin = shown.index(wrong)
    assert "\t" not in shown
    assert mark == " " * columns(shown[:begin]) + "^" * columns(wrong)


def test_a_picture_made_of_a_letter_takes_two_columns():
    line, mark = drawn(Excerpt("\u2764\ufe0f x", 3, 1), Screen())
    assert (line, mark) == ("\u2764\ufe0f x", "   ^")


def test_characters_that_join_others_are_written_out():
    line, mark = drawn(Excerpt("\U0001f468\u200d\U0001f469 x", 4, 1), Screen())
    assert (line, mark) == ("\U0001f468\\u200d\U0001f469 x", " " * 11 + "^")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_screen_without_a_character_gets_its_escape_and_the_mark_still_fits(encoding):
    line, mark = drawn(Excerpt('"\u65e5": "x"', 5, 3), Screen(encoding))
    assert line == '"\\u65e5": "x"'
    assert mark == " " * line.index('"x"') + "^^^"


@pytest.mark.parametrize("text", ["", "\n\n", '{"type": "phone",\n', '{"type": "phone",\n\n\n'])
def test_an_empty_line_is_not_shown(written, text):
    report = written("text", text)
    assert source(report) is None
    assert "LEM001" in report
    assert report.splitlines()[1].startswith("    expected: ")


def test_an_error_behind_the_last_character_is_marked_there(written):
    assert source(written("text", '{"type": "phone"')) == ('{"type": "phone"', " " * 16 + "^")


@pytest.mark.parametrize(("before", "after"), [(0, 0), (0, 500_000), (500_000, 0), (500_000, 500_000), (10_000, 200)])
def test_of_a_long_line_only_the_part_around_is_shown(written, before, after):
    text = '{"type": "phone", "message": "' + "a" * before + '", "delay": -1, "index": ' + "1" + " " * after + "}"
    shown, mark = source(written("text", text))
    assert len(shown) <= 126
    assert shown[mark.index("^") : len(mark)] == '"delay": -1'
    assert shown.startswith("...") == (before > 0)
    assert shown.endswith("...") == (after > 0)


def test_a_violation_of_several_lines_is_marked_to_the_end_of_the_first(written):
    assert source(written("text", '{"type": "phone", "x": [\n1\n]}')) == (
        '{"type": "phone", "x": [',
        " " * 18 + "^" * 6,
    )


def test_of_a_missing_member_the_beginning_of_its_object_is_marked(written):
    assert source(written("text", '{"type": "sms"}')) == ('{"type": "sms"}', "^")


def test_the_number_of_the_line_stands_in_the_margin(written):
    report = written("text", "\n" * 99 + '{"type": "fax"}')
    assert report.splitlines()[1:4] == ["        |", '    100 | {"type": "fax"}', "        |  ^^^^^^^^^^^^^"]


def test_a_violation_in_one_of_two_profiles_says_in_which(written):
    report = written("text", '{"type": "email", "message": "x", "delay": -1}', profiles=PROFILES)
    notes = [line.strip("= ") for line in report.splitlines() if " error, " in line]
    assert notes == ["error, documented, only in profile documented", "error, documented"]
    assert "x.json: accepted in profile" not in report


def test_what_a_recording_says_of_a_request_is_told(written):
    result = lint_bytes("x.json", b'{"type": "fax"}', Options(Targets("lemlist/addStep")))
    result.located = [item._replace(about="POST /steps\x1b") for item in result.located]
    assert "= in: POST /steps\\x1b\n" in as_text(Report(result))


@pytest.mark.parametrize(
    ("path", "text", "summary"),
    [
        ("x.json", '{"type": "phone"}', "1 file checked: all right."),
        ("x.json", '[{"type": "phone"}, {"type": "phone"}]', "1 file, 2 payloads checked: all right."),
        ("x.jsonl", '{"type": "phone"}\n' * 1_000, "1 file, 1,000 payloads checked: all right."),
    ],
)
def test_the_summary_counts_payloads_where_they_are_more_than_files(written, path, text, summary):
    assert written("text", text, path).splitlines()[-1] == summary


def test_what_was_not_checked_is_told_on_a_line():
    report = as_text(Report(Result(not_checked=[("a\nb\x1b", "it is \x9bbad")])))
    assert report.splitlines() == ["a\\nb\\x1b: not checked: it is \\x9bbad.", "No file was checked."]


@given(st.data())
def test_nothing_that_controls_a_terminal_is_written(written, strange_payloads, strange_paths, data):
    text = written("text", data.draw(strange_payloads), data.draw(strange_paths))
    assert all(line.isprintable() for line in text.split("\n"))


@given(st.text(st.characters(exclude_characters="\r\n"), max_size=30), st.data())
def test_any_line_can_be_drawn_on_any_screen(text, data):
    start = data.draw(st.integers(0, len(text)))
    encoding = data.draw(st.sampled_from(["utf-8", "ascii", "cp1252"]))
    line, mark = drawn(Excerpt(text, start, 1), Screen(encoding))
    assert (line + mark).isprintable()
    assert line.encode(encoding).decode(encoding) == line
    assert bool(mark) == bool(text.strip())


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "choice", "environment", "colour"),
    [
        (Terminal(), "auto", {}, True),
        (Terminal(), "auto", {"NO_COLOR": "1"}, False),
        (Terminal(), "auto", {"NO_COLOR": ""}, True),
        (Terminal(), "auto", {"TERM": "dumb"}, False),
        (Terminal(), "never", {"FORCE_COLOR": "1"}, False),
        (io.StringIO(), "auto", {}, False),
        (io.StringIO(), "auto", {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), "auto", {"FORCE_COLOR": "0"}, False),
        (io.StringIO(), "auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (io.StringIO(), "always", {"NO_COLOR": "1"}, True),
    ],
)
def test_colours_are_for_terminals_and_those_who_ask(monkeypatch, stream, choice, environment, colour):
    monkeypatch.setattr("sys.platform", "linux")
    assert screen_of(stream, choice, environment) == Screen("utf-8", colour)


def test_colours_change_nothing_but_colours(written):
    payload = '{"type": "phone", "delay": -1, "x": 1}'
    plain, coloured = (written("text", payload, screen=Screen(colour=colour)) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[1;31mLEM022\x1b[0m" in coloured
    assert ESCAPES.sub("", coloured) == plain
