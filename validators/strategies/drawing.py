"""Hypothesis as a source of choices: the one module that knows how its engine draws.

A payload takes ten to forty choices. Drawn from the engine directly, rather than through a strategy for each, they
take half the time; what is drawn, and how it shrinks, is the same.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.strategies import SearchStrategy

from ..generator.draw import Draw

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")

_ANOTHER = 0.5
_BOUND = 0.05
_NARROW = 40
_TO_THE_BRIM = 0.02
_NEARLY_SURE = 0.97
_ITEM = 1
"""The label of an item's choices, by which a smaller example may do without it."""


class Choices:
    """The choices of one example. The first item, zero or the lowest number, and False are what it shrinks to."""

    def __init__(self, data: ConjectureData) -> None:
        self._data = data

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low if low == high else self._data.draw_integer(low, high, shrink_towards=low)

    def number(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, mostly a small one, now and then one of the two."""
        if high - low <= _NARROW:  # the bounds are drawn often enough
            return self.integer(low, high) if low >= 0 or low == high else self._data.draw_integer(low, high)
        plainest = max(low, min(0, high))
        return self._data.draw_integer(low, high, weights={low: _BOUND, high: _BOUND}, shrink_towards=plainest)

    def choice(self, items: Sequence[_Item]) -> _Item:
        """Return one of some items, of which there is at least one."""
        return items[self.integer(0, len(items) - 1)]

    def boolean(self, probability: float = 0.5) -> bool:
        """Return True with some probability; even what is sure stays a choice, so that an example can do without it."""
        return probability > 0 and self._data.draw_boolean(min(probability, _NEARLY_SURE))

    def several(self, low: int, high: int | None) -> Iterator[int]:
        """Yield the places of `low` to `high` items: mostly few, now and then all; where `high` is None, never many."""
        if high == low:
            yield from range(low)
            return
        likely = _ANOTHER
        if high is not None and high > low + 1 and self._data.draw_boolean(_TO_THE_BRIM):
            likely = _NEARLY_SURE
        place = 0
        while self._another(likely, None if low <= place != high else place < low):
            yield place
            self._data.stop_span()
            place += 1
        self._data.stop_span()

    def _another(self, likely: float, is_sure: bool | None) -> bool:
        """Begin the span of one more item, and return whether there is one.

        What is sure is a choice too, for then an example without one of the items is read right.
        """
        self._data.start_span(_ITEM)
        return self._data.draw_boolean(likely, forced=is_sure)


class Drawn(SearchStrategy[_Made]):
    """What a function makes of choices. Where it gives None, the example does not count."""

    def __init__(self, make: Callable[[Draw], _Made | None], name: str) -> None:
        super().__init__()
        self._make = make
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def do_draw(self, data: ConjectureData) -> _Made:
        """Make one example; Hypothesis calls this."""
        made = self._make(Choices(data))
        if made is None:
            data.mark_invalid(f"no luck with {self._name}")
        return made
