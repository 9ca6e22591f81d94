"""`stepmock snapshot` and `stepmock replay`, as they are typed."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from stepmock.mock_server.cli import main
from world_control import SEQUENCE, STEPS, driven, emulator, lemlist, of_world, snapshot


def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run the command; return its exit status, stdout and stderr."""
    command = [sys.executable, "-m", "stepmock.mock_server.cli", *map(str, arguments)]
    found = subprocess.run(command, capture_output=True, input=stdin, timeout=60, check=False)
    return found.returncode, found.stdout.decode(), found.stderr.decode()


def misused(*arguments: object) -> str:
    """Return the one line that says why a command cannot be done."""
    status, out, error = run(*arguments)
    assert (status, out) == (2, "")
    assert error.startswith("stepmock: ")
    assert error.count("\n") == 1
    return error


@pytest.fixture
def address(start_server: Callable[..., Any]) -> str:
    found: str = start_server("--clock", "2026-01-31T09:00:00Z").address
    return found


def add(address: str, key: str, title: str) -> str:
    """Add a step over HTTP; return the id of the world."""
    with requests.Session() as session:
        session.trust_env = False
        payload = {"type": "manual", "title": title}
        reply = session.post(f"{address}/lemlist/api{STEPS}", json=payload, auth=("", key), timeout=20)
    assert reply.status_code == 200
    return reply.headers["X-Stepmock-World"]


def test_a_world_is_saved_changed_compared_and_loaded(address: str, tmp_path: Path) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    world = add(address, "k", "first")
    assert run("snapshot", "save", one, "--server", address) == (0, f"saved world {world} to {one}\n", "")
    add(address, "k", "second")
    assert run("snapshot", "save", two, "--server", address, "--world", world)[0] == 0
    status, out, error = run("snapshot", "diff", one, two)
    assert (status, error) == (1, "")
    assert out.endswith(f"(manual) added to sequence {SEQUENCE} at index 1\n")
    status, out, _ = run("snapshot", "diff", one, two, "--format", "json")
    assert (status, [each["change"] for each in json.loads(out)["changes"]]) == (1, ["added"])
    assert run("snapshot", "load", one, "--server", address) == (0, f"loaded {one} into world {world}\n", "")
    assert run("snapshot", "save", two, "--server", address)[0] == 0
    assert one.read_bytes() == two.read_bytes()
    assert run("snapshot", "diff", one, two) == (0, "", "")
    add(address, "other", "third")
    assert "2 worlds" in misused("snapshot", "save", two, "--server", address)
    assert "There is no world '0123'" in misused("snapshot", "load", one, "--server", address, "--world", "0123")


def test_a_file_that_the_server_refuses_is_told_in_one_line(address: str, tmp_path: Path) -> None:
    world = add(address, "k", "first")
    path = tmp_path / "damaged.json"
    path.write_text('{"format": "stepmock-world"}')
    assert "version" in misused("snapshot", "load", path, "--server", address, "--world", world)


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert "cannot be reached" in misused("snapshot", "save", path, "--server", f"http://127.0.0.1:{port}")
    for wrong in ("localhost", "ftp://localhost", "http://", "http://localhost:x", "http://[", "https://localhost"):
        assert "no address of a server" in misused("snapshot", "save", path, "--server", wrong)
    assert not path.exists()


@pytest.fixture
def stranger() -> Iterator[str]:
    class Stranger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *unused: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_server_that_is_no_stepmock_is_told_in_one_line(stranger: str, tmp_path: Path) -> None:
    assert "is no stepmock" in misused("snapshot", "save", tmp_path / "w.json", "--server", stranger)


@pytest.fixture
def impostor() -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers everything with 200; its address, and the bodies that it takes from the end."""
    bodies: list[bytes] = []

    class Impostor(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(bodies[-1])

        def log_message(self, *unused: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Impostor) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", bodies
        server.shutdown()
        thread.join()


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Return the one line that says why a command cannot be done, run in this process."""
    assert main(list(map(str, arguments))) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    return error


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"worlds": 5}', b'{"worlds": [5]}', b"[" * 100_000])
def test_a_server_with_other_replies_is_told_in_one_line(
    impostor: tuple[str, list[bytes]], body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, bodies = impostor
    bodies.append(body)
    for command in (("clock",), ("findings",), ("snapshot", "save", tmp_path / "w.json")):
        for world in ((), ("--world", "w")):
            assert "is no stepmock" in told(capsys, *command, "--server", address, *world)


@pytest.mark.parametrize("token", ["very-secret\n", "very secret", "very-s\u00e9cret", "\u20ac", "x" * 513])
def test_a_token_that_no_header_can_hold_is_told_without_it(
    token: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = told(capsys, "clock", "--server", "http://127.0.0.1:1", "--control-token", token)
    assert "The control token must be" in error
    monkeypatch.setenv("STEPMOCK_CONTROL_TOKEN", token)
    assert told(capsys, "clock", "--server", "http://127.0.0.1:1") == error


def test_a_password_in_an_address_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    error = told(capsys, "clock", "--server", "http://user:very-secret@127.0.0.1:1")
    assert "http://127.0.0.1:1 cannot be reached" in error
    assert "secret" not in error


def test_files_that_cannot_be_compared_are_told_in_one_line(tmp_path: Path) -> None:
    lem, smart, broken = (tmp_path / name for name in ("lem.json", "smart.json", "broken.json"))
    lem.write_bytes(of_world(lemlist(), "GET", "snapshot").body)
    smart.write_bytes(of_world(driven(emulator(), "smartlead"), "GET", "snapshot").body)
    assert "smartlead" in misused("snapshot", "diff", lem, smart)
    assert "cannot be read" in misused("snapshot", "diff", lem, tmp_path / "missing.json")
    for text in ("", "[]", '{"a": NaN}', '{"provider": "lemlist"}', '{"provider": ["lemlist"]}', "[" * 100_000):
        broken.write_text(text)
        assert str(broken) in misused("snapshot", "diff", lem, broken)
    newer = snapshot(lemlist())
    broken.write_text(json.dumps({**newer, "version": 2}))
    assert "newer stepmock" in misused("snapshot", "diff", broken, lem)


def test_a_file_that_cannot_be_written_is_told_in_one_line(address: str, tmp_path: Path) -> None:
    add(address, "k", "first")
    assert "cannot be written" in misused("snapshot", "save", tmp_path / "no" / "w.json", "--server", address)


@pytest.mark.parametrize("form", ["snapshot", "recording"])
def test_the_schema_is_printed(form: str) -> None:
    status, out, _ = run("snapshot", "schema", form)
    assert status == 0
    assert json.loads(out)["type"] == "object"


def recorded(tmp_path: Path) -> tuple[Path, Any]:
    """Write a recording; return its file and what it says."""
    call = lemlist()
    call("POST", STEPS, {"type": "manual", "title": "t"})
    path = tmp_path / "recording.json"
    path.write_bytes(of_world(call, "GET", "recording").body)
    return path, json.loads(path.read_bytes())


def test_a_recording_is_replayed_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    path, data = recorded(tmp_path)
    same = (0, "2 requests, and every reply is the same\n", "")
    assert run("replay", path) == same
    assert run("replay", "-", stdin=path.read_bytes()) == same
    built = tmp_path / "built.json"
    assert run("replay", path, "--save", built) == same
    assert len(json.loads(built.read_bytes())["resources"]["steps"]) == 1
    assert data["start"]["resources"]["steps"] == {}


def test_the_first_difference_is_shown(tmp_path: Path) -> None:
    path, data = recorded(tmp_path)
    data["entries"][1]["response"]["status"] = 201
    path.write_text(json.dumps(data))
    status, out, error = run("replay", path)
    assert (status, error) == (1, "")
    assert out == f"request 2, POST /lemlist/api{STEPS}, has another reply:\nstatus: 201 recorded, 200 replayed\n"


def test_another_profile_or_version_is_told(tmp_path: Path) -> None:
    path, data = recorded(tmp_path)
    data["stepmock"] = "0.0.1"
    path.write_text(json.dumps(data))
    _, _, error = run("replay", path, "--profile", "observed")
    assert "recorded by stepmock 0.0.1, replayed by" in error
    assert "recorded in the profile documented, replayed in observed" in error


def test_what_cannot_be_replayed_is_told_in_one_line(tmp_path: Path) -> None:
    path, data = recorded(tmp_path)
    del data["entries"][1]["request"]["body"]
    path.write_text(json.dumps(data))
    assert "Request 2" in misused("replay", path)
    assert "cannot be read" in misused("replay", tmp_path / "missing.json")
    path.write_text('{"a": 1, "a": 2}')
    assert "'a' stands twice" in misused("replay", path)


@pytest.mark.parametrize(
    "arguments", [("snapshot",), ("snapshot", "sav", "f"), ("replay",), ("snapshot", "diff", "one")]
)
def test_misuse_has_status_2(arguments: tuple[str, ...]) -> None:
    status, out, error = run(*arguments)
    assert (status, out) == (2, "")
    assert "usage" in error
