"""What a reply tells of how long to wait: Retry-After, and the reset of a quota's window."""

from collections.abc import Iterator

from ...contracts.model import Contract
from ..clock import javascript_seconds
from ..journal import JournalEntry
from .requests import fault_of, has_reply, json_of

NOISE = 0.005
"""Seconds that a client may come too soon by: timers are not exact."""

_RATE_LIMITED = "rate-limited"
_RETRY_AFTER = "retry-after"


def is_over_quota(entry: JournalEntry, contract: Contract) -> bool:
    """Return whether a request was refused because the quota was used up: by the quota itself, not by a fault."""
    refusal = contract.refusals[_RATE_LIMITED]
    if entry.fault or entry.violations or entry.status != refusal.status:
        return False
    return refusal.status == 429 or json_of(entry.response_body) == refusal.body


def is_throttled(entry: JournalEntry, contract: Contract) -> bool:
    """Return whether the client was told to send less, by the quota or by a fault, and the reply reached it."""
    if not entry.fault:
        return entry.status == 429 or is_over_quota(entry, contract)
    if not has_reply(entry):
        return False
    fault = fault_of(entry)
    told = entry.status == 429 or fault.get("fault") == _RATE_LIMITED
    return told or (entry.status == 503 and _RETRY_AFTER in _own(fault))


def retry_after(entry: JournalEntry) -> int | None:
    """Return the whole seconds that Retry-After of a reply says; None for none."""
    after = _headers(entry).get(_RETRY_AFTER, "")
    return int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else None


def waits(entry: JournalEntry, contract: Contract) -> list[float]:
    """Return in how many seconds a client may come again, by each of what the reply tells; empty for nothing.

    Whole seconds are rounded up, so who goes by the reset of the window may come a little sooner. The reset says
    nothing of a Retry-After that a fault made up.
    """
    after = retry_after(entry)
    found = [] if after is None else [float(after)]
    own = _own(fault_of(entry))
    if _RETRY_AFTER in own:
        return found
    return found + [max(0.0, reset - entry.at) for reset in _resets(entry, contract)]


def window_of(entry: JournalEntry, contract: Contract) -> str:
    """Return what all replies in one window of a quota share, and no others: when it ends, as they tell it."""
    limit = contract.rate_limit
    names = [name for name, value in limit.headers.items() if value.startswith("reset")] if limit else []
    return _headers(entry).get(names[0].lower(), "") if names else ""


def _resets(entry: JournalEntry, contract: Contract) -> Iterator[float]:
    if contract.rate_limit is None:
        return
    headers = _headers(entry)
    for name, value in contract.rate_limit.headers.items():
        text = headers.get(name.lower(), "")
        if value == "reset-epoch" and text.isascii() and text.isdecimal() and len(text) < 16:
            yield float(text)
        elif value == "reset-date" and (at := javascript_seconds(text)) is not None:
            yield at


def _headers(entry: JournalEntry) -> dict[str, str]:
    return {name.lower(): value for name, value in entry.response_headers}


def _own(fault: dict[str, object]) -> set[str]:
    """Return the headers that a fault gave to a reply."""
    headers = fault.get("headers")
    return {name.lower() for name in headers} if isinstance(headers, dict) else set()
