"""Runs an ASGI app behind uvicorn: one process, one thread, nothing left behind.

Why uvicorn (measured side by side on two cores, one small POST, 8 connections, requests a second): an ASGI app on
uvicorn 12,400 with uvloop and 9,100 without; granian ASGI 8,300, which cannot cut a connection; Flask called inline
by uvicorn 3,100; waitress 1,850; gunicorn with threads 1,400. The four wishes: throughput, yes; a delay is an
`asyncio.sleep` and holds up nobody; a protocol class of ours puts the transport into the scope, so a fault can cut the
connection before or after the state changes; port 0 and Unix sockets come from a socket that we bind, the stop is
graceful, there is no worker process to be orphaned, and on Windows uvicorn runs the same app on plain asyncio.
"""

import os
import re
import signal
import socket
import sys
from asyncio import get_running_loop
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ..contracts.limits import MAX_HEAD_BYTES
from .asgi import App
from .watch import when_ended

_BACKLOG = 2048
_GRACE_SECONDS = 3
"""How long a server that stops waits for replies that are due."""
_HALF_GRACE_SECONDS = 0.1
"""How long it waits for the rest of a request that did not come whole; nothing has been done of it."""
_DRAINED_BYTES = 4 * 1024 * 1024


class ServeError(Exception):
    """The server cannot start; the text says why and what to do."""


class _Protocol(HttpToolsProtocol):
    """uvicorn's own protocol, with the transport in reach of the app.

    An offer to upgrade the connection is passed over, as HTTP allows: the parser would drop the body of such a request,
    and some clients offer HTTP/2 on every first one. And while uvicorn keeps whatever the parser still wants more of,
    however long, here a head, a trailer or a chunk's extension that goes beyond the limit ends the connection.
    """

    _waiting = 0
    """Bytes since the parser last made something of them."""
    _is_in_head = False
    _is_refused = False
    _cycles: Sequence[Any] = ()
    """The requests that wait for their reply; those behind the first came before it was sent."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {"stepmock.transport": self.transport}

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            self._waiting += len(data)  # dropped, so that the client can finish and read why
            if self._waiting > _DRAINED_BYTES:
                self.transport.close()
            return
        if (b"pgrade" in data or b"PGRADE" in data) and _REQUEST_LINE.match(data):
            head, end, rest = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(b"\r\nx-not-taken:", head) + end + rest
        self._waiting += len(data)
        super().data_received(data)
        if self._waiting > MAX_HEAD_BYTES and not (self._is_refused or self.transport.is_closing()):
            if self._is_in_head:
                self._refuse_head()
            else:
                self.transport.close()

    def on_headers_complete(self) -> None:
        if self._waiting > MAX_HEAD_BYTES:  # part of it may be body
            lengths = (len(name) + len(value) for name, value in self.headers)
            if len(self.url) + sum(lengths) > MAX_HEAD_BYTES:
                self._refuse_head()
                raise ValueError("the head is too large")
        self._waiting, self._is_in_head = 0, False
        if not self.url.startswith(b"/"):
            self._take_host()
        super().on_headers_complete()
        self._cycles = [*(cycle for cycle in self._cycles if not cycle.response_complete), self.cycle]

    def _take_host(self) -> None:
        """Let the host of a target such as `http://HOST/path` stand in the place of the header, as HTTP wants it."""
        url = httptools.parse_url(self.url)
        if url.host:
            host = b"[%b]" % url.host if b":" in url.host else url.host
            port = b":%d" % url.port if url.port else b""
            self.headers[:] = [(b"host", host + port), *(field for field in self.headers if field[0] != b"host")]

    def connection_lost(self, exc: Exception | None) -> None:
        for cycle in self._cycles:  # uvicorn tells the newest only, and the others would wait for ever
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def on_body(self, body: bytes) -> None:
        self._waiting = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._waiting = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        if not self._is_refused:
            super().send_400_response(msg)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: only CONNECT comes here, which the app answers, and WebSockets would not help."""

    def _refuse_head(self) -> None:
        text = b"The request line and headers have more than %d bytes." % MAX_HEAD_BYTES
        fields = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close" % len(text)
        self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\n%b\r\n\r\n%b" % (fields, text))
        self.transport.write_eof()
        self.loop.call_later(_GRACE_SECONDS, self.transport.close)
        self._is_refused = True

    def close_if_half(self) -> None:
        """Close the connection if it waits for the rest of a request."""
        if self.cycle is not None and self.cycle.more_body and not self.cycle.response_started:
            self.transport.close()


_REQUEST_LINE = re.compile(rb"[A-Z]+ [^\r\n]+ HTTP/1\.[01]\r\n")
_UPGRADE = re.compile(rb"\r\nupgrade[ \t]*:", re.IGNORECASE)


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, lines: str, port: int, port_file: Path | None) -> None:
        super().__init__(config)
        self._lines = lines
        self._port = port
        self._port_file = port_file
        self.trouble: ServeError | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._port_file is not None:
            try:
                _write_atomically(self._port_file, f"{self._port}\n")
            except OSError as error:  # it could be written when the server began to start
                self.trouble = _no_port_file(self._port_file, error)
                self.should_exit = True  # an exception would leave the loop waiting for its sockets, for ever
                return
        with suppress(OSError, ValueError):  # nobody may be listening to what we print
            print(self._lines, flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        connections = self.server_state.connections

        def close_half_requests() -> None:
            for connection in list(connections):
                if isinstance(connection, _Protocol):
                    connection.close_if_half()

        get_running_loop().call_later(_HALF_GRACE_SECONDS, close_half_requests)
        await super().shutdown(sockets)

    def end_with(self, pid: int) -> None:
        """Stop, and say why, when a process has ended."""
        with suppress(OSError, ValueError):
            print(f"stepmock: process {pid} has ended, and so does this server (--exit-with).", file=sys.stderr)
        self.should_exit = True


def serve(
    app: App, host: str, port: int, port_file: Path | None = None, notice: str = "", owner: int | None = None
) -> None:
    """Serve an ASGI app until SIGINT, SIGTERM or SIGHUP; raises ServeError when it cannot start.

    Port 0 takes a free one. `port_file` gets the port once the server answers, and is removed at the end. `notice` is
    a line to print before the one that says where the server answers. With the process `owner` the server ends too.
    """
    if port_file is not None:
        _clear(port_file)
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config, f"{notice}\n" * bool(notice) + f"stepmock ready on http://{shown}:{port}", port, port_file)
    # uvicorn stops gracefully, then raises the signal once more; by default that would kill us before cleaning up.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), server.handle_exit)
    if owner is not None:
        when_ended(owner, lambda: server.end_with(owner))
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
        if port_file is not None and _bytes_of(port_file) == b"%d\n" % port:
            port_file.unlink(missing_ok=True)
    if server.trouble is not None:
        raise server.trouble


def _clear(port_file: Path) -> None:
    """Remove what an earlier server left, so that nobody reads a stale port; raises ServeError where that fails."""
    draft = _draft_of(port_file)
    try:
        port_file.unlink(missing_ok=True)
        draft.write_text("")
        draft.unlink()
    except OSError as error:
        raise _no_port_file(port_file, error) from None


def _no_port_file(port_file: Path, error: OSError) -> ServeError:
    return ServeError(f"cannot write the port file {port_file}: {(error.strerror or str(error)).lower()}.")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while attempting")[0].lower()
        raise ServeError(
            f"cannot listen on {host} port {port}: {reason}. Choose another with --host and --port; "
            "--port 0 takes a free port."
        ) from None
    except (OverflowError, UnicodeError):
        raise ServeError(f"{host[:80]!r} port {port} is no address to listen on.") from None


def _draft_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}")


def _write_atomically(path: Path, text: str) -> None:
    draft = _draft_of(path)
    try:
        draft.write_text(text)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
