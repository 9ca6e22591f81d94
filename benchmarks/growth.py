"""Does a request cost more in a large world? In process, and over HTTP on one connection."""

import gc
import random
import time
from collections.abc import Callable
from typing import NamedTuple

from load import Connection, written
from measure import ratios, show, show_ratio
from servers import free_port, running, stepmock
from stepmock.mock_server import Emulator, Request, Settings
from steps import Sample, fresh_key

Call = Callable[[], object]
_SIZE = 20_000
_BLOCK = 1_000
_SINGLES = 500
_MOST_ROUNDS = 7
"""20,000 requests a round: more rounds would only take memory."""


class Face(NamedTuple):
    """A way to send requests: `open` gives a function that binds a request to be sent, and one that ends it."""

    name: str
    open: Callable[[], tuple[Callable[[Request], Call], Callable[[], None]]]


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    rounds = min(rounds, _MOST_ROUNDS)
    _measure(sample, Face("in process", _in_process(Emulator(Settings(rate_limit=False)))), rounds)
    port = free_port()
    with running(stepmock(port), port, "/_stepmock/health"):
        _measure(sample, Face("over HTTP, one connection", _over_http(port)), rounds)


def _measure(sample: Sample, face: Face, rounds: int) -> None:
    early, late, empty, full = [], [], [], []
    for turn in range(rounds):
        bind, end = face.open()
        large, small = fresh_key(), fresh_key()
        grow = bind(sample.growing(large))
        send_to_large, send_to_small = bind(sample.request(large)), bind(sample.request(small))
        _time(grow, 10)
        early.append(_time(grow, _BLOCK) / _BLOCK)
        _time(grow, _SIZE - 2 * _BLOCK - 10)
        late.append(_time(grow, _BLOCK) / _BLOCK)
        for first in (send_to_small, send_to_large):
            first()  # makes the world, and whatever else only a first request makes
        seconds = _alternated(send_to_small, send_to_large, turn)
        empty.append(_SINGLES / seconds[0])
        full.append(_SINGLES / seconds[1])
        end()
    grown, place = (sample.growth.unit, "world") if sample.growth else ("steps", "sequence")
    show(
        f"{sample.provider}: {_SIZE:,} {grown} in one {place}, {face.name}",
        {f"{grown} 10 to 1,010": early, f"last 1,000 {grown}": late},
        "microseconds each",
        scale=1e6,
        digits=1,
    )
    show_ratio("last over first", ratios(late, early), "at most 1.5")
    show(
        f"Single {sample.provider} {sample.operation}, {face.name}, alternated",
        {"in an empty world": empty, f"in one of {_SIZE:,} {grown}": full},
        "requests/s",
    )
    show_ratio("large over empty", ratios(full, empty), "at least 0.9")


def _alternated(first: Call, second: Call, seed: int) -> tuple[float, float]:
    """Return the seconds of as many single calls of each, in a shuffled order."""
    order = [0, 1] * _SINGLES
    random.Random(seed).shuffle(order)
    calls, seconds = (first, second), [0.0, 0.0]
    for which in order:
        seconds[which] += _time(calls[which], 1)
    return seconds[0], seconds[1]


def _time(call: Call, times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - started


def _in_process(emulator: Emulator) -> Callable[[], tuple[Callable[[Request], Call], Callable[[], None]]]:
    def bind(request: Request) -> Call:
        def call() -> None:
            reply = emulator.handle(request)
            if not 200 <= reply.status < 300:
                raise SystemExit(f"a request was answered by {reply.status}; this is no measurement")

        return call

    # As the server does: what exists by now need not be walked by the collector.
    gc.collect()
    gc.freeze()
    return lambda: (bind, lambda: None)


def _over_http(port: int) -> Callable[[], tuple[Callable[[Request], Call], Callable[[], None]]]:
    def open_connection() -> tuple[Callable[[Request], Call], Callable[[], None]]:
        connection = Connection(port)

        def bind(request: Request) -> Call:
            data = written(request)

            def call() -> None:
                connection.send(data)
                connection.receive()

            return call

        return bind, connection.close

    return open_connection
