"""A stepmock server as a process of its own, for clients in other languages and other processes."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ...contracts import load, providers
from ..clock import pause
from ..control_client import StepmockError, over_http
from ..settings import CONTROL_TOKEN_VARIABLE
from ..watch import is_alive
from .watching import Watch
from .worlds import WorldHandle, open_world

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote

_START_SECONDS = 30.0
_POLL_SECONDS = 0.02
_LAST_LINES = 20
_OWNER, _PORT, _PID, _LOG = "owner", "port", "pid", "log"


class ServerDied(StepmockError):
    """The server is gone; the text has the last lines of its log."""


class LiveServer:
    """A running server, and what a client needs to reach it. The files of its folder say where it runs."""

    def __init__(self, folder: Path, profile: str) -> None:
        self._folder = folder
        self.profile = profile
        self.port = int((folder / _PORT).read_text())
        self.url = f"http://127.0.0.1:{self.port}"
        self.watch = Watch(over_http(self.url, self.why_gone), profile, own=True)
        """Reads the worlds that were opened through this object."""

    def base_url(self, provider: str) -> str:
        """Return the address that a client is given as a provider's."""
        return self.url + load(provider, self.profile).mounts[0]

    @property
    def env(self) -> Mapping[str, str]:
        """Environment variables that name the addresses: STEPMOCK_URL, and one such as STEPMOCK_LEMLIST_URL each."""
        named = {f"STEPMOCK_{name.upper()}_URL": self.base_url(name) for name in providers()}
        return {"STEPMOCK_URL": self.url, **named}

    def world(self, provider: str, api_key: str = "", facts: Mapping[str, str] | None = None) -> WorldHandle:
        """Open a fresh world of a provider, under a key of its own unless one is given. Raises StepmockError."""
        key = api_key or f"key-{secrets.token_hex(8)}"
        return open_world(self.watch.ask, load(provider, self.profile), self.base_url(provider), key, facts)

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return is_alive(int((self._folder / _PID).read_text()))

    def why_gone(self) -> str:
        """Return what the log says of the end of a server that is gone; "" while it runs."""
        return "" if self.is_alive else f"It ended. The last lines of its log:\n{self.log()}"

    def log(self) -> str:
        """Return the last lines of the log."""
        lines = (self._folder / _LOG).read_text(errors="replace").splitlines()
        return "\n".join(lines[-_LAST_LINES:]) or "(the log is empty)"


@contextmanager
def live_server(folder: Path, profile: str, owner: int, options: Sequence[str] = ()) -> Iterator[LiveServer]:
    """Run a server for all processes that name the same folder: the first starts it, the others wait for it.

    The server ends with the process `owner`; a process that is the owner itself ends it at the end of the block.
    Raises ServerDied where it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    process = None
    with suppress(FileExistsError):
        (folder / _OWNER).touch(exist_ok=False)
        process = _start(folder, profile, owner, options)
    try:
        _wait(folder, process)
        server = LiveServer(folder, profile)
        yield server
        server.watch.end()
    finally:
        if process is not None:
            if owner == os.getpid():
                _stop(process)
            else:
                process.returncode = 0  # it goes on for others, and ends with its owner: no reason to warn of it


def _start(folder: Path, profile: str, owner: int, options: Sequence[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "stepmock.mock_server.cli", "serve", "--port", "0", "--profile", profile]
    command += ["--port-file", str(folder / _PORT), "--exit-with", str(owner), *options]
    with (folder / _LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            env={name: value for name, value in os.environ.items() if name != CONTROL_TOKEN_VARIABLE},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for pytest, which then ends the server
        )
    draft = folder / f"{_PID}.draft"
    draft.write_text(str(process.pid))
    draft.replace(folder / _PID)
    return process


def _wait(folder: Path, process: "subprocess.Popen[bytes] | None") -> None:
    for _ in range(round(_START_SECONDS / _POLL_SECONDS)):
        known = (folder / _PID).exists()
        if known and (folder / _PORT).exists():
            return
        if process.poll() is not None if process else known and not is_alive(int((folder / _PID).read_text())):
            break
        pause(_POLL_SECONDS)
    log = folder / _LOG
    text = log.read_text(errors="replace").strip() if log.exists() else ""
    raise ServerDied(f"The stepmock server did not start. Its log:\n{text or '(empty)'}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
