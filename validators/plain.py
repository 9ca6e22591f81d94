"""Is a Python value plain JSON? Finite numbers, whole characters, text keys, and no deeper than the limit."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ..contracts.limits import MAX_EXPANDED_VALUES, MAX_NESTING
from .places import Where
from .violation import Finding, quote


def plain_problems(payload: Any, rules: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what keeps a value from being a JSON object that a provider reads; `rules` are the contract's body rules.

    The walk keeps its own stack and stops at the first problem of each rule, so that no payload can exhaust it.
    """
    if not isinstance(payload, dict):
        yield Finding(
            rules["root"], (), payload, "an object", f"The payload must be an object; it is {quote(payload)}."
        )
        return
    told: set[str] = set()
    for rule, where, value, expected, message in _problems(payload):
        if rule not in told:
            told.add(rule)
            yield Finding(rules[rule], where, value, expected, message)


def _problems(payload: Any) -> Iterator[tuple[str, Where, Any, str, str]]:
    stack: list[tuple[Where, Any]] = [((), payload)]
    seen = 0
    while stack:
        where, value = stack.pop()
        seen += 1
        if isinstance(value, str):
            if not value.isascii() and not is_unicode(value):
                yield "encoding", where, value, "whole Unicode characters", "A string holds half of a surrogate pair."
        elif isinstance(value, float):
            if not math.isfinite(value):
                yield "number", where, value, "a finite number", f"The number {quote(value)} is not finite."
        elif isinstance(value, (dict, list, tuple)):
            if len(where) >= MAX_NESTING or seen > MAX_EXPANDED_VALUES:
                yield (
                    "nesting",
                    where[:4],
                    "...",
                    f"at most {MAX_NESTING} levels and {MAX_EXPANDED_VALUES} values",
                    f"The payload is nested deeper than {MAX_NESTING} levels or holds too many values.",
                )
                return
            if isinstance(value, dict):
                for key, child in value.items():
                    if isinstance(key, str) and (key.isascii() or is_unicode(key)):
                        stack.append(((*where, key), child))
                    else:
                        yield (
                            "encoding" if isinstance(key, str) else "syntax",
                            where,
                            value,
                            "text keys",
                            f"The key {quote(key)} is no text that JSON can hold.",
                        )
            else:
                stack.extend(((*where, index), child) for index, child in enumerate(value))
        elif value is not None and not isinstance(value, (bool, int)):
            yield "syntax", where, value, "a JSON value", f"{quote(value)} is no JSON value."


def is_plain(value: Any) -> bool:
    """Return whether an array or object, no deeper than some schema lets it be, holds only plain JSON values."""
    for child in value.values() if type(value) is dict else value:
        kind = type(child)
        if kind is str:
            if not child.isascii() and not is_unicode(child):
                return False
        elif kind is list or kind is dict:
            if not is_plain(child):
                return False
        elif kind is float:
            if not math.isfinite(child):
                return False
        elif kind is not int and kind is not bool and child is not None:
            return False
    return True


def is_unicode(text: str) -> bool:
    """Return whether a text has no half of a surrogate pair, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
