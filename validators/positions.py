"""Finds the line and column of a JSON pointer in the text of a JSON or YAML file.

Only called when something is wrong, so that a clean file never pays for it.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .places import Where, pointer_of

_LINE_END = re.compile(r"\r\n|\n|\r")
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING: Callable[[str, int], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]
_SCALAR = re.compile(r"[^\s,\]}]+")


class Position(NamedTuple):
    """A place in a text: line and column, both from 1, in characters."""

    line: int
    column: int


class Lines:
    """The lines of a text, which end in LF, CRLF or CR."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, offset: int) -> Position:
        """Return the line and column of a character."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)


def json_offsets(text: str, twice: list[Where] | None = None) -> dict[str, int]:
    """Return where each pointer's member or item begins in a JSON text; of a key that stands twice, the last.

    The places of keys that stand twice are added to `twice`. A text with nothing in it has its root at the beginning.
    """
    start = _skip(text, 0)
    offsets = {"": start}
    if start < len(text):
        _scan(text, start, (), offsets, [] if twice is None else twice)
    return offsets


def yaml_offsets(text: str) -> dict[str, int]:
    """Return where each pointer's member or item begins in a YAML text."""
    from .yaml_reading import compose

    return dict(_nodes(compose(text), ()))


def nearest_offset(offsets: dict[str, int], pointer: str) -> int:
    """Return the offset of a pointer, or of the nearest ancestor that stands in the text."""
    while pointer and pointer not in offsets:
        pointer = pointer.rpartition("/")[0]
    return offsets.get(pointer, 0)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _scan(text: str, at: int, where: Where, offsets: dict[str, int], twice: list[Where]) -> int:
    """Note what is below a place, and return where its value ends. The text is known to be JSON of bounded depth."""
    if text[at] == '"':
        return _STRING(text, at + 1)[1]
    if text[at] not in "{[":
        match = _SCALAR.match(text, at)
        return match.end() if match else at + 1
    is_object, index = text[at] == "{", 0
    names: set[str] = set()
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        start = at
        child: Where = (*where, index)
        if is_object:
            name, at = _STRING(text, at + 1)
            child = (*where, name)
            if name in names:
                twice.append(child)
            names.add(name)
            at = _skip(text, _skip(text, at) + 1)
        offsets[pointer_of(child)] = start
        at = _skip(text, _scan(text, at, child, offsets, twice))
        index += 1
        if text[at] == ",":
            at = _skip(text, at + 1)
    return at + 1


def _nodes(node: Any, where: Where) -> Iterator[tuple[str, int]]:
    yield pointer_of(where), node.start_mark.index
    if node.id == "mapping":
        for key, value in node.value:
            child = (*where, str(key.value))
            yield from _nodes(value, child)
            yield pointer_of(child), key.start_mark.index
    elif node.id == "sequence":
        for index, value in enumerate(node.value):
            yield from _nodes(value, (*where, index))
