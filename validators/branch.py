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
from .keywords import KEYWORDS
from .occasion import Occasion
from .places import Where, sites, value_at
from .plain import TOO_LARGE, is_plain, is_unicode
from .quick_look import QuickLook
from .violation import Finding

_FOREIGN = frozenset({"x-unknown-fields", "x-misplaced-fields", "x-forbidden"})
"""Keywords about fields that do not belong; a payload that the strict verdict passes has none of them."""

_FEW = 4
"""So many checks are run sooner than it is told which of them need be."""

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
        looks_at, self._check, self.fact = KEYWORDS[keyword][:3]
        self.looks_at = (
            _narrowed(looks_at, _schema_at(branch.schema, where)) if isinstance(looks_at, tuple) else looks_at
        )
        self.where = tuple(where)
        self.parameter = parameter
        self.keyword = keyword
        self._spellings = branch.spellings if where == [branch.discriminator] else ()
        self._branch = branch
        self._code = code
        if where:
            self._own_fields = self._all_fields = frozenset(_schema_at(branch.schema, where).get("properties", {}))
        else:
            self._own_fields, self._all_fields = branch.own_fields, branch.all_fields

    def findings(self, payload: Any, context: Context, places: list[tuple[Where, Any]]) -> Iterator[Finding]:
        """Yield what the keyword finds at the places, with their values, that its path stands for in the payload."""
        for where, value in places:
            if isinstance(value, self.looks_at):
                occasion = Occasion(
                    payload, context, where, self._own_fields, self._all_fields, self._branch.name, self._spellings
                )
                for flaw in self._check(self.parameter, value, occasion):
                    yield Finding(
                        flaw.code or self._code,
                        (*where, *flaw.below),
                        flaw.value,
                        flaw.expected,
                        flaw.message,
                        self.keyword,
                        self.parameter,
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
    def _of_facts(self) -> list[BoundCheck]:
        """The checks that look beyond the payload, of which no schema can tell."""
        return [bound for bound in self._bound if bound.fact]

    @cached_property
    def _quick_look(self) -> QuickLook:
        return QuickLook([(bound.keyword, bound.where, bound.parameter) for bound in self._bound])

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

    def own_findings(self, payload: Any, context: Context) -> list[Finding]:
        """Return what the `x-` checks of the declared fields find."""
        if self._quick_look.is_right(payload):
            checks = self._of_facts
        elif len(self._bound) <= _FEW:
            checks = self._bound
        else:
            doubtful = self._quick_look.in_doubt(payload)
            checks = [bound for number, bound in enumerate(self._bound) if bound.fact or number in doubtful]
        return _found(checks, payload, context)

    def foreign_findings(self, payload: Any, context: Context) -> list[Finding]:
        """Return the fields that do not belong here."""
        return _found(self._foreign, payload, context)

    def shape_findings(self, payload: Any) -> Iterator[Finding]:
        """Yield what JSON Schema finds; of a value of the wrong type, only that."""
        errors = [
            (error, error.kind.name, tuple(error.instance_path))
            for error in islice(self._verdict.iter_errors(payload), MAX_FINDINGS)
        ]
        mistyped = {where for _, keyword, where in errors if keyword == "type"}
        for error, keyword, where in errors:
            path = "/".join(map(str, error.schema_path))
            if keyword == "required":
                name = error.kind.as_dict()["property"]
                expected, message = explain_missing(name, self.name, self.discriminator)
                yield Finding(self.codes[f"{path}/{name}"], (*where, name), None, expected, message, keyword)
            elif keyword == "type" or where not in mistyped:
                value = value_at(payload, where)
                wanted = value_at(self.schema, tuple(error.schema_path))
                expected, message = explain(keyword, wanted, where, value)
                yield Finding(self.codes[path], where, value, expected, message, keyword, wanted)


def _found(checks: list[BoundCheck], payload: Any, context: Context) -> list[Finding]:
    """Return what some checks find; places that several look at are looked up once."""
    findings: list[Finding] = []
    places: dict[tuple[str, ...], list[tuple[Where, Any]]] = {}
    for bound in checks:
        if not bound.fact or getattr(context, bound.fact) is not None:
            if bound.where not in places:
                places[bound.where] = list(sites(payload, bound.where))
            findings.extend(islice(bound.findings(payload, context, places[bound.where]), MAX_FINDINGS))
    return findings


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


def _spellings(name: str, schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of the discriminator that choose a branch: those that it allows, else its name."""
    return tuple(schema.get("enum", [schema.get("const", name)])) if name else ()
