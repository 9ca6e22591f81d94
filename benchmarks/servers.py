"""Starts the servers that are compared, each in a process of its own on the loopback, and ends them for certain."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from machine import stepmock_command
from stepmock.mock_server import Emulator, Response, Settings
from steps import Sample, fresh_key

BARE_FLASK = Path(__file__).with_name("bare_flask.py")
_START_SECONDS = 30
_STOP_SECONDS = 5


def stepmock(port: int) -> list[str]:
    """Return the command of our server."""
    return [stepmock_command("stepmock"), "serve", "--port", str(port), "--rate-limit", "off"]


def bare_flask(sample: Sample, port: int) -> list[str]:
    """Return the command of the bare Flask app, which answers what stepmock does."""
    return [sys.executable, str(BARE_FLASK), str(port), sample.provider, answer_of(sample).body.decode()]


def prism(path: str, document: Path, port: int) -> list[str]:
    """Return the command of Prism: one process, without the log of each request, which would slow it down."""
    return [path, "mock", str(document), "-p", str(port), "-v", "silent", "-m", "false"]


def answer_of(sample: Sample) -> Response:
    """Return what stepmock answers to the sample request in a new world."""
    answer = Emulator(Settings(rate_limit=False)).handle(sample.request(fresh_key()))
    if not 200 <= answer.status < 300:
        raise SystemExit(f"the sample of {sample.provider} is refused: {answer.body[:200]!r}")
    return answer


def prism_document(sample: Sample, folder: str) -> Path:
    """Write the smallest document under which Prism answers the sample request: this is its fastest case."""
    answer = answer_of(sample)
    described = {
        "operationId": sample.operation,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sample.names
        ],
        "requestBody": {"content": {"application/json": {"schema": _shape(sample.right)}}},
        "responses": {
            str(answer.status): {
                "description": "Done.",
                "content": {"application/json": {"schema": {"type": "object"}, "example": answer.json()}},
            }
        },
    }
    document = {
        "openapi": "3.0.0",
        "info": {"title": sample.provider, "version": "1.0.0"},
        "paths": {sample.path: {sample.method.lower(): described}},
    }
    file = Path(folder, f"{sample.provider}.json")
    file.write_text(json.dumps(document))
    return file


def _shape(value: Any) -> dict[str, Any]:
    """Return the JSON types of a value as a schema."""
    if isinstance(value, dict):
        return {"type": "object", "properties": {name: _shape(child) for name, child in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": _shape(value[0])}
    return {"type": "string" if isinstance(value, str) else "number"}


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(command: Sequence[str], port: int, path: str) -> Iterator[float]:
    """Run a server; gives the seconds from its start to its first answer on a path."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - started > _START_SECONDS:
                raise SystemExit(f"this did not answer on port {port}: {' '.join(command)}")
            time.sleep(0.001)
        yield time.perf_counter() - started
    finally:
        _end(process)


def _answers(port: int, path: str) -> bool:
    """Return whether a GET is answered at all; stepmock and bare Flask must answer 200 on the path they are asked."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12).startswith(b"HTTP/1.1 " if path == "/" else b"HTTP/1.1 200")
    except OSError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a server and whatever it started: each leads a process group for that."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
