"""Finds where the places of a payload stand in the text of a JSON or YAML file.

Only called when something is wrong, so that a clean file never pays for it; and of a large JSON text only what lies on
the way to the wanted places is walked, the rest is skipped at the speed of the decoder.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from .json_text import after_space
from .places import Where, pointer_of

_LINE_END = re.compile(r"\r\n|\n|\r")
_STRING: Callable[[str, int], tuple[str, int]] = json.decoder.scanstring  # type: ignore[attr-defined]
_SCALAR = re.compile(r"[^\s,\]}]+")
_SKIPPER = json.JSONDecoder(parse_int=len, parse_float=len, object_pairs_hook=lambda pairs: None)
"""Reads past a value: numbers need not be made, and objects not be kept."""


class Position(NamedTuple):
    """A place in a text: line and column, both from 1, in characters."""

    line: int
    column: int


class Spot(NamedTuple):
    """Where a member or an item stands, in characters from the start of the text.

    It begins at its key, which ends at `key_end`; its value goes from `value` to `end`. What has no key begins at its
    value.
    """

    begin: int
    key_end: int
    value: int
    end: int


class Lines:
    """The lines of a text, which end in LF, CRLF or CR."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def position(self, offset: int) -> Position:
        """Return the line and column of a character."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def bounds(self, line: int) -> tuple[int, int]:
        """Return where a line begins and ends, without its line end."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self._text)
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        return start, end


def json_spots(text: str, wanted: Collection[str] | None = None, start: int = 0) -> dict[str, Spot]:
    """Return where members and items stand in the JSON text that starts at an offset; of a doubled key, the last.

    With `wanted`, a set of pointers, only these and what holds them are looked for.
    """
    walk = _JsonWalk(text, None if wanted is None else {"", *_with_ancestors(wanted)})
    walk.value(after_space(text, start), (), "", None)
    return walk.spots


def doubled_keys(text: str, start: int = 0) -> list[Where]:
    """Return the places of the keys that stand twice in an object of a JSON text, each as often as it is repeated."""
    walk = _JsonWalk(text, None)
    walk.value(after_space(text, start), (), "", None)
    return walk.doubled


def yaml_spots(node: Any) -> dict[str, Spot]:
    """Return where members and items stand in a YAML document, by its node; what is merged in, where it is written."""
    return dict(_nodes(node, (), None))


def nearest_spot(spots: Mapping[str, Spot], pointer: str) -> Spot:
    """Return the spot of a pointer, or of the nearest ancestor that stands in the text."""
    while pointer and pointer not in spots:
        pointer = pointer.rpartition("/")[0]
    return spots.get(pointer, Spot(0, 0, 0, 0))


def _with_ancestors(pointers: Collection[str]) -> Iterator[str]:
    for pointer in pointers:
        while pointer:
            yield pointer
            pointer = pointer.rpartition("/")[0]


class _JsonWalk:
    """One walk over a text that is known to be JSON, of bounded depth where it is walked."""

    def __init__(self, text: str, wanted: set[str] | None) -> None:
        self._text = text
        self._wanted = wanted
        self.spots: dict[str, Spot] = {}
        self.doubled: list[Where] = []

    def value(self, at: int, where: Where, pointer: str, key: tuple[int, int] | None) -> int:
        """Note the value that begins here and what is below it; return where it ends."""
        if self._wanted is not None and pointer not in self._wanted:
            return int(_SKIPPER.raw_decode(self._text, at)[1])
        end = self._below(at, where, pointer)
        self.spots[pointer] = Spot(*(key or (at, at)), at, end)
        return end

    def _below(self, at: int, where: Where, pointer: str) -> int:
        text = self._text
        if text[at] == '"':
            return _STRING(text, at + 1)[1]
        if text[at] not in "{[":
            match = _SCALAR.match(text, at)
            return match.end() if match else at + 1
        is_object, index = text[at] == "{", 0
        names: set[str] = set()
        at = after_space(text, at + 1)
        while text[at] not in "}]":
            child: Where = (*where, index)
            key = None
            if is_object:
                name, end = _STRING(text, at + 1)
                key = (at, end)
                child = (*where, name)
                if name in names:
                    self.doubled.append(child)
                names.add(name)
                at = after_space(text, after_space(text, end) + 1)
            at = after_space(text, self.value(at, child, pointer + pointer_of(child[-1:]), key))
            index += 1
            if text[at] == ",":
                at = after_space(text, at + 1)
        return at + 1


def _nodes(node: Any, where: Where, key: Any) -> Iterator[tuple[str, Spot]]:
    begin = key or node
    yield (
        pointer_of(where),
        Spot(
            begin.start_mark.index,
            key.end_mark.index if key else begin.start_mark.index,
            node.start_mark.index,
            node.end_mark.index,
        ),
    )
    if node.id == "mapping":
        for name, value in node.value:
            yield from _nodes(value, (*where, str(name.value)), name)
    elif node.id == "sequence":
        for index, value in enumerate(node.value):
            yield from _nodes(value, (*where, index), None)
