"""What stands for the socket of an http.client connection, and of urllib3's, which is built on it.

The libraries write their request to it and read the reply from it, so that all they do above a socket (bodies of every
kind, retries, redirects, time-outs, broken connections) is done by their own code.
"""

import errno
import io
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any
from urllib.parse import urlsplit

from ..clock import pause
from ..messages import NOTHING_SENT, Request, Response
from .blocks import Interception, current
from .exchange import fields_of, reason_of, request_of

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote

_known = local()


@contextmanager
def answered_by(reply: Response) -> Iterator[None]:
    """Make the next request of this thread get a reply that the emulator gave already."""
    _known.reply = reply
    try:
        yield
    finally:
        _known.reply = None


class Line:
    """The client's end of a connection that carries one request."""

    def __init__(self, connection: Any, block: Interception) -> None:
        self.block = block
        self._connection = connection
        self._sent: list[bytes] = []
        timeout = connection.timeout
        self.timeout: float | None = timeout if isinstance(timeout, int | float) else socket.getdefaulttimeout()

    def settimeout(self, seconds: float | None) -> None:
        """Set how long to wait for the reply."""
        self.timeout = seconds

    def sendall(self, data: Any) -> None:
        """Take a part of the request; raises ConnectionResetError when the block has ended meanwhile."""
        if not self.block.active:
            raise ConnectionResetError(errno.ECONNRESET, "the intercept() block that opened this connection has ended")
        self._sent.append(bytes(data))

    def makefile(self, *mode: Any) -> io.BufferedIOBase:
        """Have the request answered, and return the reply as a file.

        The connection then has no socket any more, as if the peer had closed it after the reply; so the next request
        looks anew for the block that holds, and no connection outlives its block.
        """
        self._connection.sock = None
        reply: Response | None = getattr(_known, "reply", None)
        if reply is None:
            reply = self.block.emulator.handle(_read(b"".join(self._sent)))
        head = [f"HTTP/1.1 {reply.status} {reason_of(reply.status)}", *map(": ".join, fields_of(reply)), "", ""]
        body = reply.body if reply.cut is None else reply.body[: max(0, reply.cut)]
        whole = io.BytesIO("\r\n".join(head).encode("latin-1", "replace") + body)
        if not reply.delay and reply.cut != NOTHING_SENT:
            return whole
        return io.BufferedReader(_Late(whole, reply, self))

    def shutdown(self, how: int) -> None:
        """Do nothing: there is nobody at the other end."""

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""


class _Late(io.RawIOBase):
    """A reply that takes its time, or never comes."""

    def __init__(self, whole: io.BytesIO, reply: Response, line: Line) -> None:
        self._whole = whole
        self._line = line
        self._delay = reply.delay
        self._is_lost = reply.cut == NOTHING_SENT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        timeout = self._line.timeout
        if timeout is not None and self._delay > timeout:
            pause(timeout)
            self._delay -= timeout
            raise TimeoutError("timed out")
        delay, self._delay = self._delay, 0.0
        pause(delay)
        if self._is_lost:
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        return self._whole.readinto(buffer)


def connecting(
    theirs: Callable[..., Any], refused: Callable[[Any, str], Exception], opened: Callable[[Any], None]
) -> Callable[..., Any]:
    """Return a `connect` in the place of a library's own: to a line, where the block that holds answers for the host.

    `refused` makes the library's error for a connection to a host that may not be reached, `opened` is called with one
    that has got its line.
    """

    def connect(connection: Any) -> Any:
        block = current()
        if block is None:
            return theirs(connection)
        host = destination(connection)
        if not block.hosts.answer(host):
            if block.hosts.let_pass(host):
                return theirs(connection)
            raise refused(connection, block.hosts.refusal(host))
        connection.sock = Line(connection, block)
        opened(connection)
        return None

    return connect


def note_destination(connection: Any, target: str) -> None:
    """Note on a connection whom its next request is for, where the target says it: that of a request to a proxy."""
    is_whole = target[:8].lower().startswith(("http://", "https://"))
    connection._stepmock_host = urlsplit(target).hostname if is_whole else None


def destination(connection: Any) -> str:
    """Return the host that a connection's request is for, which is not the connection's own where that is a proxy."""
    return str(connection._tunnel_host or getattr(connection, "_stepmock_host", None) or connection.host)


def _read(sent: bytes) -> Request:
    """Return the request that was sent."""
    head, _, body = sent.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    if not target.startswith("/"):  # as it is sent to a proxy
        parts = urlsplit(target)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = [(name, value) for name, _, value in (line.partition(":") for line in lines)]
    request = request_of(method, target, fields, b"")
    chunked = request.headers.get("transfer-encoding", "").lower() == "chunked"
    return request_of(method, target, fields, _joined(body) if chunked else body)


def _joined(chunks: bytes) -> bytes:
    """Return a body that was sent in chunks."""
    body = bytearray()
    start = 0
    while start < len(chunks):
        end = chunks.index(b"\r\n", start)
        size = int(chunks[start:end].partition(b";")[0], 16)
        body += chunks[end + 2 : end + 2 + size]
        start = end + 2 + size + 2
    return bytes(body)
