"""What one request in a journal tells: whether it is the same as another, how it was answered, what its reply shows."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from math import floor
from typing import Any

from ...contracts.model import Contract
from ...validators.places import sites
from ..faults.form import LOST_REPLY, LOST_REQUEST, SLOW_AFTER_COMMIT, TRUNCATED_BODY
from ..journal import JournalEntry

_IDS = ("_id", "id")

Key = tuple[str, str, str, bytes]


def runs(entries: Sequence[JournalEntry]) -> list[list[JournalEntry]]:
    """Return the requests by what they share that are the same, each group in order.

    A body is the same whichever way its JSON is written. One that the journal cut off is not known to be.
    """
    groups: dict[Key, list[JournalEntry]] = {}
    bodies: dict[bytes, bytes] = {}
    for entry in entries:
        if entry.is_whole:
            body = entry.request_body
            if (said := bodies.get(body)) is None:
                said = bodies[body] = _said(body)
            groups.setdefault((entry.method, entry.path, entry.query, said), []).append(entry)
    return list(groups.values())


def _said(body: bytes) -> bytes:
    """Return a JSON text in the one way to write it; any other body as it is."""
    try:
        return json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return body


def set_back(entries: Sequence[JournalEntry]) -> list[int]:
    """Return the numbers of the requests before which the clock was set back."""
    return [then.number for first, then in pairwise(entries) if then.at < first.at]


def parted(same: Sequence[JournalEntry], starts: Sequence[int]) -> Iterator[list[JournalEntry]]:
    """Yield requests apart that have one of the starts between them."""
    for _, part in groupby(same, key=lambda entry: bisect_right(starts, entry.number)):
        yield list(part)


def json_of(body: bytes) -> Any:
    """Return the JSON value of a body, None for one that has none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def fault_of(entry: JournalEntry) -> dict[str, Any]:
    """Return the fault that came over a request, empty for none."""
    told: dict[str, Any] = json.loads(entry.fault) if entry.fault else {}
    return told


def was_done(entry: JournalEntry) -> bool:
    """Return whether the request was carried out, whatever became of the reply."""
    return 200 <= entry.status < 300


def is_reply_lost(entry: JournalEntry, then: JournalEntry) -> bool:
    """Return whether a request was carried out and the client had not read the reply when it sent a later one."""
    if not was_done(entry) or not entry.fault:
        return False
    fault = fault_of(entry)
    name = fault.get("fault")
    if name == SLOW_AFTER_COMMIT:
        waited = then.heard - entry.heard if entry.heard and then.heard else 0.0
        return "clock_latency" in fault or waited < fault.get("latency", 0)
    return name == LOST_REPLY or (name == TRUNCATED_BODY and fault.get("bytes", 0) < entry.response_bytes)


def is_error_after(entry: JournalEntry) -> bool:
    """Return whether a request was carried out, and a fault put an error in the place of the reply."""
    return entry.status >= 400 and fault_of(entry).get("after") is True


def has_reply(entry: JournalEntry) -> bool:
    """Return whether at least the head of a reply reached the client."""
    return fault_of(entry).get("fault") not in (LOST_REPLY, LOST_REQUEST)


def failed(entry: JournalEntry) -> bool:
    """Return whether a request failed in a way that is worth another attempt."""
    return (
        entry.status >= 500
        or entry.status in (0, 429)
        or fault_of(entry).get("fault") in (LOST_REPLY, LOST_REQUEST, TRUNCATED_BODY)
    )


def elapsed(first: JournalEntry, then: JournalEntry) -> float:
    """Return the seconds from one request to a later one, on the world's clock or for real, whichever are more.

    A client that waits for real beside a clock that stands still has waited.
    """
    real = then.heard - first.heard if first.heard and then.heard else 0.0
    return max(then.at - first.at, real)


def span(seconds: float) -> str:
    """Return a time as it is told; never more than it was."""
    return f"{floor(seconds * 100 + 1e-4) / 100:g} s"


def ids_in_reply(entry: JournalEntry, contract: Contract) -> list[str]:
    """Return the ids of the resources that the reply of an operation shows, by the contract's `x-replay`."""
    operation = contract.operations.get(entry.operation)
    replay = operation.replay if operation is not None else None
    body = json_of(entry.response_body)
    if replay is None or body is None:
        return []
    for pointer in replay.get("reply", ()):
        shown = [value for _, value in sites(body, tuple(pointer.split("/")[1:]))]
        names = [value[replay["id"]] for value in shown if isinstance(value, dict) and replay["id"] in value]
        if names:
            return [str(name) for name in names]
    return []


def opened_in_reply(entry: JournalEntry, contract: Contract) -> list[str]:
    """Return the ids of what is new and empty with the resource that a request created."""
    operation = contract.operations.get(entry.operation)
    opens = (operation.replay or {}).get("opens") if operation is not None else None
    body = json_of(entry.response_body)
    if opens is None or body is None:
        return []
    return [str(value) for _, value in sites(body, tuple(opens["at"].split("/")[1:]))]


def ids_shown(entry: JournalEntry) -> set[str]:
    """Return every id that stands anywhere in a reply."""
    return ids_in(json_of(entry.response_body))


def ids_in(value: Any) -> set[str]:
    """Return every id that stands anywhere in a JSON value."""
    found: set[str] = set()
    left = [value]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            found.update(str(value[name]) for name in _IDS if isinstance(value.get(name), (str, int)))
            left += value.values()
        elif isinstance(value, list):
            left += value
    return found


def without_ids(value: Any) -> Any:
    """Return a JSON value without the members that are ids, at any depth."""
    if isinstance(value, dict):
        return {name: without_ids(member) for name, member in value.items() if name not in _IDS}
    return [without_ids(item) for item in value] if isinstance(value, list) else value


def payload_of(entry: JournalEntry) -> dict[str, Any]:
    """Return the object that a request sent, or the one that is its only member; empty for anything else."""
    body = json_of(entry.request_body)
    if isinstance(body, dict) and len(body) == 1 and isinstance(inner := next(iter(body.values())), dict):
        return inner
    return body if isinstance(body, dict) else {}


def name_of(entry: JournalEntry) -> str:
    """Return the operation that a request was for, its method and path where it was for none."""
    return entry.operation or f"{entry.method} {entry.path}"


def told(entry: JournalEntry) -> str:
    """Return a request with what it came to, in a few words."""
    fault = fault_of(entry).get("fault", "")
    status = str(entry.status) if has_reply(entry) else "no reply"
    return f"{name_of(entry)} -> {status}" + (f" ({fault})" if fault else "")
