"""Draws a value from what a contract asserts at a place."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import jsonschema_rs

from ..branch import Branch
from ..worlds import docs_resources
from .draw import Draw
from .material import LONGEST_AT_WILL, Material, addresses

ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "ABSENT"})()
"""Stands for a value that cannot be had, as of a resource of which there is none."""

Place = tuple[str, ...]


Size = Literal["least", "any", "full"]
"""How much of what may be left out a payload has: nothing, as much as is drawn, or all."""


class Extent(NamedTuple):
    """How much of what may be left out is there: a share of it, and whatever leads to a wanted place.

    With `is_least`, lists are as short as can be too.
    """

    share: float
    wanted: frozenset[Place] = frozenset()
    is_least: bool = False


_SHARES = (0.0, 0.3, 0.6, 1.0)
_MULTIPLES = (1, 2, 3, 5)
_ALL = Extent(1.0)


class Values:
    """Draws values of one branch of an operation's payloads."""

    def __init__(self, provider: str, branch: Branch, material: Material) -> None:
        self.material = material
        self._schema = branch.schema
        self._resources = docs_resources(provider)
        self._checks: dict[Place, dict[str, Any]] = {}
        for keyword, where, parameter, _ in branch.checks:
            if keyword != "x-when-fact":  # one place may have several; what they say hangs on facts
                self._checks.setdefault(tuple(where), {})[keyword] = parameter
        self._conditions: dict[int, jsonschema_rs.Draft202012Validator] = {}

    def whole(self, draw: Draw, size: Size = "any", wanted: frozenset[Place] = frozenset()) -> dict[str, Any]:
        """Return an object with all fields, or with the needed and the wanted ones and such as are drawn."""
        share = draw.choice(_SHARES) if size == "any" else float(size == "full")
        found: dict[str, Any] = self._object(self._schema, (), draw, Extent(share, wanted, size == "least"))
        return found

    def at(self, draw: Draw, where: Place, **narrower: Any) -> Any:
        """Return a value for a place, `*` being any item, held to narrower keywords too."""
        schema = self._schema
        for token in where:
            schema = schema["items"] if token == "*" else schema["properties"][token]
        return self._value({**schema, **narrower}, where, draw, _ALL)

    def _value(self, schema: Mapping[str, Any], where: Place, draw: Draw, extent: Extent) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return draw.choice(schema["enum"])
        checks = self._checks.get(where, {})
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = draw.choice([*reversed(kind)])
        if "x-references" in checks and kind != "null":
            named = self._named(checks, kind)
            return draw.choice(named) if named else None if "null" in schema.get("type", ()) else ABSENT
        if kind == "object":
            return self._object(schema, where, draw, extent)
        if kind == "array":
            return self._array(schema, where, draw, extent)
        if kind == "string":
            return self._text(schema, where, checks, draw)
        if kind in ("integer", "number"):
            return self._number(schema, where, draw, is_whole=kind == "integer")
        if kind == "boolean":
            return draw.boolean()
        shown = self.material.at(where)
        return draw.choice(shown) if shown and kind is None else None

    def _object(self, schema: Mapping[str, Any], where: Place, draw: Draw, extent: Extent) -> Any:
        checks = self._checks.get(where, {})
        if "x-either" in checks:
            schema = draw.choice(checks["x-either"])
        if "properties" not in schema:
            return draw.choice([{}, *(shown for shown in self.material.at(where) if shown)])
        needed = {*schema.get("required", ()), *checks.get("x-required-on-first", {}).get("fields", ())}
        made: dict[str, Any] = {}
        for name, child in schema["properties"].items():
            place = (*where, name)
            if "x-forbidden" in self._checks.get(place, ()):
                continue
            if name in needed or place in extent.wanted or draw.boolean(extent.share):
                value = self._value(child, place, draw, extent)
                if value is not ABSENT:
                    made[name] = value
        for part in (schema, *schema.get("allOf", ())):
            if "if" in part and self._holds(part["if"], made):
                self._fulfil(part.get("then", {}), schema, where, made, draw)
        return made

    def _holds(self, condition: Mapping[str, Any], value: Any) -> bool:
        validator = self._conditions.get(id(condition))
        if validator is None:
            validator = self._conditions[id(condition)] = jsonschema_rs.Draft202012Validator(dict(condition))
        return validator.is_valid(value)

    def _fulfil(
        self, wanted: Mapping[str, Any], schema: Mapping[str, Any], where: Place, made: dict[str, Any], draw: Draw
    ) -> None:
        """Give an object the members that a condition asks for, and those that it narrows a new value."""
        narrowed = wanted.get("properties", {})
        for name in {**dict.fromkeys(wanted.get("required", ())), **narrowed}:
            if name in narrowed and name in made and self._holds(narrowed[name], made[name]):
                continue
            if name in made or name in wanted.get("required", ()):
                child = {**schema["properties"][name], **narrowed.get(name, {})}
                made[name] = self._value(child, (*where, name), draw, _ALL)

    def _array(self, schema: Mapping[str, Any], where: Place, draw: Draw, extent: Extent) -> list[Any]:
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        place = (*where, "*")
        item = schema.get("items", {})
        if "x-references" in (checks := self._checks.get(place, {})):
            named = self._named(checks, item.get("type"))
            return named[: draw.integer(max(low, 1), len(named))] if named else self._shown(where, draw)
        low = max(low, place in extent.wanted)
        places = range(low) if extent.is_least else draw.several(low, high)
        return [self._value(item, place, draw, extent) for _ in places]

    def _shown(self, where: Place, draw: Draw) -> list[Any]:
        shown = self.material.at(where)
        return list(draw.choice(shown)) if shown else []

    def _named(self, checks: Mapping[str, Any], kind: Any) -> list[Any]:
        """Return the ids of the resources that a place may name."""
        state = checks.get("x-not-in-state")
        names = [
            name
            for name, resource in self._resources.get(checks["x-references"]["resource"], {}).items()
            if state is None or resource.get(state["field"]) != state["value"]
        ]
        return [int(name) for name in names] if kind == "integer" else names

    def _text(self, schema: Mapping[str, Any], where: Place, checks: Mapping[str, Any], draw: Draw) -> str:
        if "x-public-url" in checks or "x-http-url" in checks:
            return draw.choice(addresses(tuple(checks.get("x-media-types", ()))))
        if "pattern" in schema or not (checks or "maxLength" in schema):
            return draw.choice(self.material.words(where))
        usual = checks.get("x-usual-length", {})
        low = max(schema.get("minLength", 0), usual.get("minimum", 0))
        high = min(schema.get("maxLength", LONGEST_AT_WILL + 1), usual.get("maximum", LONGEST_AT_WILL + 1))
        return draw.choice(self.material.texts(where, low, high))

    def _number(self, schema: Mapping[str, Any], where: Place, draw: Draw, *, is_whole: bool) -> float:
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is None or high is None:
            shown: list[float] = [value for value in self.material.at(where) if type(value) in (int, float)]
            shown.sort(key=abs)
            if low is None and shown:
                return draw.choice([value * times for times in _MULTIPLES for value in shown])
            small: list[float] = [*range(low or 0, (low or 0) + 11)]
            return draw.choice([*small, *shown])
        number: float = draw.number(low, high)
        return number + 0.5 if not is_whole and number < high and draw.boolean(0.1) else number
