"""Reads query arguments as an operation declares them."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from ..validators.violation import quote
from .call import Refused
from .messages import Request


def read_query(schemas: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """Return the declared arguments of a query; others are passed over. Raises Refused for a value out of range."""
    if not request.query or not schemas:
        return {}
    found: dict[str, Any] = {}
    for name, text in request.arguments().items():
        schema = schemas.get(name)
        if schema is None:
            continue
        is_integer = schema.get("type") == "integer" and text.removeprefix("-").isdecimal() and len(text) < 20
        value = int(text) if is_integer else text
        if not jsonschema_rs.is_valid(schema, value):
            raise Refused("bad-params", f"The argument {name} cannot be {quote(text)}.")
        found[name] = value
    return found
