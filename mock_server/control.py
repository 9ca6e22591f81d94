"""The control plane: what belongs to stepmock itself, below `/_stepmock/`."""

from typing import Any

from ..contracts.version import version
from .messages import Headers, Request, Response, encode

CONTROL_PREFIX = "/_stepmock"
_JSON = "application/json; charset=utf-8"


class Control:
    """Answers control requests; errors are `{"error": {"code", "message", "hint"}}`."""

    def handle(self, request: Request) -> Response:
        """Answer one request below the control prefix."""
        if request.path != f"{CONTROL_PREFIX}/health":
            return _error(
                404,
                "not_found",
                f"There is no {request.path[:80]!a} in the control plane.",
                f"GET {CONTROL_PREFIX}/health",
            )
        if request.method not in ("GET", "HEAD"):
            return _error(
                405,
                "method_not_allowed",
                "health is read with GET.",
                f"GET {CONTROL_PREFIX}/health",
                [("Allow", "GET")],
            )
        return _answer(200, {"status": "ok", "version": version()})

    def no_provider(self, mounts: list[str]) -> Response:
        """Answer a request that no provider's base path or host fits."""
        return _error(
            404,
            "no_provider",
            "No provider answers at this path.",
            f"Base paths are {', '.join(mounts)}; or send the provider's own Host header.",
        )


def _error(status: int, code: str, message: str, hint: str, headers: Headers | None = None) -> Response:
    return _answer(status, {"error": {"code": code, "message": message, "hint": hint}}, headers or [])


def _answer(status: int, body: Any, headers: Headers | None = None) -> Response:
    return Response(status, [("Content-Type", _JSON), *(headers or [])], encode(body))
