"""What linting gives: violations with their places, what was not checked, and counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...contracts.model import SEVERITIES
from ..positions import Lines, Position, Spot
from ..violation import Violation, by_gravity

_EXCERPT = 120
"""Characters of a source line that are kept for showing it."""


class Excerpt(NamedTuple):
    """The piece of a source line around a violation; `start` and `length` say which of its characters are meant."""

    text: str
    start: int
    length: int


class Located(NamedTuple):
    """A violation in a file, with the profiles in which the rule is broken.

    `pointer` leads to it from the root of the file's document, where the violation's own starts at its payload. `about`
    says which of several payloads is meant, for example a recorded request.
    """

    path: str
    position: Position
    violation: Violation
    profiles: tuple[str, ...]
    operation: str
    pointer: str
    excerpt: Excerpt
    about: str = ""


@dataclass
class Result:
    """What linting found: violations, files that were not checked and why, and how many were.

    `unusable` is set where something that the user named could not be checked, or nothing was. `split` names each file
    that one profile accepts and another refuses, with these two. `payloads` counts what was checked within the files,
    `excluded` the paths that the user named and that are excluded. `notes` are sentences beside the report.
    """

    located: list[Located] = field(default_factory=list)
    not_checked: list[tuple[str, str]] = field(default_factory=list)
    unusable: bool = False
    checked: int = 0
    payloads: int = 0
    split: list[tuple[str, str, str]] = field(default_factory=list)
    excluded: int = 0
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many violations there are of each severity."""
        return {name: sum(item.violation.severity == name for item in self.located) for name in SEVERITIES}

    def fails(self, bar: str) -> bool:
        """Say whether there is a violation as grave as the bar, one of SEVERITIES, or graver."""
        grave = SEVERITIES[: SEVERITIES.index(bar) + 1]
        return any(item.violation.severity in grave for item in self.located)


def disagreements(located: Iterable[Located], profiles: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each file that one of two profiles accepts, with that one and the one that refuses it."""
    refusing: dict[str, set[str]] = {}
    for item in located:
        if item.violation.severity == "error":
            refusing.setdefault(item.path, set()).update(item.profiles)
    for path, names in refusing.items():
        if len(names) == 1:
            [refuser] = names
            yield from ((path, name, refuser) for name in profiles if name != refuser)


def excerpt_of(text: str, lines: Lines, position: Position, spot: Spot) -> Excerpt:
    """Return the part of a text's line that shows a spot."""
    begin, end = lines.bounds(position.line)
    offset = begin + position.column - 1
    first = max(begin, offset - _EXCERPT // 2) if offset - begin > _EXCERPT else begin
    last = min(end, first + _EXCERPT)
    return Excerpt(text[first:last], offset - first, max(1, min(spot.end, last) - offset))


def in_order(item: Located) -> tuple[Position, tuple[int, str, str]]:
    """Sort key: by place, then by gravity."""
    return item.position, by_gravity(item.violation)
