"""Breaks payloads on purpose: for each rule an edit that breaks exactly this rule and no other.

A breaker belongs to the keyword, not to the rule: `maxLength` knows how to make a text too long, whatever the
rule is called. So a new rule in a contract comes with its breaker. Each result is confirmed by the checker, and a
rule that nothing breaks is reported by the completeness test.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, NamedTuple

from ..contracts import load
from ..contracts.limits import MAX_NESTING
from ..contracts.model import Contract
from .checker import Branch, Checker, checker
from .context import Context
from .reading import UNREADABLE, read_json
from .worlds import starting_world


class Broken(NamedTuple):
    """A request body that breaks exactly the rule `code` in the given Context; `payload` is what it reads as."""

    code: str
    operation: str
    body: bytes
    payload: Any
    context: Context


def valid_examples(provider: str, operation: str, profile: str = "documented") -> list[dict[str, Any]]:
    """Return valid payloads of an operation: one or more for each branch."""
    return deepcopy(checker(provider, operation, profile).examples)


@cache
def operations_with_payload(provider: str, profile: str = "documented") -> tuple[str, ...]:
    """Return the operations of a provider that take a request body."""
    return tuple(name for name, operation in load(provider, profile).operations.items() if operation.checks)


def breakers(provider: str, operation: str, code: str, profile: str = "documented") -> Iterator[Broken]:
    """Yield bodies of one operation that break exactly one rule; none where the operation cannot break it."""
    check = checker(provider, operation, profile)
    for example in valid_examples(provider, operation, profile):
        base = docs_context(check.contract, example)
        for body in _texts(check.contract.body_rules, code, example):
            reading = read_json(body, check.contract.body_rules, duplicates=True)
            found = [finding.code for finding in reading.findings]
            if found == [code] and (
                reading.payload is UNREADABLE
                or not isinstance(reading.payload, dict)
                or [item.code for item in check.check(reading.payload, base)] in ([], [code])
            ):
                yield Broken(code, operation, body, reading.payload, base)
        for payload, context in _edits(check, example, base, code):
            if [item.code for item in check.check(payload, context)] == [code]:
                yield Broken(code, operation, json.dumps(payload).encode(), payload, context)


def breaker(provider: str, code: str, profile: str = "documented") -> Broken | None:
    """Return the first body of any operation that breaks exactly one rule, or None."""
    return next(
        (
            broken
            for operation in operations_with_payload(provider, profile)
            for broken in breakers(provider, operation, code, profile)
        ),
        None,
    )


def docs_context(contract: Contract, stored: Mapping[str, Any] | None = None) -> Context:
    """Return the facts of the world `docs`, with an empty sequence, and `stored` as what an update changes."""
    resources = _docs_resources(contract.provider)
    return Context(stored=stored, siblings=[], find=lambda kind, name: resources.get(kind, {}).get(name))


@cache
def _docs_resources(provider: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = starting_world(provider, "docs")["resources"]
    return found


def _texts(rules: Mapping[str, str], code: str, example: dict[str, Any]) -> Iterator[bytes]:
    """Yield bodies that break a body rule, made from the text of a valid one."""
    text = json.dumps(example)
    name, value = next(iter(example.items()))
    deep = "[" * (MAX_NESTING + 1) + "]" * (MAX_NESTING + 1)
    broken = {
        "syntax": text[:-1],
        "root": f"[{text}]",
        "number": text[:-1] + ', "extra": 1e999}',
        "nesting": text[:-1] + f', "extra": {deep}}}',
        "encoding": text[:-1] + ', "extra": "\\ud83d"}',
        "duplicate-key": f'{{"{name}": {json.dumps(value)}, {text[1:]}',
    }
    for rule, body in broken.items():
        if rules[rule] == code:
            yield body.encode()


def _edits(check: Checker, example: dict[str, Any], base: Context, code: str) -> Iterator[tuple[Any, Context]]:
    for branch in (check.root, *check.branches.values()):
        if branch.name and check.branch_of(example) is not branch:
            continue
        for path, rule in branch.codes.items():
            if rule == code:
                yield from ((payload, base) for payload in _schema_edits(branch, path, example))
        for keyword, where, parameter, rule in branch.checks:
            if rule == code or (keyword in ("x-misplaced-fields", "x-unknown-fields") and code in parameter.values()):
                yield from _KEYWORD_EDITS[keyword](parameter, _Place(example, where, check, branch, base))


def _schema_edits(branch: Branch, path: str, example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield payloads in which one assertion of JSON Schema fails."""
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
        if (payload := _without(example, [*where, tokens[1]])) is not None:
            yield payload
        return
    present = _value_at(example, where)
    for value in _SCHEMA_VALUES[tokens[0]](wanted[tokens[0]], present):
        if (payload := _replaced(example, where, value)) is not None:
            yield payload


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


class _Place(NamedTuple):
    """A valid example, and the place in it where a keyword stands."""

    example: dict[str, Any]
    where: list[str]
    check: Checker
    branch: Branch
    context: Context

    def value(self) -> Any:
        return _value_at(self.example, self.where)

    def with_member(self, name: str, value: Any) -> Iterator[tuple[Any, Context]]:
        payload = deepcopy(self.example)
        if isinstance(target := _value_at(payload, self.where), dict):
            target[name] = value
            yield payload, self.context

    def with_value(self, value: Any) -> Iterator[tuple[Any, Context]]:
        if (payload := _replaced(self.example, self.where, value)) is not None:
            yield payload, self.context


def _value_at(example: Any, where: list[str]) -> Any:
    """Return what stands at a place, `*` being the first item; None where nothing does."""
    value = example
    for token in where:
        value = value[0 if token == "*" else token] if value and (token == "*" or token in value) else None
    return value


def _replaced(example: dict[str, Any], where: list[str], value: Any) -> dict[str, Any] | None:
    """Return a copy with another value at a place; None where the example has nothing there."""
    payload = deepcopy(example)
    if not where or (target := _parent(payload, where)) is None:
        return None
    target[0 if where[-1] == "*" else where[-1]] = value
    return payload


def _without(example: dict[str, Any], where: list[str]) -> dict[str, Any] | None:
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


def _add_unknown(parameter: Any, place: _Place) -> Edits:
    for name in ("unheardOf", *parameter):
        payload = deepcopy(place.example)
        target = _target(payload, place.where)
        if isinstance(target, dict):
            target[name] = 1
            yield payload, place.context


def _add_misplaced(parameter: Any, place: _Place) -> Edits:
    for other in place.check.examples:
        for name, value in other.items():
            if name not in place.branch.own_fields:
                yield {**place.example, name: value}, place.context


def _overfill(parameter: Any, place: _Place) -> Edits:
    for name in parameter["properties"]:
        if items := place.example.get(name):
            others: dict[str, Any] = {other: [] for other in parameter["properties"] if other != name}
            yield {**place.example, **others, name: items[:1] * (parameter["maximum"] + 1)}, place.context


def _leave_out(parameter: Any, place: _Place) -> Edits:
    yield {name: value for name, value in place.example.items() if name not in parameter["fields"]}, place.context


def _differ_from_stored(parameter: Any, place: _Place) -> Edits:
    for other in place.check.examples:
        if other.get(parameter["field"]) != place.value():
            yield place.example, place.context._replace(stored=other)


def _refer_to_nothing(parameter: Any, place: _Place) -> Edits:
    if isinstance(place.value(), str):
        yield from place.with_value(place.value()[:4] + "0" * 17)
    else:
        yield from place.with_value(_NO_ID)


def _refer_to_excluded(parameter: Any, place: _Place) -> Edits:
    excluded = {parameter["field"]: parameter["value"]}
    resources = _docs_resources(place.check.contract.provider)[parameter["resource"]]
    names = [name for name, resource in resources.items() if excluded.items() <= resource.items()]
    for name in names:
        yield from place.with_value(name)
    if not names:
        yield place.example, place.context._replace(find=lambda kind, name: excluded)


def _add_forbidden(parameter: Any, place: _Place) -> Edits:
    yield from place._replace(where=place.where[:-1]).with_member(place.where[-1], "text")


def _repeat_a_sibling(parameter: Any, place: _Place) -> Edits:
    of_its_sort = {name: values[0] for name, values in parameter.get("among", {}).items()}
    yield place.example, place.context._replace(siblings=[{**of_its_sort, parameter["field"]: place.value()}])


def _fill_up_stored(parameter: Any, place: _Place) -> Edits:
    full = {**(place.context.stored or {}), parameter["field"]: [{}] * parameter["maximum"]}
    yield place.example, place.context._replace(stored=full)


def _overrun(parameter: Any, place: _Place) -> Edits:
    yield from place.with_value("x" * (parameter["maximum"] + 1))
    yield from place.with_value("x" * (parameter.get("minimum", 0) - 1))


def _put_parent_in_state(parameter: Any, place: _Place) -> Edits:
    yield place.example, place.context._replace(parent={parameter["field"]: parameter["value"]})


def _edit_items(edit: Callable[[Any, dict[str, Any], list[Any]], None]) -> Callable[[Any, _Place], Edits]:
    """Return a breaker that changes the first item of an array, given all of them."""

    def edits(parameter: Any, place: _Place) -> Edits:
        payload = deepcopy(place.example)
        target = _target(payload, place.where)
        if isinstance(target, list) and target:
            edit(parameter, target[0], target)
            yield payload, place.context

    return edits


def _miscount(parameter: Any, item: dict[str, Any], items: list[Any]) -> None:
    item[parameter["by"]] = len(items) + 1


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


def _miss_total(parameter: Any, place: _Place) -> Edits:
    payload = deepcopy(place.example)
    item = _target(payload, place.where)
    if isinstance(item, dict) and item.get(parameter["items"]):
        item[parameter["when"]["field"]] = parameter["when"]["value"]
        for each in item[parameter["items"]]:
            each[parameter["field"]] = 1
        yield payload, place.context


def _misspell_variable(parameter: Any, place: _Place) -> Edits:
    yield from place.with_value(f"Hello {{{{{parameter[0][:-1]}}}}}")


_NO_ID = 999_999_999


def _replace_text(*values: str) -> Callable[[Any, _Place], Edits]:
    def edit(parameter: Any, place: _Place) -> Edits:
        for value in values:
            yield from place.with_value(value)

    return edit


def _fit_not_one(parameter: Any, place: _Place) -> Edits:
    yield from place.with_value({})
    whole = {name: "x" for choice in parameter for name in choice.get("required", ())}
    yield from place.with_value(whole)


def _meet_fact(parameter: Any, place: _Place) -> Edits:
    for fact in parameter["is"]:
        there = place._replace(context=place.context._replace(settings={parameter["fact"]: fact}))
        yield there.example, there.context
        for name in parameter.get("needs", ()):
            if (payload := _without(there.example, [*there.where, name])) is not None:
                yield payload, there.context
        for value in parameter.get("excludes", ()):
            yield from there.with_value(value)
        if "multiple-of" in parameter:
            yield from there.with_value(parameter["multiple-of"] + 1)


_KEYWORD_EDITS: Mapping[str, Callable[[Any, _Place], Edits]] = {
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
