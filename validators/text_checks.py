"""What a text says: `x-` keywords about templates, variables, lengths and addresses."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from .addresses import media_type, why_not_http, why_not_public
from .occasion import Flaw, Occasion
from .template import broken_variable, variables
from .violation import name_of, printable, quote


def template(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """Variables of a template have both braces and a name."""
    if (problem := broken_variable(value)) is not None:
        yield Flaw((), value, "variables as in {{firstName}}", f"In {name_of(occasion.where)} {problem}.")


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


def usual_length(parameter: Any, value: Any, occasion: Occasion) -> Iterator[Flaw]:
    """The text has a length that is known to pass; whether another one is refused is not."""
    least, most = parameter.get("minimum", 0), parameter["maximum"]
    if not least <= len(value) <= most:
        expected = f"{least} to {most} characters" if least else f"at most {most} characters"
        yield Flaw((), value, expected, f"{name_of(occasion.where)} has {len(value)} characters; usual are {expected}.")


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
