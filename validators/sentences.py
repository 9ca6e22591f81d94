"""Says what is wrong in the words of the provider: one small table for each manner of speaking."""

from collections.abc import Callable, Mapping
from typing import Any

from .places import Where

Sentence = Callable[[Any, Where, str], str]


def _at(where: Where) -> str:
    return "".join(f"/{token}" for token in where)


_OPENAPI_VALIDATOR: Mapping[str, Sentence] = {
    "required": lambda wanted, where, plain: f"request/body{_at(where[:-1])} must have required property '{where[-1]}'",
    "type": lambda wanted, where, plain: f"request/body{_at(where)} must be {wanted}",
    "enum": lambda wanted, where, plain: (
        f"request/body{_at(where)} must be equal to one of the allowed values: {', '.join(map(str, wanted))}"
    ),
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
    "x-unknown-fields": _should_not_exist,
    "x-forbidden": _should_not_exist,
}

SENTENCES: Mapping[str, Mapping[str, Sentence]] = {
    "plain": {},
    "openapi-validator": _OPENAPI_VALIDATOR,
    "class-validator": _CLASS_VALIDATOR,
}
"""The manners of speaking that a contract may name, by the keyword that failed; what is missing is said plainly."""


def sentence(manner: str, keyword: str, wanted: Any, where: Where, plain: str) -> str:
    """Return the provider's own sentence for a failed keyword, or the plain one."""
    say = SENTENCES[manner].get(keyword)
    return say(wanted, where, plain) if say else plain
