"""The ways of breaking a rule: the places of a contract that name it, each with the edits that break it there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from .branch import Branch
from .checker import Checker
from .context import Context
from .keyword_edits import KEYWORD_EDITS, Place, found_at, replaced, without
from .keywords import KEYWORDS

_OF_FIELDS = ("x-misplaced-fields", "x-unknown-fields")
_NAMING = ("properties", "needs", "without")
"""Members of the parameter of a keyword that name members of the value at its place."""


class Way(NamedTuple):
    """One assertion of a branch, and where it stands; `*` is any item.

    The keyword `required` stands where the member is that is asked for. `fact` is the fact of the Context without which
    nobody sees that it fails, or empty.
    """

    branch: Branch
    keyword: str
    where: tuple[str, ...]
    parameter: Any
    fact: str = ""

    def edits(self, check: Checker, example: dict[str, Any], base: Context) -> Iterator[tuple[Any, Context]]:
        """Yield payloads, with their Contexts, in which it fails, made of a right one; other rules may fail too."""
        where = list(self.where)
        if (edit := KEYWORD_EDITS.get(self.keyword)) is not None:
            yield from edit(self.parameter, Place(example, where, check, self.branch, base))
        elif self.keyword == "required":
            if (payload := without(example, where)) is not None:
                yield payload, base
        else:
            for value in _SCHEMA_VALUES[self.keyword](self.parameter, found_at(example, where)):
                if (payload := replaced(example, where, value)) is not None:
                    yield payload, base

    @property
    def wanted(self) -> frozenset[tuple[str, ...]]:
        """The places that a payload needs, so that there is something to edit."""
        places = {self.where[:end] for end in range(1, len(self.where) + 1)} | {(*self.where, "*")}
        if isinstance(self.parameter, dict):
            for name in (name for member in _NAMING for name in list(self.parameter.get(member, ()))[:1]):
                places |= {(*self.where, name), (*self.where, name, "*")}
        return frozenset(places)


def ways(check: Checker, branch: Branch, code: str) -> Iterator[Way]:
    """Yield the ways in which payloads of a branch break a rule."""
    for owner in (check.root, branch) if branch is not check.root else (branch,):
        for path, rule in owner.codes.items():
            if rule == code:
                yield _asserted(owner, path)
        for keyword, where, parameter, rule in owner.checks:
            if rule == code or (keyword in _OF_FIELDS and code in parameter.values()):
                yield Way(owner, keyword, tuple(where), parameter, KEYWORDS[keyword].fact)


def _asserted(branch: Branch, path: str) -> Way:
    """Return the way for an assertion of JSON Schema at a path of the schema of a branch."""
    where: list[str] = []
    wanted: Any = branch.schema
    tokens = path.split("/")
    while len(tokens) > 1 and tokens[0] != "required":
        token = tokens.pop(0)
        wanted = wanted[int(token) if isinstance(wanted, list) else token]
        if token == "properties":
            where.append(tokens.pop(0))
            wanted = wanted[where[-1]]
        elif token == "items":
            where.append("*")
    if tokens[0] == "required":
        return Way(branch, "required", (*where, tokens[1]), None)
    return Way(branch, tokens[0], tuple(where), wanted[tokens[0]])


_SCHEMA_VALUES: Mapping[str, Callable[[Any, Any], list[Any]]] = {
    "type": lambda wanted, present: [12345, "text", None],
    "enum": lambda wanted, present: ["no-such-value"],
    "minimum": lambda wanted, present: [wanted - 1],
    "maximum": lambda wanted, present: [wanted + 1],
    "minLength": lambda wanted, present: ["x" * (wanted - 1)],
    "maxLength": lambda wanted, present: ["x" * (wanted + 1)],
    "minItems": lambda wanted, present: [[]],
    "maxItems": lambda wanted, present: [present[:1] * (wanted + 1)] if isinstance(present, list) else [],
    "pattern": lambda wanted, present: ["?"],
}
