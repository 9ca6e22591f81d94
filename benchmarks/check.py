"""Payloads a second in one thread, beside the libraries that can check such a payload."""

import gc
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jsonschema_rs
from machine import BENCH_ADVICE, has, skipped
from measure import interleaved, ratios, show, show_ratio
from stepmock.validators import check
from stepmock.validators.checker import checker
from steps import Payload, Sample

OURS, DISPATCH, RUST, OPENAPI = (
    "stepmock check()",
    "jsonschema, right branch",
    "jsonschema-rs, right branch",
    "openapi-core",
)
_SECONDS = 0.3


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    for package in ("jsonschema", "openapi-core"):
        if not has(package):
            skipped(package, BENCH_ADVICE)
    name = f"payload of {sample.provider} {sample.operation}"
    valid = interleaved({name: partial(_rate, call) for name, call in _checks(sample, sample.right).items()}, rounds)
    show(f"Checking a right {name}", valid, "payloads/s")
    _show_ratios(valid, "stepmock at least 200,000/s")
    for payload in (sample.flawed, sample.broken):
        count = len(check(sample.provider, sample.operation, payload))
        found = interleaved({name: partial(_rate, call) for name, call in _checks(sample, payload).items()}, rounds)
        show(f"Checking a {name} with {count} violation{'s' if count > 1 else ''}, all explained", found, "payloads/s")
        _show_ratios(found, "stepmock at least 10,000/s")


def _show_ratios(found: dict[str, list[float]], goal: str) -> None:
    for name in found:
        if name != OURS:
            show_ratio(f"stepmock over {name}", ratios(found[OURS], found[name]))
    print(f"  goal: {goal}")


def _checks(sample: Sample, payload: Payload) -> dict[str, Callable[[], object]]:
    """Return the candidates; each gives all errors, and all but openapi-core get the payload already parsed.

    The peers know the shape alone, not the `x-` rules; the branch is chosen for them, which is their fastest form.
    """
    schema = checker(sample.provider, sample.operation).branch_of(sample.right).schema
    rust = jsonschema_rs.Draft202012Validator(schema)
    found: dict[str, Callable[[], object]] = {
        OURS: lambda: check(sample.provider, sample.operation, payload),
        RUST: lambda: rust.is_valid(payload) or list(rust.iter_errors(payload)),
    }
    if has("jsonschema"):
        from jsonschema import Draft202012Validator

        pure = Draft202012Validator(schema)
        found[DISPATCH] = lambda: list(pure.iter_errors(payload))
    if has("openapi-core"):
        found[OPENAPI] = _openapi_core(payload, schema)
    return found


def _openapi_core(payload: Payload, schema: dict[str, Any]) -> Callable[[], object]:
    from jsonschema_path import SchemaPath
    from openapi_core.testing import MockRequest
    from openapi_core.validation.request import V31RequestBodyValidator

    document = {
        "openapi": "3.1.0",
        "info": {"title": "Sample", "version": "1"},
        "servers": [{"url": "http://localhost"}],
        "paths": {
            "/steps": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
                    "responses": {"200": {"description": "The step."}},
                }
            }
        },
    }
    validator = V31RequestBodyValidator(SchemaPath.from_dict(document))
    request = MockRequest("http://localhost", "post", "/steps", data=json.dumps(payload).encode())
    return lambda: list(validator.iter_errors(request))


def _rate(call: Callable[[], object]) -> float:
    """Return the calls a second of this process, over some tenths of a second; what else runs does not count."""
    gc.collect()
    calls, batch, started = 0, 10, time.process_time()
    while (elapsed := time.process_time() - started) < _SECONDS:
        for _ in range(batch):
            call()
        calls += batch
        batch = min(2 * batch, 1000) if elapsed < _SECONDS / 4 else batch
    return calls / elapsed
