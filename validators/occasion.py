"""What a check of an `x-` keyword is given, and what it gives back."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from .context import Context
from .places import Where
from .violation import Part


class Occasion(NamedTuple):
    """What a check may look at besides the value at its place."""

    payload: Mapping[str, Any]
    context: Context
    where: Where
    own_fields: frozenset[str]
    all_fields: frozenset[str]
    step_type: str
    spellings: tuple[Any, ...] = ()
    """The values that mean the same as the one found, where that one chooses the branch."""


class Flaw(NamedTuple):
    """What is wrong: below which place, with what value, what was expected; `code` overrides the rule."""

    below: Where
    value: Any
    expected: str
    message: str
    code: str = ""
    parts: tuple[Part, ...] = ()


Check = Callable[[Any, Any, Occasion], Iterator[Flaw]]
