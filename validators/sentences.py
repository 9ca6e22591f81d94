"""Says what is wrong in the words of the provider: one small table for each manner of speaking."""

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

SENTENCES: Mapping[str, Mapping[str, Sentence]] = {
    "plain": {},
    "openapi-validator": _OPENAPI_VALIDATOR,
}
"""The manners of speaking that a contract may name, by the keyword that failed; what is missing is said plainly."""


def sentence(manner: str, keyword: str, wanted: Any, where: Where, plain: str) -> str:
    """Return the provider's own sentence for a failed keyword, or the plain one."""
    say = SENTENCES[manner].get(keyword)
    return say(wanted, where, plain) if say else plain
