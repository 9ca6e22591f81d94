"""Makes a plan of the resources of a world, or of what stands in a file, by the contract's `x-timeline`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from sys import float_info
from typing import Any

from ...contracts.limits import MAX_NESTING
from ...contracts.model import Contract
from ...validators.checker import checker
from ..clock import seconds_of
from ..faults import Catalogue
from .model import DAY, Branch, Plan, Step, TimelineError

Item = Mapping[str, Any]
Tables = Mapping[str, Mapping[str, Item]]

_OF_FILE = "file"
"""The id of a sequence in a file that says none."""


def plan_of_world(contract: Contract, tables: Tables) -> Plan:
    """Return the plan of what a world holds; raises TimelineError where the contract does not say how to read it."""
    how = _how(contract)
    kind, listed = how["sequence"]["kind"], how["sequence"]["steps"]
    steps = tables.get(how["step"]["kind"], {})
    opened = _opened(how, steps.values())
    places = {
        name: (entry, partial(_in_order, steps, entry.get(listed, ()))) for name, entry in tables.get(kind, {}).items()
    }
    return _plan(contract, places, opened, tables)


def plan_of_file(contract: Contract, data: Any) -> Plan:
    """Return the plan of steps, or of sequences with their steps in them; raises TimelineError for anything else."""
    how = _how(contract)
    found = dict(_sequences_in(how, data, 0))
    if not found:
        raise TimelineError(
            f"No steps of {contract.title} are in it.",
            "It is a list of steps, what reading sequences gives, or a world.",
        )
    opened = _opened(how, (step for _, steps in found.values() for step in steps))
    places = {name: (entry, partial(iter, steps)) for name, (entry, steps) in found.items()}
    return _plan(contract, places, opened, {})


def fits(contract: Contract, data: Any) -> bool:
    """Return whether a JSON value has steps, and all of them are of types that a provider has."""
    how = contract.timeline
    if how is None:
        return False
    found = [item for _, (_, items) in _sequences_in(how, data, 0) for item in items]
    if "type" in how["step"]:
        known = types_of(contract)
        return bool(found) and all(str(first_of(item, how["step"]["type"])) in known for item in found)
    needed = (how["delay"]["at"], how["step"].get("order", how["delay"]["at"]))
    return bool(found) and all(first_of(item, places) is not None for item in found for places in needed)


def types_of(contract: Contract) -> Mapping[str, str]:
    """Return the types that steps of a provider have, by each of their spellings."""
    errors = Catalogue(contract)
    return {spelling: name for each in contract.operations for spelling, name in errors.step_types(each).items()}


def condition_keys(contract: Contract) -> tuple[str, ...]:
    """Return the conditions that a lead can meet at a provider."""
    condition = (contract.timeline or {}).get("condition")
    if condition is None:
        return ()
    found: dict[str, None] = {}
    for name, operation in contract.operations.items():
        if operation.checks is None or not operation.step_type:
            continue
        for branch in checker(contract.provider, name, contract.profile).branches.values():
            if condition["type"] in branch.spellings:
                for pointer in condition["keys"]:
                    schema = branch.schema["properties"].get(pointer.removeprefix("/"), {})
                    found |= dict.fromkeys(schema.get("enum", ()))
    return tuple(found)


def _how(contract: Contract) -> Mapping[str, Any]:
    if contract.timeline is None:
        raise TimelineError(
            f"The contract of {contract.title} does not say how steps follow one another.", "Give it an x-timeline."
        )
    return contract.timeline


def _in_order(table: Mapping[str, Item], names: Iterable[Any]) -> Iterator[Item]:
    return (table[str(name)] for name in names)


def _opened(how: Mapping[str, Any], steps: Iterable[Item]) -> set[str]:
    """Return the sequences that some condition opens."""
    condition = how.get("condition")
    if condition is None:
        return set()
    return {str(branch.get(condition["to"])) for step in steps for branch in _items(step.get(condition["branches"]))}


def _plan(
    contract: Contract,
    places: Mapping[str, tuple[Item, Callable[[], Iterator[Item]]]],
    opened: set[str],
    tables: Tables,
) -> Plan:
    maker = _Maker(contract, tables)
    return Plan(
        {name: partial(maker.steps, items) for name, (_, items) in places.items()},
        tuple(name for name in places if name not in opened),
        condition_keys(contract),
    )


class _Maker:
    """Makes steps of what stands in a world or a file."""

    def __init__(self, contract: Contract, tables: Tables) -> None:
        self._how = _how(contract)
        self._tables = tables
        self._types = types_of(contract)

    def steps(self, items: Callable[[], Iterator[Item]]) -> Iterator[Step]:
        """Yield the steps of a sequence in their order."""
        order = self._how["step"].get("order")
        listed: Iterable[tuple[int, Item]] = enumerate(items(), 1)
        if self._how["delay"]["from"] == "start":
            listed = sorted(listed, key=lambda entry: self._delay(entry[1], entry[0]))
        elif order:
            listed = sorted(listed, key=lambda entry: _number(first_of(entry[1], order), "order", entry[0]))
        for number, item in listed:
            yield self._step(item, number)

    def _step(self, item: Item, number: int) -> Step:
        how = self._how
        said = first_of(item, how["step"].get("type", ()))
        kind = how["step"].get("is", "") if said is None else self._types.get(str(said), str(said))
        name = first_of(item, how["step"]["id"])
        date = first_of(item, how["delay"].get("date", ()))
        condition, transfer = how.get("condition", {}), how.get("transfer", {})
        return Step(
            f"step {number}" if name is None else str(name),
            kind,
            self._title(item, kind == condition.get("type")),
            self._delay(item, number),
            how["delay"]["from"] == "start",
            _moment(date, number) if date is not None else None,
            self._branches(item, number) if kind == condition.get("type") else None,
            self._target(item) if kind == transfer.get("type") else None,
            how["delay"]["confidence"],
        )

    def _title(self, item: Item, is_condition: bool) -> str:
        places = self._how["condition"]["keys"] if is_condition else self._how["step"]["names"]
        texts = (value for pointer in places if isinstance(value := at(item, pointer), str) and value)
        return next(texts, "")

    def _delay(self, item: Item, number: int) -> float:
        how = self._how["delay"]
        said = first_of(item, how["at"])
        if said is None:
            said = how.get("first" if number == 1 else "later", 0)
        return _number(said, "delay", number) * (DAY if how["unit"] == "days" else 1.0)

    def _branches(self, item: Item, number: int) -> tuple[Branch, ...]:
        how = self._how["condition"]
        return tuple(
            Branch(
                str(branch.get(how["to"], "")),
                None if branch.get(how["otherwise"]) else str(branch.get(how["key"], "")),
                self._wait(branch, number),
            )
            for branch in _items(item.get(how["branches"]))
        )

    def _wait(self, branch: Item, number: int) -> float | None:
        how = self._how["condition"]
        if branch.get(how["wait"]) == how["until"]:
            return None
        days = _number(branch.get(how["delay"]) or 0, "delay of a branch", number)
        return days * (DAY if self._how["delay"]["unit"] == "days" else 1.0)

    def _target(self, item: Item) -> str:
        """Return the sequence that a step sends leads to, an empty text where it is not known."""
        how = self._how["transfer"]
        resource = self._tables.get(how["kind"], {}).get(str(first_of(item, how["to"])), {})
        return next((str(name) for name in resource.get(how["sequences"], ())), "")


def _sequences_in(how: Mapping[str, Any], data: Any, depth: int) -> Iterator[tuple[str, tuple[Item, Sequence[Item]]]]:
    """Yield the sequences that stand in a JSON value, with their steps."""
    listed = how["sequence"]["steps"]
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        if all(_is_sequence(item, listed) for item in data):
            for item in data:
                yield from _sequences_in(how, item, depth)
        else:
            yield _OF_FILE, ({}, data)
    elif isinstance(data, dict) and _is_sequence(data, listed):
        name = first_of(data, how["step"]["id"])
        yield _OF_FILE if name is None else str(name), (data, data[listed])
    elif isinstance(data, dict) and data and all(_is_sequence(item, listed) for item in data.values()):
        for name, item in data.items():
            yield str(name), (item, item[listed])
    elif isinstance(data, dict) and depth < MAX_NESTING:
        for member in how["sequence"]["around"]:
            if member in data:
                yield from _sequences_in(how, data[member], depth + 1)


def _is_sequence(value: Any, listed: str) -> bool:
    steps = value.get(listed) if isinstance(value, dict) else None
    return isinstance(steps, list) and all(isinstance(step, dict) for step in steps)


def _items(value: Any) -> list[Item]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first_of(item: Any, pointers: Iterable[str]) -> Any:
    """Return what stands at the first of some places that has anything; None where none has."""
    return next((value for pointer in pointers if (value := at(item, pointer)) is not None), None)


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a pointer, None where nothing does."""
    for token in pointer.split("/")[1:]:
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def _number(value: Any, what: str, number: int) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= float_info.max:
        raise TimelineError(f"The {what} of step {number} is {str(value)[:40]!r}.", "It is a number.")
    return float(value)


def _moment(value: Any, number: int) -> float:
    try:
        return seconds_of(str(value))
    except (ValueError, OverflowError):
        raise TimelineError(f"The date of step {number} is {str(value)[:40]!r}.", "It is a date in ISO 8601.") from None
