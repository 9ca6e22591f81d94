"""Makes a plan of the resources of a world, or of steps that are given, by the contract's `x-timeline`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from sys import float_info
from typing import Any

from ...contracts.limits import MAX_STEPS_PER_SEQUENCE
from ...contracts.model import Contract
from ...validators.checker import checker
from ...validators.violation import quote
from ..clock import seconds_of
from .model import DAY, Branch, Plan, Step, TimelineError
from .shapes import WHAT_HAS_STEPS, Item, Listed, first_of, strange_types, timeline_of, types_of

Tables = Mapping[str, Mapping[str, Item]]


def plan_of_world(contract: Contract, tables: Tables) -> Plan:
    """Return the plan of what a world holds; raises TimelineError where the contract does not say how to read it."""
    how = timeline_of(contract)
    kind, listed = how["sequence"]["kind"], how["sequence"]["steps"]
    steps = tables.get(how["step"]["kind"], {})
    places = {name: partial(_in_order, steps, entry.get(listed, ())) for name, entry in tables.get(kind, {}).items()}
    return _plan(contract, places, _opened(how, steps.values()), tables)


def plan_of_steps(contract: Contract, listed: Listed) -> Plan:
    """Return the plan of steps that are given by their sequences; raises TimelineError for none, and for too many."""
    how = timeline_of(contract)
    if not listed:
        raise TimelineError(f"No steps of {contract.title} are in it.", WHAT_HAS_STEPS)
    for name, steps in listed.items():
        if len(steps) > MAX_STEPS_PER_SEQUENCE:
            raise TimelineError(
                f"The sequence {quote(name)} has {len(steps):,} steps.",
                f"A sequence holds at most {MAX_STEPS_PER_SEQUENCE:,} in stepmock.",
            )
    opened = _opened(how, (step for steps in listed.values() for step in steps))
    plan = _plan(contract, {name: partial(iter, steps) for name, steps in listed.items()}, opened, {})
    return plan._replace(notes=tuple(strange_types(contract, listed)))


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
    places: Mapping[str, Callable[[], Iterator[Item]]],
    opened: set[str],
    tables: Tables,
) -> Plan:
    maker = _Maker(contract, tables)
    return Plan(
        {name: partial(maker.steps, items) for name, items in places.items()},
        tuple(name for name in places if name not in opened),
        condition_keys(contract),
    )


class _Maker:
    """Makes steps of what stands in a world or a file."""

    def __init__(self, contract: Contract, tables: Tables) -> None:
        self._how = timeline_of(contract)
        self._tables = tables
        self._types = types_of(contract)

    def steps(self, items: Callable[[], Iterator[Item]]) -> Iterator[Step]:
        """Yield the steps of a sequence in their order."""
        order, place = self._how["step"].get("order"), self._how["step"].get("place")
        listed: Iterable[tuple[int, Item]] = enumerate(items(), 1)
        if place:
            yield from (
                self._step(item, number, is_first=is_first) for number, item, is_first in _placed(listed, place)
            )
            return
        if self._how["delay"]["from"] == "start":
            listed = sorted(listed, key=lambda entry: self._delay(entry[1], entry[0], is_first=entry[0] == 1))
        elif order:
            listed = sorted(listed, key=lambda entry: _number(first_of(entry[1], order), order[0][1:], entry[0]))
        for number, item in listed:
            yield self._step(item, number, is_first=number == 1)

    def _step(self, item: Item, number: int, *, is_first: bool) -> Step:
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
            self._delay(item, number, is_first=is_first),
            how["delay"]["from"] == "start",
            _moment(date, number) if date is not None else None,
            self._branches(item, number) if kind == condition.get("type") else None,
            self._target(item) if kind == transfer.get("type") else None,
            how["delay"]["confidence"],
        )

    def _title(self, item: Item, is_condition: bool) -> str:
        names, part = self._how["step"]["names"], self._how["step"].get("part")
        title = _text_in(item, self._how["condition"]["keys"] if is_condition else names)
        if title or part is None:
            return title
        return _text_in(self._tables.get(part["kind"], {}).get(str(first_of(item, part["at"]))), names)

    def _delay(self, item: Item, number: int, *, is_first: bool) -> float:
        how = self._how["delay"]
        said = first_of(item, how["at"])
        if said is None:
            said = how.get("first" if is_first else "later", 0)
        return _number(said, "delay", number) * (DAY if how["unit"] == "days" else 1.0)

    def _branches(self, item: Item, number: int) -> tuple[Branch, ...]:
        """Return the branches of a condition; what the step says of its one key is newer than what the branch says."""
        how = self._how["condition"]
        listed = _items(item.get(how["branches"]))
        own: dict[str, Any] = {}
        if how["wait"] in item and sum(not branch.get(how["otherwise"]) for branch in listed) == 1:
            own = {member: item[member] for member in (how["wait"], how["delay"]) if member in item}
            if key := _text_in(item, how["keys"]):
                own[how["key"]] = key
        return tuple(
            Branch(
                str(branch.get(how["to"], "")),
                None if branch.get(how["otherwise"]) else str({**branch, **own}.get(how["key"], "")),
                self._wait(branch if branch.get(how["otherwise"]) else {**branch, **own}, number),
            )
            for branch in listed
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


def _placed(listed: Iterable[tuple[int, Item]], places: Iterable[str]) -> list[tuple[int, Item, bool]]:
    """Return steps in the order that they have once they were added one after another, each at the place that it names.

    Also returned is whether a step was the first when it was added, for its delay is settled then. What a provider
    lists names the places behind the steps before, so its order stays.
    """
    found: list[tuple[int, Item, bool]] = []
    for number, item in listed:
        said = first_of(item, places)
        is_place = isinstance(said, (int, float)) and not isinstance(said, bool) and 0 <= said < len(found)
        at = int(said) if is_place else len(found)
        found.insert(at, (number, item, at == 0))
    return found


def _items(value: Any) -> list[Item]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text_in(item: Any, pointers: Iterable[str]) -> str:
    texts = (value for pointer in pointers if isinstance(value := first_of(item, [pointer]), str) and value)
    return next(texts, "")


def _number(value: Any, what: str, number: int) -> float:
    if value is None:
        raise TimelineError(f"Step {number} has no {what}.", "It is a number.")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= float_info.max:
        raise TimelineError(f"The {what} of step {number} is {quote(value)}.", "It is a number.")
    return float(value)


def _moment(value: Any, number: int) -> float:
    try:
        return seconds_of(str(value))
    except (ValueError, OverflowError):
        raise TimelineError(f"The date of step {number} is {quote(value)}.", "It is a date in ISO 8601.") from None
