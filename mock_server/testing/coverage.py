"""Which operations, step types and rules a test suite exercised, positively and negatively.

| kind | positive | negative |
|---|---|---|
| operation | a request of it was done | one was answered by an error of any kind |
| step type, of an operation | a request with such a step was done | one was answered by an error |
| rule | a request that it looks at was done, and kept it | a request broke it, whether refused or warned of |

The points are those of the providers that were called, as the profiles that ran read them. A rule counts only where a
request can break it there.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from textwrap import wrap
from typing import Any, NamedTuple

from ...contracts import load
from ...validators.branch import Branch
from ...validators.checker import checker
from ..faults import Catalogue
from .watching import Request

VERSION = 1
_WIDTH = 100
_KINDS = {
    "operation": ("operations", "accepted", "refused"),
    "type": ("step types", "accepted", "refused"),
    "rule": ("rules", "kept", "broken"),
}


class Point(NamedTuple):
    """Something that a suite can exercise: an operation, a step type of an operation, or a rule by its code."""

    provider: str
    kind: str
    operation: str
    name: str

    def __str__(self) -> str:
        return f"{self.operation} {self.name}" if self.kind == "type" else self.name


class Line(NamedTuple):
    """A point, and how often it was exercised."""

    point: Point
    positive: int
    negative: int


Data = list[tuple[list[str], list[int]]]


class Tally:
    """How often each point was exercised, as plain numbers that another process can be told."""

    def __init__(self) -> None:
        self._counts: dict[Point, list[int]] = {}
        self._readings: set[tuple[str, str]] = set()

    def note(self, request: Request) -> None:
        """Count one request."""
        entry, profile = request.recorded, request.profile
        if not entry.provider:
            return
        self._readings.add((entry.provider, profile))
        if not entry.operation:
            return
        is_refused = entry.status >= 400
        self._count(Point(entry.provider, "operation", entry.operation, entry.operation), is_refused)
        if load(entry.provider, profile).operations[entry.operation].checks is None:
            return
        catalogue = _catalogue(entry.provider, profile)
        for name in catalogue.sent_types(catalogue.contract.operations[entry.operation], entry.text.encode()):
            self._count(Point(entry.provider, "type", entry.operation, name), is_refused)
        broken = set(entry.rules)
        for code in broken:
            self._count(Point(entry.provider, "rule", "", code), True)
        if not is_refused:
            for code in _kept_by(entry.provider, entry.operation, profile, entry.json) - broken:
                self._count(Point(entry.provider, "rule", "", code), False)

    def _count(self, point: Point, is_negative: bool) -> None:
        self._counts.setdefault(point, [0, 0])[is_negative] += 1

    @property
    def profiles(self) -> list[str]:
        """The profiles that ran."""
        return sorted({profile for _, profile in self._readings})

    def lines(self) -> list[Line]:
        """Return all points of the providers that were called, in the order of their contracts."""
        points = dict.fromkeys(
            point for provider, profile in sorted(self._readings) for point in _points(provider, profile)
        )
        kinds = list(_KINDS)
        ordered = sorted(points, key=lambda point: (point.provider, kinds.index(point.kind)))
        return [Line(point, *self._counts.get(point, (0, 0))) for point in ordered]

    def data(self) -> Mapping[str, Any]:
        """Return all of it as JSON-able data."""
        counts: Data = [(list(point), counts) for point, counts in self._counts.items()]
        return {"counts": counts, "readings": sorted(map(list, self._readings))}

    def add(self, data: Mapping[str, Any]) -> None:
        """Add what another process counted, in the form of `data`."""
        self._readings.update((provider, profile) for provider, profile in data["readings"])
        for point, counts in data["counts"]:
            own = self._counts.setdefault(Point(*point), [0, 0])
            own[0] += counts[0]
            own[1] += counts[1]


def percent(found: Iterable[Line]) -> float:
    """Return the share of halves that were exercised: each point has a positive and a negative one."""
    halves = [bool(count) for line in found for count in (line.positive, line.negative)]
    return 100 * sum(halves) / len(halves) if halves else 0.0


def table(tally: Tally) -> Iterator[str]:
    """Yield the lines of a table for the terminal: a row for what has a negative half, the rest in few words."""
    found = tally.lines()
    if not found:
        yield "no request reached a provider"
        return
    width = max(24, *(len(str(line.point)) for line in found))
    for provider in dict.fromkeys(line.point.provider for line in found):
        yield f"{provider} ({', '.join(tally.profiles)})"
        for kind in _KINDS:
            if some := [line for line in found if line.point[:2] == (provider, kind)]:
                yield from _of_kind(kind, some, width)
        yield ""
    total = ", ".join(
        f"{title} {percent(line for line in found if line.point.kind == kind):.0f} %"
        for kind, (title, *_) in _KINDS.items()
        if any(line.point.kind == kind for line in found)
    )
    yield f"{total}; together {percent(found):.1f} % of both columns"


def _of_kind(kind: str, found: list[Line], width: int) -> Iterator[str]:
    """Yield a row for each point with a negative half, then the names of the others; a number is that of requests."""
    title, positive, negative = _KINDS[kind]
    halves = (sum(map(bool, column)) for column in zip(*(line[1:] for line in found), strict=True))
    counts = " and ".join(f"{count} {word}" for count, word in zip(halves, (positive, negative), strict=True))
    yield f"  {title}: of {len(found)}, {counts}"
    rows = [line for line in found if line.negative]
    if rows:
        yield f"    {'':{width}}  {positive:>8}  {negative:>8}"
    for line in rows:
        yield f"    {line.point!s:{width}}  {line.positive:8}  {line.negative:8}"
    groups: dict[str, list[str]] = {}
    for line in found:
        if not line.negative:
            title = f"never {negative}" if line.positive else "never"
            of = f" {line.point.operation}" if kind == "type" else ""
            count = f" ({line.positive})" if line.positive else ""
            groups.setdefault(title + of, []).append(line.point.name + count)
    for title in sorted(groups, key=lambda title: not title.startswith(f"never {negative}")):
        text = f"{title}: {', '.join(groups[title])}"
        yield from wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="      ")


def as_json(tally: Tally) -> str:
    """Return the coverage as a JSON text.

    `{"version", "profiles", "percent", "points": [{"provider", "kind", "operation", "name", "positive", "negative"}]}`;
    `kind` is operation, type or rule, `operation` is empty for a rule, and the last two are numbers of requests.
    """
    found = tally.lines()
    points = [{**line.point._asdict(), "positive": line.positive, "negative": line.negative} for line in found]
    whole = {"version": VERSION, "profiles": tally.profiles, "percent": round(percent(found), 2), "points": points}
    return json.dumps(whole, indent=2) + "\n"


@cache
def _catalogue(provider: str, profile: str) -> Catalogue:
    return Catalogue(load(provider, profile))


def _points(provider: str, profile: str) -> Iterator[Point]:
    contract, catalogue = load(provider, profile), _catalogue(provider, profile)
    breakable: set[str] = set()
    for name, operation in contract.operations.items():
        yield Point(provider, "operation", name, name)
        for kind in dict.fromkeys(catalogue.step_types(name).values()):
            yield Point(provider, "type", name, kind)
        if operation.checks is not None:
            check = checker(provider, name, profile)
            for branch in (check.root, *check.branches.values()):
                breakable |= _codes(branch)
            breakable |= _body_codes(contract.body_rules)
    for code in contract.rules:
        if code in breakable:
            yield Point(provider, "rule", "", code)


def _kept_by(provider: str, operation: str, profile: str, payload: Any) -> set[str]:
    """Return the rules that look at a payload."""
    check = checker(provider, operation, profile)
    codes = _codes(check.root) | _codes(check.branch_of(payload)) | _body_codes(check.contract.body_rules)
    return codes & set(check.contract.rules)


def _codes(branch: Branch) -> set[str]:
    found = set(branch.codes.values())
    for *_, parameter, code in branch.checks:
        found.add(code)
        if isinstance(parameter, Mapping):  # one rule for each field that does not belong
            found.update(value for value in parameter.values() if isinstance(value, str))
    return found


def _body_codes(rules: Mapping[str, str]) -> set[str]:
    """Return the rules about bodies; of a key that stands twice a provider never knows, as the last one wins."""
    return {code for name, code in rules.items() if name != "duplicate-key"}
