"""Asks the control plane of an emulator in this process."""

import json
from typing import Any

from stepmock.mock_server import Emulator, Request, Response

TEAM = "/lemlist/api/team"
STEPS = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


class ControlClient:
    """The control plane, by default as a program of this machine asks it; `within` is put before each path."""

    def __init__(self, emulator: Emulator, within: str = "") -> None:
        self.emulator = emulator
        self._within = within

    def __call__(
        self, method: str, path: str, payload: Any = None, *, body: bytes | None = None, **headers: str
    ) -> Response:
        if body is None:
            body = b"" if payload is None else json.dumps(payload).encode()
        path, _, query = f"/_stepmock/{self._within}{path}".partition("?")
        sent = {"host": "localhost:8377", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.emulator.handle(Request(method, path, query, sent, body))

    def get(self, path: str, **headers: str) -> Any:
        reply = self("GET", path, **headers)
        assert reply.status == 200, reply.body
        return reply.json()

    def refusal(self, method: str, path: str, payload: Any = None, **options: Any) -> tuple[int, dict[str, str]]:
        """Return the status and the error of a request that is refused."""
        reply = self(method, path, payload, **options)
        error = reply.json()["error"]
        assert set(error) == {"code", "message", "hint"}
        assert all(error.values())
        return reply.status, error
