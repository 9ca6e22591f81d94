"""What `--fix` and `--diff` leave alone because the user does not want to see it, and where they cannot write."""

import json
import os
import sys

import pytest
from stepmock.validators.cli import main
from stepmock.validators.linter import fixes
from stepmock.validators.linter.fixes import mended_text
from stepmock.validators.linter.lint import Options
from stepmock.validators.linter.targets import Targets

WRONG = '{"type": "phone", "dealy": 3}'
RIGHT = '{"type": "phone", "delay": 3}'
NAME = "x.lemlist.addStep.json"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(**files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    write(**{NAME: WRONG})
    return tmp_path, write


@pytest.mark.parametrize(
    ("options", "config"),
    [
        (["--ignore", "LEM09"], ""),
        (["--select", "LEM022,LEM031"], ""),
        (["--exclude", "*.addStep.json"], ""),
        ([], 'ignore = ["LEM090"]'),
        ([], 'exclude = ["x.*"]'),
        ([], '[per-file-ignores]\n"x.*" = ["LEM09"]'),
        (["--max-size", "10"], ""),
    ],
)
@pytest.mark.parametrize("mode", ["--fix", "--diff"])
@pytest.mark.parametrize("top", [".", NAME])
def test_what_is_not_shown_is_not_mended(project, capsys, options, config, mode, top):
    folder, write = project
    write(**{".steplint.toml": config})
    main(["check", mode, *options, top])
    assert (folder / NAME).read_text() == WRONG
    printed = capsys.readouterr()
    assert "mended" not in printed.out + printed.err
    assert "+++" not in printed.out


def test_what_is_shown_besides_is_mended(project):
    folder, write = project
    write(**{".steplint.toml": '[per-file-ignores]\n"y.*" = ["LEM09"]', "y.lemlist.addStep.json": WRONG})
    assert main(["check", "--fix", "."]) == 0
    assert (folder / NAME).read_text() == RIGHT
    assert (folder / "y.lemlist.addStep.json").read_text() == WRONG


def test_what_a_comment_silences_is_not_mended(project):
    folder, write = project
    lines = ["type: phone", "dealy: 3 # steplint: ignore LEM090", "---", "type: phone", "dealy: 3", ""]
    write(**{"c.lemlist.addStep.yaml": "\n".join(lines)})
    assert main(["check", "--fix", "c.lemlist.addStep.yaml"]) == 0
    lines[4] = "delay: 3"
    assert (folder / "c.lemlist.addStep.yaml").read_text() == "\n".join(lines)


def test_what_the_baseline_records_is_not_mended_until_it_is_written_anew(project, capsys):
    folder, write = project
    control = ["--baseline", "known.json"]
    assert main(["check", *control, "--write-baseline", "."]) == 0
    write(**{"new.lemlist.addStep.json": WRONG})
    assert main(["check", *control, "--fix", "."]) == 0
    assert (folder / NAME).read_text() == WRONG
    assert (folder / "new.lemlist.addStep.json").read_text() == RIGHT
    assert "known.json: 1 violation hidden." in capsys.readouterr().err
    assert main(["check", *control, "--fix", "--write-baseline", "."]) == 0
    assert (folder / NAME).read_text() == RIGHT
    assert json.loads((folder / "known.json").read_text())["violations"] == []


def test_of_several_alike_as_many_as_the_baseline_records_are_left(project):
    folder, write = project
    write(**{NAME: f"[{WRONG}]"})
    main(["check", "--baseline", "known.json", "--write-baseline", NAME])
    write(**{NAME: f"[{WRONG}, {WRONG}]"})
    main(["check", "--baseline", "known.json", "--fix", NAME])
    assert (folder / NAME).read_text() == f"[{WRONG}, {RIGHT}]"


@pytest.mark.parametrize("mode", ["--fix", "--diff"])
def test_standard_input_cannot_be_mended(capsys, mode):
    assert main(["check", mode, "--operation", "lemlist/addStep", "-"]) == 2
    assert capsys.readouterr().err.startswith("steplint: --fix and --diff are for files;")


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_a_file_that_may_not_be_written_is_told_and_the_others_are_mended(project, capsys, monkeypatch):
    folder, write = project
    write(**{"y.lemlist.addStep.json": WRONG})
    real = os.access  # root may write whatever its mode
    monkeypatch.setattr(fixes.os, "access", lambda path, mode: not path.endswith(NAME) and real(path, mode))
    assert main(["check", "--fix", "."]) == 2
    printed = capsys.readouterr()
    assert f"steplint: {NAME} cannot be mended: permission denied." in printed.err
    assert "y.lemlist.addStep.json: 1 mended." in printed.out
    assert f"{NAME}:1:19: LEM090" in printed.out
    assert (folder / NAME).read_text() == WRONG
    assert (folder / "y.lemlist.addStep.json").read_text() == RIGHT


def test_a_folder_that_takes_no_file_is_told_and_nothing_is_left_behind(project, capsys, monkeypatch):
    folder, _ = project

    def refused(**_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(fixes.tempfile, "mkstemp", refused)
    assert main(["check", "--fix", NAME]) == 2
    assert f"steplint: {NAME} cannot be mended: read-only file system." in capsys.readouterr().err
    assert os.listdir(folder) == [NAME]


def test_one_spoiling_edit_among_many_spoils_no_other():
    good, clash = {"type": "phone", "dealy": 1}, {"type": "phone", "dealy": 1, "delayy": 2}
    payloads = [good] * 40 + [clash] + [good] * 40
    found = mended_text("x.json", json.dumps(payloads).encode(), Options(Targets("lemlist/addStep")))
    after = json.loads(found.after)
    assert [after[0], after[-1]] == [{"type": "phone", "delay": 1}] * 2
    assert set(after[40]) in ({"type", "delay", "dealy"}, {"type", "delay", "delayy"})


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_very_many_fixes_of_one_file_are_made_together(ending):
    lines = [WRONG] * 3000
    text = "[" + ",\n".join(lines) + "]" if ending == "json" else "\n".join(lines)
    found = mended_text(f"x.{ending}", text.encode(), Options(Targets("lemlist/addStep")))
    assert found.fixes == 3000
    assert found.after == text.replace("dealy", "delay")


def test_the_name_in_a_diff_is_one_line_that_tools_take(project, capsys):
    folder, write = project
    (folder / NAME).unlink()
    name = "a\x1b[31m\nb.lemlist.addStep.json" if sys.platform != "win32" else "ab.lemlist.addStep.json"
    write(**{name: WRONG})
    assert main(["check", "--diff", str(folder)]) == 0
    header = capsys.readouterr().out.splitlines()[0]
    assert header.startswith(f"--- a/{str(folder).lstrip('/')}")
    assert header.isprintable()
