"""Values as the published server, a JavaScript program, holds and writes them."""

import re
from math import isfinite
from typing import Any

_SAFE_INTEGER = 2**53


def as_javascript(value: Any) -> Any:
    """Return a JSON value with its numbers as JavaScript holds and writes them: 2.0 is 2, and 1e999 is null."""
    if isinstance(value, dict):
        return {name: as_javascript(child) for name, child in value.items()}
    if isinstance(value, list):
        return [as_javascript(child) for child in value]
    if type(value) not in (int, float):
        return value
    try:
        number = float(value)
    except OverflowError:
        return None
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _SAFE_INTEGER else number


def total(one: float | None, other: float | None) -> float | None:
    """Return the sum of two numbers; None, which JSON writes for NaN, where one is missing or the sum is too large."""
    return None if one is None or other is None else as_javascript(one + other)


def parse_int(text: str) -> Any:
    """Return the number that a text begins with, as JavaScript's parseInt does; None, which JSON writes for NaN."""
    digits = re.match(r"\s*([+-]?[0-9]+)", text)
    return as_javascript(float(digits[1])) if digits else None


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are there; JavaScript writes no undefined ones."""
    return {name: value for name, value in fields.items() if value is not None}


def camel_keys(value: Any) -> Any:
    """Return a JSON value in which all keys, at any depth, are in camel case."""
    if isinstance(value, dict):
        return {camel_case(name): camel_keys(child) for name, child in value.items()}
    return [camel_keys(child) for child in value] if isinstance(value, list) else value


def camel_case(name: str) -> str:
    """Return a name in snake case in camel case; any other name stays as it is."""
    return re.sub(r"[_.\- ]+(.|$)", lambda match: match[1].upper(), name.lstrip("_.- "))
