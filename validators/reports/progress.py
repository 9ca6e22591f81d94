"""Shows how far a long run is, on a terminal.

tqdm draws the bar: it is well kept, has no dependencies, and starts faster than rich.
"""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice

from ..linter.files import Excluded, File, count_of

MANY = 200
"""So many files are linted before a bar is thought of: importing tqdm takes as long as linting them."""

_PATIENCE_SECONDS = 0.5


class Progress:
    """A bar on standard error for the files of some paths."""

    def __init__(self, paths: Sequence[str], excluded: Excluded | None = None) -> None:
        self._paths = paths
        self._excluded = excluded

    def __call__(self, files: Iterator[File]) -> Iterator[File]:
        """Yield the files; from the 200th on with a bar, if standard error is a terminal."""
        number = 0
        for number, file in enumerate(islice(files, MANY), 1):  # noqa: B007  used once the loop is over
            yield file
        if number == MANY and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            total = max(MANY, count_of(self._paths, self._excluded))
            yield from tqdm(
                files,
                total=total,
                initial=MANY,
                unit=" files",
                delay=_PATIENCE_SECONDS,
                leave=False,
                dynamic_ncols=True,
            )
        else:
            yield from files
