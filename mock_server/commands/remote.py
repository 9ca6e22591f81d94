"""Talks to the control plane of a server that runs."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from ..control.guard import is_token
from ..control_client import ControlClient, StepmockError, over_http, without_password
from ..settings import CONTROL_TOKEN_VARIABLE
from ..world import WorldError

Found = TypeVar("Found")

_SERVER = "http://127.0.0.1:8377"


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


class ServerError(WorldError):
    """A server cannot be reached, or says no; the text says why and what to do."""


class RemoteServer:
    """The control plane at an address such as `http://127.0.0.1:8377`; `token` where the server asks for one."""

    def __init__(self, address: str, token: str | None = None) -> None:
        if token and not is_token(token):
            raise ServerError("The control token must be 1 to 512 printable ASCII characters without a space.")
        self._shown = without_password(address)
        with _as_server_error():
            self._ask = ControlClient(over_http(address.rstrip("/"), lambda: _NOT_THERE, token), self._shown)

    def world(self, name: str | None) -> str:
        """Return the id of the world that is meant: the one named, or the only one there is."""
        if name is not None:
            return name
        found = self._asked(lambda answer: [str(one["id"]) for one in answer["worlds"]], "GET", "worlds")
        if not found:
            raise ServerError("The server has no world yet: one begins with the first request of a key.")
        if len(found) > 1:
            some = f"{', '.join(found[:5])}{', ...' if len(found) > 5 else ''}"
            raise ServerError(f"The server has {len(found):,} worlds ({some}): say which with --world ID.")
        return found[0]

    def save(self, world: str) -> Any:
        """Return the snapshot of a world."""
        return self._of(world, "resources", "GET", "snapshot")

    def load(self, world: str, snapshot: bytes) -> None:
        """Put a snapshot into a world."""
        self._of(world, "", "PUT", "snapshot", snapshot)

    def findings(self, world: str) -> Any:
        """Return how the client of a world behaved."""
        return self._of(world, "findings", "GET", "findings")

    def clock(self, world: str, order: Any = None) -> Any:
        """Return where the clock of a world stands, once it has followed an order."""
        return self._of(world, "frozen", "GET" if order is None else "POST", "clock", order)

    def _of(self, world: str, member: str, method: str, path: str, body: Any = None) -> Any:
        """Return what the control plane answers of a world: an object that has a member, if one is named."""

        def read(answer: Any) -> Any:
            if member:
                answer[member]
            return answer

        return self._asked(read, method, f"worlds/{quote(world, safe='')}/{path}", body)

    def _asked(self, read: Callable[[Any], Found], method: str, path: str, body: Any = None) -> Found:
        """Return what is read in an answer; raises ServerError where that is not there."""
        with _as_server_error():
            answer = self._ask(method, path, body)
        try:
            return read(answer)
        except (TypeError, KeyError):
            raise ServerError(f"{self._shown} is no stepmock: it has another reply to {path}.") from None


_NOT_THERE = "Is stepmock serve running there? Else say where with --server."


@contextmanager
def _as_server_error() -> Iterator[None]:
    """Say for a command what the control plane says."""
    try:
        yield
    except StepmockError as error:
        raise ServerError(f"The server says {error.status}: {error}" if error.code else str(error)) from None
