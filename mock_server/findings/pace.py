"""Attempts that do not slow down: FND04."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import elapsed, failed, has_reply, name_of, span, told
from .waits import NOISE, is_throttled, retry_after, waits

_AT_ONCE = 0.05
"""Seconds below which an attempt comes at once."""
_FEW, _MANY = 4, 5
"""How many attempts tell: fewer where all come at once, for chance alone may keep a growing pause from growing."""
_SLOW = 60.0
"""Seconds of a pause that is long enough to need no growing."""
_EVEN = 1.1
_EVEN_AFTER_MANY = 7, 1.5
"""How much longer than the first a pause may be and still not have grown; so much after so many attempts."""
_LATE = 0.75
"""Seconds that a client may take beside a pause."""


def no_back_off(material: Material) -> Iterator[Finding]:
    """Yield a finding for each failing request that came again and again without a growing pause."""
    for same in material.paced:
        for attempts in _failing(same, material):
            gaps = [elapsed(first, then) for first, then in pairwise(attempts)]
            if gaps and _is_even(gaps) and not _are_trials(attempts) and not _are_as_told(attempts, gaps):
                message = f"{name_of(attempts[0])} failed and came {len(gaps)} times again, with no growing pause."
                pauses = ["", *(f" after {span(gap)}" for gap in gaps)]
                evidence = [(entry, told(entry) + pause) for entry, pause in zip(attempts, pauses, strict=True)]
                yield found("FND04", message, evidence)


def _failing(same: Sequence[JournalEntry], material: Material) -> Iterator[list[JournalEntry]]:
    """Yield each row of attempts of which all but perhaps the last failed, and no pause was what a reply asked for."""
    row: list[JournalEntry] = []
    for entry in same:
        if row and _is_as_asked(row[-1], entry, material):
            yield row
            row = []
        row.append(entry)
        if not failed(entry) and not is_throttled(entry, material.contract):
            yield row
            row = []
    yield row


def _is_as_asked(refused: JournalEntry, again: JournalEntry, material: Material) -> bool:
    if not is_throttled(refused, material.contract):
        return False
    asked = waits(refused, material.contract)
    return bool(asked) and elapsed(refused, again) >= min(asked) - NOISE


def _are_as_told(attempts: Sequence[JournalEntry], gaps: Sequence[float]) -> bool:
    """Return whether every pause is what Retry-After says: some clients go by it after any error that has one."""
    return all(
        has_reply(entry) and (after := retry_after(entry)) is not None and after - NOISE <= gap < after + _LATE
        for entry, gap in zip(attempts, gaps, strict=False)
    )


def _are_trials(attempts: Sequence[JournalEntry]) -> bool:
    """Return whether every attempt met another fault: a test tries one after another, and nothing is retried."""
    faults = [entry.fault for entry in attempts if entry.fault]
    return len(faults) >= len(attempts) - 1 and len(set(faults)) == len(faults)


def _is_even(gaps: Sequence[float]) -> bool:
    """Return whether so many pauses tell that they do not grow."""
    attempts = len(gaps) + 1
    if attempts < _FEW or gaps[0] >= _SLOW:
        return False
    if max(gaps) <= _AT_ONCE:
        return True
    many, factor = _EVEN_AFTER_MANY
    return attempts >= _MANY and max(gaps) <= gaps[0] * (factor if attempts >= many else _EVEN)
