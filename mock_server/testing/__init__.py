"""stepmock in a test suite: worlds as Python objects, a live server for other languages, the pytest plugin."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..control_client import StepmockError
    from ..interception import Interception
    from .live import LiveServer, ServerDied
    from .worlds import Broken, Recorded, Resource, WorldClock, WorldHandle

__all__ = [
    "Broken",
    "Interception",
    "LiveServer",
    "Recorded",
    "Resource",
    "ServerDied",
    "StepmockError",
    "WorldClock",
    "WorldHandle",
]

_HOMES = {
    "Broken": ".worlds",
    "Interception": "..interception",
    "LiveServer": ".live",
    "Recorded": ".worlds",
    "Resource": ".worlds",
    "ServerDied": ".live",
    "StepmockError": "..control_client",
    "WorldClock": ".worlds",
    "WorldHandle": ".worlds",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: pytest loads this package in every run, needed or not."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = value
    return value
