"""Which violations count: rules chosen by code or prefix, for all files or for some, and the bar of severity.

Of several prefixes that fit a code the longest decides; `ignore` wins over `select` of the same length. What a file's
own list ignores is ignored.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ...contracts import load, providers
from ...contracts.errors import nearest
from ...contracts.model import PROFILES
from ..violation import printable
from .globs import Globs
from .result import Located, Result


class Selection(NamedTuple):
    """Codes and prefixes of codes, in capitals. Without `select` all rules are selected."""

    select: Sequence[str] | None = None
    ignore: Sequence[str] = ()
    per_file_ignores: Sequence[tuple[Globs, Sequence[str]]] = ()

    def keeps(self, path: str, code: str) -> bool:
        """Say whether a rule counts in a file."""
        selected = 0 if self.select is None else _longest(self.select, code)
        if selected < 0 or _longest(self.ignore, code) >= selected:
            return False
        return not any(_longest(codes, code) >= 0 and globs.fit(path) for globs, codes in self.per_file_ignores)


def _longest(prefixes: Sequence[str], code: str) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


def selected(result: Result, selection: Selection, profiles: Sequence[str]) -> Result:
    """Return a result without the violations that a selection does not keep."""
    return without(result, lambda item: not selection.keeps(item.path, item.violation.code), "ignored", profiles)


def without(result: Result, hides: Callable[[Located], bool], how: str, profiles: Sequence[str]) -> Result:
    """Return a result without some violations; where one of them kept a payload from being checked, that is told.

    `hides` is asked once about each, in order. `how` says what became of it, for example `ignored`.
    """
    kept: list[Located] = []
    hidden: list[Located] = []
    for item in result.located:
        (hidden if hides(item) else kept).append(item)
    if not hidden:
        return result
    return result.with_located(kept, unchecked(hidden, how), profiles)


def unchecked(hidden: Iterable[Located], how: str) -> list[tuple[str, str]]:
    """Return files with the reason why something in them was not checked, where a hidden violation is that reason.

    A body that cannot be read is checked for nothing else. Whoever ignores that hears of it, but is not stopped by it.
    """
    return [
        (
            item.path,
            f"{item.violation.code} at line {item.position.line} is {how}, and what it concerns was checked for "
            "nothing else",
        )
        for item in hidden
        if item.violation.severity == "error"
        and item.violation.code in load(item.operation.partition("/")[0]).body_rules.values()
    ]


def problem_with(prefix: str) -> str:
    """Return why a code or prefix of codes, in capitals, names no rule; "" where it names one."""
    known = _codes_of(providers())
    if prefix and any(code.startswith(prefix) for code in known):
        return ""
    return f'No rule is called "{printable(prefix)}", or begins so; `steplint rules` lists them.' + nearest(
        prefix, known
    )


@cache
def _codes_of(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(code for name in names for profile in PROFILES for code in load(name, profile).rules)
