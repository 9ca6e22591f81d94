"""From a host to the address that is connected to. What is checked here is what is connected to: no name is looked up
twice, so that nobody can answer the second time with an address of this machine or its network.
"""

import socket
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from ...validators.addresses import why_not_global
from .policy import Lab
from .trouble import Trouble


def public_addresses(host: str, port: int, lab: Lab, seconds: float) -> list[str]:
    """Return the addresses of a host, every one of them public.

    Raises Trouble for a host that has none, or one that is not public, and TimeoutError.
    """
    found = _within(seconds, lambda: (lab.resolve or _resolve)(host, port))
    if not found:
        raise Trouble("download-failed", f"{host} has no address")
    for address in found:
        if address not in lab.public and (reason := why_not_global(address)):
            raise Trouble("unsafe-url", f"{host} has an address that is not reachable by anyone: {reason}")
    return list(dict.fromkeys(found))


def _resolve(host: str, port: int) -> Sequence[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _within(seconds: float, look_up: Callable[[], Sequence[str]]) -> Sequence[str]:
    """Return what a look-up finds; raises TimeoutError where it takes too long, for it has no limit of its own."""
    results: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            results.put(look_up())
        except Exception as error:
            results.put(error)

    Thread(target=run, daemon=True, name="stepmock-resolve").start()
    try:
        found = results.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found
