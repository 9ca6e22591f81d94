"""The emulator as a Flask app: a blueprint a provider, a route an operation."""

import os
import re
from collections.abc import Mapping
from socket import SHUT_RDWR, SO_LINGER, SOL_SOCKET, socket, socketpair
from struct import pack
from typing import TYPE_CHECKING, Any

from ..contracts.limits import MAX_BODY_BYTES
from ..contracts.model import Contract
from .clock import pause
from .control import body_limit
from .emulator import Emulator
from .logs import hide_credentials
from .messages import NOTHING_SENT, Request, Response
from .settings import Settings

if TYPE_CHECKING:
    import flask

_CHUNK = 64 * 1024
_DRAINED_BYTES = 10 * MAX_BODY_BYTES


def create_app(settings: Settings | None = None, *, emulator: Emulator | None = None) -> "flask.Flask":
    """Return a Flask app that answers as the providers do.

    `settings` sets up a new emulator; `emulator` mounts one that exists. Each provider is a blueprint, mounted at its
    base path; the providers' own host names are answered at their own paths too. Credentials are kept out of the lines
    that common servers log.
    """
    import flask  # here, so that `stepmock serve`, which does without it, starts faster
    from werkzeug.exceptions import HTTPException

    core = emulator or Emulator(settings)
    app = flask.Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    hide_credentials(core.redact, app.logger)

    def answer(**parameters: Any) -> flask.Response:
        source = flask.request
        headers = {name.lower(): value for name, value in source.headers.items()}
        reply = core.handle(
            Request(
                source.method if source.method != "HEAD" else "GET",
                source.path,
                source.query_string.decode("latin-1"),
                headers,
                _read(source.stream, body_limit(source.path)),
            )
        )
        if reply.delay:
            pause(reply.delay)
        if reply.cut is not None:
            return _broken_off(reply, source.environ)
        return flask.Response(reply.body, reply.status, reply.headers)

    for contract in core.contracts:
        for number, mount in enumerate(contract.mounts):
            name = contract.provider if number == 0 else f"{contract.provider}_{number}"
            app.register_blueprint(_blueprint(contract, answer), name=name, url_prefix=mount)
    # What Flask cannot route, or refuses by itself, the provider answers: unknown paths, methods, hosts.
    app.register_error_handler(HTTPException, lambda error: answer())
    return app


def _broken_off(reply: Response, environ: Mapping[str, Any]) -> "flask.Response":
    """Return what is left of a reply whose connection breaks.

    The servers that show their socket are made to break it; with others, and with Flask's test client, the error is
    raised that a client would get.
    """
    import flask

    connection = environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if reply.cut == NOTHING_SENT:
        if connection is None:
            raise ConnectionResetError("stepmock was asked to break this connection")
        _reset(connection)
        return flask.Response()
    left = flask.Response(reply.body[: reply.cut], reply.status, reply.headers)
    left.automatically_set_content_length = False
    left.headers["Content-Length"] = str(len(reply.body))
    left.headers["Connection"] = "close"
    return left


def _reset(connection: socket) -> None:
    """Break a connection as a crashed peer does: with RST, not with an orderly end.

    The server holds the socket by more than one handle and still writes its reply, so the socket gets another end, at
    which nobody listens; a server takes that for a client that went away.
    """
    if os.name == "nt":
        connection.shutdown(SHUT_RDWR)
        return
    connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    end, other = socketpair()
    other.close()
    os.dup2(end.fileno(), connection.fileno())
    end.close()


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


def _read(stream: Any, limit: int) -> bytes:
    """Return a body, at most one byte over the limit; the rest is read and dropped, so that the client can finish."""
    kept = bytearray()
    dropped = 0
    while chunk := stream.read(_CHUNK):
        room = limit + 1 - len(kept)
        kept += chunk[:room]
        dropped += max(0, len(chunk) - room)
        if dropped > _DRAINED_BYTES:
            break
    return bytes(kept)
