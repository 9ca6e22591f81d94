"""Tells at once which checks of a payload have nothing to find, by one schema that is made of theirs."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import jsonschema_rs

from .keywords import KEYWORDS


class QuickLook:
    """One look for many `x-` keywords, each given with its place and value; see `quick_schemas`.

    Of keywords that need a fact besides the payload it says nothing.
    """

    def __init__(self, checks: Sequence[tuple[str, tuple[str, ...], Any]]) -> None:
        self._at: dict[tuple[str | int, ...], set[int]] = {}
        """The numbers of the checks at each place, which is named by its path in the schema."""
        self._schema: dict[str, Any] = {}
        covered = {(KEYWORDS[keyword].covers, where) for keyword, where, _ in checks}
        for number, (keyword, where, parameter) in enumerate(checks):
            if KEYWORDS[keyword].fact:
                continue
            place, path = self._schema, tuple(step for token in where for step in _steps(token))
            for step in path:
                place = place.setdefault(step, {})
            self._at.setdefault(path, set()).add(number)
            if (keyword, where) not in covered:
                place.setdefault("allOf", []).append(KEYWORDS[keyword].quick_schema(parameter))

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self._schema, pattern_options=jsonschema_rs.RegexOptions())

    @cached_property
    def is_right(self) -> Callable[[Any], bool]:
        """Whether no check has anything to find in a payload; one that does not pass may be right as well."""
        return self._validator.is_valid

    def in_doubt(self, payload: Any) -> set[int]:
        """Return the numbers of the checks that may find something in a payload."""
        found: set[int] = set()
        for error in self._validator.iter_errors(payload):
            path = tuple(error.schema_path)
            ends = (end for end, step in enumerate(path) if step == "allOf" and path[:end] in self._at)
            found |= self._at[path[: next(ends)]]
        return found


def _steps(token: str) -> tuple[str, ...]:
    return ("items",) if token == "*" else ("properties", token)
