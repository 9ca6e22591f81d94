"""Makes payloads that break exactly one rule: the edits of `breakers`, done to drawn payloads."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from ...contracts import ContractError, load, providers
from ...contracts.errors import nearest
from ..branch import Branch
from ..breakers import Broken, breakers, broken_from, operations_with_payload
from ..checker import Checker, checker
from ..context import NOTHING_KNOWN, Context
from ..keywords import KEYWORDS
from ..worlds import docs_context
from .draw import RandomDraw
from .payloads import Generator, Siblings, in_turn

_FIRST_ATTEMPTS = 60
_ATTEMPTS = 1000
_MOST_EDITS = 40
_BESIDES = {
    "stored": "the stored step that the request changes",
    "siblings": "the other steps of the sequence",
    "parent": "the state of the campaign that holds the sequence",
}


class Breaking(NamedTuple):
    """Bodies that break a rule, without end, and the facts without which nobody sees that.

    `settings` are facts by name, as for `--set`; `world` says that it takes the resources of the world `docs`.
    """

    bodies: Iterator[Broken]
    settings: Mapping[str, str]
    world: bool


def breaking(provider: str, operation: str, code: str, *, seed: int = 0, profile: str = "documented") -> Breaking:
    """Return bodies of an operation that break exactly one rule, the same ones for the same seed.

    Raises ContractError for a rule that is not there, that this operation cannot break, or that no payload breaks by
    itself because it hangs on facts besides it.
    """
    check = checker(provider, operation, profile)
    make, siblings = Generator(check), Siblings(check)
    facts = {branch.name: set(_facts(check, branch, code)) for branch in make.branches}
    branches = [branch for branch in make.branches if facts[branch.name]]
    if not branches:
        raise _cannot(check, code)
    base = _base(check, branches, code, set().union(*facts.values()))
    draw = RandomDraw(f"{seed} {provider}/{operation} {profile} {code}")

    able: set[Branch] = set()

    def one(branch: Branch) -> Broken | None:
        context = siblings.context(base)
        for attempt in range(_ATTEMPTS if branch in able else _FIRST_ATTEMPTS):
            made = make.drawn(draw, branch, context, full=attempt % 2 == 0, sparing=code)
            made_of_it = islice(broken_from(check, code, made, context), _MOST_EDITS)
            if found := [each for each in made_of_it if each.context == context]:
                broken = draw.choice(found)
                siblings.add(broken.payload)
                able.add(branch)
                return broken
        return None

    bodies = in_turn(branches, draw, one)
    first = next(bodies, None)
    if first is None:
        there = " in the world docs" if base.find is not None else ""
        raise ContractError(
            f"No payload of {provider}/{operation} was found that breaks {code} and nothing else{there}."
        )
    return Breaking(chain([first], bodies), base.settings or {}, base.find is not None)


def _facts(check: Checker, branch: Branch, code: str) -> Iterator[str]:
    """Yield, for each way in which payloads of a branch break a rule, the fact it takes; empty where it takes none."""
    if code in (*check.contract.body_rules.values(), *check.root.codes.values(), *branch.codes.values()):
        yield ""
    for keyword, _, parameter, own in branch.checks:
        if code == own or (keyword in ("x-misplaced-fields", "x-unknown-fields") and code in parameter.values()):
            yield KEYWORDS[keyword].fact


def _base(check: Checker, branches: list[Branch], code: str, facts: set[str]) -> Context:
    """Return the least Context in which the rule is seen; raises ContractError where that takes more than a payload."""
    if "" in facts:
        return NOTHING_KNOWN
    if "settings" in facts:
        parameter = next(
            parameter
            for branch in branches
            for keyword, _, parameter, own in branch.checks
            if keyword == "x-when-fact" and own == code
        )
        return Context(settings={parameter["fact"]: parameter["is"][0]})
    if "find" in facts:
        return Context(find=docs_context(check.contract).find)
    needed = " and ".join(_BESIDES[fact] for fact in sorted(facts))
    raise ContractError(
        f"{code} hangs on more than the payload: on {needed}. `steplint explain {code}` shows a case of it."
    )


def _cannot(check: Checker, code: str) -> ContractError:
    """Return why an operation cannot break a rule."""
    provider, name, profile = check.contract.provider, check.operation.name, check.contract.profile
    for other in providers():
        if code in (rules := load(other, profile).rules) and other != provider:
            return ContractError(f"{code} is a rule of {other}, not of {provider}: {rules[code].meaning}")
    if code not in check.contract.rules:
        return ContractError(
            f'There is no rule "{code}"; `steplint rules` lists them.' + nearest(code, check.contract.rules)
        )
    able = [
        f"{provider}/{other}"
        for other in operations_with_payload(provider, profile)
        if next(breakers(provider, other, code, profile), None) is not None
    ]
    return ContractError(
        f"A payload of {provider}/{name} cannot break {code}" + (f"; one of {' or '.join(able)} can." if able else ".")
    )
