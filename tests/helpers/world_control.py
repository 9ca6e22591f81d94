"""The control plane of an emulator in process, and a client with a world in it."""

import json
from typing import Any

from drives import Caller, drive
from stepmock.mock_server import Emulator, Request, Response, Settings
from stepmock.mock_server.clock import FrozenClock

START = 1_700_000_000
SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
STEPS = f"/sequences/{SEQUENCE}/steps"


def emulator(**settings: Any) -> Emulator:
    return Emulator(Settings(**{"rate_limit": False, "clock": FrozenClock(START), **settings}))


def control(server: Emulator, method: str, path: str, body: Any = None, *, raw: bytes | None = None) -> Response:
    """Send a control request; `path` is below `/_stepmock/`."""
    sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    path, _, query = path.partition("?")
    return server.handle(Request(method, f"/_stepmock/{path}", query, {"host": "localhost"}, sent))


def lemlist(key: str = "k", **settings: Any) -> Caller:
    """Return a client of lemlist with a world that has begun."""
    call = Caller(emulator(**settings), "lemlist", key)
    assert call("GET", "/team").status == 200
    return call


def driven(server: Emulator, provider: str, connection: str = "apollo") -> Caller:
    """Return a client that has done all that its provider can do."""
    call = Caller(server, provider, connection=connection)
    drive(call)
    return call


def of_world(call: Caller, method: str, part: str, body: Any = None, *, raw: bytes | None = None) -> Response:
    """Send a control request about the world of a client."""
    return control(call.emulator, method, f"worlds/{call.world}/{part}", body, raw=raw)


def snapshot(call: Caller) -> Any:
    reply = of_world(call, "GET", "snapshot")
    assert reply.status == 200
    return reply.json()


def words(call: Caller, against: str = "") -> list[str]:
    reply = of_world(call, "GET", f"diff{'?against=' + against if against else ''}")
    assert reply.status == 200, reply.body
    found: list[str] = reply.json()["words"]
    return found
