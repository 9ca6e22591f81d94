"""Sample requests a second over HTTP, through the whole pipeline, beside a bare Flask view and beside Prism."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from load import CONNECTIONS, requests_a_second
from machine import PRISM_ADVICE, WRK_ADVICE, command, skipped
from measure import interleaved, ratios, show, show_ratio
from servers import bare_flask, free_port, prism, prism_document, running, stepmock
from steps import Sample, fresh_key

OURS, FLASK, PRISM = "stepmock serve", "bare Flask, same server", "Prism"
_SECONDS = 2.0


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    if command("wrk") is None:
        skipped("wrk, so a slower client of our own sends the requests", WRK_ADVICE)
    commands: dict[str, tuple[Callable[[int], list[str]], str]] = {
        OURS: (stepmock, "/_stepmock/health"),
        FLASK: (partial(bare_flask, sample), "/_stepmock/health"),
    }
    with ExitStack() as stack:
        if prism_path is None:
            skipped("Prism", PRISM_ADVICE)
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            commands[PRISM] = (partial(prism, prism_path, prism_document(sample, folder)), "/")
        ports = {name: free_port() for name in commands}
        for name, (made, path) in commands.items():
            stack.enter_context(running(made(ports[name]), ports[name], path))
        # A fresh key each time: a world that only ever grew would be another measurement (see growth).
        candidates = {name: partial(_rate, sample, port) for name, port in ports.items()}
        for warm_up in candidates.values():
            warm_up()
        found = interleaved(candidates, rounds)
    show(
        f"{sample.provider} {sample.operation} over HTTP, {CONNECTIONS} connections, {_SECONDS:.0f} s a round",
        found,
        "requests/s",
    )
    show_ratio("stepmock over bare Flask", ratios(found[OURS], found[FLASK]), "at least 0.75")
    if PRISM in found:
        show_ratio("stepmock over Prism", ratios(found[OURS], found[PRISM]), "above 1")


def _rate(sample: Sample, port: int) -> float:
    return requests_a_second(port, sample.request(fresh_key()), _SECONDS)
