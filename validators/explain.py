"""Says in words what an assertion of JSON Schema expected: one small function a keyword."""

from collections.abc import Callable, Mapping
from typing import Any

from ..contracts.errors import nearest
from .places import Where
from .violation import name_of, quote

_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def _type(wanted: Any, value: Any) -> tuple[str, str]:
    names = " or ".join(_TYPES[name] for name in (wanted if isinstance(wanted, list) else [wanted]))
    return names, f"must be {names}; {quote(value)} is not"


def _enum(wanted: Any, value: Any) -> tuple[str, str]:
    names = ", ".join(dict.fromkeys(str(item) for item in wanted))
    guess = nearest(value, [item for item in wanted if isinstance(item, str)]) if isinstance(value, str) else ""
    return f"one of {names}", f"must be one of {names}; {quote(value)} is not{'.' if guess else ''}{guess.rstrip('.')}"


def _const(wanted: Any, value: Any) -> tuple[str, str]:
    return quote(wanted), f"must be {quote(wanted)}; {quote(value)} is not"


def _minimum(wanted: Any, value: Any) -> tuple[str, str]:
    return f"at least {wanted}", f"must be at least {wanted}; {quote(value)} is not"


def _maximum(wanted: Any, value: Any) -> tuple[str, str]:
    return f"at most {wanted}", f"must be at most {wanted}; {quote(value)} is not"


def _min_length(wanted: Any, value: Any) -> tuple[str, str]:
    return f"at least {wanted} characters", f"has {len(value)} characters; at least {wanted} are needed"


def _max_length(wanted: Any, value: Any) -> tuple[str, str]:
    return f"at most {wanted} characters", f"has {len(value)} characters; at most {wanted} are allowed"


def _min_items(wanted: Any, value: Any) -> tuple[str, str]:
    return f"at least {wanted} items", f"has {len(value)} items; at least {wanted} are needed"


def _max_items(wanted: Any, value: Any) -> tuple[str, str]:
    return f"at most {wanted} items", f"has {len(value)} items; at most {wanted} are allowed"


def _pattern(wanted: Any, value: Any) -> tuple[str, str]:
    return f"a text like {wanted}", f"must match {wanted}; {quote(value)} does not"


_WORDS: Mapping[str, Callable[[Any, Any], tuple[str, str]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _min_length,
    "maxLength": _max_length,
    "minItems": _min_items,
    "maxItems": _max_items,
    "pattern": _pattern,
}


def explain(keyword: str, wanted: Any, where: Where, value: Any) -> tuple[str, str]:
    """Return what a keyword expected, and a sentence that says what is wrong at a place."""
    expected, complaint = _WORDS[keyword](wanted, value)
    end = "" if complaint.endswith("?") else "."
    return expected, f"{name_of(where)} {complaint}{end}"


def explain_missing(name: str, branch: str, discriminator: str) -> tuple[str, str]:
    """Return what was expected of a missing member, and a sentence; `branch` is empty where there is but one."""
    case = f" for steps of type {branch}" if discriminator == "type" else f" where {discriminator} is {branch}"
    return f"a member {name}", f"{name} is required{case if branch else ''}."
