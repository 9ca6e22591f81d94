"""A request and a response, free of any web framework."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

Headers = list[tuple[str, str]]


def by_name(fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name. Of one that stands twice nobody is to see one value only: all are joined."""
    found = dict(fields)
    if len(found) < len(fields):
        several: dict[str, list[str]] = {}
        for name, value in fields:
            several.setdefault(name, []).append(value)
        found = {name: ", ".join(values) for name, values in several.items()}
    return found


@dataclass(frozen=True)
class Request:
    """An HTTP request. Header names are in lower case; the body is cut off one byte past the limit.

    What it is made of is not to be changed afterwards, and the same is true of a Response: journals keep both.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @cached_property
    def arguments(self) -> Mapping[str, str]:
        """The query's arguments by name; of one that stands twice, the last.

        Bytes that are no UTF-8 become lone surrogates, so that different ones stay different.
        """
        return dict(parse_qsl(self.query, keep_blank_values=True, errors="surrogateescape")) if self.query else {}


NOTHING_SENT = -1
"""The `cut` of a response of which not a byte is sent."""


class Response(NamedTuple):
    """An HTTP response, and how it is sent.

    `delay` is how many real seconds pass before the first byte. `cut` is after how many bytes of the body the
    connection breaks, though the head promises all of it; with NOTHING_SENT it breaks before the head.
    """

    status: int
    headers: Headers
    body: bytes
    delay: float = 0.0
    cut: int | None = None

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


def no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python's JSON reader takes; for its `parse_constant`. Raises ValueError."""
    raise ValueError(f"{name} is no JSON number")


def finite(text: str) -> float:
    """Return the number that a text says; for the `parse_float` of Python's JSON reader. Raises ValueError.

    That reader makes Infinity of a number that is too large.
    """
    if not isfinite(number := float(text)):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object, none of which stands twice; for `object_pairs_hook`. Raises ValueError."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"{twice[:80]!a} stands twice in one object")
    return found


def encode(body: Any) -> bytes:
    """Return a text, or a JSON value, as the bytes of a body."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
