"""What JSON Schema can say of an `x-` keyword: for the keyword's value, a schema that only right values fit.

A right value need not fit: then the keyword's own check looks at it. So these say little and are safe, and a
branch asks jsonschema-rs for all of them at once, which is many times faster than one check after the other. What
a schema says must hold of any JSON value at the keyword's place, for the shape may be wrong as well.
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any] | bool

_NO_BRACE = r"[^{}]*"
_NAME_AND_REST = r"[!-z|~][^{}]*"
_SAID = {"pattern": r"[!-~]"}
_SPACE_OR_MARK = r"\t\n\r <&"
_OTHER_SPACES = r"[\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"


def none_there(parameter: Any) -> Schema:
    """No value at all; of this keyword nothing more can be said."""
    return False


def template(parameter: Any) -> Schema:
    """Every brace belongs to a variable whose name begins with a usual character."""
    return _text_with(_NAME_AND_REST)


def known_variables(parameter: Any) -> Schema:
    """Every brace belongs to a variable that is known, with or without what stands in for it."""
    names = "|".join(name for name in parameter if re.fullmatch(r"\w+", name, re.ASCII))
    return _text_with(rf"({names}) *(\|{_NO_BRACE})?") if names else {"pattern": rf"^{_NO_BRACE}$"}


def _text_with(variable: str) -> Schema:
    return {"pattern": rf"^{_NO_BRACE}(\{{\{{ *{variable}\}}\}}{_NO_BRACE})*$"}


def usual_length(parameter: Any) -> Schema:
    """A length within the bounds; this is the whole of the keyword."""
    return {"minLength": parameter.get("minimum", 0), "maxLength": parameter["maximum"]}


def http_url(parameter: Any) -> Schema:
    """An address of plain letters and signs, without port or credentials."""
    return {"pattern": r"^https?://[A-Za-z0-9.-]+([/?#][!-\[\]-~]*)?$"}


def either(parameter: Any) -> Schema:
    """Exactly one of the schemas fits; this is the whole of the keyword."""
    return {"oneOf": parameter}


def combined_max_items(parameter: Any) -> Schema:
    """None of the lists is there."""
    return {"properties": dict.fromkeys(parameter["properties"], False)}


def numbered(parameter: Any) -> Schema:
    """The items stand in the order of their numbers, and are not very many."""
    return {
        "prefixItems": [{"properties": {parameter["by"]: _exactly(number)}} for number in range(1, 21)],
        "items": False,
    }


def first_has(parameter: Any) -> Schema:
    """The item that stands first has the text itself, or in each item of its list."""
    field = parameter["field"]
    said: dict[str, Any] = {"required": [field], "properties": {field: _SAID}}
    if "within" in parameter:
        in_each = {"type": "array", "minItems": 1, "items": said}
        said = {"anyOf": [said, {"required": [parameter["within"]], "properties": {parameter["within"]: in_each}}]}
    return _starts_with(parameter["by"], said)


def max_words(parameter: Any) -> Schema:
    """The texts of the item that stands first are short, or have few words, tags and signs and no unusual spaces."""
    word, more = rf"[^{_SPACE_OR_MARK}]*", rf"[{_SPACE_OR_MARK}]+"
    most = parameter["maximum"]
    spaced = {"pattern": rf"^{word}({more}{word}){{0,{most - 1}}}$", "not": {"pattern": _OTHER_SPACES}}
    few: Schema = {"anyOf": [{"maxLength": 2 * most}, spaced]}
    properties: dict[str, Schema] = {parameter["field"]: few}
    if "within" in parameter:
        properties[parameter["within"]] = {"items": {"properties": {parameter["field"]: few}}}
    return _starts_with(parameter["by"], {"properties": properties})


def gap(parameter: Any) -> Schema:
    """The number of every item but the one that stands first lies between the bounds."""
    at_path: dict[str, Any] = {"minimum": parameter["minimum"], "maximum": parameter["maximum"]}
    for name in reversed(parameter["path"]):
        at_path = {"properties": {name: at_path}}
    return _starts_with(parameter["by"], True, at_path)


def total(parameter: Any) -> Schema:
    """The total is not asked for."""
    when = parameter["when"]
    return {"not": {"required": [when["field"]], "properties": {when["field"]: {"const": when["value"]}}}}


def _starts_with(by: str, first: Schema, others: Schema = True) -> Schema:
    """The item with the lowest number stands first and fits one schema, all others fit another."""
    is_first = {"type": "object", "required": [by], "properties": {by: _exactly(1)}, "allOf": [first]}
    return {"prefixItems": [is_first], "items": {"properties": {by: {"minimum": 2}}, "allOf": [others]}}


def _exactly(number: int) -> Schema:
    return {"type": "number", "minimum": number, "maximum": number}  # quicker than `const`
