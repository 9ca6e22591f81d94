"""Brings the parts of a drawn payload into line with one another and with the Context: a small function a keyword."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ..branch import Branch
from ..context import Context
from ..places import sites
from .draw import Draw
from .values import ABSENT, Place, Values


class Spot(NamedTuple):
    """What an adjustment may use besides the value at its place."""

    parameter: Any
    where: Place
    holder: Any
    """The payload, in which a value is replaced."""
    values: Values
    context: Context
    draw: Draw

    def drawn(self, below: Iterable[str], **narrower: Any) -> Any:
        """Return a new value for what stands below the place, `*` being any item, held to narrower keywords too."""
        return self.values.at(self.draw, (*self.where, *below), **narrower)


def adjusted(
    payload: dict[str, Any], branch: Branch, values: Values, context: Context, draw: Draw, *, sparing: str = ""
) -> dict[str, Any]:
    """Change a drawn payload so that it keeps the rules about several of its parts, and return it.

    A rule to be broken is spared: a payload that breaks it by chance will do.
    """
    for keyword, where, parameter, code in branch.checks:
        if code != sparing and (adjust := ADJUSTMENTS.get(keyword)) is not None:
            for place, value in sites(payload, tuple(where)):
                adjust(value, Spot(parameter, tuple(where), _Holder(payload, place), values, context, draw))
    return payload


class _Holder:
    """The place of a value, to put another one there."""

    def __init__(self, payload: Any, place: tuple[str | int, ...]) -> None:
        self._payload, self._place = payload, place

    def put(self, value: Any) -> None:
        target = self._payload
        for token in self._place[:-1]:
            target = target[token]
        target[self._place[-1]] = value


def _share_maximum(value: dict[str, Any], spot: Spot) -> None:
    room = spot.parameter["maximum"]
    for name in spot.parameter["properties"]:
        if name in value:
            value[name] = value[name][:room]
            room -= len(value[name])


def _number(value: list[dict[str, Any]], spot: Spot) -> None:
    for index, item in enumerate(value):
        item[spot.parameter["by"]] = index + 1


def _say_first(value: list[dict[str, Any]], spot: Spot) -> None:
    field, within = spot.parameter["field"], spot.parameter.get("within", "")
    for item in value[:1]:
        inner = item.get(within) or []
        below = ("*", within, "*", field) if inner else ("*", field)
        for bearer in inner or [item]:
            if not bearer.get(field, "").strip():
                bearer[field] = spot.drawn(below, minLength=1)


def _keep_gap(value: list[dict[str, Any]], spot: Spot) -> None:
    path, low, high = spot.parameter["path"], spot.parameter["minimum"], spot.parameter["maximum"]
    for item in value[1:]:
        target = item
        for token in path[:-1]:
            target = target[token]
        target[path[-1]] = spot.draw.integer(low, high)


def _add_up(value: dict[str, Any], spot: Spot) -> None:
    when, total, most = spot.parameter["when"], spot.parameter["total"], spot.parameter["at-most"]
    if value.get(when["field"]) != when["value"]:
        return
    items = value.get(spot.parameter["items"])
    if not items:
        del value[when["field"]]
        return
    items = value[spot.parameter["items"]] = items[:most]
    left = total
    for index, item in enumerate(items):
        share = left if index == len(items) - 1 else spot.draw.integer(1, left - (len(items) - 1 - index))
        item[spot.parameter["field"]] = share
        left -= share


def _take_free(value: Any, spot: Spot) -> None:
    field, among = spot.parameter["field"], spot.parameter.get("among", {})
    taken = {
        sibling.get(field)
        for sibling in spot.context.siblings or ()
        if all(sibling.get(name) in values for name, values in among.items())
    }
    if value in taken and not isinstance(value, int):
        value = _redrawn(spot, lambda other: other not in taken)
    while value in taken and isinstance(value, int):
        value = 1 if value > len(taken) + 1 else value + 1
    spot.holder.put(value)


def _meet_fact(value: Any, spot: Spot) -> None:
    parameter = spot.parameter
    if (spot.context.settings or {}).get(parameter["fact"]) not in parameter["is"]:
        return
    if isinstance(value, dict):
        if (unwanted := {name for name in parameter.get("without", ()) if name in value}) == value.keys():
            spot.holder.put(_redrawn(spot, lambda other: unwanted.isdisjoint(other)))
            return
        for name in unwanted:
            del value[name]
        for name in parameter.get("needs", ()):
            if name not in value and (drawn := spot.drawn([name])) is not ABSENT:
                value[name] = drawn
    elif value in (excluded := parameter.get("excludes", ())):
        spot.holder.put(_redrawn(spot, lambda other: other not in excluded))
    elif "multiple-of" in parameter:
        spot.holder.put(int(value) // parameter["multiple-of"] * parameter["multiple-of"])


def _redrawn(spot: Spot, is_right: Callable[[Any], bool]) -> Any:
    """Return another value for the place: a right one, where a few tries find it."""
    value = spot.drawn(())
    for _ in range(_TRIES):
        if is_right(value):
            break
        value = spot.drawn(())
    return value


_TRIES = 8

ADJUSTMENTS: Mapping[str, Callable[[Any, Spot], None]] = {
    "x-combined-max-items": _share_maximum,
    "x-numbered": _number,
    "x-first-has": _say_first,
    "x-gap": _keep_gap,
    "x-sum": _add_up,
    "x-unique-among-siblings": _take_free,
    "x-when-fact": _meet_fact,
}
