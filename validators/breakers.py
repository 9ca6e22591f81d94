"""Breaks payloads on purpose: for each rule an edit that breaks exactly this rule and no other.

A breaker belongs to the keyword, not to the rule: `maxLength` knows how to make a text too long, whatever the
rule is called. So a new rule in a contract comes with its breaker. Each result is confirmed by the checker, and a
rule that nothing breaks is reported by the completeness test.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

from ..contracts import load
from ..contracts.limits import MAX_NESTING
from .branch import Branch
from .checker import Checker, checker
from .context import Context
from .keyword_edits import KEYWORD_EDITS, Place, found_at, replaced, without
from .reading import UNREADABLE, read_json
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
    for broken, context in _edits(check, payload, base, code):
        if [item.code for item in check.check(broken, context)] == [code]:
            yield Broken(code, operation, json.dumps(broken).encode(), broken, context)


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


def _edits(check: Checker, example: dict[str, Any], base: Context, code: str) -> Iterator[tuple[Any, Context]]:
    for branch in (check.root, *check.branches.values()):
        if branch.name and check.branch_of(example) is not branch:
            continue
        for path, rule in branch.codes.items():
            if rule == code:
                yield from ((payload, base) for payload in _schema_edits(branch, path, example))
        for keyword, where, parameter, rule in branch.checks:
            if rule == code or (keyword in ("x-misplaced-fields", "x-unknown-fields") and code in parameter.values()):
                yield from KEYWORD_EDITS[keyword](parameter, Place(example, where, check, branch, base))


def _schema_edits(branch: Branch, path: str, example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield payloads in which one assertion of JSON Schema fails."""
    where: list[str] = []
    wanted: Any = branch.schema
    tokens = path.split("/")
    while len(tokens) > 1 and tokens[0] != "required":
        token = tokens.pop(0)
        wanted = wanted[int(token) if isinstance(wanted, list) else token]
        if token == "properties":
            where.append(tokens.pop(0))
            wanted = wanted[where[-1]]
        elif token == "items":
            where.append("*")
    if tokens[0] == "required":
        if (payload := without(example, [*where, tokens[1]])) is not None:
            yield payload
        return
    present = found_at(example, where)
    for value in _SCHEMA_VALUES[tokens[0]](wanted[tokens[0]], present):
        if (payload := replaced(example, where, value)) is not None:
            yield payload


_SCHEMA_VALUES: Mapping[str, Callable[[Any, Any], list[Any]]] = {
    "type": lambda wanted, present: [12345, "text", None],
    "enum": lambda wanted, present: ["no-such-value"],
    "minimum": lambda wanted, present: [wanted - 1],
    "maximum": lambda wanted, present: [wanted + 1],
    "minLength": lambda wanted, present: ["x" * (wanted - 1)],
    "maxLength": lambda wanted, present: ["x" * (wanted + 1)],
    "minItems": lambda wanted, present: [[]],
    "maxItems": lambda wanted, present: [present[:1] * (wanted + 1)] if isinstance(present, list) else [],
    "pattern": lambda wanted, present: ["?"],
}
