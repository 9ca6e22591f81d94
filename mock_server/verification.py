"""Whether a journal holds the requests that a test expects, and which came near. Pure: it reads no world.

A payload is expected in part: of an object the named members, of an array all items exactly, and any other value as it
is. 1 and 1.0 are the same number; 1 and true are not the same.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

from ..contracts.limits import (
    MAX_COUNTED_DIFFERENCES,
    MAX_DIFFERENCES,
    MAX_NEAREST_ENTRIES,
    MAX_QUOTED_CHARACTERS,
)
from ..contracts.model import Contract
from ..contracts.near_operation import Near, nearest_operation
from .journal import JournalEntry
from .selection import Selection, body_of


class _Absent:
    """What stands for a member that is not there."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()
"""In place of a value: there is none. As an expectation: no JSON is expected, whatever was sent."""


class Times(NamedTuple):
    """How often; `at_most` is None where any number is right."""

    at_least: int = 1
    at_most: int | None = None

    def allows(self, count: int) -> bool:
        """Return whether a number of times is right."""
        return self.at_least <= count and (self.at_most is None or count <= self.at_most)

    def __str__(self) -> str:
        if self.at_most is None:
            return f"at least {_times(self.at_least)}"
        if self.at_least == self.at_most:
            return "never" if self.at_most == 0 else f"exactly {_times(self.at_most)}"
        return f"{self.at_least} to {self.at_most} times" if self.at_least else f"at most {_times(self.at_most)}"


class Expectation(NamedTuple):
    """What a test expects of the requests: which, with what JSON at least, and how often."""

    selection: Selection
    json: Any = ABSENT
    times: Times = Times()

    def __str__(self) -> str:
        parts = [
            f"{name} {value}"
            for name, value in self.selection._asdict().items()
            if value is not None and name != "since"
        ]
        if self.json is not ABSENT:
            parts.append(f"json {shown(self.json)}")
        if self.selection.since is not None:
            parts.append(f"after request {self.selection.since}")
        return f"a request with {', '.join(parts)}" if parts else "a request"


class Difference(NamedTuple):
    """One thing in which a request is not what was expected.

    `what` is `json` or the name of a condition; `pointer` is the place in the payload, a JSON pointer (RFC 6901).
    `reason` says why there is no payload to compare, and is empty where there is one.
    """

    what: str
    pointer: str
    expected: Any
    actual: Any
    reason: str = ""

    def __str__(self) -> str:
        if self.what != "json":
            return f"{self.what}: expected {_words(self.expected)}, got {_words(self.actual)}"
        place = f"json {_short(self.pointer)}" if self.pointer else "json"
        return f"{place}: expected {shown(self.expected)}, got {self.reason or shown(self.actual)}"


class NearMiss(NamedTuple):
    """A request that came near, and what kept it from being the one; `meant` is the operation that it is most like."""

    entry: JournalEntry
    differences: list[Difference]
    meant: Near | None

    def __str__(self) -> str:
        entry = self.entry
        head = f"request {entry.number}, {entry.method} {entry.path[:200]} ({entry.operation or 'no operation'}, "
        lines = [f"{head}{entry.status})", *(f"  {each}" for each in self.differences)]
        if self.meant is not None:
            lines.append(f"  no operation has this method and path; the nearest is {self.meant}")
        return "\n".join(lines)


class Verdict(NamedTuple):
    """Whether the expectation is met: how many requests matched, which, and those that came nearest."""

    ok: bool
    matched: int
    numbers: list[int]
    message: str
    nearest: list[NearMiss]


def verify(entries: Iterable[JournalEntry], contract: Contract, expected: Expectation, *, dropped: int = 0) -> Verdict:
    """Return whether the entries of a journal, the oldest first, are what is expected.

    `dropped` is how many requests the journal no longer holds: with any, only a lower bound can be met for sure, and
    an upper bound is not met.
    """
    matched: list[int] = []
    missed: list[tuple[JournalEntry, list[Difference]]] = []
    for entry in entries:
        if expected.selection.since is not None and entry.number <= expected.selection.since:
            continue
        if found := list(islice(_differences(entry, contract, expected), MAX_COUNTED_DIFFERENCES)):
            missed.append((entry, found))
        else:
            matched.append(entry.number)
    times = expected.times
    is_unsure = dropped > 0 and times.at_most is not None
    ok = times.allows(len(matched)) and not is_unsure
    nearest = _nearest(missed, contract, expected) if len(matched) < times.at_least else []
    count = len(matched) + len(missed)
    lines = [f"Expected {expected}, {times}: {len(matched)} of {_requests(count)} matched."]
    if dropped:
        lines.append(f"{_requests(dropped)} before these fell off the journal, so nobody can say what they were.")
    if not ok and matched and times.at_most is not None and len(matched) > times.at_most:
        lines.append(f"Those that matched: {', '.join(map(str, matched[:20]))}{', ...' if len(matched) > 20 else ''}.")
    if nearest:
        lines += ["Nearest:", *map(str, nearest)]
    return Verdict(ok, len(matched), matched, "\n".join(lines), nearest)


def meant_by(entry: JournalEntry, contract: Contract) -> Near | None:
    """Return the operation that a request to a path of no operation is most like; None for any other request."""
    return None if entry.operation else nearest_operation(contract, entry.method, entry.path)


def differences(expected: Any, actual: Any, pointer: str = "", *, exactly: bool = False) -> Iterator[Difference]:
    """Yield the places where a JSON value is not what is expected of it in part, or exactly."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name in chain(expected, (name for name in actual if exactly and name not in expected)):
            place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in expected or name not in actual:
                yield Difference("json", place, expected.get(name, ABSENT), actual.get(name, ABSENT))
            else:
                yield from differences(expected[name], actual[name], place, exactly=exactly)
    elif isinstance(expected, list) and isinstance(actual, list):
        for number in range(max(len(expected), len(actual))):
            if number >= len(expected) or number >= len(actual):
                yield Difference("json", f"{pointer}/{number}", *(_at(side, number) for side in (expected, actual)))
            else:
                yield from differences(expected[number], actual[number], f"{pointer}/{number}", exactly=True)
    elif isinstance(expected, bool) is not isinstance(actual, bool) or expected != actual:
        yield Difference("json", pointer, expected, actual)


def shown(value: Any) -> str:
    """Return a value as JSON on one line, shortened."""
    if value is ABSENT:
        return "nothing"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= 2 * MAX_QUOTED_CHARACTERS else f"{text[: 2 * MAX_QUOTED_CHARACTERS]}..."


def _words(value: Any) -> str:
    """Return what a condition is about: a name, a number, or several names."""
    return ", ".join(map(_short, map(str, value if isinstance(value, list) else [value]))) or "none"


def _at(items: Sequence[Any], number: int) -> Any:
    return items[number] if number < len(items) else ABSENT


def _differences(entry: JournalEntry, contract: Contract, expected: Expectation) -> Iterator[Difference]:
    for what, wanted, actual in expected.selection.failing(entry, contract):
        yield Difference(what, "", wanted, actual)
    if expected.json is not ABSENT:
        try:
            yield from differences(expected.json, body_of(entry))
        except ValueError as error:
            yield Difference("json", "", expected.json, ABSENT, str(error))


def _nearest(
    missed: Sequence[tuple[JournalEntry, list[Difference]]], contract: Contract, expected: Expectation
) -> list[NearMiss]:
    """Return the requests with the fewest differences, the newest first among equals.

    One to another operation is farther away than any to the right one, unless it only missed its path; and one without
    a payload to compare than any with one.
    """
    wanted = expected.selection.operation
    ranked: list[tuple[tuple[bool, bool, int, int], NearMiss]] = []
    for entry, found in missed:
        meant = meant_by(entry, contract)
        is_other = wanted is not None and wanted != (meant.operation if meant else entry.operation)
        miss = NearMiss(entry, found[:MAX_DIFFERENCES], meant)
        lacks = any(each.reason for each in found)
        ranked.append(((is_other, lacks, len(found), -entry.number), miss))
    ranked.sort(key=lambda item: item[0])
    return [miss for _, miss in ranked[:MAX_NEAREST_ENTRIES]]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count:,} requests"
