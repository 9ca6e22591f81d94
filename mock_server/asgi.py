"""The emulator as an ASGI app, for `stepmock serve`. One thread, no framework: the core is called in the event loop.

Where media are downloaded, each world has a thread: a download keeps its world, and whoever waits for that world must
not keep the loop from all the others.

A delayed reply is waited for in the event loop, so that it holds up no other request; a connection that must be
cut is cut through the transport that `serve` puts into the scope.
"""

from asyncio import CancelledError, wait_for
from collections.abc import Awaitable, Callable
from socket import SO_LINGER, SOL_SOCKET
from struct import pack
from typing import Any

from ..contracts.limits import MAX_BODY_BYTES
from .control import body_limit
from .emulator import Emulator
from .lanes import Lanes
from .messages import NOTHING_SENT, Request, by_name

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_DRAINED_BYTES = 10 * MAX_BODY_BYTES


def asgi_app(emulator: Emulator) -> App:
    """Return an ASGI 3 app over an emulator."""
    lanes = Lanes() if emulator.settings.media.hosts else None

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await _body(receive, body_limit(scope["path"]))
        except (_Disconnected, CancelledError):
            return  # half a request is none; nothing has been changed
        method = scope["method"]
        headers = by_name([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]])
        query = scope["query_string"].decode("latin-1")
        request = Request("GET" if method == "HEAD" else method, scope["path"], query, headers, body)
        if lanes is None:
            reply = emulator.handle(request)
        else:
            try:
                reply = await lanes.do(emulator.world_of(request), lambda: emulator.handle(request))
            except CancelledError:  # the server stops
                _reset(scope)
                await _disconnect(receive)
                return
        if reply.delay and await _is_gone_within(reply.delay, scope, receive):
            return
        if reply.cut == NOTHING_SENT:
            _reset(scope)
            await _disconnect(receive)
            return
        fields = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in reply.headers]
        fields.append((b"content-length", b"%d" % len(reply.body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": fields})
        if reply.cut is not None:
            await send({"type": "http.response.body", "body": reply.body[: reply.cut], "more_body": True})
            scope["extensions"]["stepmock.transport"].close()
            await _disconnect(receive)
            return
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else reply.body})

    return app


async def _is_gone_within(seconds: float, scope: Scope, receive: Receive) -> bool:
    """Wait, and return whether there is nobody to answer any more: the client went away, or the server stops."""
    try:
        await wait_for(_disconnect(receive), seconds)
    except TimeoutError:
        return False
    except CancelledError:
        _reset(scope)
        await _disconnect(receive)
    return True


async def _disconnect(receive: Receive) -> None:
    """Wait until the connection is no more."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _reset(scope: Scope) -> None:
    """Break the connection as a crashed peer does: with RST, not with an orderly end."""
    transport = scope["extensions"]["stepmock.transport"]
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
    transport.abort()


class _Disconnected(Exception):
    """The client went away before its body was whole."""


async def _body(receive: Receive, limit: int) -> bytes:
    """Return the body, at most one byte over the limit; the rest is read and dropped, so that the client can finish."""
    kept = bytearray()
    dropped = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Disconnected
        chunk = message.get("body", b"")
        room = limit + 1 - len(kept)
        kept += chunk[:room]
        dropped += max(0, len(chunk) - room)
        if not message.get("more_body") or dropped > _DRAINED_BYTES:
            return bytes(kept)
