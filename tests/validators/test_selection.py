"""Which violations count: by code, by file, by the comments of YAML, and how grave they must be."""

import json

import pytest
from stepmock.contracts.limits import MAX_FINDINGS
from stepmock.validators.cli import main
from stepmock.validators.linter.globs import Globs
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.selection import Selection, selected
from stepmock.validators.linter.targets import Targets

MIXED = '{"type": "phone", "delay": 1501, "dealy": 1, "subject": "x"}'
DOCUMENTED = ("documented",)


@pytest.fixture
def run(run, tmp_path, monkeypatch):
    """Check a payload file of lemlist's addStep; return status, codes told, output, complaints."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()

    def invoke(text, *options, name="x.lemlist.addStep.json"):
        (tmp_path / name).write_text(text)
        status, out, err = run("check", name, *options)
        codes = [line.split(": ")[1].split()[0] for line in out.splitlines() if line.startswith(f"{name}:")]
        return status, [code for code in codes if code != "not"], out, err

    return invoke


def codes(text, path="x.yaml"):
    return [item.violation.code for item in lint(text, path).located]


def lint(text, path="x.yaml", profiles=DOCUMENTED):
    return lint_bytes(path, text.encode(), Options(Targets("lemlist/addStep"), profiles))


@pytest.mark.parametrize(
    ("select", "ignore", "kept"),
    [
        (None, [], ["LEM022", "LEM090", "LEM091"]),
        (None, ["LEM09"], ["LEM022"]),
        (None, ["LEM"], []),
        (["LEM09"], [], ["LEM090", "LEM091"]),
        (["SHY"], [], []),
        (["LEM"], ["LEM09"], ["LEM022"]),
        (["LEM091"], ["LEM09"], ["LEM091"]),
        (["LEM09", "LEM022"], ["LEM", "LEM090"], ["LEM022", "LEM091"]),
        (["LEM091"], ["LEM091"], []),
        ([], [], []),
    ],
)
def test_the_longest_prefix_decides_and_to_ignore_wins_a_tie(select, ignore, kept):
    result = selected(lint(MIXED, "x.json"), Selection(select, ignore), DOCUMENTED)
    assert [item.violation.code for item in result.located] == kept


def test_a_selection_leaves_the_result_that_it_is_given_as_it_is():
    result = lint(MIXED, "x.json")
    selected(result, Selection(None, ["LEM"]), DOCUMENTED)
    assert len(result.located) == 3


def test_a_file_has_a_list_of_its_own_whatever_is_selected():
    rules = Selection(["LEM022"], (), [(Globs(["old/"], "."), ["LEM"]), (Globs(["*.json"], "."), ["LEM09"])])
    kept = [
        item.violation.code
        for path in ("old/x.json", "new/x.json")
        for item in selected(lint(MIXED, path), rules, DOCUMENTED).located
    ]
    assert kept == ["LEM022"]


def test_a_body_that_cannot_be_read_is_told_as_not_checked_where_its_rule_is_ignored(run):
    status, told, out, _ = run("[", "--ignore", "LEM001")
    assert (status, told) == (0, [])
    assert "not checked: LEM001 at line 1 is ignored, and what it concerns was checked for nothing else." in out


def test_other_ignored_rules_leave_a_file_checked(run):
    assert run(MIXED, "--ignore", "LEM")[2] == "1 file checked: all right.\n"


def test_profiles_that_disagree_only_about_an_ignored_rule_do_not_disagree():
    profiles = ("documented", "observed")
    result = lint('{"type": "email", "message": "x"}', "x.json", profiles)
    assert result.split == [("x.json", "observed", "documented")]
    assert selected(result, Selection(None, ["LEM030"]), profiles).split == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--select", "LEM022,LEM090"], ["LEM022", "LEM090"]),
        (["--select", "lem022", "--select", " LEM091 ,"], ["LEM022", "LEM091"]),
        (["--ignore", "LEM022", "--ignore", "LEM091"], ["LEM090"]),
        (["--select", "LEM", "--ignore", "LEM09"], ["LEM022"]),
    ],
)
def test_codes_are_listed_with_commas_or_by_repeating_the_option(run, options, told):
    status, codes, _, _ = run(MIXED, *options)
    assert (status, codes) == (int("LEM022" in told), told)


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize(
    ("value", "words"),
    [("LEM999", 'called "LEM999"'), ("LEM022,LEN", 'called "LEN"'), ("", 'called ""'), ("x\x1b", 'called "X\\x1b"')],
)
def test_what_names_no_rule_is_misuse(run, option, value, words):
    status, _, out, err = run(MIXED, option, value)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"steplint: {option}: No rule is ")
    assert words in err


@pytest.mark.parametrize(
    ("text", "bar", "status"),
    [
        (MIXED, "error", 1),
        ('{"type": "phone", "dealy": 1}', "error", 0),
        ('{"type": "phone", "dealy": 1}', "warning", 1),
        ('{"type": "phone", "dealy": 1}', "advice", 1),
        ('{"type": "phone"}', "advice", 0),
    ],
)
def test_the_bar_says_what_fails_and_hides_nothing(run, text, bar, status):
    result = run(text, "--severity", bar)
    assert result[0] == status
    assert result[1:] == run(text)[1:]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("type: phone\ndelay: 1501 # steplint: ignore LEM022\nx: 1\n", ["LEM090"]),
        ("type: phone\ndelay: 1501 # steplint: ignore\nx: 1\n", ["LEM090"]),
        ("type: phone\ndelay: 1501 # steplint: ignore LEM02\n", []),
        ("type: phone\ndelay: 1501 # steplint: ignore LEM090, lem022\n", []),
        ("type: phone\ndelay: 1501 # steplint: ignore LEM022 -- LEM999 is no code here\n", []),
        ("type: phone\ndelay: 1501 #steplint:ignore LEM022\n", []),
        ("type: phone\ndelay: 1501 # steplint: ignore LEM090\n", ["LEM022"]),
        ("type: phone\n# steplint: ignore LEM022\ndelay: 1501\n", []),
        ("type: phone\n  # steplint: ignore LEM022\n# why\n# steplint: ignore LEM09\ndelay: 1501\n", []),
        ("type: phone\n# steplint: ignore LEM022\n\ndelay: 1501\n", ["LEM022"]),
        ("type: phone # steplint: ignore LEM022\ndelay: 1501\n", ["LEM022"]),
        ("type: phone\r\ndelay: 1501 # steplint: ignore LEM022\r\n", []),
        ("\ufefftype: phone\rdelay: 1501 # steplint: ignore LEM022", []),
        ("# steplint: ignore LEM040\n- type: sms\n- type: sms\n", ["LEM040"]),
        ("# steplint: ignore-file\ntype: phone\ndelay: 1501\nx: 1\n", []),
        ("# why\n%YAML 1.1\n# steplint: ignore-file LEM09\n---\ntype: phone\ndelay: 1501\nx: 1\n", ["LEM022"]),
        ("# steplint: ignore-file\n--- {type: phone, delay: 1501}\n", []),
        ("# steplint: ignore-file LEM022\ntype: phone\ndelay: 1501\n---\ntype: phone\ndelay: 1501\n", []),
        ("type: phone # steplint: ignore-file\ndelay: 1501\n", ["LEM022"]),
        ("type: phone\ndelay: 1501\n# steplint: ignore", ["LEM022"]),
    ],
)
def test_a_comment_silences_rules_on_its_line_on_the_next_or_in_the_file(text, kept):
    assert codes(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        'type: phone\nx: "a # steplint: ignore"\n',
        "type: phone\nx: ' # steplint: ignore'\n",
        "type: phone\nx: |\n  # steplint: ignore\n",
        'type: phone\n? " # steplint: ignore"\n: 1\n',
        "type: phone\nx: a#steplint:ignore\n",
    ],
)
def test_what_a_payload_holds_silences_nothing(text):
    assert codes(text) == ["LEM090"]


def test_a_comment_behind_the_head_of_a_block_and_one_behind_a_quoted_text_count():
    assert codes("type: phone\nx: | # steplint: ignore\n  a\ny: 'it''s # y' # steplint: ignore\nz: 1\n") == ["LEM090"]


def test_json_has_no_comments():
    assert codes('{"type": "phone", "delay": 1501} # steplint: ignore', "x.json") == ["LEM001"]


@pytest.mark.parametrize(
    ("comment", "note"),
    [
        ("ignore LEM999", 'No rule is called "LEM999", or begins so; `steplint rules` lists them.'),
        ("ignore nothing at all", 'No rule is called "NOTHING"'),
        ("ignore \u200b", 'No rule is called "\\u200b"'),
        ("disable", '"steplint: disable" means nothing; write "steplint: ignore CODE".'),
        ("ignored", '"steplint: ignored" means nothing'),
        ("", '"steplint: " means nothing'),
        ("ignore-file", '"steplint: ignore-file" stands too late; it belongs above the first value.'),
    ],
)
def test_a_comment_that_is_wrong_is_noted_and_silences_nothing(comment, note):
    result = lint(f"type: phone\ndelay: 1501 # steplint: {comment}\n")
    assert [item.violation.code for item in result.located] == ["LEM022"]
    assert result.notes[0].startswith("x.yaml:2: ")
    assert note in result.notes[0]


def test_notes_go_to_stderr_and_leave_the_status(run):
    status, told, _, err = run("type: phone\nx: 1 # steplint: ignore LEM999\n", name="x.lemlist.addStep.yaml")
    assert (status, told) == (0, ["LEM090"])
    assert err.startswith('steplint: x.lemlist.addStep.yaml:2: No rule is called "LEM999"')


def test_nobody_looks_for_comments_in_a_clean_file_or_for_ones_that_silence_nothing():
    assert lint("type: phone # steplint: ignore LEM999\n").notes == []
    assert lint("type: phone # steplint: ignore LEM022\nx: 1\n").notes == []


def test_a_syntax_error_that_a_comment_silences_is_told_as_not_checked():
    result = lint("# steplint: ignore-file\ntype: [\n")
    assert result.located == []
    assert [reason.partition(",")[0] for _, reason in result.not_checked] == ["LEM001 at line 3 is ignored"]


@pytest.mark.parametrize(
    "text",
    [
        "# steplint: ignore LEM090\n" * 20_000 + "type: phone\nx: 1\n",
        "type: phone\nx: 1" + " # steplint: ignore q" * 20_000,
        "type: phone\ny: '" + " # steplint: ignore" * 20_000 + "'\n",
        "type: phone\ny: 1 # steplint: q\n" + "# steplint: q\n" * 20_000,
    ],
    ids=["lines above", "on one line", "in a text", "lines below"],
)
def test_very_many_comments_give_a_bounded_answer(text):
    assert len(lint(text).notes) <= MAX_FINDINGS


def test_standard_input_has_the_name_that_it_is_given(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    class Stdin:
        buffer = None

    def check(data, *options):
        from io import BytesIO

        Stdin.buffer = BytesIO(data)
        monkeypatch.setattr("sys.stdin", Stdin)
        status = main(["check", "-", "--format", "json", *options])
        return status, json.loads(capsys.readouterr().out)

    name = "--stdin-filename=flows/x.lemlist.addStep.yaml"
    status, report = check(b"type: phone\ndelay: 1501\n", name)
    assert (status, report["violations"][0]["path"]) == (1, "flows/x.lemlist.addStep.yaml")
    assert check(b"type: phone\ndelay: 1501\n", name, "--exclude", "flows")[0] == 0
    assert check(b"type: phone\n" + b"#" * 2_000_000, name, "--max-size", "1MB")[0] == 2
    assert main(["check", ".", name]) == 2
    assert capsys.readouterr().err == "steplint: --stdin-filename names standard input; give - as PATH.\n"
