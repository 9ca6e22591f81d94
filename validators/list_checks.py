"""What the items of a list are together: `x-` keywords about numbering, the first item, gaps and totals."""

import math
from collections.abc import Iterator
from typing import Any

from .occasion import Flaw, Occasion
from .places import Where
from .template import words
from .violation import name_of, quote


def numbered(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The items count 1, 2, 3, in any order."""
    by = parameter["by"]
    free = set(range(1, len(value) + 1))
    for index, item in enumerate(value):
        number = _number(item, (by,))
        if number is None:
            continue
        if number not in free:
            yield Flaw(
                (index, by),
                item[by],
                f"each of 1 to {len(value)} once",
                f"{name_of((*occasion.where, index, by))} is {quote(item[by])}; "
                f"{len(value)} items count from 1 to {len(value)}, each number once.",
            )
        free.discard(number)


def first_has(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The first item has a text in a field."""
    field = parameter["field"]
    first = _first(value, parameter["by"])
    if first is None:
        return
    if _says(value[first], field) or all(_says(item, field) for _, item in _bearers(value[first], parameter)):
        return
    yield Flaw(
        (first, field),
        value[first].get(field),
        f"a {field} on the first item",
        f"{name_of((*occasion.where, first, field))} is blank, and this item comes first.",
    )


def max_words(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The texts of the first item have at most so many words."""
    field, maximum = parameter["field"], parameter["maximum"]
    first = _first(value, parameter["by"])
    if first is None:
        return
    for where, item in _bearers(value[first], parameter):
        text = item.get(field)
        count = words(text) if isinstance(text, str) else 0
        if count > maximum:
            yield Flaw(
                (first, *where, field),
                text,
                f"at most {maximum} words",
                f"{name_of((*occasion.where, first, *where, field))} has {count} words; at most {maximum} are advised.",
            )


def gap(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The number at a path of every item but the first lies between two bounds."""
    path = tuple(parameter["path"])
    low, high = parameter["minimum"], parameter["maximum"]
    first = _first(value, parameter["by"])
    for index, item in enumerate(value):
        number = _number(item, path)
        if first not in (None, index) and number is not None and not low <= number <= high:
            yield Flaw(
                (index, *path),
                number,
                f"{low} to {high}",
                f"{name_of((*occasion.where, index, *path))} is {quote(number)}; {low} to {high} is advised.",
            )


def total(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The numbers of the first items reach a total, where another field asks for that."""
    when, wanted = parameter["when"], parameter["total"]
    items = value.get(parameter["items"], [])
    if value.get(when["field"]) != when["value"] or not isinstance(items, list):
        return
    running: float = 0
    for item in items[: parameter["at-most"]]:
        number = _number(item, (parameter["field"],))
        running += number if number is not None and 0 <= number <= wanted else 0
        if math.isclose(running, wanted, abs_tol=1e-9):
            return
    yield Flaw(
        (parameter["items"],),
        value.get(parameter["items"]),
        f"{parameter['field']} of the first items adding up to {wanted}",
        f"With {when['field']} {when['value']} the {parameter['field']} of the first "
        f"{name_of((*occasion.where, parameter['items']))} must add up to {wanted}.",
    )


def _first(items: Any, by: str) -> int | None:
    """Return the index of the item with the lowest number, or None."""
    numbers = [(number, index) for index, item in enumerate(items) if (number := _number(item, (by,))) is not None]
    return min(numbers)[1] if numbers else None


def _number(item: Any, path: Where) -> float | None:
    """Return the number at a path of an item; None where there is none."""
    for token in path:
        item = item.get(token) if isinstance(item, dict) else None
    return item if isinstance(item, (int, float)) and not isinstance(item, bool) else None


def _bearers(item: Any, parameter: Any) -> Iterator[tuple[Where, Any]]:
    """Yield the objects that bear an item's texts: those within it, or itself where there are none."""
    within = parameter.get("within", "")
    inner = item.get(within) if isinstance(item, dict) else None
    if isinstance(inner, list) and inner:
        yield from (((within, index), each) for index, each in enumerate(inner) if isinstance(each, dict))
    elif isinstance(item, dict):
        yield (), item


def _says(item: Any, field: str) -> bool:
    """Return whether a field of an item holds more than white space; what is no text is for other rules."""
    text = item.get(field, "")
    return not isinstance(text, str) or bool(text.strip())
