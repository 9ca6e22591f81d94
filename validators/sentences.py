"""Says what is wrong in the words of the provider: one small table for each manner of speaking."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .places import Where

Sentence = Callable[[Any, Where, str], str]


def _at(where: Where) -> str:
    return "".join(f"/{token}" for token in where)


def _types(wanted: Any) -> str:
    return ",".join(wanted) if isinstance(wanted, list) else str(wanted)


_OPENAPI_VALIDATOR: Mapping[str, Sentence] = {
    "required": lambda wanted, where, plain: f"request/body{_at(where[:-1])} must have required property '{where[-1]}'",
    "type": lambda wanted, where, plain: f"request/body{_at(where)} must be {_types(wanted)}",
    "enum": lambda wanted, where, plain: (
        f"request/body{_at(where)} must be equal to one of the allowed values: {', '.join(map(str, wanted))}"
    ),
    "oneOf": lambda wanted, where, plain: f"request/body{_at(where)} must match exactly one schema in oneOf",
}

_JOI_TYPES = {
    "string": "must be a string",
    "integer": "must be a number",
    "number": "must be a number",
    "boolean": "must be a boolean",
    "array": "must be an array",
    "object": "must be of type object",
}


def _label(where: Where) -> str:
    text = "".join(f"[{token}]" if isinstance(token, int) else f".{token}" for token in where)
    return f'"{text.removeprefix(".") or "value"}"'


_ENDS_IN_A_NUMBER = re.compile(r"; -?[0-9][0-9.e+-]* is not\.$", re.IGNORECASE)


def _joi_type(wanted: Any, where: Where, plain: str) -> str:
    name = wanted if isinstance(wanted, str) else wanted[0]
    if name == "integer" and _ENDS_IN_A_NUMBER.search(plain):  # it is a number, only not a whole one
        return f"{_label(where)} must be an integer"
    return f"{_label(where)} {_JOI_TYPES[name]}"


_JOI: Mapping[str, Sentence] = {
    "required": lambda wanted, where, plain: f"{_label(where)} is required",
    "type": _joi_type,
    "enum": lambda wanted, where, plain: f"{_label(where)} must be one of [{', '.join(map(str, wanted))}]",
    "minimum": lambda wanted, where, plain: f"{_label(where)} must be larger than or equal to {wanted}",
    "maximum": lambda wanted, where, plain: f"{_label(where)} must be less than or equal to {wanted}",
    "x-unknown-fields": lambda wanted, where, plain: f"{_label(where)} is not allowed",
}


def _of_class_validator(complain: Callable[[Any], str]) -> Sentence:
    """Return a sentence as NestJS flattens it: the path of the parent, a dot, then the name and the complaint."""

    def say(wanted: Any, where: Where, plain: str) -> str:
        *parent, name = where or ("body",)
        text = f"{name} {complain(wanted)}"
        if isinstance(name, int) and parent:
            text = f"each value in {parent.pop()} {complain(wanted)}"
        return ".".join((*map(str, parent), text))

    return say


def _should_not_exist(wanted: Any, where: Where, plain: str) -> str:
    return ".".join((*map(str, where[:-1]), f"property {where[-1]} should not exist"))


_CLASS_TYPES = {
    "string": "a string",
    "integer": "an integer number",
    "number": "a number conforming to the specified constraints",
    "boolean": "a boolean value",
    "array": "an array",
    "object": "an object",
}
_CLASS_VALIDATOR: Mapping[str, Sentence] = {
    "required": _of_class_validator(lambda wanted: "should not be empty"),
    "type": _of_class_validator(lambda wanted: f"must be {_CLASS_TYPES[wanted]}"),
    "enum": _of_class_validator(lambda wanted: "must be a valid enum value"),
    "minimum": _of_class_validator(lambda wanted: f"must not be less than {wanted}"),
    "maximum": _of_class_validator(lambda wanted: f"must not be greater than {wanted}"),
    "minLength": _of_class_validator(lambda wanted: f"must be longer than or equal to {wanted} characters"),
    "maxLength": _of_class_validator(lambda wanted: f"must be shorter than or equal to {wanted} characters"),
    "minItems": _of_class_validator(lambda wanted: f"must contain at least {wanted} elements"),
    "maxItems": _of_class_validator(lambda wanted: f"must contain no more than {wanted} elements"),
    "pattern": _of_class_validator(lambda wanted: "must have the form of an id"),
    "x-unknown-fields": _should_not_exist,
    "x-forbidden": _should_not_exist,
}

SENTENCES: Mapping[str, Mapping[str, Sentence]] = {
    "plain": {},
    "openapi-validator": _OPENAPI_VALIDATOR,
    "joi": _JOI,
    "class-validator": _CLASS_VALIDATOR,
}
"""The manners of speaking that a contract may name, by the keyword that failed; what is missing is said plainly."""


def sentence(manner: str, keyword: str, wanted: Any, where: Where, plain: str) -> str:
    """Return the provider's own sentence for a failed keyword, or the plain one."""
    say = SENTENCES[manner].get(keyword)
    return say(wanted, where, plain) if say else plain
