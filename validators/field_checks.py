"""Which fields an object has: `x-` keywords about unknown, misplaced, forbidden and competing ones."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..contracts.errors import nearest
from .occasion import Flaw, Occasion
from .places import Where
from .violation import Part, name_of, printable


def unknown_fields(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A field that no branch declares; some have a rule of their own."""
    for name in value:
        if name not in occasion.all_fields:
            guess = nearest(name, occasion.own_fields) if name not in parameter else ""
            yield Flaw(
                (name,),
                value[name],
                _one_of(occasion.own_fields),
                f'"{printable(name)}" is not a field that is known here.{guess}',
                parameter.get(name, ""),
            )


@cache
def _one_of(fields: frozenset[str]) -> str:
    return f"one of {', '.join(sorted(fields))}"


def misplaced_fields(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A field of another branch is ignored, or has a rule of its own."""
    for name in value:
        if name in occasion.all_fields and name not in occasion.own_fields:
            yield Flaw(
                (name,),
                value[name],
                _one_of(occasion.own_fields),
                f"{name} is not a field of {occasion.step_type} steps.",
                parameter.get(name, ""),
            )


def forbidden(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The field does not stand on this branch, whatever its value."""
    name = str(occasion.where[-1])
    case = f" on {occasion.step_type} steps" if occasion.step_type else ""
    yield Flaw((), value, f"no {name}{case}", f"{name_of(occasion.where)} is not allowed{case}.")


def combined_max_items(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """Several lists together hold at most so many items; of an update, stored lists that stay count too."""
    stored = occasion.context.stored or {}
    names = parameter["properties"]
    sent = [name for name in names if isinstance(value.get(name), list)]
    lists = [value.get(name, stored.get(name, [])) for name in names]
    count = sum(len(items) for items in lists if isinstance(items, list))
    if sent and count > parameter["maximum"]:
        yield Flaw(
            (sent[-1],),
            value[sent[-1]],
            f"at most {parameter['maximum']} items in {' and '.join(names)} together",
            f"{' and '.join(names)} hold {count} items together; at most {parameter['maximum']} are allowed.",
        )


def either(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """Exactly one of several schemas fits; where none does, each says what it misses."""
    misfits = [list(_misfits(choice, value, occasion.where)) for choice in parameter]
    fitting = sum(not parts for parts in misfits)
    if fitting == 1:
        return
    forms = " or ".join(f"{{{', '.join(choice.get('required', ()))}}}" for choice in parameter)
    place = name_of(occasion.where)
    why = "fits several forms at once" if fitting else "fits none of its forms"
    message = f"{place} {why}; it must be exactly one of {forms}."
    told = [] if fitting else [part for parts in misfits for part in parts]
    yield Flaw(
        (), value, f"exactly one of {forms}", message, "", (*told, Part(occasion.where, "oneOf", parameter, message))
    )


_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _misfits(schema: Mapping[str, Any], value: Any, where: Where) -> Iterator[Part]:
    """Yield what keeps a value from fitting a schema: its type, missing members, then the members in their order."""
    wanted = schema.get("type")
    is_boolean = isinstance(value, bool)
    if wanted and not (isinstance(value, _JSON_TYPES[wanted]) and is_boolean == (wanted == "boolean")):
        yield Part(where, "type", wanted, f"{name_of(where)} must be of type {wanted}.")
        return
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            if name not in value:
                yield Part((*where, name), "required", None, f"{name} is required.")
        for name, child in schema.get("properties", {}).items():
            if name in value:
                yield from _misfits(child, value[name], (*where, name))
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _misfits(schema["items"], item, (*where, index))
