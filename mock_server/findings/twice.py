"""What exists twice because a reply was lost: FND03."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import ids_in_reply, is_error_after, is_reply_lost, payload_of, runs, told, was_done


def created_twice(material: Material) -> Iterator[Finding]:
    """Yield a finding for each thing that a request created, and then its repetition, and that is still there twice."""
    shown: set[str] | None = None
    for same in runs(material.entries):
        operation = material.contract.operations.get(same[0].operation)
        if operation is None or operation.replay is None or operation.replay["does"] != "creates":
            continue
        made = [entry for entry in same if was_done(entry) or is_error_after(entry)]
        if len(made) < 2 or _is_on_purpose(made):
            continue
        table = material.resources.get(operation.replay["kind"], {})
        there = {name: entry for entry in made for name in ids_in_reply(entry, material.contract) if name in table}
        if there and is_error_after(made[0]):
            if shown is None:
                shown = {name for entry in material.entries for name in ids_in_reply(entry, material.contract)}
            unseen = (name for name in _like(next(iter(there)), made[0], table) if name not in shown)
            there = {**dict(zip(unseen, filter(is_error_after, made), strict=False)), **there}
        first = next(iter(there.values()), None)
        if len(there) > 1 and first is not None and (is_reply_lost(first) or is_error_after(first)):
            message = (
                f"{operation.name} was sent again after a lost reply, and made {', '.join(there)}: the same thing."
            )
            yield found("FND03", message, [(entry, f"{told(entry)}, made {name}") for name, entry in there.items()])


def _is_on_purpose(made: list[JournalEntry]) -> bool:
    """Return whether a client makes the same thing again though it could read that it had made it."""
    return any(not is_reply_lost(entry) and not is_error_after(entry) for entry in made[:-1])


def _like(name: str, entry: JournalEntry, table: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the other resources that stand in the same place, and have the same of what was sent."""
    pattern = table[name]
    fields = [field for field in payload_of(entry) if field in pattern]
    for other, resource in table.items():
        if (
            other != name
            and fields
            and all(resource.get(field) == pattern[field] for field in fields)
            and all(value in map(str, resource.values()) for value in entry.parameters.values())
        ):
            yield other
