"""Reads payloads from bytes: JSON as a provider reads it, and YAML for files.

`read_json` is what the mock server does to a request body and what `steplint` does to a JSON file, so that both
refuse the same texts. Problems come back as findings of the contract's body rules; nothing is raised.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..contracts.limits import MAX_INTEGER_DIGITS, MAX_NESTING, MAX_VALUES
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


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_integer, parse_constant=_no_constant)


def read_json(data: bytes, rules: Mapping[str, str], *, duplicates: bool = False) -> Reading:
    """Read a JSON object; with `duplicates`, also note keys that stand twice in one object.

    Where the rules have an entry `empty`, nothing at all is an empty object.
    """
    if not data and "empty" in rules:
        return Reading({}, [])
    if not data.strip():
        return _refused(rules["syntax"], "a JSON object", "The body is empty.", 0)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error, rules)
    twice: list[str] = []
    decoder = _duplicate_decoder(twice) if duplicates else _DECODER
    try:
        payload = decoder.decode(text)
    except json.JSONDecodeError as error:
        return _refused(
            rules["syntax"],
            "one JSON text",
            f"The text is not JSON: {error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}.",
            error.pos,
        )
    except _BadNumber as error:
        offset = _offset_of(text, error.digits) if duplicates else None
        return _refused(rules["number"], "a finite number", f"{error}.", offset)
    except RecursionError:
        return _refused(
            rules["nesting"],
            f"at most {MAX_NESTING} levels",
            f"The payload is nested deeper than {MAX_NESTING} levels.",
        )
    findings = _duplicate_findings(_places_of_duplicates(text) if twice else [], rules)
    if not isinstance(payload, dict) or _may_hide_problems(text):
        findings += plain_problems(payload, rules)
    return Reading(payload, findings)


def _not_utf8(data: bytes, error: UnicodeDecodeError, rules: Mapping[str, str]) -> Reading:
    offset = len(data[: error.start].decode("utf-8-sig", errors="replace"))
    return _refused(rules["encoding"], "UTF-8", f"The text is not UTF-8: byte {error.start} cannot be read.", offset)


def _offset_of(text: str, number: str) -> int | None:
    """Return where a number first stands in a JSON text outside its strings."""
    pattern = re.compile(r'"(?:[^"\\]|\\.)*"|(' + re.escape(number) + ")")
    return next((match.start() for match in pattern.finditer(text) if match[1]), None)


def _may_hide_problems(text: str) -> bool:
    """Depth, size and surrogates need a walk over the payload, which these signs make worth while."""
    return text.count("[") + text.count("{") > MAX_NESTING or text.count(",") >= MAX_VALUES or "\\u" in text


def _refused(code: str, expected: str, message: str, offset: int | None = None) -> Reading:
    return Reading(UNREADABLE, [Finding(code, (), None, expected, message)], offset)


def _duplicate_findings(places: list[Where], rules: Mapping[str, str]) -> list[Finding]:
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


def _places_of_duplicates(text: str) -> list[Where]:
    from .positions import json_offsets  # only a file with a duplicate key pays for the search

    places: list[Where] = []
    json_offsets(text, places)
    return places


def _duplicate_decoder(twice: list[str]) -> json.JSONDecoder:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            twice.append(items[0][0])
        return found

    return json.JSONDecoder(
        parse_float=_finite, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=pairs
    )


def read_yaml(data: bytes, rules: Mapping[str, str]) -> Reading:
    """Read the one document of a YAML file as a JSON object."""
    from .yaml_reading import load_yaml  # PyYAML is not needed for JSON

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error, rules)
    loaded = load_yaml(text)
    if loaded.problem is not None:
        code = rules[loaded.rule]
        return _refused(code, "one YAML document", f"The text is not YAML: {loaded.problem}.", loaded.offset)
    findings = _duplicate_findings(loaded.twice, rules)
    return Reading(loaded.payload, [*findings, *plain_problems(loaded.payload, rules)])
