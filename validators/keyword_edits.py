"""Edits that break an `x-` keyword of a valid payload, and the way to a place in it: one small function a keyword."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from .branch import Branch
from .checker import Checker
from .context import Context
from .worlds import docs_resources


class Place(NamedTuple):
    """A valid example, and the place in it where a keyword stands."""

    example: dict[str, Any]
    where: list[str]
    check: Checker
    branch: Branch
    context: Context

    def value(self) -> Any:
        """Return what stands at the place."""
        return found_at(self.example, self.where)

    def with_member(self, name: str, value: Any) -> Iterator[tuple[Any, Context]]:
        """Yield the example with one more member at the place, where an object stands there."""
        payload = deepcopy(self.example)
        if isinstance(target := found_at(payload, self.where), dict):
            target[name] = value
            yield payload, self.context

    def with_value(self, value: Any) -> Iterator[tuple[Any, Context]]:
        """Yield the example with another value at the place, where something stands there."""
        if (payload := replaced(self.example, self.where, value)) is not None:
            yield payload, self.context


def found_at(example: Any, where: list[str]) -> Any:
    """Return what stands at a place, `*` being the first item; None where nothing does."""
    value = example
    for token in where:
        value = value[0 if token == "*" else token] if value and (token == "*" or token in value) else None
    return value


def replaced(example: dict[str, Any], where: list[str], value: Any) -> dict[str, Any] | None:
    """Return a copy with another value at a place; None where the example has nothing there."""
    payload = deepcopy(example)
    if not where or (target := _parent(payload, where)) is None:
        return None
    target[0 if where[-1] == "*" else where[-1]] = value
    return payload


def without(example: dict[str, Any], where: list[str]) -> dict[str, Any] | None:
    """Return a copy without the member at a place; None where the example has none there."""
    payload = deepcopy(example)
    if (target := _parent(payload, where)) is None:
        return None
    del target[where[-1]]
    return payload


def _parent(payload: Any, where: list[str]) -> Any:
    """Return what holds the place, `*` being the first item; None where there is no such place."""
    target = payload
    for token in [*where[:-1], where[-1]]:
        key: Any = 0 if token == "*" else token
        if not target or (key != 0 and not (isinstance(target, dict) and key in target)):
            return None
        payload, target = target, target[key]
    return payload


def _target(payload: Any, where: list[str]) -> Any:
    """Return what stands at a place, `*` being the first item; None where there is no such place."""
    if not where:
        return payload
    holder = _parent(payload, where)
    return None if holder is None else holder[0 if where[-1] == "*" else where[-1]]


Edits = Iterator[tuple[Any, Context]]


def _add_unknown(parameter: Any, place: Place) -> Edits:
    for name in ("unheardOf", *parameter):
        payload = deepcopy(place.example)
        target = _target(payload, place.where)
        if isinstance(target, dict):
            target[name] = 1
            yield payload, place.context


def _add_misplaced(parameter: Any, place: Place) -> Edits:
    for other in place.check.examples:
        for name, value in other.items():
            if name not in place.branch.own_fields:
                yield {**place.example, name: value}, place.context


def _overfill(parameter: Any, place: Place) -> Edits:
    for name in parameter["properties"]:
        if items := place.example.get(name):
            others: dict[str, Any] = {other: [] for other in parameter["properties"] if other != name}
            yield {**place.example, **others, name: items[:1] * (parameter["maximum"] + 1)}, place.context


def _leave_out(parameter: Any, place: Place) -> Edits:
    yield {name: value for name, value in place.example.items() if name not in parameter["fields"]}, place.context


def _differ_from_stored(parameter: Any, place: Place) -> Edits:
    for other in place.check.examples:
        if other.get(parameter["field"]) != place.value():
            yield place.example, place.context._replace(stored=other)


def _refer_to_nothing(parameter: Any, place: Place) -> Edits:
    if isinstance(place.value(), str):
        yield from place.with_value(place.value()[:4] + "0" * 17)
    else:
        yield from place.with_value(_NO_ID)


def _refer_to_excluded(parameter: Any, place: Place) -> Edits:
    excluded = {parameter["field"]: parameter["value"]}
    resources = docs_resources(place.check.contract.provider)[parameter["resource"]]
    names = [name for name, resource in resources.items() if excluded.items() <= resource.items()]
    for name in names:
        yield from place.with_value(name)
    if not names:
        yield place.example, place.context._replace(find=lambda kind, name: excluded)


def _add_forbidden(parameter: Any, place: Place) -> Edits:
    yield from place._replace(where=place.where[:-1]).with_member(place.where[-1], "text")


def _repeat_a_sibling(parameter: Any, place: Place) -> Edits:
    of_its_sort = {name: values[0] for name, values in parameter.get("among", {}).items()}
    yield place.example, place.context._replace(siblings=[{**of_its_sort, parameter["field"]: place.value()}])


def _fill_up_stored(parameter: Any, place: Place) -> Edits:
    full = {**(place.context.stored or {}), parameter["field"]: [{}] * parameter["maximum"]}
    yield place.example, place.context._replace(stored=full)


def _overrun(parameter: Any, place: Place) -> Edits:
    yield from place.with_value("x" * (parameter["maximum"] + 1))
    yield from place.with_value("x" * (parameter.get("minimum", 0) - 1))


def _put_parent_in_state(parameter: Any, place: Place) -> Edits:
    yield place.example, place.context._replace(parent={parameter["field"]: parameter["value"]})


def _edit_items(edit: Callable[[Any, dict[str, Any], list[Any]], None]) -> Callable[[Any, Place], Edits]:
    """Return a breaker that changes the first item of an array, given all of them."""

    def edits(parameter: Any, place: Place) -> Edits:
        payload = deepcopy(place.example)
        target = _target(payload, place.where)
        if isinstance(target, list) and target:
            edit(parameter, target[0], target)
            yield payload, place.context

    return edits


def _miscount(parameter: Any, item: dict[str, Any], items: list[Any]) -> None:
    items[-1][parameter["by"]] = len(items) + 1


def _blank(parameter: Any, item: dict[str, Any], items: list[Any]) -> None:
    for bearer in (item, *item.get(parameter.get("within", ""), [])):
        bearer[parameter["field"]] = " "


def _ramble(parameter: Any, item: dict[str, Any], items: list[Any]) -> None:
    for bearer in item.get(parameter.get("within", "")) or [item]:
        bearer[parameter["field"]] = "word " * (parameter["maximum"] + 1)


def _hurry(parameter: Any, item: dict[str, Any], items: list[Any]) -> None:
    later = items[-1]
    for name in parameter["path"][:-1]:
        later = later[name]
    later[parameter["path"][-1]] = parameter["maximum"] + 1


def _miss_total(parameter: Any, place: Place) -> Edits:
    payload = deepcopy(place.example)
    item = _target(payload, place.where)
    if isinstance(item, dict) and item.get(parameter["items"]):
        item[parameter["when"]["field"]] = parameter["when"]["value"]
        for each in item[parameter["items"]]:
            each[parameter["field"]] = 1
        yield payload, place.context


def _misspell_variable(parameter: Any, place: Place) -> Edits:
    yield from place.with_value(f"Hello {{{{{parameter[0][:-1]}}}}}")


_NO_ID = 999_999_999


def _replace_text(*values: str) -> Callable[[Any, Place], Edits]:
    def edit(parameter: Any, place: Place) -> Edits:
        for value in values:
            yield from place.with_value(value)

    return edit


def _fit_not_one(parameter: Any, place: Place) -> Edits:
    yield from place.with_value({})
    whole = {name: "x" for choice in parameter for name in choice.get("required", ())}
    yield from place.with_value(whole)


def _meet_fact(parameter: Any, place: Place) -> Edits:
    for fact in parameter["is"]:
        settings = {**(place.context.settings or {}), parameter["fact"]: fact}
        there = place._replace(context=place.context._replace(settings=settings))
        yield there.example, there.context
        for name in parameter.get("needs", ()):
            if (payload := without(there.example, [*there.where, name])) is not None:
                yield payload, there.context
        for name in parameter.get("without", ()):
            for shown in place.check.examples:
                if value := found_at(shown, [*there.where, name]):
                    yield from there.with_member(name, value)
        for value in parameter.get("excludes", ()):
            yield from there.with_value(value)
        if "multiple-of" in parameter:
            yield from there.with_value(parameter["multiple-of"] + 1)


KEYWORD_EDITS: Mapping[str, Callable[[Any, Place], Edits]] = {
    "x-unknown-fields": _add_unknown,
    "x-misplaced-fields": _add_misplaced,
    "x-combined-max-items": _overfill,
    "x-required-on-first": _leave_out,
    "x-immutable": _differ_from_stored,
    "x-references": _refer_to_nothing,
    "x-not-in-state": _refer_to_excluded,
    "x-template": _replace_text("Hello {{firstName", "Hello {{ }}", "Hello firstName}}"),
    "x-http-url": _replace_text("ftp://example.com/a", "/relative", "https://"),
    "x-public-url": _replace_text(
        "http://example.com/a",
        "https://localhost/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "https://user:key@example.com/a",
    ),
    "x-media-types": _replace_text(
        "https://example.com/a.mp4", "https://example.com/a.png", "https://example.com/a.pdf"
    ),
    "x-either": _fit_not_one,
    "x-when-fact": _meet_fact,
    "x-parent-state": _put_parent_in_state,
    "x-numbered": _edit_items(_miscount),
    "x-first-has": _edit_items(_blank),
    "x-max-words": _edit_items(_ramble),
    "x-gap": _edit_items(_hurry),
    "x-sum": _miss_total,
    "x-known-variables": _misspell_variable,
    "x-forbidden": _add_forbidden,
    "x-unique-among-siblings": _repeat_a_sibling,
    "x-room-in-stored": _fill_up_stored,
    "x-usual-length": _overrun,
}
