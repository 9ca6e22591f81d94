"""What exists twice because a reply was lost: FND03."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ...contracts.model import Operation
from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import (
    ids_in_reply,
    ids_shown,
    is_error_after,
    is_reply_lost,
    payload_of,
    told,
    was_done,
    without_ids,
)


def created_twice(material: Material) -> Iterator[Finding]:
    """Yield a finding for each thing that a request created, and then its repetition, and that is still there twice."""
    shown: set[str] | None = None
    for same in material.same:
        operation = material.contract.operations.get(same[0].operation)
        if operation is None or not _creates(operation):
            continue
        made = [entry for entry in same if was_done(entry) or is_error_after(entry)]
        if len(made) < 2 or _is_on_purpose(made):
            continue
        there = {name: entry for entry in made for name in _made(entry, operation, material)}
        if there and is_error_after(made[0]) and _adds_to(operation) is None:
            if shown is None:
                shown = {name for entry in material.entries for name in ids_in_reply(entry, material.contract)}
            table = _table(operation, material)
            unseen = (name for name in _like(next(iter(there)), made[0], table) if name not in shown)
            there = {**dict(zip(unseen, filter(is_error_after, made), strict=False)), **there}
        if len({entry.number for entry in there.values()}) > 1 and not _was_known(there, made, material.entries):
            message = (
                f"{operation.name} was sent again after a lost reply, and made {', '.join(there)}: the same thing."
            )
            yield found("FND03", message, [(entry, f"{told(entry)}, made {name}") for name, entry in there.items()])


def _creates(operation: Operation) -> bool:
    return operation.replay is not None and (operation.replay["does"] == "creates" or _adds_to(operation) is not None)


def _adds_to(operation: Operation) -> str | None:
    """Return the member of a resource that an operation adds one more item to; None for any other operation."""
    return (operation.replay or {}).get("adds-to")


def _table(operation: Operation, material: Material) -> Mapping[str, Mapping[str, Any]]:
    return material.resources.get((operation.replay or {})["kind"], {})


def _made(entry: JournalEntry, operation: Operation, material: Material) -> list[str]:
    """Return the ids of what a request made, as far as its reply shows them and it is still there."""
    table = _table(operation, material)
    member = _adds_to(operation)
    if member is None:
        return [name for name in ids_in_reply(entry, material.contract) if name in table]
    holder = table.get(entry.parameters.get((operation.replay or {})["named"], ""), {})
    items = {str(item.get("id")) for item in holder.get(member, ()) if isinstance(item, Mapping)}
    return sorted(ids_shown(entry) & items)


def _is_on_purpose(made: Sequence[JournalEntry]) -> bool:
    """Return whether a client makes the same thing again though it could read that it had made it."""
    return any(not is_reply_lost(entry, then) and not is_error_after(entry) for entry, then in pairwise(made))


def _was_known(
    there: Mapping[str, JournalEntry], made: Sequence[JournalEntry], entries: Sequence[JournalEntry]
) -> bool:
    """Return whether the client had read that it is there before it sent the request again."""
    (name, first), *_ = there.items()
    again = next((entry for entry in made if entry.number > first.number), first)
    between = (entry for entry in entries if first.number < entry.number < again.number)
    return any(
        entry.method == "GET" and was_done(entry) and not is_reply_lost(entry, again) and _may_show(name, entry)
        for entry in between
    )


def _may_show(name: str, entry: JournalEntry) -> bool:
    return not entry.is_whole or name in ids_shown(entry)


def _like(name: str, entry: JournalEntry, table: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the other resources that stand in the same place, and have the same of what was sent."""
    pattern = table[name]
    fields = {field: without_ids(pattern[field]) for field in payload_of(entry) if field in pattern}
    for other, resource in table.items():
        if (
            other != name
            and fields
            and all(without_ids(resource.get(field)) == value for field, value in fields.items())
            and all(value in map(str, resource.values()) for value in entry.parameters.values())
        ):
            yield other
