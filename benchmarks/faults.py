"""What the journal and the look for faults cost a request without a fault: CPU time, in process, alternated."""

import time
from collections.abc import Callable

from measure import ratios, show, show_ratio
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server import emulator as core
from steps import Sample, fresh_key

_CALLS = 2_000
_BLOCK = 20


class _Forgetful(Emulator):
    """An emulator that keeps no journal."""

    def _remember(self, *_: object) -> None:
        """Keep nothing."""


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    look = core._fault_asked_for
    settings = Settings(rate_limit=False)
    neither, journal, both = "without journal and faults", "with the journal", "with both"
    candidates: dict[str, tuple[Emulator, Callable[..., object]]] = {
        neither: (_Forgetful(settings), lambda *_: None),
        journal: (Emulator(settings), lambda *_: None),
        both: (Emulator(settings), look),
    }
    found: dict[str, list[float]] = {name: [] for name in candidates}
    try:
        for _ in range(rounds):
            seconds = dict.fromkeys(candidates, 0.0)
            requests = {name: sample.request(fresh_key()) for name in candidates}
            order = list(candidates)
            for _ in range(_CALLS // _BLOCK):
                order.append(order.pop(0))
                for name in order:
                    emulator, step = candidates[name]
                    core._fault_asked_for = step  # type: ignore[assignment]
                    seconds[name] += _time(emulator, requests[name])
            for name in candidates:
                found[name].append(seconds[name] / _CALLS)
    finally:
        core._fault_asked_for = look
    show(
        f"{sample.provider} {sample.operation} in process, alternated every {_BLOCK} requests",
        found,
        "microseconds of CPU each",
        scale=1e6,
        digits=1,
    )
    show_ratio("both over neither", ratios(found[both], found[neither]), "at most 1.05")
    show_ratio("both over the journal alone", ratios(found[both], found[journal]))


def _time(emulator: Emulator, request: Request) -> float:
    started = time.process_time()
    for _ in range(_BLOCK):
        reply = emulator.handle(request)
    seconds = time.process_time() - started
    if not 200 <= reply.status < 300:
        raise SystemExit(f"a request was answered by {reply.status}; this is no measurement")
    return seconds
