"""httpx, sync and async: its transports, below redirects, authentication, cookies and hooks."""

import errno
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import httpx

from ..clock import pause
from ..messages import NOTHING_SENT, Response
from .blocks import Interception, current
from .exchange import body_of, fields_of, reason_of, request_of
from .patches import Patch

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


def _handle_request(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> Any:
        block = _block_of(transport, request)
        if block is None:
            return theirs(transport, request)
        assert isinstance(request.stream, httpx.SyncByteStream)
        reply = _answer(block, request, b"".join(request.stream))
        if reply.delay:
            delay, is_too_late = _wait(reply, request)
            pause(delay)
            if is_too_late:
                raise _too_late()
        return _written(reply, request)

    return handle_request


def _handle_async_request(theirs: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_async_request(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> Any:
        block = _block_of(transport, request)
        if block is None:
            return await theirs(transport, request)
        assert isinstance(request.stream, httpx.AsyncByteStream)
        reply = _answer(block, request, b"".join([part async for part in request.stream]))
        if reply.delay:
            delay, is_too_late = _wait(reply, request)
            await anyio.sleep(delay)
            if is_too_late:
                raise _too_late()
        return _written(reply, request)

    return handle_async_request


def _block_of(transport: Any, request: httpx.Request) -> Interception | None:
    """Return the block whose emulator answers; None for a request that passes. Raises httpx.ConnectError."""
    block = current()
    if block is None:
        return None
    host = request.url.host
    if block.hosts.answer(host):
        return block
    is_local = getattr(transport._pool, "_uds", None) is not None  # a Unix socket, whatever the address says
    if is_local or block.hosts.let_pass(host):
        return None
    raise httpx.ConnectError(block.hosts.refusal(host))


def _answer(block: Interception, request: httpx.Request, body: bytes) -> Response:
    fields = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    return block.emulator.handle(request_of(request.method, request.url.raw_path.decode("latin-1"), fields, body))


def _wait(reply: Response, request: httpx.Request) -> tuple[float, bool]:
    """Return how long to wait for a reply, and whether that is too long."""
    timeout = request.extensions.get("timeout", {}).get("read")
    return (timeout, True) if timeout is not None and reply.delay > timeout else (reply.delay, False)


def _too_late() -> httpx.ReadTimeout:
    return httpx.ReadTimeout("The reply was not read in time: it is delayed for longer than the read timeout.")


def _written(reply: Response, request: httpx.Request) -> httpx.Response:
    if reply.cut == NOTHING_SENT:
        raise httpx.ReadError(f"[Errno {errno.ECONNRESET}] {os.strerror(errno.ECONNRESET)}")
    stream = httpx.ByteStream(body_of(reply, request.method)) if reply.cut is None else _CutStream(reply)
    return httpx.Response(
        reply.status,
        headers=[(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in fields_of(reply)],
        stream=stream,
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason_of(reply.status).encode()},
    )


class _CutStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, reply: Response) -> None:
        self._left = reply.body[: reply.cut]
        self._whole = len(reply.body)

    def __iter__(self) -> Iterator[bytes]:
        yield self._left
        if len(self._left) < self._whole:
            raise httpx.RemoteProtocolError(
                f"The peer closed the connection after {len(self._left)} of {self._whole} bytes of the body."
            )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


PATCHES = (
    Patch(httpx.HTTPTransport, "handle_request", _handle_request),
    Patch(httpx.AsyncHTTPTransport, "handle_async_request", _handle_async_request),
)
