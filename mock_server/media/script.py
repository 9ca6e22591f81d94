"""What came of downloads, for a replay: nothing is downloaded once more, for another time it may end otherwise."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from .trouble import Kind, Trouble


class Came(NamedTuple):
    """What came of one medium that was refused; None stands for one that was taken."""

    kind: Kind
    reason: str


class Script:
    """Stands in the place of downloads. `begin` says what came of those of the next request."""

    def __init__(self) -> None:
        self.has_downloads = False
        self._outcomes: Iterator[Came | None] = iter(())

    def begin(self, outcomes: Collection[Came | None] | None) -> None:
        """Take what came of the media of the next request in their order; None where nothing was downloaded."""
        self.has_downloads = outcomes is not None
        self._outcomes = iter(outcomes or ())

    def check(self, url: str, kinds: Collection[str]) -> None:
        """Judge a medium as it was judged; raises Trouble, and ValueError for one that nothing was noted of."""
        try:
            came = next(self._outcomes)
        except StopIteration:
            raise ValueError("the recording does not say what came of one of its downloads") from None
        if came is not None:
            raise Trouble.of(url, came.kind, came.reason)
