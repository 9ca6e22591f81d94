"""What the pytest plugin costs: to be there, to open a world for a test, and to keep the worlds of clients apart."""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from commands import wall_time
from load import CONNECTIONS, Connection, written
from measure import interleaved, ratios, show, show_ratio
from servers import free_port, running, stepmock
from stepmock.mock_server import Emulator, intercept
from steps import SAMPLES, fresh_key

WITH, WITHOUT = "pytest --collect-only", "the same with -p no:stepmock"
MANY, ONE = f"{CONNECTIONS} clients in {CONNECTIONS} worlds", f"{CONNECTIONS} clients in one world"
_WORLDS = 500
_REQUESTS = 200


def run(rounds: int, prism_path: str | None) -> None:
    """Measure and print; the requests are lemlist's."""
    _collecting(rounds)
    _opening(rounds)
    _meeting(rounds)


def _collecting(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("")
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", folder]
        candidates = {WITH: partial(_collect, command), WITHOUT: partial(_collect, [*command, "-p", "no:stepmock"])}
        for warm_up in candidates.values():
            warm_up()
        found = interleaved(candidates, rounds)
    show("Collecting an empty suite", found, "ms", scale=1e3)
    added = [1e3 * (one - other) for one, other in zip(found[WITH], found[WITHOUT], strict=True)]
    show_ratio("the plugin adds, in ms", added, "at most 50")


def _collect(command: list[str]) -> float:
    return wall_time(command, expected=5)  # no tests collected


def _opening(rounds: int) -> None:
    emulator = Emulator()
    found = interleaved({provider: partial(_open, emulator, provider) for provider in SAMPLES}, rounds)
    show("A fresh world, as a fixture opens it", found, "µs", scale=1e6)
    print("  -> goal: at most 100 µs")


def _open(emulator: Emulator, provider: str) -> float:
    with intercept(emulator=emulator.fresh()) as mock:
        mock.world(provider)
        keys = [fresh_key() for _ in range(_WORLDS)]
        start = time.perf_counter()
        for key in keys:
            mock.world(provider, key)
        return (time.perf_counter() - start) / _WORLDS


def _meeting(rounds: int) -> None:
    port = free_port()
    with running(stepmock(port), port, "/_stepmock/health"):
        candidates: dict[str, Callable[[], float]] = {
            MANY: partial(_rate, port, CONNECTIONS),
            ONE: partial(_rate, port, 1),
        }
        for warm_up in candidates.values():
            warm_up()
        found = interleaved(candidates, rounds)
    show(f"lemlist addStep over HTTP, {CONNECTIONS} connections", found, "requests/s")
    show_ratio("worlds of their own over one world", ratios(found[MANY], found[ONE]), "no slower: about 1 or more")


def _rate(port: int, worlds: int) -> float:
    """Return requests a second of eight clients, which share so many fresh worlds."""
    keys = [fresh_key() for _ in range(worlds)]
    clients = [
        (Connection(port), written(SAMPLES["lemlist"].request(keys[number % worlds]))) for number in range(CONNECTIONS)
    ]
    start = time.perf_counter()
    for _ in range(_REQUESTS):
        for connection, data in clients:
            connection.send(data)
        for connection, _ in clients:
            connection.receive()
    seconds = time.perf_counter() - start
    for connection, _ in clients:
        connection.close()
    return _REQUESTS * CONNECTIONS / seconds
