"""The command steplint: what it prints, and its exit status."""

import json
import os
import re
import subprocess
import sys

import pytest
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.validators.reports.formats import FORMATS

GOOD = '{"type": "phone"}'
BAD = '{\n  "type": "phone",\n  "delay": 1501\n}'
WARNED = '{"type": "phone", "dealy": 1}'


@pytest.fixture
def payload(tmp_path):
    """Write a payload file of lemlist's addStep, and return its path."""

    def write(text, name="x.lemlist.addStep.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_clean_file_is_all_right(run, payload):
    assert run("check", payload(GOOD)) == (0, "1 file checked: all right.\n", "")


def test_an_error_is_a_line_with_place_and_code_then_why_and_by_which_page(run, payload):
    path = payload(BAD)
    rule = load("lemlist").rules["LEM022"]
    assert run("check", path) == (
        1,
        (
            f"{path}:3:3: LEM022 delay must be at most 1500; 1501 is not.\n"
            "      |\n"
            '    3 |   "delay": 1501\n'
            "      |   ^^^^^^^^^^^^^\n"
            "      = expected: at most 1500\n"
            f"      = fix: {rule.hint}\n"
            f"      = page: Add Step to Sequence, All Request Body Fields <{rule.source.url}>\n"
            "      = error, documented\n"
            "\n"
            "1 file checked: 1 error.\n"
        ),
        "",
    )


def test_a_warning_alone_leaves_the_status_at_0(run, payload):
    status, out, _ = run("check", payload(WARNED))
    assert status == 0
    assert out.endswith("1 file checked: 1 warning.\n")


def test_the_summary_counts_by_severity(run, payload):
    _, out, _ = run(
        "check", payload('{"type": "sms", "delay": -1, "x": 1, "y": 2}'), payload(GOOD, "y.lemlist.addStep.json")
    )
    assert out.endswith("2 files checked: 2 errors, 2 warnings.\n")


def test_every_line_of_the_text_format_can_be_parsed(run, payload):
    _, out, _ = run("check", payload('{"type": "email", "delay": "1",\n"index": -2, "n\\nn": 1, "subject": 7}'))
    lines = [line for line in out.splitlines() if line and not line.startswith("    ")][:-1]
    assert [re.fullmatch(r".+\.json:(\d+):(\d+): (LEM\d{3}) \S.*", line).groups() for line in lines] == [
        ("1", "1", "LEM040"),
        ("1", "19", "LEM021"),
        ("2", "1", "LEM020"),
        ("2", "14", "LEM090"),
        ("2", "25", "LEM013"),
    ]


def test_the_json_format_holds_the_violations_and_a_summary(run, payload):
    path = payload(BAD)
    status, out, _ = run("check", "--format", "json", path)
    rule = load("lemlist").rules["LEM022"]
    message = "delay must be at most 1500; 1501 is not."
    assert status == 1
    assert json.loads(out) == {
        "version": 1,
        "violations": [
            {
                "path": str(path),
                "line": 3,
                "column": 3,
                "end_line": 3,
                "end_column": 16,
                "operation": "lemlist/addStep",
                "about": "",
                "code": "LEM022",
                "severity": "error",
                "pointer": "/delay",
                "payload_pointer": "/delay",
                "value": "1501",
                "expected": "at most 1500",
                "hint": rule.hint,
                "confidence": "documented",
                "status": 400,
                "body": message,
                "message": message,
                "source": rule.source._asdict(),
                "profiles": ["documented"],
            }
        ],
        "not_checked": [],
        "summary": {"checked": 1, "payloads": 1, "not_checked": 0, "error": 1, "warning": 0, "advice": 0},
    }


def test_the_json_format_lists_what_was_not_checked(run, payload):
    path = payload("{}", "package.json")
    status, out, _ = run("check", "--format", "json", path.parent)
    assert status == 2
    assert [item["path"] for item in json.loads(out)["not_checked"]] == [str(path)]
    assert json.loads(out)["summary"] == {
        "checked": 0,
        "payloads": 0,
        "not_checked": 1,
        "error": 0,
        "warning": 0,
        "advice": 0,
    }


@pytest.mark.parametrize("value", ["\U0001f600", "\ud83d", "\x1b[31m", 10**100, None, [], {"a": 1}, 1e308, True])
def test_the_json_format_is_json_whatever_the_payload_holds(run, payload, value):
    text = json.dumps({"type": "phone", "delay": value, "message": 1})
    status, out, _ = run("check", "--format", "json", payload(text))
    assert status == 1
    assert json.loads(out)["summary"]["checked"] == 1


@pytest.mark.parametrize("name", ["x.lemlist.addStep.json", "lemlist/addStep/x.json"])
def test_the_name_or_the_folder_tells_the_operation(run, payload, name):
    assert run("check", payload(BAD, name))[0] == 1


def test_an_option_tells_the_operation(run, payload):
    path = payload('{"type": "email"}', "x.json")
    assert run("check", path, "--operation", "lemlist/addStep")[0] == 1
    assert run("check", path, "--operation", "lemlist/updateStep")[0] == 0


def test_a_folder_may_hold_files_that_are_no_payloads(run, payload):
    payload("{}", "package.json")
    payload("notes", "notes.txt")
    path = payload(GOOD)
    status, out, _ = run("check", path.parent)
    assert status == 0
    assert out.splitlines()[0].startswith(f"{path.parent}/package.json: not checked: it belongs to no operation;")
    assert out.splitlines()[1:] == ["1 file checked: all right."]


def test_a_named_file_of_no_operation_is_misuse(run, payload):
    status, out, _ = run("check", payload(GOOD, "x.json"))
    assert status == 2
    assert "not checked: it belongs to no operation" in out
    assert out.endswith("No file was checked.\n")


def test_a_missing_file_is_misuse_and_the_others_are_still_checked(run, payload, tmp_path):
    status, out, _ = run("check", tmp_path / "gone.lemlist.addStep.json", payload(BAD))
    assert status == 2
    assert "not checked: it cannot be read: no such file or directory." in out
    assert ": LEM022 " in out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_unreadable(run, payload):
    path = payload(GOOD)
    path.chmod(0)
    assert run("check", path)[0] == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x00\xff\xfe", "LEM005"),
        (b"", "LEM001"),
        (b"[1]", "LEM002"),
        (b'{"a": NaN}', "LEM003"),
        (b"[" * 5000, "LEM004"),
    ],
)
def test_a_file_that_is_no_payload_is_an_error_of_the_file_not_of_the_command(run, payload, data, code):
    status, out, _ = run("check", payload(data))
    assert status == 1
    assert f":1:1: {code} " in out or f": {code} " in out


def test_a_yaml_file_is_checked_too(run, payload):
    status, out, _ = run("check", payload("type: phone\ndelay: 1501\n", "x.lemlist.addStep.yaml"))
    assert status == 1
    assert out.splitlines()[0].endswith("x.lemlist.addStep.yaml:2:1: LEM022 delay must be at most 1500; 1501 is not.")


@pytest.mark.parametrize(
    ("profile", "text", "code", "status"),
    [
        ("documented", '{"type": "email", "message": "x"}', "LEM030", 1),
        ("observed", '{"type": "email", "message": "x"}', None, 0),
        ("documented", '{"type": "phone", "altMessage": "x"}', "LEM092", 0),
        ("observed", '{"type": "phone", "altMessage": "x"}', "LEM092", 1),
    ],
)
def test_the_profile_decides_where_documents_and_clients_differ(run, payload, profile, text, code, status):
    result, out, _ = run("check", "--profile", profile, payload(text))
    assert result == status
    assert re.findall(r": (LEM\d{3}) ", out) == ([code] if code else [])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "--operation", "lemlist/addSteps", "x.json"], 'Did you mean "addStep"?'),
        (["check", "--operation", "lemlst/addStep", "x.json"], 'Did you mean "lemlist"?'),
        (["check", "--operation", "addStep", "x.json"], "write PROVIDER/OPERATION"),
        (["check", "--operation", "", "x.json"], "write PROVIDER/OPERATION"),
        (["check", "--operation", "lemlist/deleteStep", "x.json"], "takes no request body"),
        (["check", "--profile", "live", "x.json"], "invalid choice: 'live'"),
        (["check", "--format", "xml", "x.json"], "invalid choice: 'xml'"),
        (["check", "--color", "maybe", "x.json"], "invalid choice: 'maybe'"),
        (["check", "--form", "json", "x.json"], "unrecognized arguments"),
        (["check"], "PATH"),
        (["lint"], "invalid choice: 'lint'"),
        ([], "COMMAND"),
        (["explain"], "CODE"),
        (["explain", "LEM999"], 'There is no rule "LEM999"'),
        (["explain", "LEM0"], "`steplint rules` lists them"),
        (["explain", "LEN031"], 'Did you mean "LEM031"?'),
        (["check", "--a\nb\x1b[31m", "x.json"], "unrecognized arguments: --a\\nb\\x1b[31m"),
        (["check", "--operation", "lemlist/\x1b[31m\n", "x.json"], 'lemlist has no operation "\\x1b[31m\\n"'),
        (["schema", "--report", "lemlist"], "not allowed with argument --report"),
    ],
)
def test_misuse_is_told_on_stderr_with_status_2(run, arguments, words):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("steplint")
    assert err.removesuffix("\n").isprintable()


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["schema", "--help"], ["generate", "--help"]])
def test_help_goes_to_stdout(run, arguments):
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    assert out.startswith("usage: steplint")


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("code", load("lemlist").rules)
def test_every_rule_is_explained_with_an_example_and_its_answer(run, profile, code):
    status, out, err = run("explain", code, "--profile", profile)
    contract = load("lemlist", profile)
    rule = contract.rules[code]
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == f"{code}: {rule.meaning}"
    for words in (
        rule.hint,
        str(rule.source),
        f"severity    {rule.severity}",
        f"confidence  {rule.confidence}",
        f"(profile {profile})",
    ):
        assert words in out
    assert (" refuses " if rule.severity == "error" else " notes ") in out
    assert (f"answer      {contract.refusals[rule.refusal].status} " in out) == (rule.severity == "error")
    assert out.isprintable() or all(line.isprintable() for line in out.splitlines())


def test_a_code_may_be_written_in_small_letters(run):
    assert run("explain", "lem031") == run("explain", "LEM031")


def all_rules(profile="documented"):
    return [rule for provider in providers() for rule in load(provider, profile).rules.values()]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_rules_are_listed_as_text_one_a_line(run, profile):
    status, out, _ = run("rules", "--profile", profile)
    assert status == 0
    assert [line.split()[:3] for line in out.splitlines()] == [
        [rule.code, rule.severity, rule.confidence] for rule in all_rules(profile)
    ]


def test_the_rules_are_listed_as_json(run):
    status, out, _ = run("rules", "--format", "json")
    assert status == 0
    assert json.loads(out) == [{**rule._asdict(), "source": rule.source._asdict()} for rule in all_rules()]


def test_the_rules_are_listed_as_a_markdown_table(run):
    status, out, _ = run("rules", "--format", "markdown")
    head, line, *rows = out.splitlines()
    assert status == 0
    assert (head, line) == ("| rule | severity | meaning | source | confidence |", "|---|---|---|---|---|")
    assert [row.split(" | ")[0] for row in rows] == [f"| {rule.code}" for rule in all_rules()]
    assert {row.count(" | ") for row in rows} == {4}


def test_the_profiles_list_different_rules(run):
    _, documented, _ = run("rules")
    _, observed, _ = run("rules", "--profile", "observed")
    different = {line.split()[0] for line in set(documented.splitlines()) ^ set(observed.splitlines())}
    assert {code for code in different if code.startswith("LEM")} == {"LEM030", "LEM092"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["good", "bad"])
def test_every_form_of_report_leaves_the_status_as_it_is(run, payload, form, name):
    status, out, err = run("check", "--format", form, payload({"good": GOOD, "bad": BAD}[name]))
    assert (status, err) == ({"good": 0, "bad": 1}[name], "")
    assert ("LEM022" in out) == (name == "bad")


def test_colours_are_there_for_those_who_ask(run, payload):
    path = payload(BAD)
    assert "\x1b[1;31mLEM022\x1b[0m" in run("check", "--color", "always", path)[1]
    assert "\x1b" not in run("check", path)[1]


def test_the_installed_command_works(payload):
    path = payload(BAD)
    done = subprocess.run(
        [sys.executable, "-m", "stepmock.validators.cli", "check", path], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"{path}:3:3: LEM022 ")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_of_the_terminal_will_do(payload, encoding):
    path = payload('{"type": "phone", "\U0001f600\u00e9": 1}')
    done = subprocess.run(
        [sys.executable, "-m", "stepmock.validators.cli", "check", path],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b": LEM090 " in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="file names are Unicode there")
def test_a_file_name_that_is_no_unicode_is_printed_somehow(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.lemlist.addStep.json"
    with open(path, "w") as file:
        file.write(BAD)
    for form in FORMATS:
        done = subprocess.run(
            [sys.executable, "-m", "stepmock.validators.cli", "check", "--format", form, path], capture_output=True
        )
        assert (done.returncode, done.stderr) == (1, b"")
        assert b"LEM022" in done.stdout


def test_a_reader_that_stops_listening_gets_no_traceback(payload):
    paths = [payload(BAD, f"{number}.lemlist.addStep.json") for number in range(300)]
    process = subprocess.Popen(
        [sys.executable, "-m", "stepmock.validators.cli", "check", *paths],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert complaint == b""
