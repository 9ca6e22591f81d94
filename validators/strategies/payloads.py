"""Strategies for single payloads of an operation."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from hypothesis.strategies import SearchStrategy

from ...contracts import ContractError, load
from ...contracts.errors import nearest
from ...contracts.model import Contract
from ..breakers import Broken
from ..checker import checker_named
from ..context import Context
from ..generator.breaking import SIZES, Breaker, hangs_on_more, not_found
from ..generator.draw import Draw, RandomDraw
from ..generator.payloads import Generator
from ..reading import UNREADABLE
from ..worlds import docs_context
from .drawing import Drawn

_ATTEMPTS = 12
_SEEN_ALONE = ("", "settings")
_OF_PAYLOADS = (*_SEEN_ALONE, "find")
"""What a rule may need to be seen, beyond the payload, for `payloads` to break it."""

_Settings = tuple[tuple[str, str], ...]


def payloads(
    operation: str,
    *,
    profile: str = "documented",
    settings: Mapping[str, str] | None = None,
    breaking: str | None = None,
) -> SearchStrategy[Any]:
    """Return a strategy for payloads of an operation, named as in `lemlist/addStep`: dicts, as a client sends them.

    They are right in the world `docs` as the first of their sequence. With `breaking`, the code of a rule, each breaks
    exactly this rule; a few rules are broken by something else than an object, as by a list of steps.

    `profile` is the reading of the provider, `documented` or `observed`. `settings` are facts that are known besides
    the payload, by name, for example `{"provider": "salesloft"}` for Supaglue; without it, they are not known.

    Raises ContractError for an operation, a rule, a profile or a fact that is not there, for a rule that this operation
    cannot break, and for one that takes more than a payload to be seen; `broken` has examples of the last.
    """
    known = known_facts(checker_named(operation, profile).contract, settings)
    if breaking is None:
        return Drawn(_right(operation, profile, known), shown("payloads", operation, profile, known))
    breaks = _breaker(operation, profile, known, breaking.upper())
    if breaks.needs == "settings" and breaks.base.settings != settings:
        needed = ", ".join(f'"{name}": "{value}"' for name, value in (breaks.base.settings or {}).items())
        raise ContractError(f"{breaks.code} is seen where more is known than the payload: add settings={{{needed}}}.")
    if not _is_in_payload(breaks):
        raise ContractError(
            f"{breaks.code} is about the text of a body, and no value that Python holds breaks it: "
            f'use broken("{operation}", breaking="{breaks.code}"), whose examples have a body.'
        )
    return Drawn(
        lambda draw: _payload_of(_one(breaks, draw)),
        shown("payloads", operation, profile, known, breaks.code),
    )


def broken(
    operation: str,
    *,
    profile: str = "documented",
    settings: Mapping[str, str] | None = None,
    breaking: str | None = None,
) -> SearchStrategy[Broken]:
    """Return a strategy for requests that break exactly one rule of an operation: any, or the one given.

    An example is a `Broken`: the `code` of the rule, the `body` in bytes, the `payload` that it reads as, and the
    `context` in which it breaks the rule. So it has what `payloads` cannot show: bodies that are no JSON or name a
    member twice, and rules about the stored step, the other steps or the state of the campaign. A body that cannot be
    read at all has no payload worth looking at.

    The arguments and errors are those of `payloads`.
    """
    known = known_facts(checker_named(operation, profile).contract, settings)
    if breaking is not None:
        breaks = _breaker(operation, profile, known, breaking.upper(), anywhere=True)
        return Drawn(
            lambda draw: _one(breaks, draw, anywhere=True), shown("broken", operation, profile, known, breaks.code)
        )
    able = _all_breakers(operation, profile, known)
    return Drawn(lambda draw: _one(draw.choice(able), draw, anywhere=True), shown("broken", operation, profile, known))


def changes(
    operation: str, stored: Mapping[str, Any], *, profile: str = "documented", settings: Mapping[str, str] | None = None
) -> SearchStrategy[dict[str, Any]]:
    """Return a strategy for right payloads of an operation that changes what is stored, as the payload that made it.

    The other arguments and the errors are those of `payloads`.
    """
    check = checker_named(operation, profile)
    known = known_facts(check.contract, settings)
    context = docs_context(check.contract, stored)._replace(settings=dict(known) or None)
    make, branch = _generator(operation, profile), check.branch_of(stored)
    return Drawn(lambda draw: make.payload(draw, branch, context), shown("changes", operation, profile, known))


def known_facts(contract: Contract, settings: Mapping[str, str] | None) -> _Settings:
    """Return facts in a fixed order; raises ContractError for a name or a value that the provider does not know."""
    names = contract.credential.get("facts", {})
    for name, value in (settings or {}).items():
        if name not in names:
            known = f"; it knows {', '.join(names)}." if names else "; it knows none."
            raise ContractError(f'{contract.title} knows no fact "{name}"{known}' + nearest(name, names))
        values = contract.fact_values.get(name)
        if values is not None and value not in values:
            raise ContractError(
                f'The fact {name} is one of {", ".join(values)}, not "{value}".' + nearest(str(value), values)
            )
    return tuple(sorted((settings or {}).items()))


@lru_cache(256)
def _generator(operation: str, profile: str) -> Generator:
    return Generator(checker_named(operation, profile))


@lru_cache(256)
def _right(operation: str, profile: str, settings: _Settings) -> Callable[[Draw], dict[str, Any] | None]:
    """Return what makes right payloads, of each branch that the world `docs` can take there, of any other elsewhere."""
    check = checker_named(operation, profile)
    make, trial = _generator(operation, profile), RandomDraw(operation)
    elsewhere = Context(siblings=[], settings=dict(settings) or None)
    in_docs = docs_context(check.contract)._replace(settings=elsewhere.settings)
    contexts = {
        branch: context
        for branch in make.branches
        for context in (elsewhere, in_docs)
        if make.payload(trial, branch, context) is not None
    }
    branches = list(contexts)

    def one(draw: Draw) -> dict[str, Any] | None:
        branch = draw.choice(branches)
        return make.payload(draw, branch, contexts[branch])

    return one


@lru_cache(1024)
def _breaker(operation: str, profile: str, settings: _Settings, code: str, *, anywhere: bool = False) -> Breaker:
    """Return what breaks a rule, in the ways that succeed; raises ContractError where there are none."""
    check = checker_named(operation, profile)
    elsewhere = Context(settings=dict(settings) or None)
    in_docs = elsewhere._replace(find=docs_context(check.contract).find)
    for known in (in_docs, elsewhere):
        breaks = Breaker(check, code, known)
        if not anywhere and breaks.needs not in _OF_PAYLOADS:
            raise hangs_on_more(breaks)
        breaks.keep_what_succeeds(RandomDraw(code), anywhere=anywhere and breaks.needs not in _SEEN_ALONE)
        if breaks.branches:
            return breaks
    raise not_found(breaks)


@lru_cache(64)
def _all_breakers(operation: str, profile: str, settings: _Settings) -> list[Breaker]:
    able = []
    for code in load(operation.partition("/")[0], profile).rules:
        try:
            able.append(_breaker(operation, profile, settings, code, anywhere=True))
        except ContractError:
            continue
    return able


def _one(breaks: Breaker, draw: Draw, *, anywhere: bool = False) -> Broken | None:
    branch = draw.choice(breaks.branches)
    anywhere = anywhere and breaks.needs not in _SEEN_ALONE
    for attempt in range(_ATTEMPTS):
        found = breaks.one(draw, branch, breaks.base, SIZES[attempt % len(SIZES)], anywhere=anywhere)
        if found is not None:
            return found
    return None


def _is_in_payload(breaks: Breaker) -> bool:
    """Return whether the rule is broken by a value, and not only by the way in which it is written."""
    found = _one(breaks, RandomDraw(breaks.code))
    if found is None or found.payload is UNREADABLE:
        return False
    return [item.code for item in breaks.check.check(found.payload, found.context)] == [breaks.code]


def _payload_of(found: Broken | None) -> Any:
    return None if found is None else found.payload


def shown(function: str, of: str, profile: str, settings: _Settings, code: str = "", *, more: str = "") -> str:
    """Return how a strategy is written, which is how Hypothesis shows it."""
    reading = "" if profile == "documented" else f", profile={profile!r}"
    facts = f", settings={dict(settings)!r}" if settings else ""
    broken_rule = f", breaking={code!r}" if code else ""
    return f"{function}({of!r}{reading}{facts}{broken_rule}{more})"
