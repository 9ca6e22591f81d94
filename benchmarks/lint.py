"""Wall time of linting one file, beside check-jsonschema with the schema that our own checker would use."""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import yaml
from commands import wall_time
from machine import BENCH_ADVICE, command, skipped, stepmock_command
from measure import interleaved, ratios, show, show_ratio
from stepmock.validators.checker import checker
from steps import Sample

OURS, PEER, PYTHON = "steplint check", "check-jsonschema", 'python -c ""'


def schema_file(sample: Sample, folder: str) -> Path:
    """Write the schema that our own checker uses for the sample's payload, and return where it is."""
    file = Path(folder, "payload.schema.json")
    file.write_text(json.dumps(checker(sample.provider, sample.operation).branch_of(sample.right).schema))
    return file


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    peer = command("check-jsonschema")
    if peer is None:
        skipped("check-jsonschema", BENCH_ADVICE)
    with tempfile.TemporaryDirectory() as folder:
        schema = schema_file(sample, folder)
        for ending, text in (("json", json.dumps(sample.right)), ("yaml", yaml.safe_dump(sample.right))):
            file = Path(folder, f"welcome.{sample.provider}.{sample.operation}.{ending}")
            file.write_text(text)
            candidates: dict[str, Callable[[], float]] = {
                OURS: partial(wall_time, [stepmock_command("steplint"), "check", str(file)]),
                PYTHON: partial(wall_time, [sys.executable, "-c", ""]),
            }
            if peer is not None:
                candidates[PEER] = partial(wall_time, [peer, "--schemafile", str(schema), str(file)])
            for warm_up in candidates.values():
                warm_up()
            found = interleaved(candidates, rounds)
            show(
                f"Linting one {ending.upper()} file of {sample.provider} {sample.operation}",
                found,
                "milliseconds",
                scale=1000,
            )
            if PEER in found:
                show_ratio("steplint over check-jsonschema", ratios(found[OURS], found[PEER]), "at most 0.33")
