"""What exists twice because a reply was lost: FND03."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...contracts.model import Operation
from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import (
    ids_in,
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
    replies, alike = _Replies(material.entries), _Alike()
    for same in material.same:
        operation = material.contract.operations.get(same[0].operation)
        if operation is None or operation.replay is None or not _creates(operation):
            continue
        for made in _retries([entry for entry in same if was_done(entry) or is_error_after(entry)]):
            there: dict[str, JournalEntry] = {}
            for entry in made:
                for name in _made(entry, operation, material):
                    there.setdefault(name, entry)
            if there and is_error_after(made[0]) and _adds_to(operation) is None:
                table = _table(operation, material)
                others = alike.others(next(iter(there)), made[0], operation.replay["kind"], table)
                unseen = (name for name in others if not replies.tell_of_another(name, made[0]))
                there = {**dict(zip(unseen, filter(is_error_after, made), strict=False)), **there}
            if len({entry.number for entry in there.values()}) > 1 and not replies.told_of(there, made):
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
    holder = table.get(entry.parameters.get((operation.replay or {}).get("named", ""), ""), {})
    return sorted(ids_shown(entry) & ids_in(holder.get(member)))


def _retries(made: Sequence[JournalEntry]) -> list[list[JournalEntry]]:
    """Return the requests that made the same thing, as far as each came again because its reply was lost.

    A client that could read that it had made a thing makes another one on purpose; where it does so more often than it
    sends something again, all of it is taken to be on purpose.
    """
    runs: list[list[JournalEntry]] = []
    for entry in made:
        if runs and (is_reply_lost(runs[-1][-1], entry) or is_error_after(runs[-1][-1])):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    retries = [run for run in runs if len(run) > 1]
    return retries if len(runs) - 1 <= len(retries) else []


class _Replies:
    """What a client could read: each reply is looked into once, and only where it matters."""

    def __init__(self, entries: Sequence[JournalEntry]) -> None:
        self._entries = entries
        self._ids: dict[int, set[str]] = {}

    def told_of(self, there: Mapping[str, JournalEntry], made: Sequence[JournalEntry]) -> bool:
        """Return whether the client had read that a thing is there before it sent the request again."""
        (name, first), *_ = there.items()
        again = next(entry for entry in made if entry.number > first.number)
        return any(
            first.number < entry.number < again.number
            and entry.method == "GET"
            and was_done(entry)
            and not is_reply_lost(entry, again)
            and (not entry.is_whole or name in self._shown(entry))
            for entry in self._entries
        )

    def tell_of_another(self, name: str, lost: JournalEntry) -> bool:
        """Return whether an id is not that of what a request made whose reply was an error.

        It is in a reply from before, or in that of another request that made something.
        """
        return any(
            (entry.number < lost.number or entry.method != "GET") and name in self._shown(entry)
            for entry in self._entries
        )

    def _shown(self, entry: JournalEntry) -> set[str]:
        if entry.number not in self._ids:
            self._ids[entry.number] = ids_shown(entry)
        return self._ids[entry.number]


class _Alike:
    """What holds the same as another thing: all of a kind are sorted once for each set of fields that is asked for."""

    def __init__(self) -> None:
        self._sorted: dict[tuple[str, ...], dict[str, list[str]]] = {}

    def others(self, name: str, entry: JournalEntry, kind: str, table: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Return the other resources that stand in the same place, and have the same of what was sent."""
        fields = tuple(sorted(field for field in payload_of(entry) if field in table[name]))
        if not fields:
            return []
        if (kind, *fields) not in self._sorted:
            groups = self._sorted[kind, *fields] = {}
            for other, resource in table.items():
                groups.setdefault(_held(resource, fields), []).append(other)
        place = entry.parameters.values()
        return [
            other
            for other in self._sorted[kind, *fields][_held(table[name], fields)]
            if other != name and set(place) <= set(map(str, table[other].values()))
        ]


def _held(resource: Mapping[str, Any], fields: Sequence[str]) -> str:
    return json.dumps([without_ids(resource.get(field)) for field in fields], sort_keys=True)
