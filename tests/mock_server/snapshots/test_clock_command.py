"""`stepmock clock` shows and moves the time of a world of a server that runs."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from stepmock.mock_server.cli import main


@pytest.fixture
def ask(start_server: Callable[..., Any], capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    server = start_server("--clock", "2026-01-31T09:00:00Z")
    url = f"http://127.0.0.1:{server.port}"
    requests.get(f"{url}/lemlist/api/team", auth=("", "k"), timeout=10).raise_for_status()

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["clock", "--server", url, *arguments])
        return (status, *capsys.readouterr())

    return run


def test_the_time_is_shown_moved_set_and_let_go(ask: Callable[..., tuple[int, str, str]]) -> None:
    assert ask() == ask("show") == (0, "2026-01-31T09:00:00.000Z\n", "")
    assert ask("advance", "86400") == (0, "2026-02-01T09:00:00.000Z\n", "")
    assert ask("set", "2027-01-01T00:00:00Z") == (0, "2027-01-01T00:00:00.000Z (stands still)\n", "")
    assert ask("resume") == (0, "2026-01-31T09:00:00.000Z\n", "")


@pytest.mark.parametrize("order", [["advance", "-1"], ["advance", "nan"], ["set", "soon"], ["--world", "none", "show"]])
def test_what_is_no_order_is_one_line(ask: Callable[..., tuple[int, str, str]], order: list[str]) -> None:
    status, out, err = ask(*order)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("stepmock: The server says 40")
    assert ask("show")[1] == "2026-01-31T09:00:00.000Z\n"
