"""Asks a control plane, wherever it is: for the handles of a test, and for the commands."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from .settings import CONTROL_PREFIX

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote

_TIMEOUT_SECONDS = 60

Transport = Callable[[str, str, str, bytes], tuple[int, bytes]]
"""Sends a method, a path below the control prefix, a query and a body; gives a status and a body."""


class StepmockError(Exception):
    """The control plane said no, or cannot be reached; the text says why and what to do.

    `code` is the control plane's word for it, empty where it was not reached, and `answer` is all that it said.
    `status` is that of the reply, 0 where there was none.
    """

    def __init__(self, message: str, answer: Any = None, status: int = 0) -> None:
        super().__init__(message)
        self.answer = answer
        self.code: str = answer["error"]["code"] if answer else ""
        self.status = status


class ControlClient:
    """Asks a control plane for JSON; `where` is what it is called if something else answers in its place."""

    def __init__(self, send: Transport, where: str = "The server") -> None:
        self._send = send
        self._where = where

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Return the JSON value that the control plane answers, None for an empty one; raises StepmockError.

        A body of bytes is sent as it is, any other as JSON.
        """
        text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        status, reply = self._send(method, path, text, _sent(body))
        try:
            answer: Any = json.loads(reply) if reply else None
            if 200 <= status < 300:
                return answer
            message = f"{answer['error']['message']} {answer['error']['hint']}"
        except (ValueError, TypeError, KeyError, RecursionError):
            raise StepmockError(f"{self._where} is no stepmock: it says {status}.", status=status) from None
        raise StepmockError(message, answer, status)


def without_password(address: str) -> str:
    """Return an address such as `http://user:password@127.0.0.1:8377` as a message may show it."""
    before, sign, rest = address.rpartition("@")
    return f"{before.partition('//')[0]}//{rest}" if sign else address


def _sent(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")


def over_http(address: str, why_gone: Callable[[], str] = lambda: "", token: str | None = None) -> Transport:
    """Return the way to a server at an address such as `http://127.0.0.1:8377`.

    Raises StepmockError for a text that is none. `why_gone` says more when it does not answer.
    """
    from http.client import HTTPConnection, HTTPException  # `stepmock serve` does without it

    shown = without_password(address)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise StepmockError(f"{shown!a:.100} is no address of a server: {error}.") from None
    if parts.scheme != "http" or not host or parts.path.strip("/") or parts.query:
        raise StepmockError(f"{shown!a:.100} is no address of a server, such as http://127.0.0.1:8377.")
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}

    def send(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
        target = f"{CONTROL_PREFIX}/{path}" + (f"?{query}" if query else "")
        try:
            connection.request(method, target, body or None, headers)
            reply = connection.getresponse()
            return reply.status, reply.read()
        except (OSError, HTTPException, UnicodeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            text = f"{shown} cannot be reached: {reason.lower()}. {why_gone()}"
            raise StepmockError(text.strip()) from None
        finally:
            connection.close()

    return send
