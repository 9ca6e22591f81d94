"""From exec to the first 200 of the health path, beside Prism's first answer and the bare import of Flask."""

import sys
from collections.abc import Callable, Sequence
from functools import partial

from commands import wall_time
from machine import PRISM_ADVICE, skipped
from measure import interleaved, ratios, show, show_ratio
from servers import free_port, prism, running, stepmock

OURS, FLASK, PYTHON, PRISM = "stepmock serve", 'python -c "import flask"', 'python -c ""', "Prism"


def run(rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    candidates: dict[str, Callable[[], float]] = {
        OURS: _stepmock,
        FLASK: partial(wall_time, [sys.executable, "-c", "import flask"]),
        PYTHON: partial(wall_time, [sys.executable, "-c", ""]),
    }
    if prism_path is None:
        skipped("Prism", PRISM_ADVICE)
    else:
        candidates[PRISM] = partial(_prism, prism_path)
    for warm_up in candidates.values():
        warm_up()
    found = interleaved(candidates, rounds)
    show("From start to first answer", found, "seconds", digits=3)
    show_ratio("stepmock over import flask", ratios(found[OURS], found[FLASK]), "stepmock in at most 0.4 s")
    if PRISM in found:
        show_ratio("stepmock over Prism", ratios(found[OURS], found[PRISM]))


def _stepmock() -> float:
    port = free_port()
    return _first_answer(stepmock(port), port, "/_stepmock/health")


def _prism(path: str) -> float:
    port = free_port()
    return _first_answer(prism(path, port), port, "/")


def _first_answer(command: Sequence[str], port: int, path: str) -> float:
    with running(command, port, path) as seconds:
        return seconds
