"""One GET over TLS to an address that is given, in bounded time.

http.client reads the reply, but does not connect: it would look the host up again. The time is bounded as a whole, not
for each read: a server that sends a byte now and then gets no further.
"""

import io
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any, cast

from ..clock import ticks

_BUFFER = 64 * 1024


class Stopwatch:
    """How much time is left, by the clock of a world or in real seconds, whichever runs faster."""

    def __init__(self, seconds: float, world_time: Callable[[], float]) -> None:
        self._seconds = seconds
        self._world_time = world_time
        self._since = ticks(), world_time()

    def left(self) -> float:
        """Return the seconds that are left; raises TimeoutError where none are."""
        gone = max(ticks() - self._since[0], self._world_time() - self._since[1])
        if gone >= self._seconds:
            raise TimeoutError
        return self._seconds - gone


class _Reading(io.RawIOBase):
    """What a socket receives, as a file that ends with the time."""

    def __init__(self, connection: socket.socket, watch: Stopwatch) -> None:
        self._connection = connection
        self._watch = watch

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._watch.left())
        return self._connection.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the reader that HTTPResponse asks a socket for."""
        return io.BufferedReader(self, _BUFFER)


def trust(authority: str) -> ssl.SSLContext:
    """Return what certificates are checked by: the authorities of this machine, and one more if it is given."""
    context = ssl.create_default_context()
    if authority:
        context.load_verify_locations(cadata=authority)
    return context


@contextmanager
def get(
    addresses: Sequence[str], host: str, port: int, target: str, trusted: ssl.SSLContext, watch: Stopwatch
) -> Iterator[HTTPResponse]:
    """Return a block with the reply of the first of these addresses that can be connected to, its body not yet read.

    The certificate must be that of the host. Raises OSError, TimeoutError among them, and HTTPException.
    """
    named = host if port == 443 else f"{host}:{port}"
    head = f"GET {target} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: stepmock\r\nAccept: */*\r\n"
    with _connected(addresses, port, watch) as plain:
        plain.settimeout(watch.left())
        with trusted.wrap_socket(plain, server_hostname=host.strip("[]")) as connection:
            connection.settimeout(watch.left())
            connection.sendall(f"{head}Accept-Encoding: identity\r\nConnection: close\r\n\r\n".encode("ascii"))
            with HTTPResponse(cast(socket.socket, _Reading(connection, watch)), method="GET") as response:
                response.begin()
                yield response


def _connected(addresses: Sequence[str], port: int, watch: Stopwatch) -> socket.socket:
    failure: OSError = OSError("there is no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), watch.left())
        except TimeoutError:
            raise
        except OSError as error:
            failure = error
    raise failure
