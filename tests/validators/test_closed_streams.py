"""A process whose standard streams are closed, full or no longer read: one line at most, and a status."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes streams")

WRONG = '{"type": "phone", "delay": -1}'


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "x.lemlist.addStep.json").write_text(WRONG)

    def run(arguments, streams):
        command = f"{sys.executable} -m stepmock.validators.cli {arguments} {streams}"
        return subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github"])
def test_a_report_that_nobody_takes_leaves_the_status(shell, form):
    done = shell(f"check --format {form} .", ">&-")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_closed_standard_input_is_told(shell):
    done = shell("check --operation lemlist/addStep - .", "<&-")
    assert (done.returncode, done.stderr) == (2, "")
    assert "-: not checked: it cannot be read: standard input is closed.\n" in done.stdout
    assert "x.lemlist.addStep.json:1:19: LEM022" in done.stdout


def test_notes_for_a_closed_stream_do_not_fall_into_the_report(shell):
    done = shell("check --baseline known.json --write-baseline --format json .", "2>&-")
    assert done.returncode == 0
    assert done.stdout.startswith('{"version": 1, "violations": [], ')


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full")
@pytest.mark.parametrize(
    "arguments",
    ["check .", "check --format sarif .", "check --diff .", "schema lemlist", "generate lemlist/addStep", "rules"],
)
def test_a_full_disk_is_told_in_one_line(shell, arguments):
    done = shell(arguments, ">/dev/full")
    assert done.returncode == 2
    assert done.stderr == "steplint: cannot write the report: no space left on device\n"


@pytest.mark.parametrize("arguments", ["check --diff .", "schema lemlist", "generate lemlist/addStep -n 5000", "rules"])
def test_a_reader_that_has_seen_enough_gets_no_traceback(shell, arguments):
    done = shell(arguments, "| true")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
