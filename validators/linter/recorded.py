"""The body of a recorded request as a document, with the way back to its places in the file of the recording."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from ..json_text import after_space
from ..positions import Spot, json_spots
from ..reading import UNREADABLE, Reading
from .documents import Document

_JSON = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_FOLD = r"[ \t]*(?:\r\n|\n|\r)(?:[ \t]*(?:\r\n|\n|\r))*[ \t]*"
_PLAIN = re.compile(_FOLD)
_SINGLE = re.compile(rf"''|{_FOLD}")
_DOUBLE = re.compile(rf"\\(?:\r\n|\n|\r)[ \t]*|\\x[0-9a-fA-F]{{2}}|\\u[0-9a-fA-F]{{4}}|\\U[0-9a-fA-F]{{8}}|\\.|{_FOLD}")
_BREAK = re.compile(r"\r\n|\n|\r")


class Scalar(NamedTuple):
    """Where a string stands in a file, its quotes included, and how it is written: as JSON does, or a style of YAML."""

    begin: int
    end: int
    style: str


class Bodies:
    """The places of all bodies of a recording, looked for together once one of them is asked for.

    `node` is the root of a YAML document; without one, the text is JSON.
    """

    def __init__(self, text: str, node: Any = None) -> None:
        self.text = text
        self._node = node
        self._wanted: list[str] = []

    def add(self, pointer: str) -> None:
        """Note a body that may be asked for."""
        self._wanted.append(pointer)

    def scalar(self, pointer: str) -> Scalar:
        """Return where the string at a pointer stands, or what of the way to it there is."""
        if self._node is not None:
            return _yaml_scalar(self._node, pointer)
        while pointer and pointer not in self._spots:
            pointer = pointer.rpartition("/")[0]
        spot = self._spots[pointer]
        return Scalar(spot.value, spot.end, "json")

    @cached_property
    def _spots(self) -> Mapping[str, Spot]:
        return json_spots(self.text, self._wanted)


class RecordedBody(Document):
    """The body of a recorded request. `body` is its text as it was recorded, None where it had to be decoded."""

    def __init__(self, reading: Reading, body: str | None, bodies: Bodies, pointer: str, *, is_secret: bool) -> None:
        super().__init__(reading._replace(offset=None))
        self._broken_at = reading.offset
        self._body = body
        self._bodies = bodies
        self._pointer = pointer
        self._is_secret = is_secret
        bodies.add(pointer)

    @property
    def is_secret(self) -> bool:
        """Whether the body holds credentials."""
        return self._is_secret

    @property
    def window(self) -> tuple[int, int]:
        """The characters of the file that are the body's own."""
        return self._scalar.begin, self._scalar.end

    def spots(self, pointers: Collection[str]) -> Mapping[str, Spot]:
        """Return where some pointers, and what holds them, stand in the text of the file."""
        begin, end = self.window
        whole = {"": Spot(begin, begin, begin, end)}
        place = self._place_of() if self._body is not None else None
        if place is None or self._body is None:
            return whole
        if self.payload is UNREADABLE:
            at = place(self._broken_at or 0)
            return {"": Spot(at, at, at, at)}
        start = after_space(self._body, 1 if self._body.startswith("\ufeff") else 0)
        found = json_spots(self._body, pointers, start)
        return whole | {pointer: Spot(*map(place, spot)) for pointer, spot in found.items()}

    @cached_property
    def _scalar(self) -> Scalar:
        return self._bodies.scalar(self._pointer)

    def _place_of(self) -> Callable[[int], int] | None:
        """Return what tells the place in the file of a character of the body; None where that cannot be told."""
        begin, end, style = self._scalar
        pattern = {"json": _JSON, "'": _SINGLE, '"': _DOUBLE, "": _PLAIN}.get(style)
        if pattern is None:
            return None
        if style:
            begin, end = begin + 1, end - 1
        bodies, raws = [0], [begin]
        for match in pattern.finditer(self._bodies.text, begin, end):
            bodies.append(bodies[-1] + match.start() - raws[-1] + _length(match[0]))
            raws.append(match.end())
        if self._body is None or bodies[-1] + end - raws[-1] != len(self._body):
            return None  # it was written in another way than is understood here

        def place(offset: int) -> int:
            index = bisect_right(bodies, offset) - 1
            return raws[index] + offset - bodies[index]

        return place


def _length(written: str) -> int:
    """Return how many characters an escape, or a fold of a YAML scalar, stands for."""
    if written[0] == "\\":
        return 0 if written[1] in "\r\n" else 1
    return max(1, len(_BREAK.findall(written)) - 1) if written[0] != "'" else 1


def _yaml_scalar(node: Any, pointer: str) -> Scalar:
    for token in pointer.split("/")[1:]:
        if node.id == "sequence":
            node = node.value[int(token)]
        else:
            node = next((value for name, value in reversed(node.value) if name.value == token), node)
    style = (node.style or "") if node.id == "scalar" else "none"
    return Scalar(node.start_mark.index, node.end_mark.index, style)
