"""What exists twice because a reply was lost: FND03."""

from collections.abc import Iterator

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import ids_in_reply, is_reply_lost, runs, told, was_done


def created_twice(material: Material) -> Iterator[Finding]:
    """Yield a finding for each thing that a request created, and then its repetition, and that is still there twice."""
    for same in runs(material.entries):
        operation = material.contract.operations.get(same[0].operation)
        if operation is None or operation.replay is None or operation.replay["does"] != "creates":
            continue
        made = [entry for entry in same if was_done(entry)]
        if _is_on_purpose(made):
            continue
        table = material.resources.get(operation.replay["kind"], {})
        there = [(entry, name) for entry in made for name in ids_in_reply(entry, material.contract) if name in table]
        if len(there) > 1 and is_reply_lost(there[0][0]):
            names = ", ".join(name for _, name in there)
            message = f"{operation.name} was sent again after a lost reply, and made {names}: the same thing."
            yield found("FND03", message, [(entry, f"{told(entry)}, made {name}") for entry, name in there])


def _is_on_purpose(made: list[JournalEntry]) -> bool:
    """Return whether a client makes the same thing again though it could read that it had made it."""
    return any(not is_reply_lost(entry) for entry in made[:-1])
