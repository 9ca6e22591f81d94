"""Requests that come sooner than a quota lets them: FND01 and FND02."""

from collections.abc import Iterator
from itertools import pairwise

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import elapsed, is_over_quota, is_throttled, runs, told, wait_asked_for

_TOO_MANY = 3
"""So many refusals in one window are no accident: two may have been on their way when the first came back."""


def retried_too_soon(material: Material) -> Iterator[Finding]:
    """Yield a finding for each request that was refused and came again before Retry-After had passed."""
    for same in runs(material.entries):
        evidence: list[tuple[JournalEntry, str]] = []
        for refused, again in pairwise(same):
            if not is_throttled(refused, material.contract):
                continue
            wait, passed = wait_asked_for(refused, material.contract), elapsed(refused, again)
            if wait is not None and passed is not None and passed < wait:
                evidence += [(refused, f"{told(refused)}, wait {wait:g} s")] if not evidence else []
                evidence.append((again, f"the same after {passed:.1f} s: {told(again)}"))
        if evidence:
            times = len(evidence) - 1
            message = f"{_name(same[0])} came again too soon" + (f", {times} times." if times > 1 else ".")
            yield found("FND01", message, evidence)


def used_up(material: Material) -> Iterator[Finding]:
    """Yield a finding for each window into which requests were sent after the quota had refused one."""
    window: list[JournalEntry] = []
    end = 0.0
    for entry in material.entries:
        if not is_over_quota(entry, material.contract):
            continue
        if window and not window[0].at <= entry.at < end:
            yield from _window(window)
            window = []
        if not window:
            limit = material.contract.rate_limit
            end = entry.at + (wait_asked_for(entry, material.contract) or (limit.window_seconds if limit else 0))
        window.append(entry)
    yield from _window(window)


def _window(refused: list[JournalEntry]) -> Iterator[Finding]:
    if len(refused) >= _TOO_MANY:
        message = f"{len(refused)} requests were refused in one window of the quota."
        yield found("FND02", message, [(entry, told(entry)) for entry in refused])


def _name(entry: JournalEntry) -> str:
    return entry.operation or f"{entry.method} {entry.path}"
