"""Everything that one credential sees, as plain data."""

from collections import deque
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

import jsonschema_rs

from ..contracts.limits import MAX_JOURNAL_ENTRIES
from ..contracts.model import Contract, Identifier
from ..validators.places import sites
from .identifiers import identifier

FORMAT = "stepmock-world"
VERSION = 1

Resource = dict[str, Any]


class WorldError(ValueError):
    """World data cannot be used; the text says why and where."""


class JournalEntry(NamedTuple):
    """One request and its reply. Credentials are never kept, nor a query, and long bodies are cut off."""

    number: int
    at: float
    method: str
    path: str
    operation: str
    status: int
    rules: tuple[str, ...]
    confidence: str
    request_body: bytes
    response_body: bytes


class World:
    """The resources of one credential by kind and id, with its counters, its quota window and its journal."""

    __slots__ = ("counter", "id", "journal", "requests", "resources", "seed", "window_count", "window_start")

    def __init__(self, name: str, seed: int, resources: dict[str, dict[str, Resource]]) -> None:
        self.id = name
        self.seed = seed
        self.resources = resources
        self.counter = 0
        self.requests = 0
        self.window_start: float | None = None
        self.window_count = 0
        self.journal: deque[JournalEntry] = deque(maxlen=MAX_JOURNAL_ENTRIES)

    def new_id(self, form: Identifier) -> str:
        """Return the next id of this world."""
        self.counter += 1
        return identifier(form, self.seed, self.id, self.counter)


def read_resources(data: Any, contract: Contract) -> dict[str, dict[str, Resource]]:
    """Return the resources of world data in its JSON form, checked against the contract; raises WorldError."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise WorldError(f'The file is no world: it needs {{"format": "{FORMAT}", "version": {VERSION}, ...}}.')
    if data.get("version") != VERSION:
        raise WorldError(f"The world has version {data.get('version')!r}; this stepmock reads version {VERSION}.")
    if data.get("provider") != contract.provider:
        raise WorldError(f"The world belongs to provider {data.get('provider')!r}, not {contract.provider!r}.")
    resources = data.get("resources")
    if not isinstance(resources, dict):
        raise WorldError('The world has no "resources" object.')
    for kind in resources:
        if kind not in contract.resources:
            raise WorldError(f"There is no resource {kind!r}; {contract.title} has {', '.join(contract.resources)}.")
    found = {kind: _table(kind, resources.get(kind, {}), entry) for kind, entry in contract.resources.items()}
    for kind, entry in contract.resources.items():
        for field, target in entry.get("refers", {}).items():
            _check_references(found, kind, field, target)
    return deepcopy(found)


def _table(kind: str, entries: Any, form: Mapping[str, Any]) -> dict[str, Resource]:
    if not isinstance(entries, dict):
        raise WorldError(f"resources.{kind} must be an object of resources by id.")
    schema = jsonschema_rs.Draft202012Validator(dict(form.get("schema", {})))
    for name, entry in entries.items():
        if not isinstance(entry, dict) or entry.get("_id", entry.get("id")) not in (name, _as_integer(name)):
            raise WorldError(f"resources.{kind}.{name} must be an object whose id is its key.")
        for error in schema.iter_errors(entry):
            place = ".".join(str(token) for token in ("resources", kind, name, *error.instance_path))
            raise WorldError(f"{place}: {error.message[:200]}.")
    return entries


def _as_integer(name: str) -> int | None:
    return int(name) if name.isdecimal() else None


def _check_references(found: Mapping[str, Mapping[str, Resource]], kind: str, field: str, target: str) -> None:
    """Every id that a field holds, or each item of a list, is that of a resource; a dotted field goes deeper."""
    for name, entry in found[kind].items():
        for where, value in sites(entry, tuple(field.split("."))):
            for reference in value if isinstance(value, list) else [value]:
                text = str(reference) if type(reference) is int else reference
                if not isinstance(text, str) or text not in found[target]:
                    place = ".".join(str(token) for token in ("resources", kind, name, *where))
                    raise WorldError(f"{place} names {reference!r}, which is not in {target}.")
