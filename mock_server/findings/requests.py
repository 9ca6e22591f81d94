"""What one request in a journal tells: whether it is the same as another, how it was answered, how long to wait."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ...contracts.model import Contract, RateLimit
from ...validators.places import sites
from ..clock import javascript_seconds
from ..faults.form import LOST_REPLY, LOST_REQUEST, SLOW_AFTER_COMMIT, TRUNCATED_BODY
from ..journal import JournalEntry

_RATE_LIMITED = "rate-limited"

Key = tuple[str, str, str, bytes]


def key_of(entry: JournalEntry) -> Key | None:
    """Return what two requests share that are the same; None for one whose body the journal cut off."""
    return (entry.method, entry.path, entry.query, entry.request_body) if entry.is_whole else None


def runs(entries: Sequence[JournalEntry]) -> list[list[JournalEntry]]:
    """Return the requests by what they share, each group in order."""
    groups: dict[Key, list[JournalEntry]] = {}
    for entry in entries:
        if (key := key_of(entry)) is not None:
            groups.setdefault(key, []).append(entry)
    return list(groups.values())


def fault_of(entry: JournalEntry) -> dict[str, Any]:
    """Return the fault that came over a request, empty for none."""
    told: dict[str, Any] = json.loads(entry.fault) if entry.fault else {}
    return told


def was_done(entry: JournalEntry) -> bool:
    """Return whether the request was carried out, whatever became of the reply."""
    return 200 <= entry.status < 300


def is_reply_lost(entry: JournalEntry) -> bool:
    """Return whether a request was carried out and the client cannot have read the reply, or not in time."""
    return was_done(entry) and fault_of(entry).get("fault") in (LOST_REPLY, TRUNCATED_BODY, SLOW_AFTER_COMMIT)


def is_error_after(entry: JournalEntry) -> bool:
    """Return whether a request was carried out, and a fault put an error in the place of the reply."""
    return entry.status >= 400 and fault_of(entry).get("after") is True


def failed(entry: JournalEntry) -> bool:
    """Return whether a request failed in a way that is worth another attempt."""
    return (
        entry.status >= 500
        or entry.status in (0, 429)
        or fault_of(entry).get("fault") in (LOST_REPLY, LOST_REQUEST, TRUNCATED_BODY)
    )


def is_over_quota(entry: JournalEntry, contract: Contract) -> bool:
    """Return whether a request was refused because the quota was used up: by the quota itself, not by a fault."""
    refusal = contract.refusals[_RATE_LIMITED]
    if entry.fault or entry.violations or entry.status != refusal.status:
        return False
    return refusal.status == 429 or _json(entry.response_body) == refusal.body


def is_throttled(entry: JournalEntry, contract: Contract) -> bool:
    """Return whether the client was told to send less, by the quota or by a fault, and the reply reached it."""
    name = fault_of(entry).get("fault")
    if name in (LOST_REPLY, LOST_REQUEST):
        return False
    return entry.status == 429 or name == _RATE_LIMITED or is_over_quota(entry, contract)


def wait_asked_for(entry: JournalEntry, contract: Contract) -> float | None:
    """Return how many seconds a reply asks to wait; the shortest that it can be read to say, None for none.

    Whole seconds are rounded up, so a client that goes by the reset of the window may come a little sooner.
    """
    headers = {name.lower(): value for name, value in entry.response_headers}
    after = headers.get("retry-after", "")
    if not (after.isascii() and after.isdecimal() and len(after) < 10):
        return None
    waits = [float(after)]
    if contract.rate_limit is not None:
        waits += [reset - entry.at for reset in _resets(headers, contract.rate_limit)]
    return max(0.0, min(waits))


def _resets(headers: dict[str, str], limit: RateLimit) -> Iterator[float]:
    for name, value in limit.headers.items():
        text = headers.get(name.lower(), "")
        if value == "reset-epoch" and text.isascii() and text.isdecimal() and len(text) < 16:
            yield float(text)
        elif value == "reset-date" and (at := javascript_seconds(text)) is not None:
            yield at


def elapsed(first: JournalEntry, then: JournalEntry) -> float | None:
    """Return the seconds from one request to a later one, on the world's clock or for real, whichever are more.

    A client that waits for real beside a clock that stands still has waited. None where the clock was set back.
    """
    if then.at < first.at:
        return None
    real = then.heard - first.heard if first.heard and then.heard else 0.0
    return max(then.at - first.at, real)


def ids_in_reply(entry: JournalEntry, contract: Contract) -> list[str]:
    """Return the ids of the resources that the reply of an operation shows, by the contract's `x-replay`."""
    operation = contract.operations.get(entry.operation)
    replay = operation.replay if operation is not None else None
    body = _json(entry.response_body)
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
    body = _json(entry.response_body)
    if opens is None or body is None:
        return []
    return [str(value) for _, value in sites(body, tuple(opens["at"].split("/")[1:]))]


def payload_of(entry: JournalEntry) -> dict[str, Any]:
    """Return the object that a request sent, or the one that is its only member; empty for anything else."""
    body = _json(entry.request_body)
    if isinstance(body, dict) and len(body) == 1 and isinstance(inner := next(iter(body.values())), dict):
        return inner
    return body if isinstance(body, dict) else {}


def told(entry: JournalEntry) -> str:
    """Return a request with what it came to, in a few words."""
    name = fault_of(entry).get("fault", "")
    status = "no reply" if name in (LOST_REPLY, LOST_REQUEST) else str(entry.status)
    return f"{entry.operation or f'{entry.method} {entry.path}'} -> {status}" + (f" ({name})" if name else "")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
