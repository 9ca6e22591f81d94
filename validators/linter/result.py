"""What linting gives: violations with their places, what was not checked, and counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import NamedTuple

from ...contracts.model import SEVERITIES
from ..positions import Lines, Position, Spot, nearest_spot
from ..violation import Violation, by_gravity

_EXCERPT = 120
"""Characters of a source line that are kept for showing it."""


class Excerpt(NamedTuple):
    """The piece of a source line around a violation; `start` and `length` say which of its characters are meant.

    `cut_before` and `cut_after` say that the line has more on that side.
    """

    text: str
    start: int
    length: int
    cut_before: bool = False
    cut_after: bool = False


HIDDEN = Excerpt("(not shown: the body holds credentials)", 0, 1)
"""Stands for an excerpt of what must not be shown."""


class Located(NamedTuple):
    """A violation in a file, with the profiles in which the rule is broken.

    It goes from `position` to just before `end`; of what is missing, only the beginning of what should hold it.
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
    end: Position
    about: str = ""


class Result:
    """What linting found: violations, files that were not checked and why, and those that were.

    `unusable` is set where something that the user named could not be checked, or nothing was; `only_strangers` says
    that what was not checked belongs to no operation, and nothing else is wrong with it. `split` names each file that
    one profile accepts and another refuses, with these two. `files` are those that were checked, and `payloads` counts
    what they hold; `excluded` counts the paths that the user named and that are excluded. `notes` are sentences beside
    the report.
    """

    # No dataclass: importing that module takes a tenth of the linter's start.
    def __init__(
        self, *, not_checked: Iterable[tuple[str, str]] = (), unusable: bool = False, excluded: int = 0
    ) -> None:
        self.located: list[Located] = []
        self.not_checked = list(not_checked)
        self.unusable = unusable
        self.only_strangers = True
        self.files: list[str] = []
        self.payloads = 0
        self.split: list[tuple[str, str, str]] = []
        self.excluded = excluded
        self.notes: list[str] = []

    @property
    def checked(self) -> int:
        """How many files were checked."""
        return len(self.files)

    def status(self, bar: str) -> int:
        """Return the exit status: 2 if unusable, 1 if a violation is at least as grave as the bar, 0 if none is."""
        return 2 if self.unusable else int(any(reaches(item, bar) for item in self.located))

    def counts(self) -> dict[str, int]:
        """Return how many violations there are of each severity."""
        return {name: sum(item.violation.severity == name for item in self.located) for name in SEVERITIES}

    def with_located(
        self, located: list[Located], more_not_checked: Iterable[tuple[str, str]], profiles: Sequence[str]
    ) -> "Result":
        """Return a copy that holds other violations, and tells of more that was not checked."""
        other = copy(self)
        other.located = located
        other.not_checked = [*self.not_checked, *more_not_checked]
        other.split = list(disagreements(located, profiles))
        return other


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


def reaches(item: Located, bar: str) -> bool:
    """Return whether a violation is at least as grave as a severity."""
    return SEVERITIES.index(item.violation.severity) <= SEVERITIES.index(bar)


def shown_spot(text: str, spots: Mapping[str, Spot], pointer: str) -> Spot:
    """Return what to mark for a pointer: its member or item, or the beginning of what should hold it."""
    spot = nearest_spot(spots, pointer)
    if pointer not in spots:
        return spot._replace(end=max(spot.key_end, spot.begin + 1))
    end = spot.end
    while end > spot.begin and text[end - 1] in " \t\r\n":  # a YAML block ends where the next one begins
        end -= 1
    return spot._replace(end=end)


def excerpt_of(text: str, lines: Lines, position: Position, spot: Spot, window: tuple[int, int] | None) -> Excerpt:
    """Return the part of a text's line that shows a spot; nothing of it lies outside of the window."""
    begin, end = lines.bounds(position.line)
    offset = begin + position.column - 1
    if window is not None:
        begin, end = max(begin, window[0]), min(end, window[1])
    first = max(begin, offset - _EXCERPT // 2) if offset - begin > _EXCERPT else begin
    last = min(end, first + _EXCERPT)
    length = max(1, min(spot.end, last) - offset)
    return Excerpt(text[first:last], offset - first, length, first > begin, last < end)


def in_order(item: Located) -> tuple[Position, tuple[int, str, str]]:
    """Sort key: by place, then by gravity."""
    return item.position, by_gravity(item.violation)
