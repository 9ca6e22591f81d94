"""Do replies that come two real seconds late in one world slow the requests of another?"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from load import CONNECTIONS, Connection, requests_a_second, written
from measure import interleaved, ratios, show, show_ratio
from servers import free_port, running, stepmock
from stepmock.mock_server import Request
from steps import Sample, fresh_key

_WAITING = 30
_LATENCY = '{"latency":2}'
_SECONDS = 4.0


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    port = free_port()
    slow = sample.request(fresh_key())
    slow = replace(slow, headers={**slow.headers, "x-stepmock-fault": _LATENCY})

    def alone() -> float:
        return requests_a_second(port, sample.request(fresh_key()), _SECONDS)

    def beside() -> float:
        with _waiting(port, slow):
            return requests_a_second(port, sample.request(fresh_key()), _SECONDS)

    with running(stepmock(port), port, "/_stepmock/health"):
        found = interleaved({"alone": alone, f"beside {_WAITING} clients that wait": beside}, rounds)
    show(
        f"{sample.provider} {sample.operation} in one world on {CONNECTIONS} connections, two seconds of latency in "
        "another",
        found,
        "requests/s",
    )
    late, first = found[f"beside {_WAITING} clients that wait"], found["alone"]
    show_ratio("beside over alone", ratios(late, first), "about 1")


@contextmanager
def _waiting(port: int, request: Request) -> Iterator[None]:
    """Let clients of a world wait for late replies, each for one after the other."""
    connections = [Connection(port) for _ in range(_WAITING)]
    data, over = written(request), threading.Event()

    def wait() -> None:
        while not over.is_set():
            for connection in connections:
                connection.send(data)
            for connection in connections:
                connection.receive()

    waiter = threading.Thread(target=wait)
    waiter.start()
    try:
        yield
    finally:
        over.set()
        waiter.join()
        for connection in connections:
            connection.close()
