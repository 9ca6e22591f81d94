"""Reads path and query parameters as an operation declares them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema_rs

from ..validators.plain import is_unicode
from ..validators.violation import quote
from .call import Refused


class Parameters:
    """The parameters of one kind that an operation declares, by name."""

    def __init__(self, schemas: Mapping[str, Any], *, are_ids: bool = False) -> None:
        """Take the schemas. With `are_ids`, an integer has one spelling, the shortest: `01` is not the id 1."""
        self._schemas = schemas
        self._are_ids = are_ids
        self._fits: dict[str, Callable[[Any], bool]] = {}

    def read(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Return the declared parameters; others are passed over. Raises Refused for a value that does not fit."""
        found: dict[str, Any] = {}
        for name, text in given.items():
            schema = self._schemas.get(name)
            if schema is None:
                continue
            value: int | str = text
            if schema.get("type") == "integer" and _INTEGER.fullmatch(text) is not None:
                value = int(text) if not self._are_ids or str(int(text)) == text else text
            if schema != _ANY_TEXT and not (is_unicode(text) and self._check_of(name)(value)):
                raise Refused("bad-params", f"The parameter {name} cannot be {quote(text)}.", parameter=name)
            found[name] = value
        return found

    def _check_of(self, name: str) -> Callable[[Any], bool]:
        if name not in self._fits:
            self._fits[name] = jsonschema_rs.validator_for(self._schemas[name]).is_valid
        return self._fits[name]


_ANY_TEXT = {"type": "string"}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
