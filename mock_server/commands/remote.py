"""Talks to the control plane of a server that runs."""

import argparse
import json
import os
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from ..control.guard import is_token
from ..settings import CONTROL_TOKEN_VARIABLE
from ..world import WorldError

_SERVER = "http://127.0.0.1:8377"
_TIMEOUT_SECONDS = 60


def add_server_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which world of which server."""
    parser.add_argument(
        "--world", metavar="ID", help="which world: the reply header X-Stepmock-World names it (default: the only one)"
    )
    parser.add_argument("--server", default=_SERVER, metavar="URL", help="where it runs (default: %(default)s)")
    parser.add_argument(
        "--control-token",
        default=os.environ.get(CONTROL_TOKEN_VARIABLE),
        metavar="TOKEN",
        help=f"where the server asks for one; also {CONTROL_TOKEN_VARIABLE} in the environment",
    )


Found = TypeVar("Found")


class ServerError(WorldError):
    """A server cannot be reached, or says no; the text says why and what to do."""


class ControlClient:
    """The control plane at an address such as `http://127.0.0.1:8377`; `token` where the server asks for one."""

    def __init__(self, address: str, token: str | None = None) -> None:
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ServerError(f"{address!a:.100} is no address of a server: {error}.") from None
        if parts.scheme != "http" or not host:
            raise ServerError(f"{address!a:.100} is no address of a server, such as http://127.0.0.1:8377.")
        if token and not is_token(token):
            raise ServerError("The control token must be 1 to 512 printable ASCII characters without a space.")
        self._address = f"http://{parts.netloc.rpartition('@')[2]}"  # a password is not for messages
        self._host, self._port = host, port or 80
        self._token = token

    def world(self, name: str | None) -> str:
        """Return the id of the world that is meant: the one named, or the only one there is."""
        if name is not None:
            return name
        found = self._asked("GET", "worlds", lambda reply: [str(world["id"]) for world in reply["worlds"]])
        if len(found) != 1:
            some = f" ({', '.join(found[:5])}{', ...' if len(found) > 5 else ''})" if found else ""
            raise ServerError(f"The server has {len(found):,} worlds{some}: say which with --world ID.")
        return found[0]

    def save(self, world: str) -> Any:
        """Return the snapshot of a world."""
        return self._asked("GET", f"worlds/{quote(world, safe='')}/snapshot", _whole("resources"))

    def load(self, world: str, snapshot: bytes) -> None:
        """Put a snapshot into a world."""
        self._send("PUT", f"worlds/{quote(world, safe='')}/snapshot", snapshot)

    def findings(self, world: str) -> Any:
        """Return how the client of a world behaved."""
        return self._asked("GET", f"worlds/{quote(world, safe='')}/findings", _whole("findings"))

    def clock(self, world: str, order: Any = None) -> Any:
        """Return where the clock of a world stands, once it has followed an order."""
        body = b"" if order is None else json.dumps(order).encode()
        return self._asked(
            "POST" if body else "GET", f"worlds/{quote(world, safe='')}/clock", _whole("now", "frozen"), body
        )

    def _asked(self, method: str, path: str, read: Callable[[Any], Found], body: bytes = b"") -> Found:
        """Return what is read in the JSON of a reply; raises ServerError where that is not there."""
        content = self._send(method, path, body)
        try:
            return read(json.loads(content))
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ServerError(f"{self._address} is no stepmock: it has another reply to {path}.") from None

    def _send(self, method: str, path: str, body: bytes = b"") -> bytes:
        from http.client import HTTPConnection, HTTPException  # `stepmock serve` does without it

        connection = HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            connection.request(method, f"/_stepmock/{path}", body, {"Content-Type": "application/json", **headers})
            reply = connection.getresponse()
            content = reply.read()
        except (OSError, HTTPException, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise ServerError(
                f"{self._address} cannot be reached: {reason.lower()}. Is stepmock serve running there? "
                "Else say where with --server."
            ) from None
        finally:
            connection.close()
        if not 200 <= reply.status < 300:
            raise ServerError(
                _reason(reply.status, content) or f"{self._address} is no stepmock: it says {reply.status}."
            )
        return content


def _whole(*members: str) -> Callable[[Any], Any]:
    """Return what gives a JSON object back that has the members, and raises the error of Python for another one."""

    def read(reply: Any) -> Any:
        for name in members:
            reply[name]
        return reply

    return read


def _reason(status: int, content: bytes) -> str:
    """Return what the error of a control plane says, in one line."""
    try:
        error: Any = json.loads(content)["error"]
        return f"The server says {status}: {error['message']} {error['hint']}"
    except (ValueError, TypeError, KeyError):
        return ""
