"""What each `x-` keyword of a request schema asserts: one small function a keyword.

A check takes the keyword's value in the contract, the value found in the payload, and the Occasion; it yields a
Flaw for whatever is wrong. A fact that the Context does not hold makes it yield nothing. The form of each
keyword's own value is declared in `stepmock.contracts.vocabulary`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..contracts.errors import nearest
from .addresses import media_type, why_not_http, why_not_public
from .context import Context
from .places import Where
from .template import broken_variable, is_clean
from .violation import Part, name_of, printable, quote


class Occasion(NamedTuple):
    """What a check may look at besides the value at its place."""

    payload: Mapping[str, Any]
    context: Context
    where: Where
    own_fields: frozenset[str]
    all_fields: frozenset[str]
    step_type: str


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
    """A field that no branch declares is ignored by the provider."""
    for name in value:
        if name not in occasion.all_fields:
            guess = nearest(name, occasion.own_fields)
            yield Flaw(
                (name,),
                value[name],
                f"one of {', '.join(sorted(occasion.own_fields))}",
                f'"{printable(name)}" is not a field that is known here; it is ignored.{guess}',
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
    if stored is not None and stored.get(field) != value:
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
    if find is not None and find(parameter["resource"], value) is None:
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
            f"{name_of(occasion.where)} {quote(value)} is {parameter['value']}.",
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


def _never(value: Any) -> bool:
    return False


class Keyword(NamedTuple):
    """A keyword's check, the type of the values that it looks at, and a quick way to see that one is right."""

    looks_at: type
    check: Check
    surely_right: Callable[[Any], bool] = _never


KEYWORDS: Mapping[str, Keyword] = {
    "x-unknown-fields": Keyword(dict, unknown_fields),
    "x-misplaced-fields": Keyword(dict, misplaced_fields),
    "x-combined-max-items": Keyword(dict, combined_max_items),
    "x-required-on-first": Keyword(dict, required_on_first),
    "x-immutable": Keyword(str, immutable),
    "x-references": Keyword(str, references),
    "x-not-in-state": Keyword(str, not_in_state),
    "x-template": Keyword(str, template, is_clean),
    "x-http-url": Keyword(str, http_url),
    "x-public-url": Keyword(str, public_url),
    "x-media-types": Keyword(str, media_types),
    "x-either": Keyword(dict, either),
    "x-when-fact": Keyword(object, when_fact),
}
