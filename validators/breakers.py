"""Breaks payloads on purpose: for each rule an edit that breaks exactly this rule and no other.

A breaker belongs to the keyword, not to the rule: `maxLength` knows how to make a text too long, whatever the
rule is called. So a new rule in a contract comes with its breaker. Each result is confirmed by the checker, and a
rule that nothing breaks is reported by the completeness test.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

from ..contracts import load
from ..contracts.limits import MAX_NESTING
from .checker import Checker, checker
from .context import Context
from .reading import UNREADABLE, read_json
from .ways import ways
from .worlds import docs_context


class Broken(NamedTuple):
    """A request body that breaks exactly the rule `code` in the given Context; `payload` is what it reads as."""

    code: str
    operation: str
    body: bytes
    payload: Any
    context: Context


def valid_examples(provider: str, operation: str, profile: str = "documented") -> list[dict[str, Any]]:
    """Return valid payloads of an operation: one or more for each branch."""
    return deepcopy(checker(provider, operation, profile).examples)


@cache
def operations_with_payload(provider: str, profile: str = "documented") -> tuple[str, ...]:
    """Return the operations of a provider that take a request body."""
    return tuple(name for name, operation in load(provider, profile).operations.items() if operation.checks)


def breakers(provider: str, operation: str, code: str, profile: str = "documented") -> Iterator[Broken]:
    """Yield bodies of one operation that break exactly one rule; none where the operation cannot break it."""
    check = checker(provider, operation, profile)
    for example in valid_examples(provider, operation, profile):
        yield from broken_from(check, code, example, docs_context(check.contract, example))


def broken_from(check: Checker, code: str, payload: dict[str, Any], base: Context) -> Iterator[Broken]:
    """Yield bodies that break exactly one rule, made from a right payload in a Context; some need another Context."""
    yield from broken_texts(check, code, payload, base)
    for way in ways(check, check.branch_of(payload), code):
        for broken, context in way.edits(check, payload, base):
            if (found := confirmed(check, code, broken, context)) is not None:
                yield found


def broken_texts(check: Checker, code: str, payload: dict[str, Any], base: Context) -> Iterator[Broken]:
    """Yield bodies that break exactly one rule about a body as a text."""
    operation = check.operation.name
    for body in _texts(check, code, payload):
        reading = read_json(body, check.contract.body_rules, duplicates=True)
        found = [finding.code for finding in reading.findings]
        if found == [code] and (
            reading.payload is UNREADABLE
            or not isinstance(reading.payload, dict)
            or [item.code for item in check.check(reading.payload, base)] in ([], [code])
        ):
            yield Broken(code, operation, body, reading.payload, base)


def confirmed(check: Checker, code: str, payload: Any, context: Context) -> Broken | None:
    """Return a payload as one that breaks exactly one rule, or None where that is not so."""
    if [item.code for item in check.check(payload, context)] != [code]:
        return None
    return Broken(code, check.operation.name, json.dumps(payload).encode(), payload, context)


def breaker(provider: str, code: str, profile: str = "documented") -> Broken | None:
    """Return the first body of any operation that breaks exactly one rule, or None."""
    return next(
        (
            broken
            for operation in operations_with_payload(provider, profile)
            for broken in breakers(provider, operation, code, profile)
        ),
        None,
    )


def _texts(check: Checker, code: str, example: dict[str, Any]) -> Iterator[bytes]:
    """Yield bodies that break a body rule, made from the text of a valid one."""
    if not example:
        return
    rules = check.contract.body_rules
    text = json.dumps(example)
    name, value = next(iter(example.items()))
    deep = "[" * (MAX_NESTING + 1) + "]" * (MAX_NESTING + 1)
    broken = {
        "syntax": text[:-1],
        "root": json.dumps(text) if check.operation.creates else f"[{text}]",  # a file may hold a list of steps
        "number": text[:-1] + ', "extra": 1e999}',
        "nesting": text[:-1] + f', "extra": {deep}}}',
        "encoding": text[:-1] + ', "extra": "\\ud83d"}',
        "duplicate-key": f'{{"{name}": {json.dumps(value)}, {text[1:]}',
    }
    for rule, body in broken.items():
        if rules[rule] == code:
            yield body.encode()
