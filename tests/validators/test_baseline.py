"""Violations that are known and left for later."""

import json
import os
import subprocess
import sys

import pytest
from stepmock.validators.cli import main
from stepmock.validators.linter.baseline import fingerprint

NAME = "lemlist/addStep/x.json"
BAD = '{"type": "phone", "delay": 1501, "nope": 1}'


@pytest.fixture
def run(capsys):
    """Check with a baseline, and return the status, the violations told as (path, code), and the complaints."""

    def invoke(*arguments, baseline="known.json"):
        status = main(["check", "--format", "json", "--baseline", baseline, *arguments])
        captured = capsys.readouterr()
        told = json.loads(captured.out)["violations"] if captured.out else None
        return status, told and [(item["path"], item["code"]) for item in told], captured.err

    return invoke


def recorded(path="known.json"):
    with open(path, encoding="utf-8") as file:
        return [(entry["path"], entry["code"], entry["count"]) for entry in json.load(file)["violations"]]


def test_what_is_recorded_is_hidden_and_what_is_new_is_told(project, run):
    project({NAME: BAD})
    assert run(".", "--write-baseline") == (0, [], "steplint: known.json: 2 violations recorded.\n")
    assert run(".") == (0, [], "steplint: known.json: 2 violations hidden.\n")
    project({"lemlist/addStep/y.json": BAD, NAME: BAD.replace("1501", "1502")})
    assert [code for _, code in run(".")[1]] == ["LEM022", "LEM022", "LEM090"]


def test_the_file_is_stable_sorted_and_made_of_relative_paths_and_hashes(project, run):
    folder = project({"b/lemlist/addStep/x.json": BAD, "a/lemlist/addStep/x.json": '{"type": "sms"}', "known/y": ""})
    run("b", "a", "--write-baseline", baseline="known/b.json")
    first = (folder / "known/b.json").read_text()
    assert json.loads(first) == {
        "version": 1,
        "violations": [
            {
                "path": path,
                "pointer": pointer,
                "code": code,
                "operation": "lemlist/addStep",
                "value": fingerprint(value),
                "count": 1,
            }
            for path, pointer, code, value in [
                ("../a/lemlist/addStep/x.json", "/message", "LEM040", None),
                ("../b/lemlist/addStep/x.json", "/delay", "LEM022", 1501),
                ("../b/lemlist/addStep/x.json", "/nope", "LEM090", 1),
            ]
        ],
    }
    run(str(folder / "a"), "./b/../b", "--write-baseline", baseline=str(folder / "known/b.json"))
    assert (folder / "known/b.json").read_text() == first
    assert sorted(os.listdir(folder / "known")) == ["b.json", "y"]


def test_a_clean_project_has_an_empty_baseline(project, run):
    project({NAME: '{"type": "phone"}'})
    assert run(".", "--write-baseline") == (0, [], "steplint: known.json: 0 violations recorded.\n")
    assert run(".") == (0, [], "")


def test_a_baseline_survives_reformatting_and_moves(project, run):
    project({NAME: '[{"type": "phone", "delay": {"b": 1, "a": [1, 2]}}, {"type": "sms"}]'})
    assert len(run(".", "--write-baseline")[1]) == 0
    project({NAME: '\r\n[\r\n{"type": "phone"},\r\n\t{"type": "sms"},{"delay":{"a":[1,2],\r\n"b":1},"type":"phone"}]'})
    assert run(".")[:2] == (0, [])


def test_one_more_of_the_same_is_new(project, run):
    step = '{"type": "phone", "delay": 1501}'
    project({NAME: f"[{step}, {step}]"})
    run(".", "--write-baseline")
    assert recorded() == [(NAME, "LEM022", 2)]
    project({NAME: f"[{step}, {step}, {step}]"})
    assert run(".")[:2] == (1, [(NAME, "LEM022")])


def test_what_no_longer_occurs_is_counted_in_what_was_linted_and_dropped_by_writing(project, run):
    project({NAME: BAD, "other/lemlist/addStep/x.json": BAD, "gone/lemlist/addStep/x.json": BAD})
    run(".", "--write-baseline")
    folder = project({NAME: '{"type": "phone", "nope": 1}'})
    (folder / "gone/lemlist/addStep/x.json").unlink()
    assert run("other")[2] == "steplint: known.json: 2 violations hidden.\n"
    assert run(NAME)[2] == "steplint: known.json: 1 violation hidden; 1 of the baseline no longer occurs.\n"
    assert run(".")[2] == "steplint: known.json: 3 violations hidden; 3 of the baseline no longer occur.\n"
    assert run(NAME, "--write-baseline")[2] == "steplint: known.json: 5 violations recorded.\n"
    assert run(".", "--write-baseline")[2] == "steplint: known.json: 3 violations recorded.\n"


def test_what_is_ignored_is_not_recorded_and_still_occurs(project, run):
    project({NAME: BAD})
    run(".", "--write-baseline")
    assert run(".", "--ignore", "LEM022")[2] == "steplint: known.json: 1 violation hidden.\n"
    run(".", "--ignore", "LEM022", "--write-baseline")
    assert recorded() == [(NAME, "LEM090", 1)]


def test_a_file_that_could_not_be_read_keeps_its_entries(project, run):
    folder = project({NAME: BAD})
    run(".", "--write-baseline")
    (folder / NAME).write_text(" " * 2_000)
    status, _, err = run(".", "--write-baseline", "--max-size", "1KB")
    assert (status, err) == (2, "steplint: known.json: 2 violations recorded.\n")
    assert recorded() == [(NAME, "LEM022", 1), (NAME, "LEM090", 1)]


def test_a_recorded_syntax_error_is_told_as_not_checked(project, capsys):
    project({NAME: "["})
    assert main(["check", ".", "--baseline", "known.json", "--write-baseline"]) == 0
    assert "not checked: LEM001 at line 1 is in the baseline" in capsys.readouterr().out


def test_the_configuration_may_name_the_baseline_relative_to_itself(project, capsys, monkeypatch):
    folder = project({NAME: BAD, ".steplint.toml": 'baseline = "known.json"'})
    monkeypatch.chdir(folder / "lemlist")
    assert main(["check", "../lemlist/addStep", "--write-baseline"]) == 0
    assert recorded(folder / "known.json")[0][0] == NAME
    capsys.readouterr()
    assert main(["check", ".."]) == 0
    assert main(["check", "..", "--no-config"]) == 1


def test_a_baseline_among_the_files_is_no_payload(project, run):
    project({NAME: BAD})
    run(".", "--write-baseline", "--operation", "lemlist/addStep")
    assert run(".", "--operation", "lemlist/addStep")[:2] == (0, [])
    assert run("known.json", NAME)[0] == 0


def test_values_are_never_written(project, run):
    project({NAME: '{"type": "phone", "delay": "sk_live_0123456789abcdef"}'})
    run(".", "--write-baseline")
    with open("known.json", encoding="utf-8") as file:
        assert "sk_live" not in file.read()


@pytest.mark.parametrize(
    "value",
    [{1: 2, "a": 3}, {(1, 2): 3}, b"x", {"x"}, float("nan"), "\ud800", 10**4000, [[[]]], None, True],
    ids=lambda value: type(value).__name__,
)
def test_every_value_has_a_fingerprint(value):
    assert len(fingerprint(value)) == 16
    assert fingerprint(value) == fingerprint(value)


def test_values_of_different_types_have_different_fingerprints():
    assert len({fingerprint(value) for value in (1, "1", True, None, 1.5, [1], {"1": 1}, "", {})}) == 9


DAMAGED = [
    (b"", "it is not JSON"),
    (b"{", "it is not JSON: "),
    (b"<<<<<<< HEAD\n", "line 1"),
    (b"\xff\xfe\x00", "it is not UTF-8"),
    (b"[" * 100_000, "nested too deeply"),
    (b"[]", "It is no baseline"),
    (b"{}", "It is no baseline"),
    (b'{"version": "1"}', "It is no baseline"),
    (b'{"version": true}', "It is no baseline"),
    (b'{"version": 2, "violations": []}', "version 2, and this stepmock reads up to 1; install a newer one"),
    (b'{"version": 1}', "violations must be a list"),
    (b'{"version": 1, "violations": {}}', "violations must be a list"),
    (b'{"version": 1, "violations": [1]}', "entry 1 needs the texts path, pointer, code, operation, value and a count"),
    (b'{"version": 1, "violations": [{"path": "x"}]}', "entry 1 needs"),
]


@pytest.mark.parametrize(("data", "words"), DAMAGED, ids=range(len(DAMAGED)))
@pytest.mark.parametrize("options", [[], ["--write-baseline"]])
def test_a_damaged_baseline_is_told_in_one_line_and_kept(project, run, data, words, options):
    folder = project({NAME: BAD, "known.json": data})
    status, told, err = run(".", *options)
    assert (status, told, err.count("\n")) == (2, None, 1)
    assert err.startswith("steplint: known.json: ")
    assert words in err
    assert (folder / "known.json").read_bytes() == data


@pytest.mark.parametrize("count", [0, -1, True, "1", 1.5, None])
def test_a_count_is_a_whole_number_from_1(project, run, count):
    entry = {"path": "x", "pointer": "", "code": "LEM022", "operation": "lemlist/addStep", "value": "0", "count": count}
    project({NAME: BAD, "known.json": json.dumps({"version": 1, "violations": [entry]})})
    assert "entry 1 needs" in run(".")[2]


@pytest.mark.parametrize("baseline", ["gone.json", "lemlist", "a\0b", "gone/known.json"])
def test_a_baseline_that_cannot_be_read_is_misuse(project, run, baseline):
    project({NAME: BAD})
    status, told, err = run(".", baseline=baseline)
    assert (status, told, err.count("\n")) == (2, None, 1)


def test_a_baseline_without_a_folder_cannot_be_written(project, run):
    project({NAME: BAD})
    status, told, err = run(".", "--write-baseline", baseline="gone/known.json")
    assert (status, told) == (2, None)
    assert err == "steplint: gone/known.json: The baseline cannot be written: no such file or directory.\n"


@pytest.mark.parametrize(
    "path", ["../a\\u0000b/c.json", "../\\ud800/c.json", "a\\u001b[31m.json", "/", "", "../" * 200]
)
def test_an_entry_may_name_whatever_path(project, path, monkeypatch):
    entry = f'{{"path": "{path}", "pointer": "", "code": "x", "operation": "o", "value": "v", "count": 1}}'
    folder = project({NAME: '{"type": "phone"}', "sub/known.json": f'{{"version": 1, "violations": [{entry}]}}'})
    monkeypatch.chdir(folder / "sub")
    for more in ([], ["--exclude", "q/*"], ["--exclude", "q/*", "--write-baseline"]):
        assert main(["check", "..", "--baseline", "known.json", *more]) == 0


def test_a_failed_write_leaves_the_old_baseline_and_nothing_else(project, run, monkeypatch):
    folder = project({NAME: BAD})
    run(".", "--write-baseline")
    before = (folder / "known.json").read_bytes()
    project({NAME: '{"type": "phone"}'})

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    status, _, err = run(".", "--write-baseline")
    assert (status, err) == (2, "steplint: known.json: The baseline cannot be written: no space left on device.\n")
    assert (folder / "known.json").read_bytes() == before
    assert sorted(os.listdir(folder)) == [".git", "known.json", "lemlist"]


def test_a_link_to_a_baseline_stays_a_link(project, run):
    folder = project({NAME: BAD, "shared/x": ""})
    (folder / "known.json").symlink_to("shared/known.json")
    assert run(".", "--write-baseline")[0] == 2  # a link that leads nowhere is rather a mistake
    (folder / "shared/known.json").write_text('{"version": 1, "violations": []}')
    assert run(".", "--write-baseline")[0] == 0
    assert (folder / "known.json").is_symlink()
    assert len(recorded("shared/known.json")) == 2


def test_to_write_a_baseline_its_name_is_needed(project, capsys):
    project({NAME: BAD})
    assert main(["check", ".", "--write-baseline"]) == 2
    assert capsys.readouterr().err == "steplint: --write-baseline needs to know where: give --baseline FILE too.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="file names are Unicode there")
def test_a_file_name_that_is_no_unicode_is_recorded_somehow(project):
    folder = project({})
    with open(os.fsencode(folder) + b"/\xff.lemlist.addStep.json", "w") as file:
        file.write(BAD)
    command = [sys.executable, "-m", "stepmock.validators.cli", "check", ".", "--baseline", "known.json"]
    for options in (["--write-baseline"], []):
        done = subprocess.run([*command, *options], cwd=folder, capture_output=True)
        assert (done.returncode, done.stdout) == (0, b"1 file checked: all right.\n")
