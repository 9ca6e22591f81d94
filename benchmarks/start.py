"""From exec to the first 200 of the health path, beside Prism's first answer and the bare import of Flask."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from commands import wall_time
from machine import PRISM_ADVICE, skipped
from measure import interleaved, ratios, show, show_ratio
from servers import free_port, prism, prism_document, running, stepmock
from stepmock.mock_server import Emulator
from steps import SAMPLES

OURS, FLASK, PYTHON, PRISM = "stepmock serve", 'python -c "import flask"', 'python -c ""', "Prism"


def run(rounds: int, prism_path: str | None) -> None:
    """Measure and print; of Prism, with the document of lemlist's sample alone."""
    with tempfile.TemporaryDirectory() as folder:
        _run(rounds, prism_path, folder)


def _run(rounds: int, prism_path: str | None, folder: str) -> None:
    candidates: dict[str, Callable[[], float]] = {
        OURS: _stepmock,
        FLASK: partial(wall_time, [sys.executable, "-c", "import flask"]),
        PYTHON: partial(wall_time, [sys.executable, "-c", ""]),
    }
    if prism_path is None:
        skipped("Prism", PRISM_ADVICE)
    else:
        candidates[PRISM] = partial(_prism, prism_path, prism_document(SAMPLES["lemlist"], folder))
    for warm_up in candidates.values():
        warm_up()
    found = interleaved(candidates, rounds)
    loaded = ", ".join(contract.provider for contract in Emulator().contracts)
    show(f"From start to first answer, with the contracts of {loaded}", found, "seconds", digits=3)
    show_ratio("stepmock over import flask", ratios(found[OURS], found[FLASK]), "stepmock in at most 0.4 s")
    if PRISM in found:
        show_ratio("stepmock over Prism", ratios(found[OURS], found[PRISM]))


def _stepmock() -> float:
    port = free_port()
    return _first_answer(stepmock(port), port, "/_stepmock/health")


def _prism(path: str, document: Path) -> float:
    port = free_port()
    return _first_answer(prism(path, document, port), port, "/")


def _first_answer(command: Sequence[str], port: int, path: str) -> float:
    with running(command, port, path) as seconds:
        return seconds
