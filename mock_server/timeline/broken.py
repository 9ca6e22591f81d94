"""The rules that steps break which are yet to be sent: a misspelt field would give another timeline than is meant."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from ...contracts.model import Contract, Operation
from ...validators.checker import checker
from ...validators.linter.documents import Document
from ...validators.linter.pieces import Piece
from ...validators.linter.replay import Replay
from ...validators.violation import Violation
from .shapes import Item, Listed, at, first_of, timeline_of

_MOST_TOLD = 5


def broken_rules(
    contract: Contract, operation: str | None, listed: Listed, value: Any, document: Document
) -> list[str]:
    """Return sentences about the first rules that steps break, none for right ones.

    `operation` is that which the payloads of a file are for, `value` what the file holds. Without an operation, steps
    that have an id were read, not written, and are taken as they are; others are for what adds or replaces steps.
    """
    items = [item for steps in listed.values() for item in steps]
    sent = contract.operations[operation] if operation else _sending(contract, items)
    if sent is None or sent.checks is None:
        return []
    found = (
        _in_each(contract, sent, items, document) if _is_of_steps(contract, sent) else _in_whole(contract, sent, value)
    )
    told = list(islice(found, _MOST_TOLD + 1))
    if not told:
        return []
    more = ["There are more."] if len(told) > _MOST_TOLD else []
    name = f"{contract.provider}/{sent.name}"
    return [
        f"Rules are broken, so this may not be what is meant; `steplint check --operation {name}` shows where:",
        *told[:_MOST_TOLD],
        *more,
    ]


def _sending(contract: Contract, items: list[Item]) -> Operation | None:
    """Return the operation that steps are for which no operation is named with; None where they were read."""
    how = timeline_of(contract)["step"]
    if any(first_of(item, how["id"]) is not None for item in items):
        return None
    for operation in contract.operations.values():
        replay = operation.replay or {}
        if replay.get("kind") != how["kind"] or operation.checks is None:
            continue
        if replay["does"] == "replaces":
            return operation
        if replay["does"] == "creates" and all(at(item, operation.step_type) is not None for item in items):
            return operation
    return None


def _is_of_steps(contract: Contract, operation: Operation) -> bool:
    """Return whether a payload of an operation is one step."""
    replay = operation.replay or {}
    return replay.get("kind") == timeline_of(contract)["step"]["kind"] and replay["does"] in ("creates", "changes")


def _in_each(contract: Contract, operation: Operation, items: list[Item], document: Document) -> Iterator[str]:
    replay, check = Replay(None, contract.profile), checker(contract.provider, operation.name, contract.profile)
    for number, item in enumerate(items, 1):
        name = f"{contract.provider}/{operation.name}"
        piece = Piece(document, "", _without_schema(item), [], name, operation.creates)
        for violation in check.check(piece.payload, replay.context(piece)):
            yield from _told(
                violation, f"step {number} at {violation.pointer}" if violation.pointer else f"step {number}"
            )
        replay.note(piece)


def _in_whole(contract: Contract, operation: Operation, value: Any) -> Iterator[str]:
    for violation in checker(contract.provider, operation.name, contract.profile).check(_without_schema(value)):
        yield from _told(violation, violation.pointer or "the payload")


def _told(violation: Violation, place: str) -> Iterator[str]:
    if violation.severity != "advice":
        yield f"  {violation.code} {violation.severity} in {place}: {violation.message}"


def _without_schema(value: Any) -> Any:
    return {name: item for name, item in value.items() if name != "$schema"} if isinstance(value, Mapping) else value
