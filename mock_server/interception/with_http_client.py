"""http.client, and with it urllib.request: what a connection connects to."""

import socket
from collections.abc import Callable
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

from .blocks import current
from .line import Line, connecting, destination, note_destination
from .patches import Patch

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


def _connect(theirs: Callable[..., Any]) -> Callable[..., Any]:
    return connecting(theirs, lambda _, reason: ConnectionRefusedError(reason), lambda _: None)


def _putrequest(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def putrequest(connection: HTTPConnection, method: str, url: str, *args: Any, **options: Any) -> Any:
        note_destination(connection, url)
        # A connection that was opened outside of this block must not carry a request of it.
        if connection.sock is not None and _is_stale(connection):
            HTTPConnection.close(connection)  # urllib3's own would forget the request that it is about to send
        return theirs(connection, method, url, *args, **options)

    return putrequest


def _is_stale(connection: Any) -> bool:
    block = current()
    if isinstance(connection.sock, Line):
        return connection.sock.block is not block
    if block is None or getattr(connection.sock, "family", None) == getattr(socket, "AF_UNIX", -1):
        return False
    host = destination(connection)
    return block.hosts.answer(host) or not block.hosts.let_pass(host)


PATCHES = (
    Patch(HTTPConnection, "connect", _connect),
    Patch(HTTPSConnection, "connect", _connect),
    Patch(HTTPConnection, "putrequest", _putrequest),
)
