"""Behave like the provider: worlds, time, identifiers, quotas, HTTP.

The core is sans-IO: `Emulator.handle(Request)` gives a `Response`. `create_app()` mounts it as a Flask app for any WSGI
server; `stepmock serve` puts it behind uvicorn; `intercept()` answers the calls of this process.
"""

from typing import TYPE_CHECKING, Any

from .emulator import Emulator
from .flask_app import create_app
from .messages import Request, Response
from .settings import Settings

if TYPE_CHECKING:
    from .interception import intercept

__all__ = ["Emulator", "Request", "Response", "Settings", "create_app", "intercept"]


def __getattr__(name: str) -> Any:
    if name == "intercept":  # here, so that a server, which does without it, starts faster
        from .interception import intercept

        globals()[name] = intercept
        return intercept
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
