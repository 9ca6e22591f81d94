"""Which branches and steps of a plan no lead reaches, whatever comes true."""

from collections.abc import Iterator
from typing import NamedTuple

from ...contracts.limits import MAX_TIMELINE_STEPS
from .model import BEHIND_CONDITION, BEHIND_TRANSFER, ONCE_TRUE, UNTIL, Branch, Closed, Plan, Step


class _Way(NamedTuple):
    """A sequence that some lead enters, and what has come true for it by then."""

    sequence: str
    true: frozenset[str]
    path: tuple[str, ...]


def closed(plan: Plan, sequence: str) -> tuple[list[Closed], list[str], bool]:
    """Return what no lead reaches from a sequence, what was assumed, and False for a plan too large to tell."""
    reach = _Reach(plan)
    reach.go(_Way(sequence, frozenset(), ()))
    if reach.count > MAX_TIMELINE_STEPS:
        return [], [], False
    found = [entry for place, entry in reach.shut.items() if place not in reach.open]
    return [item for item, _ in found], [assumption for _, assumption in found], True


class _Reach:
    """All ways from one sequence. A place is a sequence, a step in it, and which branch; -1 is what is behind it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.open: set[tuple[str, str, int]] = set()
        self.shut: dict[tuple[str, str, int], tuple[Closed, str]] = {}
        self.count = 0

    def go(self, start: _Way) -> None:
        """Go every way once."""
        waiting = [start]
        seen: set[tuple[str, frozenset[str]]] = set()
        for way in waiting:
            if (way.sequence, way.true) not in seen and way.sequence in self._plan.sequences:
                seen.add((way.sequence, way.true))
                waiting.extend(self._ways(way))
            if self.count > MAX_TIMELINE_STEPS:
                return

    def _ways(self, way: _Way) -> Iterator[_Way]:
        """Yield the ways that lead out of a sequence, and note what stays shut there."""
        steps = self._plan.sequences[way.sequence]()
        for step in steps:
            self.count += 1
            if self.count > MAX_TIMELINE_STEPS:
                return
            if step.branches is not None:
                yield from self._branches(way, step, step.branches)
                self._shut_behind(way, step, steps, f"it stands behind the condition {step.id}", BEHIND_CONDITION)
                return
            if step.sends_to is not None:
                yield _Way(step.sends_to, way.true, (*way.path, f"by {step.id}"))
                self._shut_behind(way, step, steps, f"{step.id} sends leads on", BEHIND_TRANSFER)
                return

    def _branches(self, way: _Way, step: Step, branches: tuple[Branch, ...]) -> Iterator[_Way]:
        for number, branch in enumerate(branches):
            place = (way.sequence, step.id, number)
            reason, assumption = _why_shut(branch, branches, way.true)
            if reason:
                shut = Closed(step, way.sequence, branch, way.path, reason, "assumed")
                self.shut.setdefault(place, (shut, assumption))
            else:
                self.open.add(place)
                true = way.true | {branch.key} if branch.key else way.true
                yield _Way(branch.sequence, true, (*way.path, branch.key or "otherwise"))

    def _shut_behind(self, way: _Way, step: Step, rest: Iterator[Step], reason: str, assumption: str) -> None:
        behind = next(rest, None)
        if behind is not None:
            shut = Closed(behind, way.sequence, None, way.path, reason, "assumed")
            self.shut.setdefault((way.sequence, step.id, -1), (shut, assumption))


def _why_shut(branch: Branch, branches: tuple[Branch, ...], true: frozenset[str]) -> tuple[str, str]:
    """Return why no lead takes a branch, and what that assumes; empty texts for one that leads can take."""
    for other in branches:
        if other is branch and branch.key is not None:
            break
        if other.key is not None and other.key in true:
            return f"{other.key} came true before, so leads take the other branch", ONCE_TRUE
        if branch.key is None and other.key is not None and other.wait is None:
            return f"leads wait until {other.key}, without an end", UNTIL
    return "", ""
