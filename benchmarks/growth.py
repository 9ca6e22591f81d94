"""Does an add-step cost more in a large world? In process, and over HTTP on one connection."""

import gc
import random
import time
from collections.abc import Callable
from typing import NamedTuple

from load import Connection
from measure import ratios, show, show_ratio
from servers import free_port, running, stepmock
from stepmock.mock_server import Emulator, Request, Settings
from steps import BODY, PATH, fresh_key, headers

Add = Callable[[], object]
_STEPS = 20_000
_BLOCK = 1_000
_SINGLES = 500
_MOST_ROUNDS = 7
"""20,000 steps a round: more rounds would only take memory."""


class Face(NamedTuple):
    """A way to add steps: `open(key)` gives a function that adds one, and one that ends it."""

    name: str
    open: Callable[[str], tuple[Add, Callable[[], None]]]


def run(rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    rounds = min(rounds, _MOST_ROUNDS)
    _measure(Face("in process", _in_process(Emulator(Settings(rate_limit=False)))), rounds)
    port = free_port()
    with running(stepmock(port), port, "/_stepmock/health"):
        _measure(Face("over HTTP, one connection", _over_http(port)), rounds)


def _measure(face: Face, rounds: int) -> None:
    early, late, empty, full = [], [], [], []
    for turn in range(rounds):
        add, end = face.open(fresh_key())
        _time(add, 10)
        early.append(_time(add, _BLOCK) / _BLOCK)
        _time(add, _STEPS - 2 * _BLOCK - 10)
        late.append(_time(add, _BLOCK) / _BLOCK)
        add_to_empty, end_empty = face.open(fresh_key())
        add_to_empty()  # makes the world
        seconds = _alternated(add_to_empty, add, turn)
        empty.append(_SINGLES / seconds[0])
        full.append(_SINGLES / seconds[1])
        end()
        end_empty()
    show(
        f"{_STEPS:,} steps in one sequence, {face.name}",
        {"steps 10 to 1,010": early, "last 1,000 steps": late},
        "microseconds a step",
        scale=1e6,
        digits=1,
    )
    show_ratio("last over first", ratios(late, early), "at most 1.5")
    show(
        f"Single adds, {face.name}, alternated",
        {"in an empty world": empty, f"in one of {_STEPS:,} steps": full},
        "adds/s",
    )
    show_ratio("large over empty", ratios(full, empty), "at least 0.9")


def _alternated(first: Add, second: Add, seed: int) -> tuple[float, float]:
    """Return the seconds of as many single calls of each, in a shuffled order."""
    order = [0, 1] * _SINGLES
    random.Random(seed).shuffle(order)
    calls, seconds = (first, second), [0.0, 0.0]
    for which in order:
        seconds[which] += _time(calls[which], 1)
    return seconds[0], seconds[1]


def _time(add: Add, times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        add()
    return time.perf_counter() - started


def _in_process(emulator: Emulator) -> Callable[[str], tuple[Add, Callable[[], None]]]:
    def open_world(key: str) -> tuple[Add, Callable[[], None]]:
        request = Request("POST", PATH, "", headers(key), BODY)

        def add() -> None:
            assert emulator.handle(request).status == 200

        return add, lambda: None

    # As the server does: what exists by now need not be walked by the collector.
    gc.collect()
    gc.freeze()
    return open_world


def _over_http(port: int) -> Callable[[str], tuple[Add, Callable[[], None]]]:
    def open_world(key: str) -> tuple[Add, Callable[[], None]]:
        connection = Connection(port, key)

        def add() -> None:
            connection.send()
            connection.receive()

        return add, connection.close

    return open_world
