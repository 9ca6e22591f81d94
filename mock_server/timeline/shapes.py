"""What a JSON value holds: sequences with steps in them, steps alone, or why neither."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

from ...contracts import load, providers
from ...contracts.errors import nearest
from ...contracts.limits import MAX_NESTING
from ...contracts.model import Contract
from ...validators.violation import quote
from ..faults import Catalogue
from .model import TimelineError

Item = Mapping[str, Any]
Listed = Mapping[str, Sequence[Item]]
"""Steps by the sequences that hold them."""

WHAT_HAS_STEPS = "Give a step, a list of steps, what reading sequences gives, a recording of requests, or a world."
OF_FILE = "file"
"""The id of a sequence in a file that says none."""
_MOST_TOLD = 5


def sequences_of(contract: Contract, data: Any, *, alone: bool = True) -> Listed:
    """Return the sequences that stand in a JSON value, with their steps; with `alone`, one step is a sequence too.

    Raises TimelineError where two sequences have one id.
    """
    how = timeline_of(contract)
    found: dict[str, Sequence[Item]] = {}
    nameless = 0
    for name, steps in _sequences_in(how, data, 0):
        if name is None:
            nameless += 1
        key = name or (OF_FILE if nameless == 1 else f"{OF_FILE} {nameless}")
        if key in found:
            raise TimelineError(f"Two sequences have the id {quote(key)}.", "Each has its own.")
        found[key] = steps
    if alone and not found and isinstance(data, dict) and _looks_like_a_step(how, data):
        return {OF_FILE: [data]}
    return found


def fits(contract: Contract, data: Any) -> bool:
    """Return whether a JSON value has steps, and all of them are of types that a provider has."""
    how = contract.timeline
    if how is None:
        return False
    found = [item for items in sequences_of(contract, data).values() for item in items]
    if "type" in how["step"]:
        known = types_of(contract)
        return bool(found) and all(str(first_of(item, how["step"]["type"])) in known for item in found)
    needed = (how["delay"]["at"], how["step"].get("order", how["delay"]["at"]))
    return bool(found) and all(first_of(item, places) is not None for item in found for places in needed)


def strange_types(contract: Contract, listed: Listed) -> list[str]:
    """Return a sentence about each of the first steps that are of a type that the provider does not have."""
    places = timeline_of(contract)["step"].get("type")
    if places is None:
        return []
    known = types_of(contract)
    found = (
        f"Step {number} has the type {quote(said)}, which {contract.title} does not have.{nearest(str(said), known)}"
        if said is not None
        else f"Step {number} has no type."
        for items in listed.values()
        for number, item in enumerate(items, 1)
        if (said := first_of(item, places)) is None or str(said) not in known
    )
    return list(islice(found, _MOST_TOLD))


def why_of_no_provider(data: Any, profile: str) -> TimelineError:
    """Return why what a file holds are not the steps of any provider."""
    kinds = [load(name, profile) for name in providers()]
    whose = f"Say whose they are: --provider {'|'.join(each.provider for each in kinds)}."
    if not isinstance(data, (list, dict)):
        return TimelineError(f"It holds {quote(data)}, which is no step.", "It is a step, or a list of steps.")
    if not data:
        return TimelineError("It holds an empty list, no steps." if data == [] else "It holds an empty object.", whose)
    if isinstance(data, list):
        for number, item in enumerate(data, 1):
            if not isinstance(item, dict):
                return TimelineError(f"Item {number} of its list is {quote(item)}.", "Each item is a step, an object.")
    known = {spelling for each in kinds for spelling in types_of(each)}
    emptied = found = False
    for contract in kinds:
        if contract.timeline is None:
            continue
        listed = sequences_of(contract, data)
        found |= any(listed.values())
        emptied |= bool(listed) and not any(listed.values())
        types = [first_of(item, contract.timeline["step"].get("type", ())) for item in chain(*listed.values())]
        for number, said in enumerate(types, 1):
            if said is not None and str(said) not in known:
                return TimelineError(
                    f"Step {number} has the type {quote(said)}, which no provider has.{nearest(str(said), known)}",
                    whose,
                )
            if said is None and any(other is not None for other in types):
                return TimelineError(f"Step {number} has no type, and others have one.", whose)
    if emptied:
        return TimelineError("There are sequences in it, but no steps.", whose)
    if found:
        return TimelineError("The steps in it are of no one provider, as far as their types tell.", whose)
    return TimelineError("There are no steps in it.", WHAT_HAS_STEPS)


def timeline_of(contract: Contract) -> Mapping[str, Any]:
    """Return how steps of a provider follow one another; raises TimelineError where the contract does not say."""
    if contract.timeline is None:
        raise TimelineError(
            f"The contract of {contract.title} does not say how steps follow one another.", "Give it an x-timeline."
        )
    return contract.timeline


def types_of(contract: Contract) -> Mapping[str, str]:
    """Return the types that steps of a provider have, by each of their spellings."""
    errors = Catalogue(contract)
    return {spelling: name for each in contract.operations for spelling, name in errors.step_types(each).items()}


def _sequences_in(how: Mapping[str, Any], data: Any, depth: int) -> Iterator[tuple[str | None, Sequence[Item]]]:
    """Yield the ids of the sequences that stand in a JSON value, None for one without, with their steps."""
    listed = how["sequence"]["steps"]
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        if all(_is_sequence(item, listed) for item in data):
            for item in data:
                yield from _sequences_in(how, item, depth)
        else:
            yield None, data
    elif isinstance(data, dict) and _is_sequence(data, listed):
        name = first_of(data, how["step"]["id"])
        yield None if name is None else str(name), data[listed]
    elif isinstance(data, dict) and data and all(_is_sequence(item, listed) for item in data.values()):
        for name, item in data.items():
            yield str(name), item[listed]
    elif isinstance(data, dict) and depth < MAX_NESTING:
        for member in how["sequence"]["around"]:
            if member in data:
                yield from _sequences_in(how, data[member], depth + 1)


def _is_sequence(value: Any, listed: str) -> bool:
    steps = value.get(listed) if isinstance(value, dict) else None
    return isinstance(steps, list) and all(isinstance(step, dict) for step in steps)


def _looks_like_a_step(how: Mapping[str, Any], data: Item) -> bool:
    places = how["step"].get("type") or how["delay"]["at"]
    return first_of(data, places) is not None


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
