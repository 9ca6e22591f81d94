"""Violations that are known and left for later: a baseline file records them, and only new ones are told.

A violation is known again by its file, operation, rule, place and value, not by its line, so a baseline survives
reformatting and moves within a file. Indexes in places are left out, so it survives a step that comes before. Of values
only a hash is kept: they may hold credentials.
"""

import json
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from ...contracts import ContractError
from ...contracts.limits import MAX_FILE_BYTES
from ..violation import Violation
from .files import Excluded
from .globs import posix_path
from .result import Located

VERSION = 1

_INDEX = re.compile(r"/\d+(?=/|$)")
_HELP = "Mend it, or remove it and write a new one with --write-baseline."


class Known(NamedTuple):
    """By what a violation is known again; `path` is relative to the folder of the baseline, with `/`."""

    path: str
    pointer: str
    code: str
    operation: str
    value: str


class Baseline:
    """What a baseline file records: known violations, and how often each occurs."""

    def __init__(self, file: str, counts: Counter[Known]) -> None:
        self.file = file
        self._folder = os.path.dirname(os.path.abspath(file))
        self.counts = counts

    def hiding(self) -> Callable[[Known], bool]:
        """Return a function that says of one violation after another whether it is recorded; one more is new."""
        seen: Counter[Known] = Counter()

        def hides(known: Known) -> bool:
            seen[known] += 1
            return seen[known] <= self.counts[known]

        return hides

    def gone(self, located: Iterable[Located], linted: Callable[[str], bool]) -> int:
        """Return how many recorded violations no longer occur; `linted` says of a path whether it was linted."""
        found = Counter(map(self.known, located))
        was_linted = self._asking(linted)
        return sum(max(0, count - found[known]) for known, count in self.counts.items() if was_linted(known.path))

    def renewed(self, located: Iterable[Located], linted: Callable[[str], bool]) -> "Baseline":
        """Return a baseline that records these violations, and of the files that were not linted what was recorded."""
        was_linted = self._asking(linted)
        kept = {known: count for known, count in self.counts.items() if not was_linted(known.path)}
        return Baseline(self.file, Counter(kept) + Counter(map(self.known, located)))

    def write(self) -> None:
        """Write the file: all of it, or nothing. Raises ContractError."""
        entries = [json.dumps({**known._asdict(), "count": count}) for known, count in sorted(self.counts.items())]
        lines = ",".join(
            f"\n    {entry}" for entry in entries
        )  # one a line, so that changes of it can be read and merged
        text = f'{{\n  "version": {VERSION},\n  "violations": [{lines}\n  ]\n}}\n'
        target = os.path.realpath(self.file)
        temporary = f"{target}.{os.getpid()}.tmp"
        try:
            with open(temporary, "x", encoding="utf-8", newline="\n") as file:
                try:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                except OSError:
                    os.unlink(temporary)
                    raise
            os.replace(temporary, target)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ContractError(f"The baseline cannot be written: {reason}.", file=self.file) from None

    def known(self, item: Located) -> Known:
        """Return by what a violation is known again."""
        return self.known_at(item.path, item.pointer, item.operation, item.violation)

    def known_at(self, path: str, pointer: str, operation: str, found: Violation) -> Known:
        """Return by what a violation at a pointer into the document of a file is known again."""
        path = posix_path(path, self._folder)
        return Known(path, _INDEX.sub("/*", pointer), found.code, operation, fingerprint(found.value))

    def _asking(self, linted: Callable[[str], bool]) -> Callable[[str], bool]:
        """Return a question about paths from the current folder as one about paths as they are recorded, asked once."""
        return cache(lambda path: linted(os.path.join(self._folder, path)))


def covering(paths: Iterable[str], unread: Iterable[str], excluded: Excluded | None) -> Callable[[str], bool]:
    """Return a function that says of a path whether linting `paths` meets it, there or not, and can read it."""
    tops = {os.path.abspath(path) for path in paths}
    folders = tuple(os.path.join(top, "") for top in tops)
    left_out = {os.path.abspath(path) for path in unread}

    def covers(path: str) -> bool:
        whole = os.path.abspath(path)
        is_met = (whole in tops or whole.startswith(folders)) and whole not in left_out
        return is_met and (excluded is None or not excluded(os.path.relpath(whole), False))

    return covers


def fingerprint(value: Any) -> str:
    """Return a short hash of a value of a payload, the same however it is written down."""
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=lambda other: type(other).__name__)
    except (TypeError, ValueError, RecursionError):  # YAML has keys of all kinds
        text = type(value).__name__
    return sha256(text.encode()).hexdigest()[:16]


def read_baseline(file: str, *, may_be_missing: bool = False) -> Baseline:
    """Return the baseline in a file; with `may_be_missing`, an empty one where there is no such file.

    Raises ContractError for a file that cannot be used, so that a damaged one is never overwritten.
    """
    if may_be_missing and not os.path.lexists(file):
        return Baseline(file, Counter())
    try:
        if not stat.S_ISREG(os.stat(file).st_mode):
            raise ContractError("The baseline must be a regular file.", file=file)
        with open(file, "rb") as opened:
            data = opened.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise ContractError("There is no such baseline; --write-baseline writes it.", file=file) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ContractError(f"The baseline cannot be read: {reason}.", file=file) from None
    if len(data) > MAX_FILE_BYTES:
        raise ContractError(f"The baseline has more than {MAX_FILE_BYTES:,} bytes.", file=file)
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise ContractError(f"The baseline is damaged: it is nested too deeply. {_HELP}", file=file) from None
    except ValueError as error:
        reason = f"it is not JSON: {error}" if isinstance(error, json.JSONDecodeError) else "it is not UTF-8"
        raise ContractError(f"The baseline is damaged: {reason}. {_HELP}", file=file) from None
    return Baseline(file, _counts(whole, file))


def _counts(whole: Any, file: str) -> Counter[Known]:
    version = whole.get("version") if isinstance(whole, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ContractError(f"It is no baseline: a version is missing. {_HELP}", file=file)
    if version > VERSION:
        raise ContractError(
            f"The baseline has version {version}, and this stepmock reads up to {VERSION}; install a newer one.",
            file=file,
        )
    counts: Counter[Known] = Counter()
    entries = whole.get("violations")
    if not isinstance(entries, list):
        raise ContractError(f"The baseline is damaged: violations must be a list. {_HELP}", file=file)
    for number, entry in enumerate(entries, 1):
        known, count = _entry(entry)
        if known is None:
            wanted = f"the texts {', '.join(Known._fields)} and a count"
            raise ContractError(f"The baseline is damaged: entry {number} needs {wanted}. {_HELP}", file=file)
        counts[known] += count
    return counts


def _entry(entry: Any) -> tuple[Known | None, int]:
    if not isinstance(entry, dict) or {*entry} != {*Known._fields, "count"}:
        return None, 0
    count = entry["count"]
    texts = [entry[name] for name in Known._fields]
    if not all(isinstance(text, str) for text in texts) or not isinstance(count, int) or count is True or count < 1:
        return None, 0
    return Known(*texts), count
