"""How `stepmock serve` ends: with another process, and with requests under way."""

import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stepmock.mock_server import cli

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


def test_a_port_file_that_somebody_wrote_over_is_left_alone(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    command = [*COMMAND, "--port-file", str(port_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("stepmock ready on ")
        port_file.write_bytes(b"\xff\xfe")
        server.terminate()
        said = server.communicate(timeout=30)
    assert (server.returncode, said) == (0, ("", ""))
    assert port_file.read_bytes() == b"\xff\xfe"


SERVE_WHILE_THE_FOLDER_GOES = """
import sys
from pathlib import Path
from stepmock.mock_server import cli, serve

port_file, listen = Path(sys.argv[1]), serve._listen

def listen_and_remove(*address):
    port_file.parent.rmdir()
    return listen(*address)

serve._listen = listen_and_remove
sys.exit(cli.main(["serve", "--port", "0", "--port-file", str(port_file)]))
"""


def test_a_port_file_that_can_no_longer_be_written_ends_the_server_with_one_line(tmp_path: Path) -> None:
    port_file = tmp_path / "gone" / "port"
    port_file.parent.mkdir()
    command = [sys.executable, "-c", SERVE_WHILE_THE_FOLDER_GOES, str(port_file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    line = f"stepmock: cannot write the port file {port_file}: no such file or directory.\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


def test_an_interrupt_of_a_command_is_exit_130_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def interrupt(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "faults_of_file", interrupt)
    assert cli.main(["serve", "--faults", str(tmp_path / "faults.json")]) == 130
    assert capsys.readouterr() == ("", "")


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
