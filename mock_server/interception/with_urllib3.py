"""urllib3: what a connection connects to. It stays below its pools and retries, which then work as they always do."""

from collections.abc import Callable
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from .line import connecting
from .patches import Patch

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


def _connect(theirs: Callable[..., Any]) -> Callable[..., Any]:
    return connecting(theirs, NewConnectionError, _be_as_connected)


def _be_as_connected(connection: Any) -> None:
    """Make a connection what a real one would be by now; else urllib3 warns of one that is not safe."""
    connection.is_verified = True
    connection._has_connected_to_proxy = bool(connection.proxy)


PATCHES = (
    Patch(HTTPConnection, "connect", _connect),
    Patch(HTTPSConnection, "connect", _connect),
)
