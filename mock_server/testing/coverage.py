"""Which operations, step types and rules a test suite exercised: with right payloads, and with wrong ones."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ...contracts import load
from ...validators.checker import Checker, checker
from .verdict import Request

KINDS = ("operation", "type", "rule")


class Point(NamedTuple):
    """Something that a suite can exercise: an operation, one of its step types, or a rule by its code."""

    provider: str
    kind: str
    name: str


class Tally:
    """How often each point was exercised, accepted and refused. Of a rule: kept where it applies, and broken."""

    def __init__(self) -> None:
        self.counts: dict[Point, list[int]] = {}

    def note(self, request: Request) -> None:
        """Count one request."""
        entry = request.recorded
        if not entry.operation:
            return
        is_refused = entry.status >= 400
        self._count(Point(request.provider, "operation", entry.operation), is_refused)
        if load(request.provider, request.profile).operations[entry.operation].checks is None:
            return
        check = checker(request.provider, entry.operation, request.profile)
        branch = check.branch_of(entry.json)
        if branch.name:
            self._count(Point(request.provider, "type", f"{entry.operation} {branch.name}"), is_refused)
        broken = set(entry.rules)
        for code in broken:
            self._count(Point(request.provider, "rule", code), True)
        if not is_refused:
            for code in _codes(check, branch.name) - broken:
                self._count(Point(request.provider, "rule", code), False)

    def _count(self, point: Point, is_refused: bool) -> None:
        self.counts.setdefault(point, [0, 0])[is_refused] += 1

    def add(self, data: Iterable[tuple[list[str], list[int]]]) -> None:
        """Add what another process counted, in the form of `data`."""
        for (provider, kind, name), counts in data:
            own = self.counts.setdefault(Point(provider, kind, name), [0, 0])
            own[0] += counts[0]
            own[1] += counts[1]

    def data(self) -> list[tuple[list[str], list[int]]]:
        """Return the counts as plain data."""
        return [(list(point), counts) for point, counts in self.counts.items()]


class Line(NamedTuple):
    """A point that the suite could exercise, and how often it did."""

    point: Point
    accepted: int
    refused: int


def lines(tally: Tally, profile: str) -> list[Line]:
    """Return all points of the providers that the suite called, in the order of their contracts."""
    called = dict.fromkeys(sorted(point.provider for point in tally.counts))
    return [
        Line(point, *tally.counts.get(point, (0, 0))) for provider in called for point in _points(provider, profile)
    ]


def percent(found: Iterable[Line]) -> float:
    """Return the share of halves that were exercised: each point counts once accepted and once refused."""
    halves = [bool(count) for line in found for count in (line.accepted, line.refused)]
    return 100 * sum(halves) / len(halves) if halves else 0.0


def table(found: list[Line]) -> Iterator[str]:
    """Yield the lines of a table for the terminal."""
    if not found:
        yield "no request reached a provider"
        return
    width = max(len(_label(line.point)) for line in found)
    yield f"{'':{width}}  accepted  refused"
    for line in found:
        mark = "" if line.accepted and line.refused else "  never" if not (line.accepted or line.refused) else ""
        yield f"{_label(line.point):{width}}  {line.accepted:8}  {line.refused:7}{mark}"
    yield f"{percent(found):.0f} % of both columns"


def as_json(found: list[Line]) -> str:
    """Return the lines as a JSON text."""
    rows: list[Mapping[str, Any]] = [
        {**line.point._asdict(), "accepted": line.accepted, "refused": line.refused} for line in found
    ]
    return json.dumps({"version": 1, "percent": round(percent(found), 2), "points": rows}, indent=2) + "\n"


def _label(point: Point) -> str:
    return f"{point.provider} {point.name}"


def _points(provider: str, profile: str) -> Iterator[Point]:
    contract = load(provider, profile)
    for name, operation in contract.operations.items():
        yield Point(provider, "operation", name)
        if operation.checks is not None:
            for branch in checker(provider, name, profile).branches:
                yield Point(provider, "type", f"{name} {branch}")
    for code in contract.rules:
        yield Point(provider, "rule", code)


def _codes(check: Checker, name: str) -> set[str]:
    """Return the rules that look at payloads of one branch."""
    branch = check.branches.get(name, check.root)
    return {*branch.codes.values(), *(entry[-1] for entry in branch.checks), *check.contract.body_rules.values()} & set(
        check.contract.rules
    )
