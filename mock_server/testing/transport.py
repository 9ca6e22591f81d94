"""Two ways to the control plane of an emulator: in this process, or over HTTP."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from ..control import CONTROL_PREFIX
from ..emulator import Emulator
from ..messages import Request

Transport = Callable[[str, str, str, bytes], tuple[int, bytes]]
"""Sends a method, a path below the control prefix, a query and a body; gives a status and a body."""


class StepmockError(Exception):
    """The control plane said no, or cannot be reached; the text says why and what to do.

    `code` is the control plane's word for it, empty where it was not reached, and `answer` is all that it said.
    """

    def __init__(self, message: str, answer: Any = None) -> None:
        super().__init__(message)
        self.answer = answer
        self.code: str = answer["error"]["code"] if answer else ""


class ControlClient:
    """Asks a control plane for JSON."""

    def __init__(self, send: Transport) -> None:
        self._send = send

    def __call__(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Return the JSON value that the control plane answers, None for an empty one; raises StepmockError."""
        text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        status, reply = self._send(method, path, text, sent)
        answer = json.loads(reply) if reply else None
        if status >= 400 and isinstance(answer, dict) and "error" in answer:
            error = answer["error"]
            raise StepmockError(f"{error['message']} {error['hint']}", answer)
        return answer


def in_process(emulator: Emulator) -> Transport:
    """Return the way to an emulator in this process."""

    def send(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        headers = {"host": "localhost", "authorization": f"Bearer {emulator.settings.control_token}"}
        reply = emulator.handle(Request(method, f"{CONTROL_PREFIX}/{path}", query, headers, body))
        return reply.status, reply.body

    return send


def over_http(url: str, why_gone: Callable[[], str] = lambda: "", token: str = "") -> Transport:
    """Return the way to a server at an address; `why_gone` says more when it does not answer."""
    parts = urlsplit(url)

    def send(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(parts.hostname or "localhost", parts.port, timeout=30)
        target = f"{CONTROL_PREFIX}/{path}" + (f"?{query}" if query else "")
        try:
            connection.request(method, target, body or None, {"Authorization": f"Bearer {token}"} if token else {})
            reply = connection.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException) as error:
            raise StepmockError(
                f"The stepmock server at {url} does not answer: {error}. {why_gone()}".strip()
            ) from None
        finally:
            connection.close()

    return send
