"""Reads payloads from bytes, as a provider reads a request body.

`read_json` is what the mock server does to a body; `steplint` reads JSON by the same functions, so that both refuse the
same texts. Problems come back as findings of the contract's body rules; nothing is raised.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..contracts.limits import MAX_INTEGER_DIGITS, MAX_NESTING, MAX_VALUES
from .json_text import after_space
from .places import Where
from .plain import plain_problems
from .violation import Finding, printable, quote

UNREADABLE: Any = type("Unreadable", (), {"__repr__": lambda self: "UNREADABLE"})()
"""Stands for the payload where there is none to be had."""


class Reading(NamedTuple):
    """A payload, or UNREADABLE, with what was found on the way; `offset` is the character of a syntax error."""

    payload: Any
    findings: list[Finding]
    offset: int | None = None


class _BadNumber(ValueError):
    def __init__(self, digits: str, message: str) -> None:
        super().__init__(message)
        self.digits = digits


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isfinite(number):
        return number
    raise _BadNumber(digits, f"The number {printable(digits)} is too large")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise _BadNumber(digits, f"An integer of {len(digits)} digits is too large")
    return int(digits)


def _no_constant(name: str) -> float:
    raise _BadNumber(name, f"{name} is no JSON number")


class _DoubledKey(Exception):
    """An object has a key twice; where, is looked for only then."""


def _without_doubled_keys(items: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(items)
    if len(found) < len(items):
        raise _DoubledKey
    return found


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_integer, parse_constant=_no_constant)
_STRICT_DECODER = json.JSONDecoder(
    parse_float=_finite, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_without_doubled_keys
)


_CUT = "The value does not end in its line,"


def read_json(data: bytes, rules: Mapping[str, str], *, duplicates: bool = False) -> Reading:
    """Read a JSON object; with `duplicates`, also note keys that stand twice in one object.

    Where the rules have an entry `empty`, nothing at all is an empty object.
    """
    if not data and "empty" in rules:
        return Reading({}, [])
    text = decoded(data, rules)
    if isinstance(text, Reading):
        return text
    if not text.strip():
        return _refused(rules["syntax"], "a JSON object", "The body is empty.", 0)
    reading = parse_json(text, rules, duplicates=duplicates)
    if reading.payload is UNREADABLE:
        return reading
    if not isinstance(reading.payload, dict) or may_hide_problems(text):
        return Reading(reading.payload, [*reading.findings, *plain_problems(reading.payload, rules)])
    return reading


def decoded(data: bytes, rules: Mapping[str, str]) -> str | Reading:
    """Return bytes as text, without a byte order mark, or the problem with them."""
    try:
        return data.decode().removeprefix("\ufeff")  # the codec utf-8-sig is written in Python, and slower
    except UnicodeDecodeError as error:
        offset = len(data[: error.start].decode("utf-8-sig"))
        return _refused(
            rules["encoding"], "UTF-8", f"The text is not UTF-8: byte {error.start} cannot be read.", offset
        )


def parse_json(
    text: str,
    rules: Mapping[str, str],
    *,
    start: int = 0,
    stop: int | None = None,
    duplicates: bool = False,
    shares: bool = False,
) -> Reading:
    """Read the one JSON value, of any type, between two places of a text.

    With `shares`, pairs of a name and a value that come again and again, as headers do, are the same object.
    """
    end = len(text) if stop is None else stop
    begin, twice = after_space(text, start), False
    decoder = _sharing_decoder() if shares else _STRICT_DECODER if duplicates else _DECODER
    try:
        try:
            payload, after = decoder.raw_decode(text, begin)
        except _DoubledKey:
            twice = True
            payload, after = _DECODER.raw_decode(text, begin)
        if after > end:
            raise json.JSONDecodeError(_CUT, text, end)
        if (after := after_space(text, after)) < end:
            raise json.JSONDecodeError("Extra data", text, after)
        return Reading(payload, duplicate_findings(_places_of_duplicates(text, start) if twice else [], rules))
    except json.JSONDecodeError as error:
        if error.pos > end:  # of a line, where reading went on in the next
            error = json.JSONDecodeError(_CUT, text, end)
        return _refused(
            rules["syntax"],
            "one JSON text",
            f"The text is not JSON: {error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}.",
            error.pos,
        )
    except _BadNumber as error:
        offset = _offset_of(text, error.digits, start) if duplicates else None
        return _refused(rules["number"], "a finite number", f"{error}.", offset)
    except RecursionError:
        return _refused(
            rules["nesting"],
            f"at most {MAX_NESTING} levels",
            f"The payload is nested deeper than {MAX_NESTING} levels.",
        )


def _offset_of(text: str, number: str, start: int) -> int | None:
    """Return where a number first stands in a JSON text outside its strings."""
    pattern = re.compile(r'"(?:[^"\\]|\\.)*"|(' + re.escape(number) + ")")
    return next((match.start() for match in pattern.finditer(text, start) if match[1]), None)


def may_hide_problems(text: str) -> bool:
    """Depth, size and surrogates need a walk over the payload, which these signs make worth while."""
    return text.count("[") + text.count("{") > MAX_NESTING or text.count(",") >= MAX_VALUES or "\\u" in text


def _refused(code: str, expected: str, message: str, offset: int | None = None) -> Reading:
    return Reading(UNREADABLE, [Finding(code, (), None, expected, message)], offset)


def duplicate_findings(places: list[Where], rules: Mapping[str, str]) -> list[Finding]:
    """Return a finding for each key that stands twice in its object."""
    return [
        Finding(
            rules["duplicate-key"],
            place,
            place[-1],
            "each key once",
            f"The key {quote(place[-1])} stands twice; the last wins.",
        )
        for place in dict.fromkeys(places)
    ]


def _places_of_duplicates(text: str, start: int) -> list[Where]:
    from .positions import doubled_keys  # only a file with a duplicate key pays for the search

    return doubled_keys(text, start)


def _sharing_decoder() -> json.JSONDecoder:
    known: dict[tuple[str, str], dict[str, Any]] = {}

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(items) == 2 and items[0][0] == "name" and items[1][0] == "value":
            name, value = items[0][1], items[1][1]
            if isinstance(name, str) and isinstance(value, str):
                return known.setdefault((name, value), dict(items))
        return dict(items)

    return json.JSONDecoder(
        parse_float=_finite, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=pairs
    )
