"""What of an OpenAPI document the compiler walks over, as a schema: so that it need not ask at every step.

It says no more than that. What stands under a keyword of stepmock's own is for the vocabulary to say.
"""

from collections.abc import Mapping
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")


def _each(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": schema}


def _object(members: list[str], /, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": members, "properties": properties}


_TEXT = {"type": "string"}
_SCHEMA = {"$ref": "#/$defs/schema"}
_SCHEMAS = {"type": "array", "items": _SCHEMA}
_PARAMETER = {"type": "object", "properties": {"name": _TEXT, "in": _TEXT, "schema": _SCHEMA}}
_PARAMETERS = {
    "type": "array",
    "items": {**_PARAMETER, "if": {"required": ["$ref"]}, "else": {"required": ["name", "in", "schema"]}},
}
_MEDIA = {"type": "object", "properties": {"schema": _SCHEMA}}
_RESPONSE = {"type": "object", "properties": {"content": _each(_MEDIA)}}
_BODY = _object(
    ["content"],
    content=_object(
        ["application/json"],
        **{"application/json": _object(["schema", "examples"], schema=_SCHEMA, examples=_each(_object(["value"])))},
    ),
)
_RESPONSES = {**_each(_RESPONSE), "propertyNames": {"pattern": "^([1-5][0-9][0-9]|default)$"}}
_OPERATION = {
    "type": "object",
    "properties": {
        "operationId": _TEXT,
        "summary": _TEXT,
        "parameters": _PARAMETERS,
        "requestBody": _BODY,
        "responses": _RESPONSES,
    },
}

SKELETON: Mapping[str, Any] = {
    "required": ["servers", "security", "components", "paths"],
    "properties": {
        "servers": {
            "type": "array",
            "minItems": 1,
            "items": _object(
                ["url"], url={"type": "string", "pattern": "^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?$"}
            ),
        },
        "security": {"type": "array", "minItems": 1, "items": {"type": "object", "minProperties": 1}},
        "components": _object(
            ["securitySchemes", "schemas"],
            securitySchemes=_each(_object(["type"], type={"enum": ["apiKey", "http"]})),
            schemas=_each(_SCHEMA),
            parameters=_each(_PARAMETER),
            responses=_each(_RESPONSE),
        ),
        "paths": _each(_object([], parameters=_PARAMETERS, **dict.fromkeys(METHODS, _OPERATION))),
    },
    "$defs": {
        "schema": _object(
            [],
            **{"$ref": {"type": "string", "pattern": "^#/"}, "if": _SCHEMA},
            type={"type": ["string", "array"]},
            required={"type": "array", "items": _TEXT},
            properties=_each(_SCHEMA),
            items=_SCHEMA,
            then=_SCHEMA,
            allOf=_SCHEMAS,
            anyOf=_SCHEMAS,
            oneOf=_SCHEMAS,
            enum={"type": "array"},
            discriminator=_object(["propertyName"], propertyName=_TEXT, mapping=_each(_TEXT)),
        )
    },
}
"""A schema of the whole document; the bodies of requests and the replies are those of `application/json`."""
