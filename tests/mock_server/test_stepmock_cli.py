"""The command `stepmock serve`: how it starts, what it says, how it ends."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

COMMAND = [sys.executable, "-m", "stepmock.mock_server.cli"]
OPTIONS = [
    "--host",
    "--port",
    "--port-file",
    "--profile",
    "--seed",
    "--api-key",
    "--clock",
    "--rate-limit",
    "--world",
    "--media",
    "--media-host",
    "--state",
]
WORLD: dict[str, Any] = {
    "format": "stepmock-world",
    "version": 1,
    "provider": "lemlist",
    "resources": {
        "campaigns": {
            "cam_a": {
                "_id": "cam_a",
                "name": "From a file",
                "createdAt": "2026-01-01T00:00:00.000Z",
                "status": "draft",
                "sequenceIds": [],
            }
        }
    },
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL
    )


def get(server: Any, path: str, key: str = "key") -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(f"{server.address}/lemlist/api{path}", auth=("", key), timeout=20)


def post(server: Any, path: str, payload: Any, key: str = "key") -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(f"{server.address}/lemlist/api{path}", json=payload, auth=("", key), timeout=20)


def assert_refused(result: subprocess.CompletedProcess[str]) -> str:
    """Check for exit code 2 and a message of one line, after the usage where argparse speaks; return the line."""
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    line = result.stderr.splitlines()[-1]
    assert line.startswith("stepmock")
    assert all(each.startswith(("usage:", " ", line)) for each in result.stderr.splitlines())
    return line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_says_one_line_when_ready_and_ends_cleanly(start_server: Callable[..., Any], number: int) -> None:
    server = start_server()
    assert get(server, "/team").status_code == 200
    assert server.port_file.read_text() == f"{server.port}\n"
    assert server.stop(number) == (0, f"stepmock ready on http://127.0.0.1:{server.port}\n", "")
    assert not server.port_file.exists()
    assert list(server.port_file.parent.iterdir()) == []


def test_it_answers_by_the_time_it_says_so(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        stdin=subprocess.DEVNULL,
    ) as process:
        try:
            assert process.stdout is not None
            ready = re.fullmatch(r"stepmock ready on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert ready
            with requests.Session() as session:
                session.trust_env = False
                assert session.get(f"{ready[1]}/_stepmock/health", timeout=20).json()["status"] == "ok"
        finally:
            process.terminate()
        assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


def test_it_ends_while_a_client_keeps_its_connection_open(start_server: Callable[..., Any]) -> None:
    server = start_server()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(b"GET /_stepmock/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        assert server.stop()[0] == 0


def test_two_servers_on_port_0_get_ports_of_their_own(start_server: Callable[..., Any]) -> None:
    first, second = start_server(), start_server()
    assert first.port != second.port
    assert get(first, "/team").json()["_id"] == get(second, "/team").json()["_id"]


def test_a_port_in_use_is_a_readable_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = assert_refused(run("serve", "--port", str(port)))
    assert str(port) in line
    assert "--port" in line


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="no-command"),
        pytest.param(["fly"], id="unknown-command"),
        pytest.param(["serve", "--nothing"], id="unknown-option"),
        pytest.param(["serve", "--por", "0"], id="abbreviation"),
        pytest.param(["serve", "--clock", "soon"], id="clock"),
        pytest.param(["serve", "--clock", ""], id="empty-clock"),
        pytest.param(["serve", "--clock", "2026-02-30T00:00:00Z"], id="clock-no-such-day"),
        pytest.param(["serve", "--profile", "both"], id="profile"),
        pytest.param(["serve", "--seed", "x"], id="seed"),
        pytest.param(["serve", "--rate-limit", "yes"], id="rate-limit"),
        pytest.param(["serve", "--state", "redis://"], id="state"),
        pytest.param(["serve", "--api-key", ""], id="empty-key"),
        pytest.param(["serve", "--api-key", "invalid1"], id="refused-key"),
        pytest.param(["serve", "--port", "x"], id="port"),
        pytest.param(["serve", "--port", "70000"], id="port-too-large"),
        pytest.param(["serve", "--port", "-1"], id="port-negative"),
        pytest.param(["serve", "--port", "0", "--host", "x" * 70], id="host-too-long"),
        pytest.param(["serve", "--port", "0", "--host", "192.0.2.1"], id="host-elsewhere"),
        pytest.param(["serve", "--port", "0", "--port-file", "/nowhere/at/all/port"], id="port-file-nowhere"),
        pytest.param(["serve", "--world", "/nowhere/at/all.json"], id="world-missing"),
        pytest.param(["serve", "--world", "/"], id="world-folder"),
        pytest.param(["serve", "--world", ""], id="world-empty"),
    ],
)
def test_what_cannot_be_used_is_exit_2_and_one_line(arguments: list[str]) -> None:
    assert_refused(run(*arguments))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="broken"),
        pytest.param("[" * 100_000, id="nested"),
        pytest.param("[]", id="array"),
        pytest.param("{}", id="no-provider"),
        pytest.param(json.dumps({**WORLD, "provider": "nobody"}), id="unknown-provider"),
        pytest.param(json.dumps({**WORLD, "provider": ["lemlist"]}), id="provider-list"),
        pytest.param(json.dumps({**WORLD, "format": "other"}), id="format"),
        pytest.param(json.dumps({**WORLD, "version": 99}), id="version"),
        pytest.param(
            json.dumps(
                {
                    **WORLD,
                    "resources": {
                        "sequences": {"seq_a": {"_id": "seq_a", "campaignId": "cam_gone", "level": 0, "steps": []}}
                    },
                }
            ),
            id="dangling-reference",
        ),
    ],
)
def test_a_world_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "world.json"
    file.write_text(text)
    assert str(file) in assert_refused(run("serve", "--port", "0", "--world", str(file)))


def test_a_world_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_bytes(b"\xff\xfe\x00")
    assert str(file) in assert_refused(run("serve", "--port", "0", "--world", str(file)))


def test_a_world_file_is_what_every_key_starts_with(start_server: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text(json.dumps(WORLD))
    server = start_server("--world", str(file))
    for key in ("first", "second"):
        assert [campaign["name"] for campaign in get(server, "/campaigns", key).json()] == ["From a file"]
    assert get(server, "/campaigns/cam_a/sequences").text == "Campaign has no sequence"


def test_api_keys_profile_and_seed_reach_the_server(start_server: Callable[..., Any]) -> None:
    plain = start_server()
    server = start_server("--api-key", "first", "--api-key", "second", "--profile", "observed", "--seed", "7")
    assert [get(server, "/team", key).status_code for key in ("first", "second", "third")] == [200, 200, 401]
    assert get(server, "/campaigns?version=v2", "first").json().keys() == {"campaigns", "pagination"}
    assert get(server, "/team", "first").json()["_id"] != get(plain, "/team", "first").json()["_id"]
    assert get(server, "/team", "first").headers["X-RateLimit-Limit"] == "20"


def test_two_processes_answer_the_same_bytes_under_a_frozen_clock(start_server: Callable[..., Any]) -> None:
    steps = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
    answers = []
    for _ in range(2):
        server = start_server("--clock", "2026-01-31T09:00:00Z", "--seed", "3")
        replies = [
            get(server, "/team"),
            post(server, "/campaigns", {"name": "A"}),
            post(server, steps, {"type": "phone"}),
            post(server, steps, {"type": "email"}),
            get(server, "/campaigns/cam_docs0000000000000/sequences"),
            get(server, "/nothing"),
            get(server, "/team", "invalid"),
        ]
        answers.append([(reply.status_code, dict(reply.headers), reply.content) for reply in replies])
    assert answers[0] == answers[1]
    assert answers[0][0][1]["x-ratelimit-reset"] == "Sat Jan 31 2026 09:00:02 GMT+0000 (Coordinated Universal Time)"


def test_help_lists_every_option() -> None:
    result = run("serve", "--help")
    assert (result.returncode, result.stderr) == (0, "")
    for option in OPTIONS:
        assert re.search(rf"^\s+{option}\b", result.stdout, re.MULTILINE)


def test_help_names_the_commands() -> None:
    result = run("--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "serve" in result.stdout
