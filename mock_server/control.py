"""The control plane: what belongs to stepmock itself, below `/_stepmock/`.

Only programs of this machine may ask, and no web page: whatever a browser can be made to send names a foreign Host
(a rebound DNS name) or a foreign Origin, and gets 403. `health` tells nothing and is open to all.
"""

import re
from typing import Any

from ..contracts.version import version
from .messages import Headers, Request, Response, encode
from .store import Store

CONTROL_PREFIX = "/_stepmock"
_JSON = "application/json; charset=utf-8"
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]*)?")
_DOWNSTREAM = "downstream"


class Control:
    """Answers control requests; errors are `{"error": {"code", "message", "hint"}}`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def handle(self, request: Request) -> Response:
        """Answer one request below the control prefix."""
        if request.path == f"{CONTROL_PREFIX}/health":
            return _not_read(request, "health") or _answer(200, {"status": "ok", "version": version()})
        if refused := _foreign(request):
            return refused
        match request.path.removeprefix(CONTROL_PREFIX).split("/"):
            case ["", "worlds", name, part] if part == _DOWNSTREAM and name:
                return _not_read(request, f"worlds/{name}/{part}") or self._downstream(name)
        return _error(
            404,
            "not_found",
            f"There is no {request.path[:80]!a} in the control plane.",
            f"GET {CONTROL_PREFIX}/health, GET {CONTROL_PREFIX}/worlds/ID/{_DOWNSTREAM}",
        )

    def _downstream(self, name: str) -> Response:
        """Answer with the native requests that the calls of a world stand for, the oldest first."""
        block = self._store.find(name)
        if block is None:
            return _error(
                404,
                "unknown_world",
                f"There is no world {name[:80]!a}.",
                "A world begins with the first request of its credential; the reply header X-Stepmock-World names it.",
            )
        with block as world:
            kept = world.resources.get(_DOWNSTREAM, {}).values()
            requests = [{part: entry.get(part) for part in ("method", "url", "body")} for entry in kept]
            return _answer(200, {"requests": requests})

    def no_provider(self, mounts: list[str]) -> Response:
        """Answer a request that no provider's base path or host fits."""
        return _error(
            404,
            "no_provider",
            "No provider answers at this path.",
            f"Base paths are {', '.join(mounts)}; or send the provider's own Host header.",
        )


def _foreign(request: Request) -> Response | None:
    """Return the refusal of a request that is not from a program of this machine; None for one that is."""
    host = request.headers.get("host", "").strip().lower()
    if not _LOOPBACK.fullmatch(host):
        return _error(
            403,
            "foreign_host",
            "The control plane answers only to Host localhost, 127.0.0.1 and [::1].",
            f"Call it from this machine, as http://localhost:PORT{CONTROL_PREFIX}/.",
        )
    origin = request.headers.get("origin")
    if origin is not None and origin.strip().lower().partition("://")[2] != host:
        return _error(403, "foreign_origin", "The control plane answers no page of another site.", "Send no Origin.")
    return None


def _not_read(request: Request, what: str) -> Response | None:
    """Return the refusal of a method that does not read; None for one that does."""
    if request.method in ("GET", "HEAD"):
        return None
    return _error(
        405,
        "method_not_allowed",
        f"{what[:80]} is read with GET.",
        f"GET {CONTROL_PREFIX}/{what[:80]}",
        [("Allow", "GET")],
    )


def _error(status: int, code: str, message: str, hint: str, headers: Headers | None = None) -> Response:
    return _answer(status, {"error": {"code": code, "message": message, "hint": hint}}, headers or [])


def _answer(status: int, body: Any, headers: Headers | None = None) -> Response:
    return Response(status, [("Content-Type", _JSON), *(headers or [])], encode(body))
