"""What recorded requests and their answers tell of one provider's resources."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..context import Context

Fields = dict[str, Any]
Key = tuple[str, str]
"""The kind of a resource, and its id."""


@dataclass(slots=True)
class _Held:
    """The resources of a kind that another one holds, in order; there are no others where they are `whole`."""

    whole: bool
    items: list[Fields] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class Known:
    """Resources by kind and id, and what holds them. An id that was never seen is not known to be missing."""

    def __init__(self) -> None:
        self._resources: dict[Key, Fields] = {}
        self._gone: set[Key] = set()
        self._held: dict[Key, dict[str, _Held]] = {}
        self._holders: dict[Key, Key] = {}
        self._empty: set[Key] = set()
        """What was made without anything in it."""

    def context(self, replay: Mapping[str, Any], parameters: Mapping[str, str]) -> Context:
        """Return what is known besides a payload that is sent by an operation with these path parameters."""
        kind: str = replay["kind"]
        stored = self._resources.get((kind, parameters[replay["named"]])) if "named" in replay else None
        holder = _holder(replay, parameters)
        if holder is None:
            return Context(stored=stored, parent=stored, find=self._find)
        held = self._held_by(holder, kind)

        def find(wanted: str, name: str) -> Fields | None:
            is_elsewhere = wanted == kind and held.whole and name not in held.names
            return None if is_elsewhere else self._find(wanted, name)

        return Context(
            stored=stored,
            siblings=held.items,
            siblings_are_whole=held.whole,
            find=find,
            parent=self._resources.get(holder),
        )

    def note(
        self, replay: Mapping[str, Any], parameters: Mapping[str, str], payload: Fields | None, reply: Any
    ) -> None:
        """Remember what a request did that succeeded; `payload` is None where it could not be read."""
        kind, holder = replay["kind"], _holder(replay, parameters)
        match replay["does"]:
            case "creates":
                self._create(replay, holder, payload, reply)
            case "changes":
                for name in _named(replay, parameters, payload):
                    self._change(replay, holder, (kind, name), payload)
            case "removes":
                for name in _named(replay, parameters, payload):
                    self._drop((kind, name))
                    self._gone.add((kind, name))
            case _:
                self._read(replay, holder, reply)

    def held(self, holders: str, kind: str) -> dict[str, list[Fields]]:
        """Return the resources of a kind that are known, in order, by the ids of the holders of another."""
        return {
            name: self._held.get((of, name), {}).get(kind, _Held(False)).items
            for of, name in dict.fromkeys((*self._held, *self._empty))
            if of == holders
        }

    def forget(self, names: Iterable[str]) -> None:
        """Forget the resources with these ids and what they hold: something was done to them, nobody knows what."""
        kinds = {kind for kind, _ in (*self._resources, *self._held, *self._empty)}
        for key in [(kind, name) for kind in kinds for name in names]:
            holder = self._holders.get(key)
            self._drop(key)
            self._held.pop(key, None)
            self._empty.discard(key)
            if holder is not None:
                self._held_by(holder, key[0]).whole = False

    def _find(self, kind: str, name: str) -> Fields | None:
        return None if (kind, name) in self._gone else self._resources.get((kind, name), {})

    def _held_by(self, holder: Key, kind: str) -> _Held:
        return self._held.setdefault(holder, {}).setdefault(kind, _Held(holder in self._empty))

    def _create(self, replay: Mapping[str, Any], holder: Key | None, payload: Fields | None, reply: Any) -> None:
        kind: str = replay["kind"]
        name, told = next(iter(_resources_in(replay, reply)), ("", {}))
        made = {**told, **(payload or {})}
        if holder is not None and (kind, name) in self._resources:
            self._held[holder] = {kind: _Held(False)}  # an id comes twice only where all began anew
        if name:
            self._drop((kind, name))
            self._put((kind, name), made, holder)
        elif holder is not None:
            self._held_by(holder, kind).items.append(made)
        if holder is not None and (payload is None or not name):
            self._held_by(holder, kind).whole = False
        if (opens := replay.get("opens")) is not None:
            for opened in _names_at(told, opens["at"]):
                self._held.pop((opens["kind"], opened), None)
                self._empty.add((opens["kind"], opened))

    def _change(self, replay: Mapping[str, Any], holder: Key | None, key: Key, payload: Fields | None) -> None:
        if key not in self._resources and holder is not None:
            self._held_by(holder, key[0]).whole = False  # it held more than was seen
        resource = self._put(key, {}, holder)
        if payload is None:
            resource.clear()
        elif "sets" in replay:
            for name, rule in replay["sets"].items():
                sent = payload.get(rule["sent"])
                resource.pop(name, None)
                if isinstance(sent, str) and sent in rule["means"]:
                    resource[name] = rule["means"][sent]
        else:
            resource.update(payload)
            if (name := replay.get("adds-to")) is not None:
                items = resource.get(name)
                resource[name] = [*(items if isinstance(items, list) else ()), payload]

    def _read(self, replay: Mapping[str, Any], holder: Key | None, reply: Any) -> None:
        """Take what a reply tells: of what another resource holds, it is all there is."""
        kind: str = replay["kind"]
        found = _resources_in(replay, reply)
        if holder is not None and (found or replay["does"] == "replaces"):
            self._hold(holder, kind, found, whole=bool(found))
        for name, told in found:
            self._put((kind, name), told, holder)
            for inner, member in replay.get("holds", {}).items():
                if isinstance(items := told.get(member), list):
                    within = list(_with_ids(items, replay["id"]))
                    self._hold((kind, name), inner, within, whole=len(within) == len(items))

    def _hold(self, holder: Key, kind: str, found: Iterable[tuple[str, Fields]], *, whole: bool) -> None:
        """Say anew what a resource holds of a kind."""
        self._held.setdefault(holder, {})[kind] = _Held(whole)
        for name, told in found:
            self._put((kind, name), told, holder)

    def _put(self, key: Key, fields: Fields, holder: Key | None) -> Fields:
        """Keep what is told of a resource, and return it; one that is known already stays the same object."""
        self._gone.discard(key)
        resource = self._resources.setdefault(key, fields)
        if resource is not fields:
            resource.update(fields)
        if holder is not None and key[1] not in (held := self._held_by(holder, key[0])).names:
            self._holders[key] = holder
            held.names.add(key[1])
            held.items.append(resource)
        return resource

    def _drop(self, key: Key) -> None:
        """Let go of a resource, and take it from what holds it."""
        resource, holder = self._resources.pop(key, None), self._holders.pop(key, None)
        if holder is not None:
            held = self._held_by(holder, key[0])
            held.names.discard(key[1])
            held.items[:] = [item for item in held.items if item is not resource]


def _holder(replay: Mapping[str, Any], parameters: Mapping[str, str]) -> Key | None:
    within = replay.get("within")
    return (within["kind"], parameters[within["named"]]) if within else None


def _named(replay: Mapping[str, Any], parameters: Mapping[str, str], payload: Fields | None) -> Iterator[str]:
    if "named" in replay:
        yield parameters[replay["named"]]
    yield from _names_at(payload, replay.get("sent"))


def _names_at(value: Any, pointer: str | None) -> Iterator[str]:
    """Yield the ids at a place of a value."""
    for found in _at(value, pointer.split("/")[1:]) if pointer is not None else ():
        if (name := _id(found)) is not None:
            yield name


def _resources_in(replay: Mapping[str, Any], reply: Any) -> list[tuple[str, Fields]]:
    """Return the resources of a reply with their ids, from the first place that has any."""
    for pointer in replay.get("reply", ()):
        if found := list(_with_ids(_at(reply, pointer.split("/")[1:]), replay["id"])):
            return found
    return []


def _with_ids(values: Iterable[Any], member: str) -> Iterator[tuple[str, Fields]]:
    for value in values:
        if isinstance(value, dict) and (name := _id(value.get(member))) is not None:
            yield name, dict(value)


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    """Yield what stands at a path; `*` is every item of an array and every member of an object."""
    if not path:
        yield value
    elif path[0] == "*":
        for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from _at(child, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _id(value: Any) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None
