"""What the journal and the look for faults cost a request without a fault: CPU time, in process, alternated."""

import time
from collections.abc import Callable, Sequence

from measure import ratios, show, show_ratio
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server import emulator as core
from stepmock.mock_server.journal import Journal
from steps import Sample, fresh_key

_CALLS = 2_000
"""Twice as many as a journal holds."""

_BLOCK = 20


class _Forgetful(Journal):
    """A journal that remembers nothing."""

    def record(self, recorded: object) -> None:
        """Forget it."""


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    look = core.fault_asked_for
    neither, journal, both = "without journal and faults", "with the journal", "with both"
    looks: dict[str, Callable[..., object]] = {neither: lambda *_: None, journal: lambda *_: None, both: look}
    emulator = Emulator(Settings(rate_limit=False))
    found: dict[str, list[float]] = {name: [] for name in looks}
    try:
        for _ in range(rounds):
            seconds = dict.fromkeys(looks, 0.0)
            keys = {name: fresh_key() for name in looks}
            _forget(emulator, sample.request(keys[neither]))
            order = list(looks)
            for _ in range(_CALLS // _BLOCK):
                order.append(order.pop(0))
                for name in order:
                    core.fault_asked_for = looks[name]  # type: ignore[assignment]
                    seconds[name] += _time(emulator, [sample.request(keys[name]) for _ in range(_BLOCK)])
            for name in looks:
                found[name].append(seconds[name] / _CALLS)
    finally:
        core.fault_asked_for = look
    show(
        f"{sample.provider} {sample.operation} in process, alternated every {_BLOCK} requests",
        found,
        "microseconds of CPU each",
        scale=1e6,
        digits=1,
    )
    show_ratio("both over neither", ratios(found[both], found[neither]), "at most 1.05")
    show_ratio("both over the journal alone", ratios(found[both], found[journal]))


def _forget(emulator: Emulator, request: Request) -> None:
    """Open the world of a request, and let it remember nothing from now on."""
    headers = dict(emulator.handle(request).headers)
    with emulator._store.find(headers["X-Stepmock-World"]) as world:
        world.journal = _Forgetful()


def _time(emulator: Emulator, requests: Sequence[Request]) -> float:
    started = time.process_time()
    for request in requests:
        reply = emulator.handle(request)
    seconds = time.process_time() - started
    if not 200 <= reply.status < 300:
        raise SystemExit(f"a request was answered by {reply.status}; this is no measurement")
    return seconds
