"""Behave like the provider: worlds, time, identifiers, quotas, HTTP.

The core is sans-IO: `Emulator.handle(Request)` gives a `Response`. `create_app()` mounts it as a Flask app for any WSGI
server; `stepmock serve` puts it behind uvicorn.
"""

from .emulator import Emulator
from .flask_app import create_app
from .messages import Request, Response
from .settings import Settings

__all__ = ["Emulator", "Request", "Response", "Settings", "create_app"]
