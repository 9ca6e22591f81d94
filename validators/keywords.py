"""What each `x-` keyword of a request schema asserts: one small function a keyword.

A check takes the keyword's value in the contract, the value found in the payload, and the Occasion; it yields a
Flaw for whatever is wrong. A fact that the Context does not hold makes it yield nothing. The form of each
keyword's own value is declared in `stepmock.contracts.vocabulary`.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from ..contracts.errors import nearest
from .addresses import media_type, why_not_http, why_not_public
from .context import Context
from .places import Where
from .template import broken_variable, is_clean, variables, words
from .violation import Part, name_of, printable, quote


class Occasion(NamedTuple):
    """What a check may look at besides the value at its place."""

    payload: Mapping[str, Any]
    context: Context
    where: Where
    own_fields: frozenset[str]
    all_fields: frozenset[str]
    step_type: str
    spellings: tuple[Any, ...] = ()
    """The values that mean the same as the one found, where that one chooses the branch."""


class Flaw(NamedTuple):
    """What is wrong: below which place, with what value, what was expected; `code` overrides the rule."""

    below: Where
    value: Any
    expected: str
    message: str
    code: str = ""
    parts: tuple[Part, ...] = ()


Check = Callable[[Any, Any, Occasion], Iterator[Flaw]]


def unknown_fields(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A field that no branch declares; some have a rule of their own."""
    for name in value:
        if name not in occasion.all_fields:
            guess = nearest(name, occasion.own_fields) if name not in parameter else ""
            yield Flaw(
                (name,),
                value[name],
                f"one of {', '.join(sorted(occasion.own_fields))}",
                f'"{printable(name)}" is not a field that is known here.{guess}',
                parameter.get(name, ""),
            )


def misplaced_fields(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A field of another branch is ignored, or has a rule of its own."""
    for name in value:
        if name in occasion.all_fields and name not in occasion.own_fields:
            yield Flaw(
                (name,),
                value[name],
                f"one of {', '.join(sorted(occasion.own_fields))}",
                f"{name} is not a field of {occasion.step_type} steps.",
                parameter.get(name, ""),
            )


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


def immutable(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The value is that of the stored resource."""
    stored = occasion.context.stored
    field = parameter["field"]
    if stored is not None and stored.get(field) not in (occasion.spellings or (value,)):
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
    siblings = occasion.context.siblings
    missing = [name for name in parameter["fields"] if name not in value]
    if missing and siblings is not None and all(step.get("type") != parameter["type"] for step in siblings):
        for name in missing:
            yield Flaw(
                (name,),
                None,
                f"{name} on the first {parameter['type']} step",
                f"{name} is required for the first {parameter['type']} step of a sequence.",
            )


def template(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """Variables of a template have both braces and a name."""
    if (problem := broken_variable(value)) is not None:
        yield Flaw((), value, "variables as in {{firstName}}", f"In {name_of(occasion.where)} {problem}.")


def http_url(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The text is an absolute http or https address."""
    if (reason := why_not_http(value)) is not None:
        yield Flaw(
            (),
            value,
            "an address that begins with http:// or https://",
            f"{name_of(occasion.where)} {quote(value)} is not a valid address: {printable(reason)}.",
        )


def public_url(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The text is an HTTPS address that anyone can reach."""
    if (reason := why_not_public(value)) is not None:
        yield Flaw(
            (),
            value,
            "a public https:// address",
            f"{name_of(occasion.where)} {quote(value)} is not a public HTTPS address: {printable(reason)}.",
        )


def media_types(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The ending of the address fits one of the media types."""
    kind = media_type(value)
    if kind is not None and kind not in parameter:
        yield Flaw(
            (),
            value,
            " or ".join(parameter),
            f"{name_of(occasion.where)} {quote(value)} looks like {kind}; allowed are {', '.join(parameter)}.",
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
    elif "multiple-of" in parameter and type(value) in (int, float) and not _divides(parameter, value):
        unit = parameter["multiple-of"]
        yield Flaw((), value, f"a multiple of {unit} {whose}", f"{place} must be a multiple of {unit} {whose}.")


def _divides(parameter: Any, value: float) -> bool:
    unit: int = parameter["multiple-of"]
    return value % unit == 0 if isinstance(value, int) else (value / unit).is_integer()


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


def known_variables(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A variable is a known one, or none that looks like a known one."""
    slips = _slips(tuple(parameter))
    for name in dict.fromkeys(variables(value)):
        if name not in parameter and (guess := _slip_of(name, slips)):
            yield Flaw(
                (),
                value,
                f"one of {', '.join(parameter)}, or the name of a custom field",
                f"In {name_of(occasion.where)} the variable {{{{{printable(name)}}}}} is no built-in one. "
                f'Did you mean "{guess}"?',
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


@cache
def _slips(names: tuple[str, ...]) -> Mapping[str, str]:
    """Return each name by its letters, and by its letters with one left out."""
    return {form: name for name in reversed(names) for form in _forms(name)}


def _slip_of(name: str, slips: Mapping[str, str]) -> str:
    """Return the known name that another misses by one letter or by its case and separators, or nothing."""
    return next((slips[form] for form in _forms(name) if form in slips), "") if len(name) <= _LONGEST_SLIP else ""


def _forms(name: str) -> list[str]:
    letters = "".join(char for char in name.lower() if char.isalnum())
    return [letters, *(letters[:place] + letters[place + 1 :] for place in range(len(letters)))]


_LONGEST_SLIP = 40


def forbidden(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The field does not stand on this branch, whatever its value."""
    name = str(occasion.where[-1])
    case = f" on {occasion.step_type} steps" if occasion.step_type else ""
    yield Flaw((), value, f"no {name}{case}", f"{name_of(occasion.where)} is not allowed{case}.")


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


def usual_length(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The text has a length that is known to pass; whether another one is refused is not."""
    least, most = parameter.get("minimum", 0), parameter["maximum"]
    if not least <= len(value) <= most:
        expected = f"{least} to {most} characters" if least else f"at most {most} characters"
        yield Flaw((), value, expected, f"{name_of(occasion.where)} has {len(value)} characters; usual are {expected}.")


def never(value: Any) -> bool:
    """Return False: of this keyword nothing can be told by a quick look."""
    return False


class Keyword(NamedTuple):
    """A keyword's check, the type of the values that it looks at, and quick ways to see that one is right.

    `fact` names the fact of the Context without which the check has nothing to say.
    """

    looks_at: type | tuple[type, ...]
    check: Check
    surely_right: Callable[[Any], bool] = never
    fact: str = ""


KEYWORDS: Mapping[str, Keyword] = {
    "x-unknown-fields": Keyword(dict, unknown_fields),
    "x-misplaced-fields": Keyword(dict, misplaced_fields),
    "x-combined-max-items": Keyword(dict, combined_max_items),
    "x-required-on-first": Keyword(dict, required_on_first, fact="siblings"),
    "x-immutable": Keyword((str, int, float), immutable, fact="stored"),
    "x-references": Keyword((str, int), references, fact="find"),
    "x-not-in-state": Keyword(str, not_in_state, fact="find"),
    "x-template": Keyword(str, template, is_clean),
    "x-http-url": Keyword(str, http_url),
    "x-public-url": Keyword(str, public_url),
    "x-media-types": Keyword(str, media_types),
    "x-either": Keyword(dict, either),
    "x-when-fact": Keyword(object, when_fact, fact="settings"),
    "x-parent-state": Keyword((dict, str), parent_state, fact="parent"),
    "x-numbered": Keyword(list, numbered),
    "x-first-has": Keyword(list, first_has),
    "x-max-words": Keyword(list, max_words),
    "x-gap": Keyword(list, gap),
    "x-sum": Keyword(dict, total),
    "x-known-variables": Keyword(str, known_variables),
    "x-forbidden": Keyword(object, forbidden),
    "x-unique-among-siblings": Keyword((str, int, float), unique_among_siblings, fact="siblings"),
    "x-room-in-stored": Keyword(dict, room_in_stored, fact="stored"),
    "x-usual-length": Keyword(str, usual_length),
}
