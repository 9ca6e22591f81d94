"""Walks a lead through a plan. Pure: it reads no world, no file and no clock."""

from collections.abc import Collection
from typing import NamedTuple

from ...contracts.limits import MAX_TIMELINE_STEPS
from ..clock import LAST
from .model import (
    AT_ONCE,
    DAY,
    FROM_START,
    LOOKED_AT,
    SCHEDULE,
    UNTIL,
    Branch,
    Entry,
    Plan,
    Step,
    Stuck,
    Timeline,
)
from .reach import closed


def walk(plan: Plan, sequence: str, lead: Collection[str], start: float | None = None) -> Timeline:
    """Return what happens to a lead for whom the conditions in `lead` come true, and no others.

    `start` is when the lead enters, in seconds since 1970; steps with a date need it.
    """
    walked = _Walk(plan, frozenset(lead), start)
    walked.go(sequence)
    unreachable, assumed, is_whole = closed(plan, sequence)
    if not is_whole:
        walked.notes.append(f"More than {MAX_TIMELINE_STEPS:,} steps: which of them nobody reaches is not told.")
    return Timeline(
        sequence,
        tuple(key for key in plan.keys if key in lead),
        walked.entries,
        walked.never,
        unreachable,
        [*plan.notes, *walked.notes],
        list(dict.fromkeys([SCHEDULE, *walked.assumed, *assumed])),
    )


class _Next(NamedTuple):
    """The sequence that a lead enters next."""

    sequence: str
    after: float
    path: tuple[str, ...]
    reason: str


class _Walk:
    """One lead on the way."""

    def __init__(self, plan: Plan, lead: frozenset[str], start: float | None) -> None:
        self._plan = plan
        self._lead = lead
        self._start = start
        self.entries: list[Entry] = []
        self.never: list[Stuck] = []
        self.notes: list[str] = []
        self.assumed: list[str] = []

    def go(self, sequence: str) -> None:
        """Walk from the beginning of a sequence to wherever the lead ends."""
        entered: set[str] = set()
        here: _Next | None = _Next(sequence, 0.0, (), "the lead enters")
        while here is not None:
            if here.sequence in entered:
                self.notes.append(f"{here.reason}: {here.sequence} again, a loop; the timeline ends here.")
                return
            entered.add(here.sequence)
            here = self._through(here)

    def _through(self, here: _Next) -> _Next | None:
        """Walk through one sequence, and return where it leads on."""
        now, begun, before = here.after, here.after, here.reason
        is_first = True
        for step in self._plan.sequences[here.sequence]():
            if len(self.entries) >= MAX_TIMELINE_STEPS:
                self.notes.append(f"The timeline ends after {MAX_TIMELINE_STEPS:,} steps; there are more.")
                return None
            due, reason, confidence = self._due(step, now, begun, before)
            if (self._start or 0.0) + due >= LAST:
                self.notes.append(f"{step.id} is due after the year 9998; the timeline ends here.")
                return None
            if step.branches is not None:
                return self._part(here, step, step.branches, now)
            self.entries.append(Entry(due, step, here.sequence, here.path, reason, confidence))
            if step.sends_to is not None:
                return self._send(here, step, due)
            now, before, is_first = due, step.id, False
        self.notes.append(
            f"{here.sequence} has no step; the lead ends here."
            if is_first
            else f"{here.sequence} is over; the lead ends here."
        )
        return None

    def _due(self, step: Step, now: float, begun: float, before: str) -> tuple[float, str, str]:
        """Return when a step is due, why, and how sure that is."""
        if step.branches is not None:
            self._assume(LOOKED_AT)
            return now, "", "assumed"
        if step.date is not None:
            if self._start is None:
                return now, "it has a date, and the start is not known: at once", "assumed"
            due = step.date - self._start
            if due >= now:
                return due, "on its date", step.confidence
            return now, "its date has passed: at once", "assumed"
        if step.from_start:
            self._assume(FROM_START)
            due = begun + step.delay
            return max(now, due), f"day {step.delay / DAY:,.10g} of the sequence", step.confidence
        if step.delay < 0:
            return now, f"a delay below zero: at once after {before}", "assumed"
        return now + step.delay, f"{span(step.delay)} after {before}", step.confidence

    def _part(self, here: _Next, step: Step, branches: tuple[Branch, ...], now: float) -> _Next | None:
        """Let the lead take one of the branches of a condition."""
        keys = [branch.key for branch in branches if branch.key]
        asked = " or ".join(keys) or step.title or "a condition"
        reason = f"{asked} is looked at"
        self.entries.append(Entry(now, step, here.sequence, here.path, reason, "assumed"))
        if not branches:
            self.notes.append(f"The branches of {step.id} are not in what was read; the timeline ends here.")
            return None
        for branch in branches:
            if branch.key in self._lead:
                self._assume(AT_ONCE)
                return self._enter(
                    _Next(branch.sequence, now, (*here.path, str(branch.key)), f"{branch.key} came true")
                )
        if any(branch.key and branch.wait is None for branch in branches):
            self._assume(UNTIL)
            why = f"it waits until {asked}, without an end"
            self.never.append(Stuck(now, step, here.sequence, here.path, why, "assumed"))
            self.notes.append(f"The wait at {step.id} never ends.")
            return None
        wait = max((branch.wait or 0.0 for branch in branches if branch.key), default=0.0)
        wait = max(wait, 0.0)  # no lead goes back in time
        for branch in branches:
            if branch.key is None:
                reason = f"no {asked} within {span(wait)}"
                return self._enter(_Next(branch.sequence, now + wait, (*here.path, "otherwise"), reason))
        self.notes.append(f"No branch of {step.id} is for this lead; the lead ends here.")
        return None

    def _send(self, here: _Next, step: Step, due: float) -> _Next | None:
        return self._enter(_Next(step.sends_to or "", due, (*here.path, f"by {step.id}"), f"sent on by {step.id}"))

    def _enter(self, there: _Next) -> _Next | None:
        if there.sequence in self._plan.sequences:
            return there
        named = f" {there.sequence}" if there.sequence else ""
        self.notes.append(f"{there.reason}: the sequence{named} is not in what was read; the timeline ends here.")
        return None

    def _assume(self, sentence: str) -> None:
        self.assumed.append(sentence)


def span(seconds: float) -> str:
    """Return a time in the largest unit that divides it."""
    for size, unit in ((DAY, "day"), (3600.0, "hour"), (60.0, "minute"), (1.0, "second")):
        if seconds % size == 0 or unit == "second":
            count = seconds / size
            return f"{count:,.10g} {unit}{'' if count == 1 else 's'}"
    raise AssertionError  # the last unit takes every time
