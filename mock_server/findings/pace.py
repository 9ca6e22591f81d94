"""Attempts that do not slow down: FND04."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import elapsed, failed, is_throttled, runs, told, wait_asked_for

_AT_ONCE = 0.05
"""Seconds below which an attempt comes at once."""
_FEW, _MANY = 4, 5
"""How many attempts tell: fewer where all come at once, for chance alone may keep a growing pause from growing."""
_SLOW = 60.0
"""Seconds of a pause that is long enough to need no growing."""
_EVEN = 1.1
"""How much longer than the first a pause may be and still not have grown."""


def no_back_off(material: Material) -> Iterator[Finding]:
    """Yield a finding for each failing request that came again and again without a growing pause."""
    for same in runs(material.entries):
        for attempts in _failing(same, material):
            gaps = [elapsed(first, then) for first, then in pairwise(attempts)]
            known = [gap for gap in gaps if gap is not None]
            if len(known) == len(gaps) and _is_even(known):
                name = attempts[0].operation or f"{attempts[0].method} {attempts[0].path}"
                message = f"{name} failed and came {len(known)} times again, with no growing pause."
                pauses = ["", *(f" after {gap:.1f} s" for gap in known)]
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
    wait, passed = wait_asked_for(refused, material.contract), elapsed(refused, again)
    return wait is not None and passed is not None and passed >= wait


def _is_even(gaps: Sequence[float]) -> bool:
    """Return whether so many pauses tell that they do not grow."""
    attempts = len(gaps) + 1
    if attempts < _FEW or gaps[0] >= _SLOW:
        return False
    if max(gaps) <= _AT_ONCE:
        return True
    return attempts >= _MANY and max(gaps) <= gaps[0] * _EVEN
