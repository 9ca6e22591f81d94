"""What is known besides the payload: `x-` keywords about stored, sibling, named and parent resources, and facts."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from .occasion import Flaw, Occasion
from .violation import name_of, quote


def immutable(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The value is that of the stored resource."""
    stored = occasion.context.stored
    field = parameter["field"]
    if stored is not None and field in stored and stored[field] not in (occasion.spellings or (value,)):
        yield Flaw(
            (),
            value,
            f"{quote(stored.get(field))}, as stored",
            f"{name_of(occasion.where)} cannot be changed: the stored step has {quote(stored.get(field))}, "
            f"the request says {quote(value)}.",
        )


def references(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The value is the id of a resource that exists."""
    find = occasion.context.find
    if find is not None and not isinstance(value, bool) and find(parameter["resource"], str(value)) is None:
        yield Flaw(
            (),
            value,
            f"the id of one of the existing {parameter['resource']}",
            f"{name_of(occasion.where)} {quote(value)} is not one of the existing {parameter['resource']}.",
        )


def not_in_state(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The resource that the value names is not in the state that the contract excludes."""
    find = occasion.context.find
    resource = find(parameter["resource"], value) if find is not None else None
    if resource is not None and resource.get(parameter["field"]) == parameter["value"]:
        yield Flaw(
            (),
            value,
            f"one of the {parameter['resource']} whose {parameter['field']} is not {parameter['value']}",
            f"{name_of(occasion.where)} {quote(value)} "
            + (
                f"is {parameter['value']}."
                if isinstance(parameter["value"], str)
                else f"has {parameter['field']} {quote(parameter['value'])}."
            ),
        )


def required_on_first(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The first step of its type in a sequence has these fields."""
    siblings = occasion.context.siblings if occasion.context.siblings_are_whole else None
    missing = [name for name in parameter["fields"] if name not in value]
    if missing and siblings is not None and all(step.get("type") != parameter["type"] for step in siblings):
        for name in missing:
            yield Flaw(
                (name,),
                None,
                f"{name} on the first {parameter['type']} step",
                f"{name} is required for the first {parameter['type']} step of a sequence.",
            )


def unique_among_siblings(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """No other sibling of the same sort has this value; the resource that an update changes is no sibling of itself."""
    field, among = parameter["field"], parameter.get("among", {})
    for sibling in occasion.context.siblings or ():
        if (
            sibling.get(field) == value
            and sibling is not occasion.context.stored
            and all(sibling.get(name) in values for name, values in among.items())
        ):
            case = f" among {occasion.step_type} steps" if among and occasion.step_type else ""
            yield Flaw(
                (),
                value,
                f"a {field} that no other step has{case}",
                f"{name_of(occasion.where)} {quote(value)} is taken{case}.",
            )
            return


def room_in_stored(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A list of the stored resource has room for one more item."""
    items = (occasion.context.stored or {}).get(parameter["field"])
    if isinstance(items, list) and len(items) >= parameter["maximum"]:
        yield Flaw(
            (),
            value,
            f"a step with fewer than {parameter['maximum']} {parameter['field']}",
            f"The step has {len(items)} of at most {parameter['maximum']} {parameter['field']} already.",
        )


def parent_state(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The resource that holds this is not in the state that the contract excludes."""
    parent = occasion.context.parent
    field, state = parameter["field"], parameter["value"]
    if parent is not None and parent.get(field) == state and value not in parameter.get("except", ()):
        yield Flaw(
            (),
            value,
            f"a parent whose {field} is not {state}",
            f"{name_of(occasion.where)} cannot be taken while the {field} is {state}.",
        )


def when_fact(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """Where a fact has one of some values, members are needed or not taken, values excluded, or numbers multiples.

    A member that is an empty text counts as none.
    """
    actual = (occasion.context.settings or {}).get(parameter["fact"])
    if actual not in parameter["is"]:
        return
    place, whose = name_of(occasion.where), f"for {parameter['fact']} {actual}"
    if isinstance(value, dict):
        for name in parameter.get("needs", ()):
            if name not in value:
                yield Flaw((name,), None, f"a member {name} {whose}", f"{place} has no {name}; it needs one {whose}.")
        for name in parameter.get("without", ()):
            if value.get(name, "") != "":
                yield Flaw((name,), value[name], f"no {name} {whose}", f"{name} is not taken {whose}.")
    elif isinstance(value, str) and value in parameter.get("excludes", ()):
        yield Flaw((), value, f"not {value} {whose}", f"{place} {quote(value)} is not taken {whose}.")
    elif "multiple-of" in parameter and _is_number(value) and not _divides(parameter, value):
        unit = parameter["multiple-of"]
        yield Flaw((), value, f"a multiple of {unit} {whose}", f"{place} must be a multiple of {unit} {whose}.")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _divides(parameter: Any, value: float) -> bool:
    unit: int = parameter["multiple-of"]
    return value % unit == 0 if isinstance(value, int) else (value / unit).is_integer()
