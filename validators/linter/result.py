"""What linting gives: violations with their places, what was not checked, and counts."""

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


HIDDEN = Excerpt("(not shown: the body holds credentials)", 0, 1)
"""Stands for an excerpt of what must not be shown."""


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
    that one profile accepts and another refuses, with these two. `payloads` counts what was checked within the files.
    """

    located: list[Located] = field(default_factory=list)
    not_checked: list[tuple[str, str]] = field(default_factory=list)
    unusable: bool = False
    checked: int = 0
    payloads: int = 0
    split: list[tuple[str, str, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many violations there are of each severity."""
        return {name: sum(item.violation.severity == name for item in self.located) for name in SEVERITIES}


def excerpt_of(text: str, lines: Lines, position: Position, spot: Spot, window: tuple[int, int] | None) -> Excerpt:
    """Return the part of a text's line that shows a spot; nothing of it lies outside of the window."""
    begin, end = lines.bounds(position.line)
    offset = begin + position.column - 1
    if window is not None:
        begin, end = max(begin, window[0]), min(end, window[1])
    first = max(begin, offset - _EXCERPT // 2) if offset - begin > _EXCERPT else begin
    last = min(end, first + _EXCERPT)
    return Excerpt(text[first:last], offset - first, max(1, min(spot.end, last) - offset))


def in_order(item: Located) -> tuple[Position, tuple[int, str, str]]:
    """Sort key: by place, then by gravity."""
    return item.position, by_gravity(item.violation)
