"""Finds the files to lint and reads them, each within a limit."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from .documents import SUFFIXES

STDIN = "-"
_HERE = os.path.join(os.curdir, "")
_CHUNK = 1024 * 1024

Excluded = Callable[[str, bool], bool]
"""Says of a path, and whether it is a folder, that it is to be passed over."""


class File(NamedTuple):
    """A file and its bytes, or why there are none; `named` says that the user named it, not a folder above it."""

    path: str
    named: bool
    data: bytes | None
    problem: str = ""


def files(paths: Iterable[str], max_bytes: int, stdin_name: str, excluded: Excluded | None = None) -> Iterator[File]:
    """Yield each file, and below folders each that may hold payloads; standard input goes by the name given.

    `excluded` is asked about what stands below the folders only.
    """
    for path in paths:
        if path == STDIN:
            yield _read_stdin(stdin_name, max_bytes)
        elif os.path.isdir(path):
            yield from _below(path, max_bytes, excluded)
        else:
            yield _read(path, True, max_bytes)


def count_of(paths: Iterable[str], excluded: Excluded | None = None) -> int:
    """Return how many files would be linted, without reading any."""
    count = 0
    for path in paths:
        is_folder = os.path.isdir(path)
        if excluded is None or not excluded(path, is_folder):
            count += sum(1 for _ in _paths_below(path, excluded, [])) if is_folder else 1
    return count


def _below(top: str, max_bytes: int, excluded: Excluded | None) -> Iterator[File]:
    failures: list[OSError] = []
    for path in _paths_below(top, excluded, failures):
        yield _read(path.removeprefix(_HERE) if top == os.curdir else path, False, max_bytes)
    for failure in failures:
        yield _unreadable(str(failure.filename), False, failure)


def _paths_below(top: str, excluded: Excluded | None, failures: list[OSError]) -> Iterator[str]:
    """Yield the regular files below a folder. Hidden folders and those of packages are passed over."""
    for folder, folders, names in os.walk(top, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        if excluded is not None:
            folders[:] = [name for name in folders if not excluded(os.path.join(folder, name), True)]
            names = [name for name in names if not excluded(os.path.join(folder, name), False)]
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.lower().endswith(SUFFIXES) and (os.path.isfile(path) or not os.path.exists(path)):
                yield path


def _read_stdin(name: str, max_bytes: int) -> File:
    if sys.stdin is None:
        return File(name, True, None, "it cannot be read: standard input is closed")
    try:
        data = _read_up_to(sys.stdin.buffer, max_bytes + 1)
    except OSError as error:
        return _unreadable(name, True, error)
    return _within(File(name, True, data), max_bytes)


def _read(path: str, named: bool, max_bytes: int) -> File:
    try:
        with open(path, "rb") as file:
            data = _read_up_to(file, max_bytes + 1)
    except OSError as error:
        return _unreadable(path, named, error)
    return _within(File(path, named, data), max_bytes)


def _read_up_to(file: BinaryIO, count: int) -> bytes:
    """Read so many bytes at most, in chunks: for a single read, Python sets aside all that is asked for."""
    chunks: list[bytes] = []
    while count > 0 and (chunk := file.read(min(count, _CHUNK))):
        chunks.append(chunk)
        count -= len(chunk)
        if len(chunk) < _CHUNK:
            break
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _within(file: File, max_bytes: int) -> File:
    if file.data is None or len(file.data) <= max_bytes:
        return file
    return file._replace(data=None, problem=f"it has more than {max_bytes:,} bytes; --max-size raises the limit")


def _unreadable(path: str, named: bool, error: OSError) -> File:
    return File(path, named, None, f"it cannot be read: {(error.strerror or str(error)).lower()}")
