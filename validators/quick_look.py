"""Looks at a payload once for everything that JSON Schema can say: its shape, foreign fields, and `x-` keywords.

One schema holds the schema of a branch and, beside it, what each `x-` keyword of the branch says as a schema (see
`quick_schemas`). What it passes is right, but for keywords that need a fact besides the payload. Of what it does not
pass, its errors tell which assertions of the branch fail, and which checks may find something, and where.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from typing import Any, NamedTuple

import jsonschema_rs

from .keywords import KEYWORDS
from .places import Where

_Path = tuple[str | int, ...]


class Failed(NamedTuple):
    """An assertion of the schema of a branch that a payload fails; `missing` is the member that it asks for."""

    keyword: str
    path: _Path
    where: Where
    missing: str


class Seen(NamedTuple):
    """What a look at a payload tells: the failed assertions, and by the numbers of checks the places of doubt."""

    failed: list[Failed]
    doubts: dict[int, set[Where]]


class QuickLook:
    """One look for a schema and many `x-` keywords, each given with its place and value."""

    def __init__(self, schema: Mapping[str, Any], checks: Sequence[tuple[str, Sequence[str], Any]]) -> None:
        self._schema: dict[str, Any] = deepcopy(dict(schema))
        self._added: dict[_Path, tuple[int, list[int]]] = {}
        """For each added assertion, by its path: how deep in a payload it looks, and the numbers of its checks."""
        covered = {(KEYWORDS[keyword].covers, tuple(where)) for keyword, where, _ in checks}
        for number, (keyword, where, parameter) in enumerate(checks):
            if KEYWORDS[keyword].fact or (keyword, tuple(where)) in covered:
                continue
            path, node = self._node(where)
            if KEYWORDS[keyword].closes:
                path = (*path, "additionalProperties")
                node["additionalProperties"] = False
            else:
                path = (*path, "allOf", len(node.setdefault("allOf", [])))
                node["allOf"].append(KEYWORDS[keyword].quick_schema(parameter))
            also = KEYWORDS[keyword].covers
            numbers = [
                at for at, (other, place, _) in enumerate(checks) if other == also and list(place) == list(where)
            ]
            self._added.setdefault(path, (len(where), []))[1].extend([number, *numbers])

    def _node(self, where: Sequence[str]) -> tuple[_Path, dict[str, Any]]:
        """Return the path to the schema of a place, and that schema, made where there is none."""
        path = tuple(step for token in where for step in (("items",) if token == "*" else ("properties", token)))
        node = self._schema
        for step in path:
            node = node.setdefault(step, {})
        return path, node

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self._schema)

    @cached_property
    def is_right(self) -> Callable[[Any], bool]:
        """Whether a payload fits the schema and no check has anything to find; others may be right as well."""
        return self._validator.is_valid

    def at(self, payload: Any) -> Seen:
        """Return what is wrong with a payload, and what may be."""
        seen = Seen([], {})
        for error in self._validator.iter_errors(payload):
            path = tuple(error.schema_path)
            added = self._added_on(path)
            if added is None:
                keyword = error.kind.name
                missing = error.kind.as_dict()["property"] if keyword == "required" else ""
                seen.failed.append(Failed(keyword, path, tuple(error.instance_path), missing))
                continue
            depth, numbers = added
            where = tuple(error.instance_path[:depth])
            for number in numbers:
                seen.doubts.setdefault(number, set()).add(where)
        return seen

    def _added_on(self, path: _Path) -> tuple[int, list[int]] | None:
        """Return the added assertion that a path leads to or into."""
        if "allOf" not in path:
            return self._added.get(path)
        for end, step in enumerate(path):
            if step == "allOf" and (added := self._added.get(path[: end + 2])) is not None:
                return added
        return self._added.get(path)
