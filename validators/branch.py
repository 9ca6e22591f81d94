"""One branch of a discriminated request schema: its quick look, and the `x-` checks bound to their places."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from ..contracts.limits import MAX_FINDINGS
from .context import NOTHING_KNOWN, Context
from .explain import explain, explain_missing
from .keywords import KEYWORDS
from .occasion import Occasion
from .places import Where, sites, value_at
from .plain import is_plain
from .quick_look import Failed, QuickLook
from .violation import Finding

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

    def findings(self, places: Iterable[tuple[Where, Any]], payload: Any, context: Context) -> Iterator[Finding]:
        """Yield what the keyword finds at some places, given with their values; not more than is told."""
        return islice(self._findings(places, payload, context), MAX_FINDINGS)

    def _findings(self, places: Iterable[tuple[Where, Any]], payload: Any, context: Context) -> Iterator[Finding]:
        for where, value in places:
            if isinstance(value, self.looks_at):
                occasion = Occasion(
                    payload, context, where, self._own_fields, self._all_fields, self._branch.name, self._spellings
                )
                for below, found, expected, message, code, parts in self._check(self.parameter, value, occasion):
                    yield Finding(
                        code or self._code,
                        (*where, *below),
                        found,
                        expected,
                        message,
                        self.keyword,
                        self.parameter,
                        parts,
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
    def _bound(self) -> list[BoundCheck]:
        return [BoundCheck(self, *entry) for entry in self.checks]

    @cached_property
    def _of_facts(self) -> list[BoundCheck]:
        """The checks that look beyond the payload, of which no schema can tell."""
        return [bound for bound in self._bound if bound.fact]

    @cached_property
    def _quick_look(self) -> QuickLook:
        return QuickLook(self.schema, [(bound.keyword, bound.where, bound.parameter) for bound in self._bound])

    def is_clean(self, payload: Any) -> bool:
        """Return whether nothing is wrong with a payload by itself: only rules about facts may still find something."""
        return self._quick_look.is_right(payload) and is_plain(payload)

    def findings(self, payload: Any, context: Context, *, shape_alone: bool = False) -> Iterator[Finding]:
        """Yield what is wrong with a plain object: its shape, and unless that is to be told alone, all keywords."""
        failed, doubts = self._quick_look.at(payload)
        yield from self._shape_findings(payload, failed)
        if shape_alone:
            return
        for number, places in sorted(doubts.items()):
            found = [(where, value_at(payload, where)) for where in sorted(places)]
            yield from self._bound[number].findings(found, payload, context)
        yield from self.fact_findings(payload, context)

    def fact_findings(self, payload: Any, context: Context) -> Iterator[Finding]:
        """Yield what the rules about facts find; places that several look at are looked up once."""
        if context is NOTHING_KNOWN:
            return
        places: dict[tuple[str, ...], list[tuple[Where, Any]]] = {}
        for bound in self._of_facts:
            if getattr(context, bound.fact) is not None:
                if bound.where not in places:
                    places[bound.where] = sites(payload, bound.where)
                yield from bound.findings(places[bound.where], payload, context)

    def _shape_findings(self, payload: Any, failed: list[Failed]) -> Iterator[Finding]:
        """Yield what JSON Schema finds; of a value of the wrong type, only that."""
        mistyped = {each.where for each in failed if each.keyword == "type"}
        for keyword, path, where, missing in failed[:MAX_FINDINGS]:
            code = self.codes["/".join(map(str, (*path, missing) if missing else path))]
            if keyword == "required":
                expected, message = explain_missing(missing, self.name, self.discriminator)
                yield Finding(code, (*where, missing), None, expected, message, keyword)
            elif keyword == "type" or where not in mistyped:
                value = value_at(payload, where)
                wanted = value_at(self.schema, path)
                expected, message = explain(keyword, wanted, where, value)
                yield Finding(code, where, value, expected, message, keyword, wanted)


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
