"""One branch of a discriminated request schema: its two verdicts, and the `x-` checks bound to their places."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from itertools import islice
from typing import Any

import jsonschema_rs

from ..contracts.limits import MAX_FINDINGS
from .context import Context
from .explain import explain, explain_missing
from .keywords import KEYWORDS, never
from .occasion import Occasion
from .places import sites, value_at
from .plain import TOO_LARGE, is_plain, is_unicode
from .violation import Finding

_FOREIGN = frozenset({"x-unknown-fields", "x-misplaced-fields", "x-forbidden"})
"""Keywords about fields that do not belong; a payload that the strict verdict passes has none of them."""


_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}


class BoundCheck:
    """One `x-` keyword at one place of a branch."""

    def __init__(self, branch: "Branch", keyword: str, where: list[str], parameter: Any, code: str) -> None:
        looks_at, self._check, self.surely_right, self.fact = KEYWORDS[keyword]
        self.looks_at = (
            _narrowed(looks_at, _schema_at(branch.schema, where)) if isinstance(looks_at, tuple) else looks_at
        )
        self.field = where[0] if len(where) == 1 else None
        self.where = tuple(where)
        self.is_quick_below = not self.fact and len(where) > 1 and self.surely_right is not never
        self._keyword = keyword
        self._spellings = branch.spellings if where == [branch.discriminator] else ()
        self._branch = branch
        self._parameter = parameter
        self._code = code
        if where:
            self._own_fields = self._all_fields = frozenset(_schema_at(branch.schema, where).get("properties", {}))
        else:
            self._own_fields, self._all_fields = branch.own_fields, branch.all_fields

    def quick_look(self, schema: dict[str, Any]) -> Callable[[Any], bool]:
        """Return a quick way to see that a value at this place of a clean payload is right."""
        if self.looks_at is str and _schema_at(schema, [*self.where]).get("type") == "string":
            return self.surely_right
        return lambda value: not isinstance(value, self.looks_at) or self.surely_right(value)

    def findings(self, payload: Any, context: Context) -> Iterator[Finding]:
        """Yield what the keyword finds, at every place that its path stands for."""
        for where, value in sites(payload, self.where):
            if isinstance(value, self.looks_at):
                occasion = Occasion(
                    payload, context, where, self._own_fields, self._all_fields, self._branch.name, self._spellings
                )
                for flaw in self._check(self._parameter, value, occasion):
                    yield Finding(
                        flaw.code or self._code,
                        (*where, *flaw.below),
                        flaw.value,
                        flaw.expected,
                        flaw.message,
                        self._keyword,
                        self._parameter,
                        flaw.parts,
                    )


class Branch:
    """One branch of a discriminated schema, or the whole of an undivided one."""

    def __init__(
        self,
        name: str,
        entry: Mapping[str, Any],
        fields: frozenset[str],
        discriminator: str,
        root: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.discriminator = discriminator
        self.schema: dict[str, Any] = entry["schema"]
        self.spellings: tuple[Any, ...] = _spellings(name, self.schema.get("properties", {}).get(discriminator, {}))
        self.codes: Mapping[str, str] = entry["codes"]
        self.checks: list[list[Any]] = [*(root["checks"] if root else ()), *entry["checks"]]
        self.own_fields = frozenset(entry["fields"])
        self.defaults: Mapping[str, Any] = entry["defaults"]
        self.meant: list[list[Any]] = entry["meant"]
        self.all_fields = fields

    @cached_property
    def _verdict(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self.schema)

    @cached_property
    def _strict_schema(self) -> dict[str, Any]:
        schema = deepcopy(self.schema)
        for keyword, where, _, _ in self.checks:
            if keyword == "x-forbidden":
                _schema_at(schema, where[:-1])["properties"][where[-1]] = False
            elif keyword in _FOREIGN:
                _schema_at(schema, where)["additionalProperties"] = False
        return schema

    @cached_property
    def _strict(self) -> Callable[[Any], bool]:
        return jsonschema_rs.Draft202012Validator(self._strict_schema).is_valid

    @cached_property
    def _bound(self) -> list[BoundCheck]:
        return [BoundCheck(self, *entry) for entry in self.checks if entry[0] not in _FOREIGN]

    @cached_property
    def _own(self) -> list[BoundCheck]:
        """The checks that are run one by one: of first fields, and those that no quick look settles."""
        return [bound for bound in self._bound if not bound.is_quick_below]

    @cached_property
    def _below(self) -> list[BoundCheck]:
        """The checks of nested fields, which a quick look may settle together."""
        return [bound for bound in self._bound if bound.is_quick_below]

    @cached_property
    def _is_right_below(self) -> Callable[[Any], bool]:
        return _quick_look([(bound.where, bound.quick_look(self.schema)) for bound in self._below])

    @cached_property
    def _foreign(self) -> list[BoundCheck]:
        return [BoundCheck(self, *entry) for entry in self.checks if entry[0] in _FOREIGN]

    def is_clean(self, payload: Any) -> bool:
        """Return whether the shape is right, no field is foreign, and every text is Unicode."""
        if not self._strict(payload):
            return False
        for value in payload.values():
            kind = type(value)
            if kind is str:
                if not value.isascii() and not is_unicode(value):
                    return False
            elif kind is int:
                if not -TOO_LARGE < value < TOO_LARGE:
                    return False
            elif kind is tuple or (kind in (list, dict) and not is_plain(value)):
                return False
        return True

    def own_findings(self, payload: Any, context: Context, *, is_clean: bool = False) -> list[Finding]:
        """Return what the `x-` checks of the declared fields find; a clean payload is told sooner."""
        findings: list[Finding] = []
        for bound in self._own:
            if bound.fact and getattr(context, bound.fact) is None:
                continue
            if bound.field is not None:
                value = payload.get(bound.field)
                if not isinstance(value, bound.looks_at) or bound.surely_right(value):
                    continue
            findings.extend(islice(bound.findings(payload, context), MAX_FINDINGS))
        if self._below and not (is_clean and self._is_right_below(payload)):
            for bound in self._below:
                findings.extend(islice(bound.findings(payload, context), MAX_FINDINGS))
        return findings

    def foreign_findings(self, payload: Any, context: Context) -> Iterator[Finding]:
        """Yield the fields that do not belong here."""
        for bound in self._foreign:
            yield from islice(bound.findings(payload, context), MAX_FINDINGS)

    def shape_findings(self, payload: Any) -> Iterator[Finding]:
        """Yield what JSON Schema finds; of a value of the wrong type, only that."""
        errors = list(islice(self._verdict.iter_errors(payload), MAX_FINDINGS))
        mistyped = {tuple(error.instance_path) for error in errors if error.kind.name == "type"}
        for error in errors:
            keyword = error.kind.name
            where = tuple(error.instance_path)
            path = "/".join(str(token) for token in error.schema_path)
            if keyword == "required":
                name = error.kind.as_dict()["property"]
                expected, message = explain_missing(name, self.name, self.discriminator)
                yield Finding(self.codes[f"{path}/{name}"], (*where, name), None, expected, message, keyword)
            elif keyword == "type" or where not in mistyped:
                value = value_at(payload, where)
                wanted = value_at(self.schema, tuple(error.schema_path))
                expected, message = explain(keyword, wanted, where, value)
                yield Finding(self.codes[path], where, value, expected, message, keyword, wanted)


def _narrowed(looks_at: tuple[type, ...], schema: Mapping[str, Any]) -> tuple[type, ...]:
    """Return the types of a keyword that a schema takes: of a value of another type, its type alone is told."""
    types = schema.get("type", list(_PYTHON_TYPES))
    taken = {kind for name in ([types] if isinstance(types, str) else types) for kind in _PYTHON_TYPES.get(name, ())}
    return tuple(kind for kind in looks_at if kind in taken)


def _schema_at(schema: dict[str, Any], where: list[str]) -> dict[str, Any]:
    """Return the part of a schema that a path leads to."""
    for token in where:
        schema = schema["items"] if token == "*" else schema["properties"][token]
    return schema


def _quick_look(places: list[tuple[tuple[str, ...], Callable[[Any], bool]]]) -> Callable[[Any], bool]:
    """Return one look at all places of a clean value, each with its own look; absent places are right."""
    looks = [look for where, look in places if not where]
    if of_items := [(where[1:], look) for where, look in places if where[:1] == ("*",)]:
        at_item = _quick_look(of_items)
        looks.append(lambda value: all(map(at_item, value)))
    of_members: dict[str, list[tuple[tuple[str, ...], Callable[[Any], bool]]]] = {}
    for where, look in places:
        if where and where[0] != "*":
            of_members.setdefault(where[0], []).append((where[1:], look))
    if of_members:
        at_member = [(name, _quick_look(below)) for name, below in of_members.items()]

        def look_at_members(value: Any) -> bool:
            for name, look in at_member:  # noqa: SIM110 (nearly every payload comes by here, and a loop is faster)
                if name in value and not look(value[name]):
                    return False
            return True

        looks.append(look_at_members)
    return looks[0] if len(looks) == 1 else lambda value: all(look(value) for look in looks)


def _spellings(name: str, schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of the discriminator that choose a branch: those that it allows, else its name."""
    return tuple(schema.get("enum", [schema.get("const", name)])) if name else ()
