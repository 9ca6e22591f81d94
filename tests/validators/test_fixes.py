"""What `--fix` changes, and what it leaves alone."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.validators.cli import main
from stepmock.validators.linter.fixes import mended_text
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.targets import Targets


def mended(text, operation="lemlist/addStep", ending="json"):
    found = mended_text(f"x.{ending}", text.encode(), Options(Targets(operation)))
    return found.after if found else None


SAVE = "smartlead/saveSequences"
FIXED = {
    "misspelt field": ('{"type": "phone", "dealy": 3}', '{"type": "phone", "delay": 3}'),
    "number as text": ('{"type": "phone", "delay": "3"}', '{"type": "phone", "delay": 3}'),
    "both, one after the other": ('{"type":"phone",\n  "dealy" : "3" }', '{"type":"phone",\n  "delay" : 3 }'),
    "boolean as text": (
        '{"type": "linkedinEndorse", "endorseAnyFallback": "true"}',
        '{"type": "linkedinEndorse", "endorseAnyFallback": true}',
    ),
    "in a list of steps": (
        '[{"type": "phone"}, {"type": "phone", "dealy": 3}]',
        '[{"type": "phone"}, {"type": "phone", "delay": 3}]',
    ),
    "a number out of range is a number first": (
        '{"type": "phone", "delay": "1501"}',
        '{"type": "phone", "delay": 1501}',
    ),
}


@pytest.mark.parametrize(("text", "expected"), FIXED.values(), ids=FIXED)
def test_what_is_safe_and_exact_is_mended_and_the_rest_of_the_text_stays(text, expected):
    assert mended(text) == expected


LEFT = {
    "right": '{"type": "phone"}',
    "far from any name": '{"type": "phone", "colour": 3}',
    "the right name stands there too": '{"type": "phone", "delay": 1, "dealy": 3}',
    "a field of another type of step": '{"type": "phone", "subject": "x"}',
    "no number": '{"type": "phone", "delay": "three"}',
    "a number with a sign of its own": '{"type": "phone", "delay": "+3"}',
    "a number with zeros in front": '{"type": "phone", "delay": "03"}',
    "a fraction where a whole number belongs": '{"type": "phone", "delay": "1.5"}',
    "no JSON": '{"type": "phone", "dealy": }',
    "a list where each is a step": '[[{"type": "phone"}]]',
    "nothing": "",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_what_is_not_safe_is_left_alone(text):
    assert mended(text) is None


def test_a_bare_list_is_wrapped_and_the_days_of_the_reading_form_are_moved():
    text = '[{"seq_number": 1, "subject": "Hi", "email_body": "Hello", "delayInDays": 0}]'
    inner = '{"seq_number": 1, "subject": "Hi", "email_body": "Hello", "seq_delay_details": {"delay_in_days": 0}}'
    assert mended(text, SAVE) == f'{{"sequences": [{inner}]}}'


def test_the_days_are_not_moved_where_there_are_some_already():
    step = {"seq_number": 1, "subject": "Hi", "email_body": "Hello", "seq_delay_details": {"delay_in_days": 0}}
    assert mended(json.dumps({"sequences": [{**step, "delayInDays": 3}]}), SAVE) is None


YAML = {
    "bare block list": (
        "# first\n- seq_number: '1'  # one\n  subject: Hi\n  email_body: Hello\n  delayInDays: 0\n",
        "# first\nsequences:\n- seq_number: 1  # one\n  subject: Hi\n  email_body: Hello\n"
        "  seq_delay_details: {delay_in_days: 0}\n",
    ),
    "indented block list": (
        "  - seq_number: 1\n    subject: Hi\n    email_body: Hello\n    seq_delay_details: {delay_in_days: 0}\n",
        "  sequences:\n  - seq_number: 1\n    subject: Hi\n    email_body: Hello\n"
        "    seq_delay_details: {delay_in_days: 0}\n",
    ),
    "flow list": (
        "[{seq_number: 1, subject: Hi, email_body: Hello, seq_delay_details: {delay_in_days: 0}}]\n",
        "{sequences: [{seq_number: 1, subject: Hi, email_body: Hello, seq_delay_details: {delay_in_days: 0}}]}\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), YAML.values(), ids=YAML)
def test_yaml_keeps_its_style_and_its_comments(text, expected):
    assert mended(text, SAVE, "yaml") == expected


def test_json_lines_and_several_yaml_documents_are_mended_each():
    assert mended('{"type":"phone","dealy":1}\n{"type":"sms","mesage":"x"}\n', ending="jsonl") == (
        '{"type":"phone","delay":1}\n{"type":"sms","message":"x"}\n'
    )
    assert mended("type: phone\ndealy: 1\n---\ntype: sms\nmesage: x\n", ending="yaml") == (
        "type: phone\ndelay: 1\n---\ntype: sms\nmessage: x\n"
    )


FIELDS = st.sampled_from(["type", "delay", "dealy", "index", "indx", "message", "subject", "subjct"])
VALUES = st.sampled_from(["phone", "email", "1", "-1", 1, None, True, ["x"], "01", "1e3"])


@given(st.dictionaries(FIELDS, VALUES), st.sampled_from([None, 1]))
def test_mending_takes_violations_away_and_settles(payload, indent):
    text = json.dumps(payload, indent=indent)
    after = mended(text)
    if after is not None:
        options = Options(Targets("lemlist/addStep"))
        count = [len(lint_bytes("x.json", each.encode(), options).located) for each in (text, after)]
        assert json.loads(after) != payload
        assert count[1] <= count[0]
        assert mended(after) is None


def test_the_file_is_replaced_with_its_mark_its_line_ends_and_its_mode(tmp_path, capsys):
    path = tmp_path / "x.lemlist.addStep.json"
    path.write_bytes(b'\xef\xbb\xbf{"type": "phone",\r\n"dealy": 3}\r\n')
    path.chmod(0o640)
    assert main(["check", "--fix", str(path)]) == 0
    assert path.read_bytes() == b'\xef\xbb\xbf{"type": "phone",\r\n"delay": 3}\r\n'
    assert path.stat().st_mode & 0o777 == 0o640
    assert f"{path}: 1 mended." in capsys.readouterr().out
    assert os.listdir(tmp_path) == [path.name]


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.json", tmp_path / "x.lemlist.addStep.json"
    real.write_text('{"type": "phone", "dealy": 3}')
    link.symlink_to(real)
    assert main(["check", "--fix", str(link)]) == 0
    assert link.is_symlink()
    assert real.read_text() == '{"type": "phone", "delay": 3}'


def test_a_diff_alone_changes_nothing(tmp_path, capsys):
    path = tmp_path / "x.lemlist.addStep.json"
    path.write_text('{"type": "phone", "delay": "3"}')
    assert main(["check", "--diff", str(path)]) == 1
    printed = capsys.readouterr().out
    assert '-{"type": "phone", "delay": "3"}\n' in printed
    assert '+{"type": "phone", "delay": 3}\n' in printed
    assert path.read_text() == '{"type": "phone", "delay": "3"}'


def test_a_text_that_is_not_utf_8_is_never_rewritten(tmp_path):
    path = tmp_path / "x.lemlist.addStep.json"
    path.write_bytes(b'{"type": "phone", "dealy": 3, "message": "\xff"}')
    assert main(["check", "--fix", str(path)]) == 1
    assert path.read_bytes() == b'{"type": "phone", "dealy": 3, "message": "\xff"}'


def test_a_json_report_stays_json_beside_a_fix(tmp_path, capsys):
    path = tmp_path / "x.lemlist.addStep.json"
    path.write_text('{"type": "phone", "dealy": 3}')
    assert main(["check", "--fix", "--diff", "--format", "json", str(path)]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["violations"] == []
    assert "+++" in captured.err
