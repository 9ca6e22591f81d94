"""The emulator as a Flask app: a blueprint a provider, a route an operation."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..contracts.limits import MAX_BODY_BYTES
from ..contracts.model import Contract
from .emulator import Emulator
from .messages import Request
from .settings import Settings

if TYPE_CHECKING:
    import flask

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_CHUNK = 64 * 1024
_DRAINED_BYTES = 10 * MAX_BODY_BYTES


def create_app(settings: Settings | None = None, *, emulator: Emulator | None = None) -> "flask.Flask":
    """Return a Flask app that answers as the providers do.

    `settings` sets up a new emulator; `emulator` mounts one that exists. Each provider is a blueprint, mounted at its
    base path; the providers' own host names are answered at their own paths too.
    """
    import flask  # here, so that `stepmock serve`, which does without it, starts faster

    core = emulator or Emulator(settings)
    # The path is given because `stepmock` is a namespace, which has none of its own in an editable install.
    app = flask.Flask("stepmock", static_folder=None, root_path=str(Path(__file__).parent))

    def answer(**parameters: Any) -> flask.Response:
        source = flask.request
        headers = {name.lower(): value for name, value in source.headers.items()}
        reply = core.handle(
            Request(
                source.method if source.method != "HEAD" else "GET",
                source.path,
                source.query_string.decode("latin-1"),
                headers,
                _read(source.stream),
            )
        )
        return flask.Response(reply.body, reply.status, reply.headers)

    for contract in core.contracts:
        for number, mount in enumerate(contract.mounts):
            name = contract.provider if number == 0 else f"{contract.provider}_{number}"
            app.register_blueprint(_blueprint(contract, answer), name=name, url_prefix=mount)
    for rule in ("/", "/<path:path>"):
        app.add_url_rule(rule, f"anything{len(rule)}", answer, methods=_METHODS, provide_automatic_options=False)
    return app


def _blueprint(contract: Contract, answer: Any) -> "flask.Blueprint":
    import flask

    blueprint = flask.Blueprint(contract.provider, __name__)
    for operation in contract.operations.values():
        blueprint.add_url_rule(
            re.sub(r"\{(\w+)\}", r"<\1>", operation.path),
            operation.name,
            answer,
            methods=[operation.method],
            provide_automatic_options=False,
        )
    return blueprint


def _read(stream: Any) -> bytes:
    """Return a body, at most one byte over the limit; the rest is read and dropped, so that the client can finish."""
    kept = bytearray()
    dropped = 0
    while chunk := stream.read(_CHUNK):
        room = MAX_BODY_BYTES + 1 - len(kept)
        kept += chunk[:room]
        dropped += max(0, len(chunk) - room)
        if dropped > _DRAINED_BYTES:
            break
    return bytes(kept)
