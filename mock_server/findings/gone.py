"""Ids that are used after what they name was deleted: FND05."""

from collections.abc import Iterator

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import ids_in_reply, opened_in_reply, told, was_done

_WRITES = ("creates", "changes", "replaces")
"""What uses an id: reading is how one makes sure, and deleting again does no harm."""


def used_after_delete(material: Material) -> Iterator[Finding]:
    """Yield a finding for each id that was deleted, and then named in the path of a request that writes."""
    deleted: dict[str, JournalEntry] = {}
    opened: dict[str, list[str]] = {}
    uses: dict[str, list[JournalEntry]] = {}
    for entry in material.entries:
        operation = material.contract.operations.get(entry.operation)
        replay = operation.replay if operation is not None else None
        if replay is None:
            continue
        if replay["does"] == "removes":
            name = entry.parameters.get(replay.get("named", ""), "")
            if was_done(entry) and name:
                deleted |= dict.fromkeys([name, *opened.get(name, ())], entry)
        elif replay["does"] in _WRITES:
            if was_done(entry):
                opened |= dict.fromkeys(
                    ids_in_reply(entry, material.contract), opened_in_reply(entry, material.contract)
                )
            elif 400 <= entry.status < 500 and not entry.fault:
                for name in entry.parameters.values():
                    if name in deleted and not any(name in table for table in material.resources.values()):
                        uses.setdefault(name, []).append(entry)
    for name, entries in uses.items():
        gone = deleted[name]
        evidence = [
            (gone, f"{told(gone)}: {name} is gone"),
            *((entry, f"{told(entry)} on {name}") for entry in entries),
        ]
        yield found("FND05", f"{name} was deleted, and {entries[0].operation} wrote to it.", evidence)
