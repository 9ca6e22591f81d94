"""Behave like the provider: worlds, time, identifiers, quotas, HTTP.

The core is sans-IO: `Emulator.handle(Request)` gives a `Response`. `create_app()` mounts it as a Flask app for any WSGI
server; `stepmock serve` puts it behind uvicorn; `intercept()` answers the calls of this process.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .emulator import Emulator
    from .flask_app import create_app
    from .interception import intercept
    from .messages import Request, Response
    from .settings import Settings

__all__ = ["Emulator", "Request", "Response", "Settings", "create_app", "intercept"]

_HOMES = {
    "Emulator": "emulator",
    "Request": "messages",
    "Response": "messages",
    "Settings": "settings",
    "create_app": "flask_app",
    "intercept": "interception",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: pytest loads this package in every run, needed or not."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
