"""The pre-commit hooks, by the real program on a real repository, and the script of the GitHub Action."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from stepmock.contracts import load, providers

ROOT = Path(__file__).parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
RIGHT = '{"type": "phone"}\n'
WRONG = '{"type": "phone", "delay": 1501}\n'
SOURCES = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "contracts", "validators", "mock_server")


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@stepmock.test", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
    )


def repository(folder, files):
    """Make a repository with one commit that holds some files, and return its commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    head = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return head.stdout.strip()


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory):
    """Give a function that runs the hooks of this checkout on a repository; their environment is made once."""
    source = tmp_path_factory.mktemp("stepmock")
    for name in (*SOURCES, "fixtures"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, source / name)
    revision = repository(source, {".gitignore": "__pycache__/\n"})
    home = tmp_path_factory.mktemp("pre-commit")

    def run(folder, hook, *arguments):
        config = {"repos": [{"repo": str(source), "rev": revision, "hooks": [{"id": hook}]}]}
        (folder / ".pre-commit-config.yaml").write_text(json.dumps(config))
        git(folder, "add", "--all")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--color", "never", *arguments, hook],
            cwd=folder,
            capture_output=True,
            text=True,
            env={**os.environ, "PRE_COMMIT_HOME": str(home)},
        )

    return run


def test_the_hook_refuses_a_commit_with_a_broken_payload(pre_commit, tmp_path):
    repository(tmp_path, {"outreach/lemlist/addStep/a.json": RIGHT, "package.json": "{}"})
    (tmp_path / "outreach/lemlist/addStep/b.yaml").write_text("type: phone\ndelay: 1501\n")
    refused = pre_commit(tmp_path, "steplint")
    assert (refused.returncode, refused.stderr) == (1, "")
    assert "outreach/lemlist/addStep/b.yaml:2:1: LEM022 " in refused.stdout
    (tmp_path / "outreach/lemlist/addStep/b.yaml").write_text("type: phone\ndelay: 1500\n")
    taken = pre_commit(tmp_path, "steplint", "--all-files")
    assert (taken.returncode, "Passed" in taken.stdout) == (0, True), taken.stdout


def test_the_hook_for_recordings_passes_over_other_hosts(pre_commit, tmp_path):
    entry = {"method": "GET", "uri": "https://example.com/", "body": None, "headers": {}}
    cassette = {"interactions": [{"request": entry, "response": {"status": {"code": 200}}}], "version": 1}
    repository(tmp_path, {"tests/cassettes/other.yaml": json.dumps(cassette)})
    entry.update(
        method="POST", uri="https://api.lemlist.com/api/sequences/seq_a/steps", body='{"type":"phone","delay":1501}'
    )
    taken = pre_commit(tmp_path, "steplint-recordings", "--all-files")
    assert taken.returncode == 0, taken.stdout
    (tmp_path / "tests/cassettes/ours.yaml").write_text(json.dumps(cassette))
    refused = pre_commit(tmp_path, "steplint-recordings", "--all-files")
    assert refused.returncode == 1
    assert "LEM022" in refused.stdout


@pytest.mark.parametrize("ending", ["json", "jsonl", "yaml", "yml"])
def test_the_hook_is_given_the_files_of_every_operation(ending):
    pattern = re.compile(HOOKS["steplint"]["files"])
    for provider in providers():
        for name, operation in load(provider).operations.items():
            for path in (
                f"a/{provider}/{name}/b/c.{ending}",
                f"{provider}/{name}/c.{ending}",
                f"x.{provider}.{name}.{ending}",
            ):
                assert bool(pattern.search(path)) == bool(operation.checks), path
    assert not pattern.search(f"package.{ending}")
    assert not pattern.search(f"lemlist/notes/x.{ending}")


ARGUMENTS = ["--profile both", "--ignore LEM09\n--severity warning", "--baseline known.json --write-baseline"]


@pytest.mark.parametrize(
    ("text", "arguments", "status"),
    [(RIGHT, ARGUMENTS[0], 0), (WRONG, ARGUMENTS[0], 1), (WRONG, ARGUMENTS[1], 1), (WRONG, ARGUMENTS[2], 0)],
)
def test_the_script_of_the_action_checks_what_its_inputs_name(tmp_path, text, arguments, status):
    script = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"][-1]
    inputs = {"PATHS": "a.lemlist.addStep.json", "ARGUMENTS": arguments, "SARIF": "steplint.sarif"}
    assert inputs.keys() == script["env"].keys()
    (tmp_path / "steplint/bin").mkdir(parents=True)
    (tmp_path / "steplint/bin/steplint").symlink_to(Path(sys.executable).with_name("steplint"))
    (tmp_path / "a.lemlist.addStep.json").write_text(text)
    done = subprocess.run(
        ["bash", "-c", script["run"]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "RUNNER_TEMP": str(tmp_path),
            **inputs,
        },
    )
    assert done.returncode == status
    assert done.stdout.endswith("all right.\n" if status == 0 else "1 error.\n")
    [log] = json.loads((tmp_path / "steplint.sarif").read_text())["runs"]
    assert [item["ruleId"] for item in log["results"]] == ([] if status == 0 else ["LEM022"])
    assert ("::error file=a.lemlist.addStep.json,line=1" in done.stdout) == (status == 1)
