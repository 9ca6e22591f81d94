"""How anything is chosen: a few functions, so that another source than a random one can do the choosing."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Protocol, TypeVar

_Item = TypeVar("_Item")

_FEW_MORE = 2
_NEAR = 30
_MOST_AT_WILL = 30


class Draw(Protocol):
    """Makes choices. The first item, the lowest number and False are the plainest choices."""

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included, none likelier than another."""
        ...

    def number(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, mostly a small one, now and then one of the two."""
        ...

    def choice(self, items: Sequence[_Item]) -> _Item:
        """Return one of some items, of which there is at least one."""
        ...

    def boolean(self, probability: float = 0.5) -> bool:
        """Return True with some probability."""
        ...

    def several(self, low: int, high: int | None) -> Iterator[int]:
        """Yield the places of `low` to `high` items: mostly few, now and then all; where `high` is None, never many."""
        ...


class RandomDraw:
    """Draws from a random stream that a text seeds: the same text gives the same choices in every process."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included, none likelier than another."""
        return low + int(self._random.random() * (high - low + 1))

    def number(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, mostly a small one, now and then one of the two."""
        way = self.integer(0, 9)
        return (low, high)[way] if way < 2 else self.integer(low, min(high, low + _NEAR))

    def choice(self, items: Sequence[_Item]) -> _Item:
        """Return one of some items, of which there is at least one."""
        return items[int(self._random.random() * len(items))]

    def boolean(self, probability: float = 0.5) -> bool:
        """Return True with some probability."""
        return self._random.random() < probability

    def several(self, low: int, high: int | None) -> Iterator[int]:
        """Yield the places of `low` to `high` items: mostly few, now and then all; where `high` is None, never many."""
        few = low + _FEW_MORE
        count = self.integer(low, few if high is None else min(high, few))
        if high is not None and high <= _MOST_AT_WILL and self.boolean(0.04):
            count = high
        yield from range(count)
