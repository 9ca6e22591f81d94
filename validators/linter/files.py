"""Finds the files to lint and reads them, each within a limit."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from .documents import SUFFIXES

if TYPE_CHECKING:
    from io import BufferedReader

STDIN = "-"
_FIRST_CHUNK = 32 * 1024
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
    """Yield the regular files below a folder, and links that lead nowhere; then those of the folders in it.

    Hidden folders, those of packages and links to folders are passed over. This is not os.walk, which does not tell
    what it knows of a file, so that each would have to be looked at once more.
    """
    waiting = [top]
    while waiting:
        folders: list[str] = []
        names: list[str] = []
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    _sort_in(entry, folders, names)
        except OSError as error:
            failures.append(error)
            continue
        for name in sorted(names):
            path = os.path.join(folder, name)
            if excluded is None or not excluded(path, False):
                yield path
        below = [os.path.join(folder, name) for name in sorted(folders, reverse=True)]
        waiting.extend(path for path in below if excluded is None or not excluded(path, True))


def _sort_in(entry: os.DirEntry[str], folders: list[str], names: list[str]) -> None:
    name = entry.name
    if entry.is_dir(follow_symlinks=False):
        if not (name.startswith(".") or name == "node_modules"):
            folders.append(name)
    elif name.lower().endswith(SUFFIXES):
        is_usual = entry.is_file(follow_symlinks=False)
        if is_usual or os.path.isfile(entry.path) or not os.path.exists(entry.path):
            names.append(name)


def _read_stdin(name: str, max_bytes: int) -> File:
    if sys.stdin is None:
        return File(name, True, None, "it cannot be read: standard input is closed")
    try:
        data = _read_up_to(_stdin(), max_bytes + 1)
    except OSError as error:
        return _unreadable(name, True, error)
    return _within(File(name, True, data), max_bytes)


def _read(path: str, named: bool, max_bytes: int) -> File:
    try:
        # Not open(): to make a file object of a small file takes longer than to read it.
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            data = _read_up_to(partial(os.read, file), max_bytes + 1)
        finally:
            os.close(file)
    except OSError as error:
        return _unreadable(path, named, error)
    return _within(File(path, named, data), max_bytes)


def _stdin() -> Callable[[int], bytes]:
    """Return what reads what there is of standard input; read() would want the end of a terminal's input told twice."""
    return cast("BufferedReader", sys.stdin.buffer).read1


def _read_up_to(read: Callable[[int], bytes], count: int) -> bytes:
    """Read so many bytes at most, in chunks: for a single read, Python sets aside all that is asked for.

    The first is small, as most files are; for each large one, the system would have to find new memory.
    """
    chunks: list[bytes] = []
    wanted = _FIRST_CHUNK
    while count > 0 and (chunk := read(min(count, wanted))):
        chunks.append(chunk)
        count -= len(chunk)
        wanted = _CHUNK
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _within(file: File, max_bytes: int) -> File:
    if file.data is None or len(file.data) <= max_bytes:
        return file
    return file._replace(data=None, problem=f"it has more than {max_bytes:,} bytes; --max-size raises the limit")


def _unreadable(path: str, named: bool, error: OSError) -> File:
    return File(path, named, None, f"it cannot be read: {(error.strerror or str(error)).lower()}")
