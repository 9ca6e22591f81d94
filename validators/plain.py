"""Is a Python value plain JSON? Finite numbers, whole characters, text keys, and no deeper than the limit."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ..contracts.limits import MAX_INTEGER_DIGITS, MAX_NESTING, MAX_VALUES
from .places import Where
from .violation import Finding, quote

TOO_LARGE = 10**MAX_INTEGER_DIGITS
"""The first integer that has more digits than a payload may hold."""

_NESTED = (dict, list, tuple)


def plain_problems(payload: Any, rules: Mapping[str, str], most: int = MAX_VALUES) -> Iterator[Finding]:
    """Yield what keeps a value from being a JSON object that a provider reads; `rules` are the contract's body rules.

    The walk keeps its own stack and stops at the first problem of each rule, so that no payload can exhaust it. At
    most `most` values are walked.
    """
    if not isinstance(payload, dict):
        yield Finding(
            rules["root"], (), payload, "an object", f"The payload must be an object; it is {quote(payload)}."
        )
        return
    told: set[str] = set()
    for rule, where, value, expected, message in _problems(payload, most):
        if rule not in told:
            told.add(rule)
            yield Finding(rules[rule], where, value, expected, message)


def _problems(payload: Any, most: int) -> Iterator[tuple[str, Where, Any, str, str]]:
    stack: list[tuple[Where, Any]] = [((), payload)]
    seen = 0
    while stack:
        where, value = stack.pop()
        if isinstance(value, str):
            if not value.isascii() and not is_unicode(value):
                yield "encoding", where, value, "whole Unicode characters", "A string holds half of a surrogate pair."
        elif isinstance(value, int):
            if not -TOO_LARGE < value < TOO_LARGE:
                yield "number", where, value, "a number of usual size", f"The number is {quote(value)}."
        elif isinstance(value, float):
            if not math.isfinite(value):
                yield "number", where, value, "a finite number", f"The number {quote(value)} is not finite."
        elif isinstance(value, _NESTED):
            seen += len(value)
            if len(where) >= MAX_NESTING or seen > most:
                yield (
                    "nesting",
                    where[:4],
                    "...",
                    f"at most {MAX_NESTING} levels and {most} values",
                    f"The payload is nested deeper than {MAX_NESTING} levels or holds too many values.",
                )
                return
            if isinstance(value, dict):
                for key, child in value.items():
                    if isinstance(key, str) and (key.isascii() or is_unicode(key)):
                        if not (type(child) is str and child.isascii()):
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
        elif value is not None:
            yield "syntax", where, value, "a JSON value", f"{quote(value)} is no JSON value."


def with_lists(value: Any) -> Any:
    """Return a plain value with lists for its tuples, as writing it to JSON would make them."""
    if isinstance(value, dict):
        return {key: with_lists(item) if isinstance(item, _NESTED) else item for key, item in value.items()}
    if isinstance(value, _NESTED):
        return [with_lists(item) if isinstance(item, _NESTED) else item for item in value]
    return value


def is_plain(payload: Any) -> bool:
    """Return whether a value is an object of plain JSON values, none of them a tuple, not too many and not too deep.

    It says no sooner than why; that is for `plain_problems` to tell, which may have nothing to tell of a tuple.
    """
    if type(payload) is not dict:
        return False
    seen, level = 0, [payload]
    for _ in range(MAX_NESTING):
        below: list[Any] = []
        for holder in level:
            seen += len(holder)
            if seen > MAX_VALUES:
                return False
            if type(holder) is dict and not _are_names(holder):
                return False
            for child in holder.values() if type(holder) is dict else holder:
                kind = type(child)
                if kind is str:
                    if not child.isascii() and not is_unicode(child):
                        return False
                elif kind is dict or kind is list:
                    below.append(child)
                elif kind is int:
                    if not -TOO_LARGE < child < TOO_LARGE:
                        return False
                elif kind is float:
                    if not math.isfinite(child):
                        return False
                elif kind is not bool and child is not None:
                    return False
        if not below:
            return True
        level = below
    return False


def _are_names(keys: Mapping[Any, Any]) -> bool:
    """Return whether all keys are texts that UTF-8 can write."""
    try:
        names = "".join(keys)
    except TypeError:
        return False
    return names.isascii() or is_unicode(names)


def is_unicode(text: str) -> bool:
    """Return whether a text has no half of a surrogate pair, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
