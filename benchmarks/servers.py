"""Starts the servers that are compared, each in a process of its own on the loopback, and ends them for certain."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from machine import stepmock_command

BARE_FLASK = Path(__file__).with_name("bare_flask.py")
PRISM_DOCUMENT = Path(__file__).with_name("prism.yaml")
_START_SECONDS = 30
_STOP_SECONDS = 5


def stepmock(port: int) -> list[str]:
    """Return the command of our server."""
    return [stepmock_command("stepmock"), "serve", "--port", str(port), "--rate-limit", "off"]


def bare_flask(port: int) -> list[str]:
    """Return the command of the bare Flask app."""
    return [sys.executable, str(BARE_FLASK), str(port)]


def prism(path: str, port: int) -> list[str]:
    """Return the command of Prism: one process, without the log of each request, which would slow it down."""
    return [path, "mock", str(PRISM_DOCUMENT), "-p", str(port), "-v", "silent", "-m", "false"]


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
