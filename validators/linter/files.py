"""Finds the files to lint and reads them, each within a limit."""

import os
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .documents import SUFFIXES

STDIN = "-"


class File(NamedTuple):
    """A file and its bytes, or why there are none; `named` says that the user named it, not a folder above it."""

    path: str
    named: bool
    data: bytes | None
    problem: str = ""


def files(paths: Iterable[str], max_bytes: int, stdin_name: str) -> Iterator[File]:
    """Yield each file, and below folders each that may hold payloads; standard input goes by the name given."""
    for path in paths:
        if path == STDIN:
            yield _within(File(stdin_name, True, sys.stdin.buffer.read(max_bytes + 1)), max_bytes)
        elif os.path.isdir(path):
            yield from _below(path, max_bytes)
        else:
            yield _read(path, True, max_bytes)


def count_of(paths: Iterable[str]) -> int:
    """Return how many files `files` would yield, without reading any."""
    return sum(sum(1 for _ in _paths_below(path, [])) if os.path.isdir(path) else 1 for path in paths)


def _below(top: str, max_bytes: int) -> Iterator[File]:
    failures: list[OSError] = []
    for path in _paths_below(top, failures):
        yield _read(path, False, max_bytes)
    for failure in failures:
        yield _unreadable(str(failure.filename), False, failure)


def _paths_below(top: str, failures: list[OSError]) -> Iterator[str]:
    """Yield the regular files below a folder. Hidden folders and those of packages are passed over."""
    for folder, folders, names in os.walk(top, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.lower().endswith(SUFFIXES) and (os.path.isfile(path) or not os.path.exists(path)):
                yield path


def _read(path: str, named: bool, max_bytes: int) -> File:
    try:
        with open(path, "rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        return _unreadable(path, named, error)
    return _within(File(path, named, data), max_bytes)


def _within(file: File, max_bytes: int) -> File:
    if file.data is None or len(file.data) <= max_bytes:
        return file
    return file._replace(data=None, problem=f"it has more than {max_bytes:,} bytes; --max-size raises the limit")


def _unreadable(path: str, named: bool, error: OSError) -> File:
    return File(path, named, None, f"it cannot be read: {(error.strerror or str(error)).lower()}")
