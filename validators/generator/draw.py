"""How anything is chosen: three functions, so that another source than a random one can do the choosing."""

from collections.abc import Sequence
from random import Random
from typing import Protocol, TypeVar

_Item = TypeVar("_Item")


class Draw(Protocol):
    """Makes choices. The first item, the lowest number and False are the plainest choices."""

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        ...

    def choice(self, items: Sequence[_Item]) -> _Item:
        """Return one of some items, of which there is at least one."""
        ...

    def boolean(self, probability: float = 0.5) -> bool:
        """Return True with some probability."""
        ...


class RandomDraw:
    """Draws from a random stream that a text seeds: the same text gives the same choices in every process."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def choice(self, items: Sequence[_Item]) -> _Item:
        """Return one of some items, of which there is at least one."""
        return items[int(self._random.random() * len(items))]

    def boolean(self, probability: float = 0.5) -> bool:
        """Return True with some probability."""
        return self._random.random() < probability
