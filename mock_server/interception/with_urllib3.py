"""urllib3: what a connection connects to. It stays below its pools and retries, which then work as they always do."""

from collections.abc import Callable
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from .blocks import current
from .line import Line, destination
from .patches import Patch


def _connect(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def connect(connection: Any) -> Any:
        block = current()
        if block is None:
            return theirs(connection)
        host = destination(connection)
        if not block.hosts.answer(host):
            if block.hosts.let_pass(host):
                return theirs(connection)
            raise NewConnectionError(connection, block.hosts.refusal(host))
        connection.sock = Line(connection, block)
        # What a real connection would be by now; else urllib3 warns of one that is not safe.
        connection.is_verified = True
        connection._has_connected_to_proxy = bool(connection.proxy)
        return None

    return connect


PATCHES = (
    Patch(HTTPConnection, "connect", _connect),
    Patch(HTTPSConnection, "connect", _connect),
)
