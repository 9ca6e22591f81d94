"""The wheel holds what the repository tracks, no more and no less."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("contracts", "validators", "mock_server", "fixtures")


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory):
    """The files of a wheel built from a copy of the tracked files, below `stepmock/`."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in _tracked(".").splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", target, source]
    subprocess.run(command, check=True)
    (wheel,) = target.glob("stepmock-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name.removeprefix("stepmock/") for name in archive.namelist() if name.startswith("stepmock/")}


def _tracked(*folders: str) -> str:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *folders]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_wheel_holds_every_tracked_file_of_the_four_folders(wheel_files):
    assert wheel_files == set(_tracked(*FOLDERS).splitlines())


def test_the_wheel_marks_each_folder_as_typed(wheel_files):
    assert {f"{folder}/py.typed" for folder in FOLDERS} <= wheel_files
