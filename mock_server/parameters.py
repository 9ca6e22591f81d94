"""Reads path and query parameters as an operation declares them."""

import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from ..validators.plain import is_unicode
from ..validators.violation import quote
from .call import Refused


def read_parameters(schemas: Mapping[str, Any], given: Mapping[str, str], *, are_ids: bool = False) -> dict[str, Any]:
    """Return the declared parameters; others are passed over. Raises Refused for a value that does not fit.

    With `are_ids`, an integer has one spelling, the shortest: `01` is not the id 1.
    """
    found: dict[str, Any] = {}
    for name, text in given.items():
        schema = schemas.get(name)
        if schema is None:
            continue
        value: int | str = text
        if schema.get("type") == "integer" and _INTEGER.fullmatch(text) is not None:
            value = int(text) if not are_ids or str(int(text)) == text else text
        if schema != _ANY_TEXT and not (is_unicode(text) and jsonschema_rs.is_valid(schema, value)):
            raise Refused("bad-params", f"The parameter {name} cannot be {quote(text)}.", parameter=name)
        found[name] = value
    return found


_ANY_TEXT = {"type": "string"}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
