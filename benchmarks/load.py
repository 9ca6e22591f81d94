"""Sends one request over and over: by wrk where it is installed, else by a small client of our own, which is slower."""

import json
import multiprocessing
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from machine import command
from stepmock.mock_server import Request

CONNECTIONS = 8
_OWN_PROCESSES = 2

_SCRIPT = """
wrk.method = "%(method)s"
wrk.body = %(body)s
%(headers)s
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("\\n{\\"requests\\": %%d, \\"microseconds\\": %%d, \\"errors\\": %%d}",
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def requests_a_second(port: int, request: Request, seconds: float) -> float:
    """Return the rate at which a server answers a request on eight connections; no answer may be a refusal."""
    return _by_wrk(wrk, port, request, seconds) if (wrk := command("wrk")) else _by_own_client(port, request, seconds)


def _by_wrk(wrk: str, port: int, request: Request, seconds: float) -> float:
    fields = "\n".join(
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in request.headers.items()
    )
    parts = {"method": request.method, "body": json.dumps(request.body.decode()), "headers": fields}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "request.lua")
        script.write_text(_SCRIPT % parts)
        done = subprocess.run(
            [
                wrk,
                "-t1",
                f"-c{CONNECTIONS}",
                f"-d{max(1, round(seconds))}s",
                "-s",
                str(script),
                f"http://127.0.0.1:{port}{_target(request)}",
            ],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 30,
        )
    summary = json.loads(done.stdout.splitlines()[-1])
    if summary["errors"]:
        raise SystemExit(f"{summary['errors']} requests failed on port {port}; this is no measurement")
    return float(summary["requests"]) / float(summary["microseconds"]) * 1e6


def _target(request: Request) -> str:
    return f"{request.path}?{request.query}" if request.query else request.path


def _by_own_client(port: int, request: Request, seconds: float) -> float:
    with multiprocessing.get_context("spawn").Pool(_OWN_PROCESSES) as pool:
        return sum(pool.starmap(_share, [(port, request, seconds)] * _OWN_PROCESSES))


def _share(port: int, request: Request, seconds: float) -> float:
    connections = [Connection(port) for _ in range(CONNECTIONS // _OWN_PROCESSES)]
    data = written(request)
    sent, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        for connection in connections:
            connection.send(data)
        for connection in connections:
            connection.receive()
        sent += len(connections)
    for connection in connections:
        connection.close()
    return sent / elapsed


def written(request: Request) -> bytes:
    """Return a request as the bytes that are sent."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    head = f"{request.method} {_target(request)} HTTP/1.1\r\nhost: 127.0.0.1\r\n{fields}"
    return f"{head}content-length: {len(request.body)}\r\n\r\n".encode() + request.body


class Connection:
    """One kept-alive connection; cheap enough not to hide the server's own cost."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        """Send one request."""
        self._socket.sendall(data)

    def receive(self) -> None:
        """Wait for the whole answer, which must not be a refusal."""
        reply = b""
        while b"\r\n\r\n" not in reply:
            reply += self._more()
        head, _, body = reply.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise SystemExit(f"a request was answered by {head[:40]!r}; this is no measurement")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._more()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _more(self) -> bytes:
        if chunk := self._socket.recv(65536):
            return chunk
        raise SystemExit("the server closed a connection; this is no measurement")
