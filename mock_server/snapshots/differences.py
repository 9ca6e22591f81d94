"""What two snapshots of one provider differ in, told by what the contract says of its resources.

A resource that is held by another one, as a step by its sequence, is added to it, removed from it or moved in it; what
else differs are fields. Counters and the window of the rate limit differ by every request, and are not compared.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ...validators.violation import quote
from ..clock import iso_text
from .words import label, noun, plural

Snapshot = Mapping[str, Any]
_Name = tuple[str, str]
_Path = tuple[str, ...]

_NOT_COMPARED = frozenset({"counter", "facts", "frozen_at", "requests", "shift", "window_count", "window_start"})


class Change(NamedTuple):
    """One difference. `change` is added, removed, moved or changed; `kind` is that of the contract, or `world`.

    `holder` is the kind and id of what holds the resource now (of one that is removed: held), `place` its index there,
    from 0. A changed field has its dotted name, and the values that it had and has; None also where there was none.
    """

    change: str
    kind: str
    id: str
    words: str
    plural: str
    holder: _Name | None = None
    place: int | None = None
    field: str = ""
    old: Any = None
    new: Any = None

    def as_json(self) -> dict[str, Any]:
        """Return the change as a JSON object, without the members that say nothing."""
        found: dict[str, Any] = {"change": self.change, "kind": self.kind, "id": self.id, "words": self.words}
        if self.holder is not None:
            found["holder"] = {"kind": self.holder[0], "id": self.holder[1]}
        if self.place is not None:
            found["index"] = self.place
        if self.field:
            found.update(field=self.field, old=self.old, new=self.new)
        return found


class _Held(NamedTuple):
    """Where a resource stands: its holder, and the place in a list of it, which a field of another form has not."""

    holder: _Name
    place: int | None
    is_child: bool


def differences(forms: Mapping[str, Any], old: Snapshot, new: Snapshot) -> list[Change]:
    """Return the changes that lead from one snapshot to another; `forms` are the resources of the contract."""
    before, after = _places(forms, old["resources"]), _places(forms, new["resources"])
    found: list[Change] = []
    for kind, form in forms.items():
        was, now = old["resources"].get(kind, {}), new["resources"].get(kind, {})
        found += [_gone_or_new("removed", kind, name, was[name], before) for name in was if name not in now]
        found += [_gone_or_new("added", kind, name, now[name], after) for name in now if name not in was]
        hidden = _hidden(forms, kind)
        for name in now:
            if name not in was:
                continue
            here, there = after.get((kind, name)), before.get((kind, name))
            if here is not None and there is not None and here.holder != there.holder:
                found.append(_rehung(kind, name, there, here))
            if was[name] != now[name] or repr(was[name]) != repr(now[name]):
                found += _moves(forms, form, kind, name, was[name], now[name])
                for path, *values in _fields((), was[name], now[name]):
                    if _pattern(path) not in hidden:
                        found.append(_changed(kind, name, path, *values))
    return found + list(_of_world(old, new))


def in_words(changes: list[Change]) -> list[str]:
    """Return the changes as sentences; what came to one holder, or went from it, is one sentence for each kind."""
    together: dict[object, list[Change]] = {}
    for change in changes:
        alike = (change.change, change.plural, change.holder) if change.change in ("added", "removed") else object()
        together.setdefault(alike, []).append(change)
    return [
        group[0].words
        if len(group) == 1
        else f"{len(group):,} {group[0].plural} {group[0].change}{_to(group[0])}: {_some(group)}"
        for group in together.values()
    ]


_MOST_NAMED = 5


def _some(group: list[Change]) -> str:
    names = [change.id for change in group[:_MOST_NAMED]]
    left = len(group) - len(names)
    return ", ".join(names) + (f" and {left:,} more" if left else "")


def _to(change: Change) -> str:
    if change.holder is None:
        return ""
    kind, name = change.holder
    return f" {'to' if change.change == 'added' else 'from'} {noun(kind)} {name}"


def _places(forms: Mapping[str, Any], resources: Mapping[str, Any]) -> dict[_Name, _Held]:
    """Return where each resource stands; of one with two holders, the nearer, whose kind is held by its own."""
    found: dict[_Name, _Held] = {}
    for kind, form in forms.items():
        for field in form.get("holds", {}):
            target = form["refers"][field]
            is_child = kind in _held_by(forms, target) and len(_holders_of(forms, target)) > 1
            for holder, entry in resources.get(kind, {}).items():
                for index, name in enumerate(named(entry, field)):
                    known = found.get((target, name))
                    if known is None or is_child:
                        found[target, name] = _Held((kind, holder), None if "*" in field else index, is_child)
    return found


def _held_by(forms: Mapping[str, Any], kind: str) -> set[str]:
    """Return the kinds that a kind holds."""
    form = forms[kind]
    return {form["refers"][field] for field in form.get("holds", {})}


def _holders_of(forms: Mapping[str, Any], kind: str) -> list[str]:
    """Return the kinds that a kind is held by."""
    return [holder for holder in forms if kind in _held_by(forms, holder)]


def named(entry: Any, field: str) -> list[str]:
    """Return the ids that a field of a resource holds, as texts."""
    found = [entry]
    for token in field.split("."):
        if token == "*":
            found = [item for value in found if isinstance(value, list) for item in value]
        else:
            found = [value[token] for value in found if isinstance(value, dict) and token in value]
    return [str(item) for value in found for item in (value if isinstance(value, list) else [value])]


def _hidden(forms: Mapping[str, Any], kind: str) -> set[_Path]:
    """Return the fields that say who holds what, from either side: that is told as additions, removals and moves."""
    own = {tuple(field.split(".")) for field in forms[kind].get("holds", {})}
    backs = {
        (back,)
        for form in forms.values()
        for field, back in form.get("holds", {}).items()
        if form["refers"][field] == kind
    }
    return own | backs


def _gone_or_new(change: str, kind: str, name: str, entry: Any, places: Mapping[_Name, _Held]) -> Change:
    place = places.get((kind, name))
    word, words = noun(kind), plural(kind)
    if place is None:
        return Change(change, kind, name, f"{label(word, name, entry)} {change}", words)
    if place.is_child:
        word, words = f"child {word}", f"child {words}"
    made = Change(change, kind, name, "", words, place.holder, place.place)
    at = f" at index {place.place}" if place.place is not None and change == "added" else ""
    return made._replace(words=f"{label(word, name, entry)} {change}{_to(made)}{at}")


def _rehung(kind: str, name: str, there: _Held, here: _Held) -> Change:
    old, new = (f"{noun(place.holder[0])} {place.holder[1]}" for place in (there, here))
    at = "" if here.place is None else f" at index {here.place}"
    words = f"{noun(kind)} {name} moved from {old} to {new}{at}"
    return Change("moved", kind, name, words, plural(kind), here.holder, here.place)


def _moves(forms: Mapping[str, Any], form: Any, kind: str, name: str, was: Any, now: Any) -> Iterator[Change]:
    """Yield the fewest moves that bring what a resource holds into its new order."""
    for field in form.get("holds", {}):
        before, after = named(was, field), named(now, field)
        target = form["refers"][field]
        place_of = {each: place for place, each in enumerate(before)}
        stay = [each for each in after if each in place_of]
        kept = _longest_rise([place_of[each] for each in stay])
        moved = {each for place, each in enumerate(stay) if place not in kept}
        for index, each in enumerate(after):
            if each in moved:
                words = f"{noun(target)} {each} moved to index {index} of {noun(kind)} {name}"
                yield Change("moved", target, each, words, plural(target), (kind, name), index)


def _longest_rise(numbers: list[int]) -> set[int]:
    """Return the places of a longest rising part of a list of different numbers."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        size = bisect_left(ends, number)
        before.append(at[size - 1] if size else -1)
        ends[size : size + 1] = [number]
        at[size : size + 1] = [place]
    found: set[int] = set()
    place = at[-1] if at else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found


_NONE = object()


def _fields(path: _Path, was: Any, now: Any) -> Iterator[tuple[_Path, Any, Any]]:
    """Yield each field that differs, with both values; a list is a value, unless its items are as many objects."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*was, *now)):
            yield from _fields((*path, name), was.get(name, _NONE), now.get(name, _NONE))
    elif _are_alike(was, now):
        for place, (left, right) in enumerate(zip(was, now, strict=True)):
            yield from _fields((*path, str(place)), left, right)
    elif was is not now and (was != now or repr(was) != repr(now)):
        yield path, was, now


def _are_alike(was: Any, now: Any) -> bool:
    return (
        isinstance(was, list)
        and isinstance(now, list)
        and len(was) == len(now)
        and all(isinstance(item, dict) for item in (*was, *now))
    )


def _pattern(path: _Path) -> _Path:
    return tuple("*" if token.isdecimal() else token for token in path)


def _changed(kind: str, name: str, path: _Path, was: Any, now: Any) -> Change:
    field = ".".join(path)
    words = f"field {field} of {noun(kind)} {name}: {_value(was)} -> {_value(now)}"
    old, new = (None if value is _NONE else value for value in (was, now))
    return Change("changed", kind, name, words, plural(kind), None, None, field, old, new)


def _value(value: Any) -> str:
    return "none" if value is _NONE else quote(value)


def _of_world(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """Yield what differs beside the resources: the clock, and every other part of the state that is compared."""
    was, now = old.get("state"), new.get("state")
    name = str(new.get("world", ""))
    if was is None or now is None:
        return
    if (clock := _clock(was)) != (other := _clock(now)):
        yield Change(
            "changed", "world", name, f"clock: {clock} -> {other}", "worlds", None, None, "clock", clock, other
        )
    for slot in dict.fromkeys((*was, *now)):
        if slot not in _NOT_COMPARED:
            for path, left, right in _fields((slot,), was.get(slot, _NONE), now.get(slot, _NONE)):
                words = f"{'.'.join(path)} of the world: {_value(left)} -> {_value(right)}"
                values = (None if value is _NONE else value for value in (left, right))
                yield Change("changed", "world", name, words, "worlds", None, None, ".".join(path), *values)


def _clock(state: Mapping[str, Any]) -> str:
    if state["frozen_at"] is not None:
        return f"stands still at {iso_text(state['frozen_at'])}"
    return f"runs {state['shift']:+g} s from the server's" if state["shift"] else "runs with the server's"
