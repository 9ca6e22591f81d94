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
from .violation import name_of, printable, quote


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


Check = Callable[[Any, Any, Occasion], Iterator[Flaw]]


def unknown_fields(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """A field that no branch declares is ignored by the provider."""
    for name in value:
        if name not in occasion.all_fields:
            guess = nearest(name, sorted(occasion.own_fields))
            yield Flaw(
                (name,),
                value[name],
                f"one of {', '.join(sorted(occasion.own_fields))}",
                f'"{printable(name)}" is not a field that is known here.{guess}',
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


def _never(value: Any) -> bool:
    return False


class Keyword(NamedTuple):
    """A keyword's check, the type of the values that it looks at, and quick ways to see that one is right.

    `fact` names the fact of the Context without which the check has nothing to say.
    """

    looks_at: type | tuple[type, ...]
    check: Check
    surely_right: Callable[[Any], bool] = _never
    fact: str = ""


KEYWORDS: Mapping[str, Keyword] = {
    "x-unknown-fields": Keyword(dict, unknown_fields),
    "x-misplaced-fields": Keyword(dict, misplaced_fields),
    "x-combined-max-items": Keyword(dict, combined_max_items),
    "x-required-on-first": Keyword(dict, required_on_first, fact="siblings"),
    "x-immutable": Keyword((str, int, float), immutable, fact="stored"),
    "x-references": Keyword(str, references, fact="find"),
    "x-not-in-state": Keyword(str, not_in_state, fact="find"),
    "x-template": Keyword(str, template, is_clean),
    "x-http-url": Keyword(str, http_url),
    "x-public-url": Keyword(str, public_url),
    "x-media-types": Keyword(str, media_types),
    "x-forbidden": Keyword(object, forbidden),
    "x-unique-among-siblings": Keyword((str, int, float), unique_among_siblings, fact="siblings"),
    "x-room-in-stored": Keyword(dict, room_in_stored, fact="stored"),
    "x-usual-length": Keyword(str, usual_length),
}
