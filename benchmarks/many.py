"""Wall time of linting many files, beside check-jsonschema with the schema that our own checker would use."""

import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from commands import wall_time
from lint import OURS, PEER, schema_file
from machine import BENCH_ADVICE, command, skipped, stepmock_command
from measure import interleaved, ratios, show, show_ratio
from steps import Payload, Sample

THOUSAND = 1_000
"""So many files the peer is given too, which takes them as arguments only."""

TEN_THOUSAND = 10_000


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    peer = command("check-jsonschema")
    if peer is None:
        skipped("check-jsonschema", BENCH_ADVICE)
    with tempfile.TemporaryDirectory() as folder:
        schema = schema_file(sample, folder)
        cases = (
            (sample.right, THOUSAND, 0, "right files", ""),
            (sample.right, TEN_THOUSAND, 0, "right files", "at most 2 s"),
            (sample.flawed, THOUSAND, 1, "files with one error each", "at most 1.5 s"),
        )
        for number, (payload, count, status, what, goal) in enumerate(cases):
            files = _written(Path(folder, str(number)), sample, payload, count)
            ours = [stepmock_command("steplint"), "check", str(Path(folder, str(number)))]
            candidates: dict[str, Callable[[], float]] = {OURS: partial(wall_time, ours, status)}
            if peer is not None and not goal:
                candidates[PEER] = partial(wall_time, [peer, "--schemafile", str(schema), *files], status)
            for warm_up in candidates.values():
                warm_up()
            found = interleaved(candidates, rounds)
            title = f"Linting {count:,} {what} of {sample.provider} {sample.operation}"
            show(f"{title}{f', goal: {goal}' if goal else ''}", found, "seconds", digits=2)
            if PEER in found:
                show_ratio("steplint over check-jsonschema", ratios(found[OURS], found[PEER]), "at most 0.33")


def _written(folder: Path, sample: Sample, payload: Payload, count: int) -> list[str]:
    """Write a payload into so many files of a new folder, and return their names."""
    folder.mkdir()
    files = [folder / f"step{number:05}.{sample.provider}.{sample.operation}.json" for number in range(count)]
    for file in files:
        file.write_text(json.dumps(payload))
    return [str(file) for file in files]
