"""Everything that one credential sees, as plain data."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import jsonschema_rs

from ..contracts.limits import MAX_STEPS_PER_SEQUENCE, MAX_VALUES
from ..contracts.model import Contract, Identifier
from ..validators.places import Where, sites
from ..validators.plain import plain_problems
from .clock import Clock, seconds_of
from .identifiers import identifier
from .journal import Journal
from .plain_data import copied

FORMAT = "stepmock-world"
VERSION = 1

Resource = dict[str, Any]


class WorldError(ValueError):
    """World data cannot be used; the text says why and where."""


class World:
    """The resources of one credential by kind and id, with its clock, counters, quota window, faults and journal.

    `facts` are what else the credential says, for example the provider behind a unified API. The clock runs with the
    server's, `shift` seconds ahead, or stands still at `frozen_at`, in seconds since 1970. `faults` says what was asked
    for: how many faults were ever `declared`, how many chances `drawn`, and the `standing` ones. Where `is_shared`, a
    fork may have the same resources: before they change, `own` gives this world its own.
    """

    __slots__ = (
        "counter",
        "facts",
        "faults",
        "frozen_at",
        "id",
        "is_shared",
        "journal",
        "provider",
        "requests",
        "resources",
        "seed",
        "shift",
        "window_count",
        "window_start",
    )

    def __init__(
        self,
        name: str,
        provider: str,
        seed: int,
        resources: dict[str, dict[str, Resource]],
        facts: Mapping[str, str] = {},
    ) -> None:
        self.id = name
        self.provider = provider
        self.facts = facts
        self.seed = seed
        self.resources = resources
        self.frozen_at: float | None = None
        self.shift = 0.0
        self.counter = 0
        self.requests = 0
        self.window_start: float | None = None
        self.window_count = 0
        self.journal = Journal()
        self.faults: dict[str, Any] = {"declared": 0, "drawn": 0, "standing": []}
        self.is_shared = False

    def become(self, other: "World") -> None:
        """Take over all that another world holds."""
        for name in self.__slots__:
            setattr(self, name, getattr(other, name))

    def fork(self, name: str, facts: Mapping[str, str]) -> "World":
        """Return a world of another id and other facts that holds the same, with a journal that begins anew.

        The resources are copied only when one of both worlds is about to change its own.
        """
        fork = World(name, self.provider, self.seed, self.resources, facts)
        for slot, value in self.state().items():
            if slot != "facts":
                setattr(fork, slot, copied(value))
        self.is_shared = fork.is_shared = True
        return fork

    def own(self) -> None:
        """Make the resources those of this world alone."""
        self.resources = copied(self.resources)
        self.is_shared = False

    def state(self) -> dict[str, Any]:
        """Return all that the world holds beside its resources, by slot: plain data, and no journal."""
        found = {name: getattr(self, name) for name in self.__slots__ if name not in _NO_STATE}
        return {**found, "facts": dict(self.facts)}

    def now(self, clock: Clock) -> float:
        """Return the time in this world, in seconds since 1970, by the server's clock."""
        return clock.now() + self.shift if self.frozen_at is None else self.frozen_at

    def advance(self, seconds: float) -> None:
        """Move the clock of this world forward, whether it runs or stands still."""
        if self.frozen_at is None:
            self.shift += seconds
        else:
            self.frozen_at += seconds

    def new_id(self, form: Identifier) -> str:
        """Return the next id of this world that no resource has: one that was read from a file may have it."""
        while True:
            self.counter += 1
            name = identifier(form, self.seed, self.id, self.counter)
            for table in self.resources.values():
                if name in table:
                    break
            else:
                return name


_MOST_VALUES = MAX_VALUES + MAX_STEPS_PER_SEQUENCE
"""Values in one resource: a payload, and the ids of the steps that it holds."""

_NO_STATE = frozenset({"id", "is_shared", "journal", "provider", "resources"})


def read_resources(data: Any, contract: Contract) -> dict[str, dict[str, Resource]]:
    """Return the resources of world data in its JSON form, checked against the contract; raises WorldError."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise WorldError(f'The file is no world: it needs {{"format": "{FORMAT}", "version": {VERSION}, ...}}.')
    if (version := data.get("version")) != VERSION or isinstance(version, bool):
        is_newer = type(version) is int and version > VERSION
        raise WorldError(
            f"The world has version {version!r:.80}; this stepmock reads version {VERSION}."
            + (" It was written by a newer stepmock: install that one." if is_newer else "")
        )
    if data.get("provider") != contract.provider:
        raise WorldError(f"The world belongs to provider {data.get('provider')!r}, not {contract.provider!r}.")
    resources = data.get("resources")
    if not isinstance(resources, dict):
        raise WorldError('The world has no "resources" object.')
    for kind in resources:
        if kind not in contract.resources:
            raise WorldError(f"There is no resource {kind!r}; {contract.title} has {', '.join(contract.resources)}.")
    found = {kind: _table(contract, kind, resources.get(kind, {})) for kind in contract.resources}
    for kind, entry in contract.resources.items():
        for field, target in entry.get("refers", {}).items():
            _check_references(found, kind, field, target)
    _check_holders(found, contract.resources)
    return copied(found)


def _place(*tokens: object) -> str:
    return ".".join(str(token) for token in ("resources", *tokens))


def _table(contract: Contract, kind: str, entries: Any) -> dict[str, Resource]:
    if not isinstance(entries, dict):
        raise WorldError(f"{_place(kind)} must be an object of resources by id.")
    schema = jsonschema_rs.Draft202012Validator(
        dict(contract.resources[kind].get("schema", {})), validate_formats=True, formats={"date-time": _is_time}
    )
    for name, entry in entries.items():
        if not isinstance(entry, dict) or _id_of(entry) != name:
            raise WorldError(f"{_place(kind, name)} must be an object whose id is its key.")
        for problem in plain_problems(entry, contract.body_rules, _MOST_VALUES):
            raise WorldError(f"{_place(kind, name, *problem.where)}: {problem.message}")
        for error in schema.iter_errors(entry):
            raise WorldError(f"{_place(kind, name, *error.instance_path)}: {error.message[:200]}.")
    return entries


def _id_of(entry: Resource) -> Any:
    """Return the id of a resource as a text."""
    return _as_key(entry.get("_id", entry.get("id")))


def _as_key(value: Any) -> Any:
    """Return a value that names a resource as its key in a table: of an integer, the text; any other as it is."""
    return str(value) if type(value) is int else value


def _is_time(text: str) -> bool:
    try:
        seconds_of(text)
    except (ValueError, OverflowError):
        return False
    return True


def _named(entry: Resource, field: str) -> Iterator[tuple[Where, Any]]:
    """Yield each id that a field holds, or each item of a list, with its place; a dotted field goes deeper."""
    found: Iterable[tuple[Where, Any]]
    if "." in field:
        found = sites(entry, tuple(field.split(".")))
    else:  # the usual case, and the quicker way
        found = [((field,), entry[field])] if field in entry else []
    for where, value in found:
        for reference in value if isinstance(value, list) else [value]:
            yield where, reference


def _check_references(found: Mapping[str, Mapping[str, Resource]], kind: str, field: str, target: str) -> None:
    """Every id that a field holds is that of a resource."""
    for name, entry in found[kind].items():
        for where, reference in _named(entry, field):
            key = _as_key(reference)
            if not isinstance(key, str) or key not in found[target]:
                raise WorldError(
                    f"{_place(kind, name, *where)} names {repr(reference)[:80]}, which is not in {target}."
                )


def _check_holders(found: Mapping[str, Mapping[str, Resource]], forms: Mapping[str, Any]) -> None:
    """What one resource holds names it as the holder, stands there once, and holds it in no turn."""
    holders: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for kind, form in forms.items():
        for field, back in form.get("holds", {}).items():
            target = form["refers"][field]
            expected = {
                (name, key) for name, entry in found[target].items() if isinstance(key := _as_key(entry.get(back)), str)
            }
            for holder, entry in found[kind].items():
                for where, reference in _named(entry, field):
                    key = _as_key(reference)
                    if (key, holder) not in expected:
                        raise WorldError(
                            f"{_place(kind, holder, *where)} names {reference!r} twice, or {_place(target, key, back)} "
                            f"does not name {holder!r}."
                        )
                    expected.remove((key, holder))
                    holders.setdefault((target, key), set()).add((kind, holder))
            for name, holder in sorted(expected):
                place = _place(kind, holder, field)
                raise WorldError(f"{_place(target, name, back)} names {holder!r}, and {place} does not name it.")
    holding = set().union(*holders.values())
    try:  # what holds nothing closes no circle
        TopologicalSorter({name: above for name, above in holders.items() if name in holding}).prepare()
    except CycleError as error:
        kind, name = error.args[1][0]
        raise WorldError(f"{_place(kind, name)} is held by something that it holds itself.") from None
