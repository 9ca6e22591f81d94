"""How `stepmock serve` ends: with another process, and with requests under way."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "stepmock.mock_server.cli", "serve", "--port", "0"]
HEAD = (
    b"POST /lemlist/api/campaigns HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic OmtleQ==\r\n"
    b"Content-Type: application/json\r\n"
)


@pytest.mark.parametrize(("given", "line"), [("-1", "no number of a process"), ("0", "no number"), ("x", "no number")])
def test_what_is_no_process_is_exit_2(given: str, line: str) -> None:
    done = subprocess.run([*COMMAND, f"--exit-with={given}"], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert line in done.stderr.splitlines()[-1]


def test_a_process_that_is_not_there_is_exit_2_and_one_line() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait(30)
    done = subprocess.run(
        [*COMMAND, "--exit-with", str(gone.pid)], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"stepmock: --exit-with {gone.pid}: no process has this number.*\n", done.stderr)


def test_a_process_that_ends_later_ends_the_server_with_a_line_that_says_why() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        command = [*COMMAND, "--exit-with", str(owner.pid)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert server.stdout.readline().startswith("stepmock ready on ")
            owner.communicate(b"\n", timeout=30)
            said = server.communicate(timeout=30)
    assert server.returncode == 0
    assert said == ("", f"stepmock: process {owner.pid} has ended, and so does this server (--exit-with).\n")


@pytest.fixture
def client(start_server: Callable[..., Any]) -> Any:
    server = start_server()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        yield server, connection


def test_half_a_request_does_not_keep_the_server(client: Any) -> None:
    server, connection = client
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    code, _, complaint = server.stop()
    assert (code, complaint) == (0, "")  # nothing that had to be cancelled
    assert connection.recv(100) == b""


def test_a_request_under_way_gets_its_reply(client: Any) -> None:
    server, connection = client
    connection.sendall(HEAD + b'X-Stepmock-Fault: {"latency":0.5}\r\nContent-Length: 12\r\n\r\n{"name":"Q"}')
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as other:
        other.sendall(b"GET /_stepmock/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert other.recv(100).startswith(b"HTTP/1.1 200")  # so the first one has begun
    assert server.stop()[0] == 0
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
