"""What commands say that ask a running server, where they are told something wrong."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests
from stepmock.mock_server.cli import main


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a command which cannot be done, and gives its line."""

    def run(*arguments: str) -> str:
        assert main(arguments) == 2
        out, error = capsys.readouterr()
        assert out == ""
        [line] = error.splitlines()
        return str(line)

    return run


def test_a_server_without_a_world_says_how_one_begins(start_server: Callable[..., Any], said: Any) -> None:
    server = start_server()
    assert "no world yet: one begins with the first request" in said("clock", "--server", server.address)
    for key in ("a", "b"):
        requests.get(f"{server.address}/lemlist/api/team", auth=("", key), timeout=20)
    assert "has 2 worlds (" in said("clock", "--server", server.address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8377/lemlist/api", "http://127.0.0.1:8377?x=1", "https://a.test"]
)
def test_an_address_is_that_of_a_server_and_nothing_more(said: Any, address: str) -> None:
    assert "is no address of a server, such as http://127.0.0.1:8377" in said("findings", "--server", address)


@pytest.mark.parametrize("rest", ["127.0.0.1:8377/lemlist/api", "127.0.0.1:99999", "127.0.0.1:1"])
def test_the_password_of_an_address_is_not_shown(said: Any, rest: str) -> None:
    line = said("findings", "--server", f"http://user:hunter2@{rest}")
    assert f"http://{rest}" in line
    assert "hunter2" not in line


@pytest.mark.parametrize("token", ["Secret\nToken", "Secret Token", "Secret\u00e9"])
def test_a_token_that_cannot_be_sent_is_not_shown(said: Any, token: str) -> None:
    line = said("clock", "--control-token", token)
    assert "The control token must be 1 to 512 printable ASCII characters" in line
    assert "secret" not in line.lower()


def test_a_port_in_use_is_told_once(said: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = said("serve", "--port", str(port))
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use. Choose another" in line
