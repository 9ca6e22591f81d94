"""What a control request is to its handler, and what it answers."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...contracts.errors import nearest
from ...contracts.limits import MAX_BODY_BYTES
from ..messages import Headers, Request, Response, each_once, encode, finite, no_constant
from ..provider import Provider
from ..redaction import Redaction
from ..settings import Settings
from ..store import Store
from ..world import World

_JSON = "application/json; charset=utf-8"
_JSON_TEXT = "Send a JSON text in UTF-8."


class ControlError(Exception):
    """The control plane says no: an HTTP status, a stable code, what is wrong, and what to do."""

    def __init__(self, status: int, code: str, message: str, hint: str, headers: Headers | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = headers or []

    def response(self, redact: Callable[[str], str] = str) -> Response:
        """Return the error as the control plane writes it, its texts without what `redact` takes out of them."""
        error = {"code": self.code, "message": redact(self.message), "hint": redact(self.hint)}
        return answer({"error": error}, self.status, self.headers)


class Ask(NamedTuple):
    """A control request about one world, which is the handler's alone until it returns."""

    world: World
    provider: Provider
    settings: Settings
    store: Store
    request: Request
    redact: Redaction

    @property
    def now(self) -> float:
        """The time in the world, in seconds since 1970."""
        return self.world.now(self.settings.clock)

    def body(self, expected: str = _JSON_TEXT) -> Any:
        """Return the JSON value that was sent; raises ControlError, which says what was `expected`."""
        return read_body(self.request, expected)

    def fields(self, *known: str) -> dict[str, Any]:
        """Return the JSON object that was sent, which has no members but those known; raises ControlError."""
        return fields(self.request, *known)


Later = Callable[[], Response]
"""What is left to do once the world is let go: who looks into a second world holds no first one meanwhile."""

Handler = Callable[[Ask], Response | Later]
Routes = Mapping[tuple[str, str], Handler]
"""Handlers by method and path below `worlds/ID/`."""


def read_body(request: Request, expected: str = _JSON_TEXT) -> Any:
    """Return the body of a control request as a JSON value; raises ControlError, which says what was `expected`."""
    if len(request.body) > MAX_BODY_BYTES:
        raise ControlError(413, "too_large", f"The body has more than {MAX_BODY_BYTES:,} bytes.", "Send less at once.")
    if not request.body.strip():
        raise bad_request("The body is not JSON: it is empty.", expected)
    try:
        return json.loads(request.body, object_pairs_hook=each_once, parse_constant=no_constant, parse_float=finite)
    except RecursionError:
        raise bad_request("The body is nested too deeply.", "Nothing in the control plane is.") from None
    except ValueError as error:
        reason = "a number has too many digits" if "int_max_str_digits" in str(error) else error
        raise bad_request(f"The body is not JSON: {reason}.", expected) from None


def fields(request: Request, *known: str, expected: str = "") -> dict[str, Any]:
    """Return the JSON object of a control request, which has no members but those known; raises ControlError."""
    expected = expected or f"Send a JSON object in UTF-8; its members are {', '.join(known)}."
    body = read_body(request, expected)
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object.", expected)
    for name in body:
        if name not in known:
            guess = nearest(name, known)
            raise bad_request(f"There is no member {name[:80]!a}.{guess}", f"Known are {', '.join(known)}.")
    return body


def bad_request(message: str, hint: str) -> ControlError:
    """Return the error of a request that cannot be understood."""
    return ControlError(400, "bad_request", message, hint)


def answer(body: Any, status: int = 200, headers: Headers | None = None) -> Response:
    """Return a JSON value as a response."""
    return Response(status, [("Content-Type", _JSON), *(headers or [])], encode(body))


def done() -> Response:
    """Return the answer of what has nothing to tell."""
    return Response(204, [], b"")
