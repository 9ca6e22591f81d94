"""Every block of the README is run, but the second, which is the command that runs this."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from stepmock.validators.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [block.strip().splitlines() for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
START_SECONDS = 300


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the project in which the README's first block has started the server."""
    folder = tmp_path_factory.mktemp("checkout")
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            ["bash", "-c", SHELL[0][0]], cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "stepmock ready on http://127.0.0.1:8377" not in log.read_text():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield folder
    finally:
        os.killpg(server.pid, 15)
        server.wait(10)


def test_the_first_two_blocks_are_one_command_each():
    assert [len(block) for block in SHELL[:2]] == [1, 1]


def test_the_first_block_starts_a_server_that_answers(checkout):
    with urlopen("http://127.0.0.1:8377/_stepmock/health") as reply:
        assert (reply.status, reply.read()[:14]) == (200, b'{"status":"ok"')


@pytest.mark.parametrize("line", [line for block in SHELL[2:] for line in block])
def test_each_line_works_by_itself(checkout, line):
    command, _, note = line.partition(" # exits ")
    done = subprocess.run(["bash", "-c", command], cwd=checkout, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (int(note or 0), "")
    assert done.stdout


@pytest.mark.parametrize("code", PYTHON)
def test_each_python_example_runs_and_prints(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the configuration that the README shows, in which commands run."""
    [block] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / ".steplint.toml").write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_configuration_shown_does_what_it_says(project, capsys):
    (project / "outreach/intro").mkdir(parents=True)
    (project / "outreach/intro/x.json").write_text('{"type": "phone", "delay": -1, "extra": 1}')
    assert main(["check", ".", "--write-baseline"]) == 0
    assert main(["check", "."]) == 0
    assert "steplint-baseline.json: 1 violation hidden." in capsys.readouterr().err


def test_the_comments_shown_silence_what_they_say(project):
    [block] = re.findall(r"```yaml\n(# steplint: .*?)```", README, re.DOTALL)
    (project / "x.lemlist.addStep.yaml").write_text(block + "extra: 1\n", encoding="utf-8")
    assert main(["check", "--no-config", "--severity", "advice", "."]) == 0
    (project / "x.lemlist.addStep.yaml").write_text(re.sub(" # .*", "", block), encoding="utf-8")
    assert main(["check", "--no-config", "."]) == 1


def test_the_settings_shown_for_an_editor_name_schemas_that_are_written(project):
    [block] = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    settings = json.loads(block)
    assert main(["schema", "--all", "schemas"]) == 0
    addresses = [*settings["yaml.schemas"], *(item["url"] for item in settings["json.schemas"])]
    assert [address for address in addresses if not (project / address).is_file()] == []


def test_the_inputs_shown_are_those_of_the_action():
    [block] = re.findall(r"```yaml\n(- uses: .*?)```", README, re.DOTALL)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert yaml.safe_load(block)[0]["with"].keys() <= action["inputs"].keys()


def test_the_sample_calls_answer_as_the_readme_says(checkout):
    replies = [subprocess.run(["bash", "-c", line], capture_output=True, text=True).stdout for line in SHELL[2]]
    assert '"type":"linkedinInvite"' in replies[0]
    assert '"label":"Accepted invite"' in replies[1]
    assert replies[2].startswith('{"seq_lkCSKd32qSZZTe5Ru":')


def test_the_refusal_shown_is_the_refusal_given(checkout):
    shown = re.search(r"```text\n(HTTP.*?)```", README, re.DOTALL)[1].strip().splitlines()
    given = subprocess.run(["bash", "-c", SHELL[4][0]], capture_output=True, text=True).stdout.splitlines()
    assert set(shown) <= set(given)


def test_the_lint_report_shown_is_the_report_given(checkout):
    shown = re.search(r"```text\n(fixtures.*?)```", README, re.DOTALL)[1]
    given = subprocess.run(["bash", "-c", SHELL[5][2].partition(" #")[0]], cwd=checkout, capture_output=True, text=True)
    assert given.stdout == shown
