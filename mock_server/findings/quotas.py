"""Requests that come sooner than a quota lets them: FND01 and FND02."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ...contracts.model import Contract
from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import elapsed, name_of, span, told
from .waits import NOISE, is_over_quota, is_throttled, retry_after, waits, window_of

_TOO_MANY = 3
"""So many refusals in one window are no accident: two may have been on their way when the first came back."""


def retried_too_soon(material: Material) -> Iterator[Finding]:
    """Yield a finding for each request that was refused and came again before Retry-After had passed."""
    for same in material.paced:
        early = [pair for pair in pairwise(same) if _is_early(*pair, material.contract)]
        if not early or _are_several(same, material.contract):
            continue
        again = {then.number: f"again after {span(elapsed(first, then))}, " for first, then in early}
        entries = {entry.number: entry for pair in early for entry in pair}
        evidence = [(entry, again.get(number, "") + _refused(entry)) for number, entry in entries.items()]
        first, then = early[0]
        message = (
            f"{name_of(then)} was refused with Retry-After: {retry_after(first)} and came again after "
            f"{span(elapsed(first, then))}"
        )
        yield found("FND01", message + (f"; {len(early)} times too soon." if len(early) > 1 else "."), evidence)


def _is_early(refused: JournalEntry, again: JournalEntry, contract: Contract) -> bool:
    if again.fault and refused.fault and again.fault != refused.fault:
        return False  # one fault after another is what a test tries out, and no retry
    wait = _wait(refused, contract)
    return wait is not None and elapsed(refused, again) < wait - NOISE


def _wait(entry: JournalEntry, contract: Contract) -> float | None:
    """Return how many seconds a refusal asks to wait by Retry-After, or less by the reset; None for none."""
    if retry_after(entry) is None or not is_throttled(entry, contract):
        return None
    return min(waits(entry, contract))


def _are_several(same: Sequence[JournalEntry], contract: Contract) -> bool:
    """Return whether several clients sent the same, and each waited: as many came again in time as were refused."""
    left = iter(same)
    for refused in same:
        if (wait := _wait(refused, contract)) is None:
            continue
        later = (then for then in left if then.number > refused.number)
        in_time = next((then for then in later if elapsed(refused, then) >= wait - NOISE), None)
        if in_time is None or elapsed(refused, in_time) > 2 * wait + 1:
            return False
    return True


def used_up(material: Material) -> Iterator[Finding]:
    """Yield a finding for each window into which requests were sent after the quota had refused one."""
    window: list[JournalEntry] = []
    for entry in material.entries:
        if not is_over_quota(entry, material.contract):
            continue
        if window and not _is_in_window(entry, window[0], material.contract):
            yield from _window(window)
            window = []
        window.append(entry)
    yield from _window(window)


def _is_in_window(entry: JournalEntry, first: JournalEntry, contract: Contract) -> bool:
    """Return whether a refusal is in the window of an earlier one; where replies tell no window, before it may end."""
    window = window_of(first, contract)
    seconds = contract.rate_limit.window_seconds if window and contract.rate_limit else retry_after(first) or 0
    return window_of(entry, contract) == window and first.at <= entry.at <= first.at + seconds


def _window(refused: list[JournalEntry]) -> Iterator[Finding]:
    if len(refused) >= _TOO_MANY:
        message = f"{len(refused)} requests were refused in one window of the quota."
        yield found("FND02", message, [(entry, told(entry)) for entry in refused])


def _refused(entry: JournalEntry) -> str:
    after = retry_after(entry)
    return told(entry) + (f", Retry-After: {after}" if after is not None and entry.status >= 400 else "")
