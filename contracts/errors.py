"""The one exception of this package."""

from collections.abc import Iterable
from functools import lru_cache


class ContractError(Exception):
    """A contract cannot be used; the text says which file and line, why, and what would be right."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        self.message = message
        self.file = file
        self.line = line
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)


_LONGEST_NAME = 100
_LIKE_ENOUGH = 0.6
_letters = lru_cache(4096)(frozenset[str])


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the known name most like `name`, or an empty string.

    Likeness is that of `difflib.get_close_matches`, told sooner: names are short, and difflib is made for files.
    """
    guess = _nearest(name, tuple(known)) if len(name) <= _LONGEST_NAME else ""
    return f' Did you mean "{guess}"?' if guess else ""


@lru_cache(1024)  # a client that misspells a name does so in every request
def _nearest(name: str, known: tuple[str, ...]) -> str:
    letters, slack, alike = set(name), max(2, len(name) // 2), []
    for other in known:
        if abs(len(other) - len(name)) <= slack:
            common = letters & _letters(other)
            if common and 7 * len(common) >= 2 * (len(letters) + len(_letters(other))):
                at_most = sum(map(min, map(name.count, common), map(other.count, common)))
                alike.append((2 * at_most / (len(name) + len(other)), other))
    best, guess = _LIKE_ENOUGH, ""
    for bound, other in sorted(alike, reverse=True):
        if bound < best:
            break
        likeness = 2 * _matching(other, name) / (len(name) + len(other))
        best, guess = max((best, guess), (likeness, other))
    return guess


def _matching(left: str, right: str) -> int:
    """Return how many characters match: the longest part in common, then the same to its left and to its right."""
    for size in range(min(len(left), len(right)), 0, -1):
        for start in range(len(left) - size + 1):
            found = right.find(left[start : start + size])
            if found >= 0:
                before = _matching(left[:start], right[:found])
                return before + size + _matching(left[start + size :], right[found + size :])
    return 0
