"""The bar that shows how far a long run is."""

import io
import sys

import pytest
from stepmock.validators.linter.files import File, count_of
from stepmock.validators.reports import progress
from stepmock.validators.reports.progress import MANY, Progress


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        return True


def files(number):
    return iter([File(f"{index}.json", False, b"{}") for index in range(number)])


@pytest.fixture
def patience(monkeypatch):
    """Show a bar at once."""
    monkeypatch.setattr(progress, "_PATIENCE_SECONDS", 0)


def run(monkeypatch, stream, number):
    monkeypatch.setattr(sys, "stderr", stream)
    assert [file.path for file in Progress(["x"])(files(number))] == [f"{index}.json" for index in range(number)]
    return stream.getvalue()


@pytest.mark.usefixtures("patience")
def test_many_files_on_a_terminal_are_shown_and_the_bar_is_taken_away(monkeypatch):
    shown = run(monkeypatch, Terminal(), MANY + 50)
    assert f"{MANY}/" in shown
    assert shown.endswith("\r")
    assert "\n" not in shown


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize(("stream", "number"), [(io.StringIO(), MANY + 50), (Terminal(), MANY - 1), (Terminal(), 0)])
def test_few_files_and_what_is_no_terminal_get_no_bar(monkeypatch, stream, number):
    assert run(monkeypatch, stream, number) == ""


def test_a_process_without_standard_error_gets_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert sum(1 for _ in Progress(["x"])(files(MANY + 50))) == MANY + 50


def test_the_total_is_what_would_be_linted(tmp_path):
    for name in ("a.json", "b.yaml", "notes.txt", "sub/c.har", ".hidden/d.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert count_of([str(tmp_path), "-", "gone.json"]) == 5


def test_the_total_leaves_out_what_is_excluded(tmp_path):
    for name in ("a/x.json", "a/y.json", "b/x.json", "x.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    def excluded(path, is_folder):
        return path.endswith("b" if is_folder else "y.json")

    assert count_of([str(tmp_path)], excluded) == 2
    assert count_of([str(tmp_path / "b"), str(tmp_path / "a/y.json"), str(tmp_path / "a")], excluded) == 1
