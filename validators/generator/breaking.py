"""Makes payloads that break exactly one rule: the edits of `ways`, done to drawn payloads."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import NamedTuple

from ...contracts import ContractError, load, providers
from ...contracts.errors import nearest
from ..branch import Branch
from ..breakers import Broken, breakers, broken_texts, confirmed, operations_with_payload
from ..checker import Checker, checker
from ..context import NOTHING_KNOWN, Context
from ..ways import Way, ways
from ..worlds import docs_context
from .draw import Draw, RandomDraw
from .payloads import Generator, Siblings, in_turn
from .values import Size

_FIRST_ATTEMPTS = 60
_ATTEMPTS = 1000
_MOST_EDITS = 40
_TRIALS = 30
SIZES: tuple[Size, ...] = ("any", "least", "full")
"""The sizes of payloads in which a rule is tried to be broken, in this order."""
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


class Breaker:
    """Breaks one rule of one operation in drawn payloads.

    `base` is what is known, with the least besides that it takes for the rule to be seen. `needs` is what that takes
    beyond the payload: a fact of the Context, by its name there, or empty. `branches` are those whose payloads may
    break it.
    """

    def __init__(self, check: Checker, code: str, known: Context = NOTHING_KNOWN) -> None:
        self.check, self.code = check, code
        self._make = Generator(check)
        self._is_of_texts = code in check.contract.body_rules.values()
        found = {branch.name: list(ways(check, branch, code)) for branch in self._make.branches}
        facts = {way.fact for each in found.values() for way in each} | ({""} if self._is_of_texts else set())
        if not facts:
            raise _cannot(check, code)
        self.needs = next((fact for fact in ("", "settings", "find") if fact in facts), min(facts))
        self.base = known
        self._ways = {name: [way for way in each if way.fact == self.needs] for name, each in found.items()}
        if self.needs == "settings":
            self._settle(known.settings or {})
        elif self.needs == "find" and known.find is None:
            self.base = self.base._replace(find=docs_context(check.contract).find)
        self.branches = [branch for branch in self._make.branches if self._ways[branch.name] or self._is_of_texts]

    def _settle(self, settings: Mapping[str, str]) -> None:
        """Take the facts that are not known as they need be."""
        facts = {way.parameter["fact"]: way.parameter["is"] for each in self._ways.values() for way in each}
        fact, seen_where = next(iter(facts.items()))
        self.base = self.base._replace(settings={fact: seen_where[0], **settings})
        if self.base.settings and self.base.settings[fact] not in seen_where:
            known = f"{fact} {self.base.settings[fact]}"
            raise ContractError(f"{self.code} is not seen for {known}, but for {' and '.join(seen_where)}.")

    def keep_what_succeeds(self, draw: Draw, *, anywhere: bool = False) -> None:
        """Leave out the ways that do not succeed, and the branches without any; there may be none left."""
        able: list[Branch] = []
        sizes: list[Size] = [SIZES[attempt % len(SIZES)] for attempt in range(_TRIALS)]
        for branch in self.branches:
            kept = []
            for alone in [[way] for way in self._ways[branch.name]] or [[]]:
                self._ways[branch.name] = alone
                if any(self.one(draw, branch, self.base, size, anywhere=anywhere) for size in sizes):
                    kept.append(alone)
            self._ways[branch.name] = [way for alone in kept for way in alone]
            able += [branch] if kept else []
        self.branches = able

    def one(
        self, draw: Draw, branch: Branch, context: Context, size: Size = "any", *, anywhere: bool = False
    ) -> Broken | None:
        """Return a drawn payload of a branch that breaks the rule alone; None where it does not come to that.

        It breaks the rule in the Context given, or with `anywhere` in that of the world `docs` with other steps, or
        another stored one, as need be.
        """
        able = self._ways[branch.name]
        way = draw.choice(able) if able else None
        wanted = way.wanted if way else frozenset()
        made = self._make.drawn(draw, branch, context, size=size, wanted=wanted, sparing=self.code)
        if anywhere:
            context = docs_context(self.check.contract, made)._replace(settings=context.settings)
        if self._is_of_texts and (found := next(broken_texts(self.check, self.code, made, context), None)) is not None:
            return found
        return self._edited(draw, way, made, context, anywhere=anywhere) if way else None

    def _edited(
        self, draw: Draw, way: Way, made: dict[str, object], context: Context, *, anywhere: bool
    ) -> Broken | None:
        edits = list(islice(way.edits(self.check, made, context), _MOST_EDITS))
        first = draw.integer(0, len(edits) - 1) if edits else 0
        for payload, there in edits[first:] + edits[:first]:
            if (anywhere or there == context) and (found := confirmed(self.check, self.code, payload, there)):
                return found
        return None


def breaking(provider: str, operation: str, code: str, *, seed: int = 0, profile: str = "documented") -> Breaking:
    """Return bodies of an operation that break exactly one rule, the same ones for the same seed.

    Raises ContractError for a rule that is not there, that this operation cannot break, or that no payload breaks by
    itself because it hangs on facts besides it.
    """
    check = checker(provider, operation, profile)
    breaks, siblings = Breaker(check, code), Siblings(check)
    if breaks.needs in _BESIDES:
        raise hangs_on_more(breaks)
    draw = RandomDraw(f"{seed} {provider}/{operation} {profile} {code}")
    able: set[Branch] = set()

    def one(branch: Branch) -> Broken | None:
        context = siblings.context(breaks.base)
        for attempt in range(_ATTEMPTS if branch in able else _FIRST_ATTEMPTS):
            if (broken := breaks.one(draw, branch, context, SIZES[attempt % len(SIZES)])) is not None:
                siblings.add(broken.payload)
                able.add(branch)
                return broken
        return None

    bodies = in_turn(breaks.branches, draw, one)
    first = next(bodies, None)
    if first is None:
        raise not_found(breaks)
    return Breaking(chain([first], bodies), breaks.base.settings or {}, breaks.base.find is not None)


def hangs_on_more(breaks: Breaker) -> ContractError:
    """Return why no payload breaks a rule by itself."""
    return ContractError(
        f"{breaks.code} hangs on more than the payload: on {_BESIDES[breaks.needs]}. "
        f"`steplint explain {breaks.code}` shows a case of it."
    )


def not_found(breaks: Breaker) -> ContractError:
    """Return that no payload was found."""
    there = " in the world docs" if breaks.base.find is not None else ""
    target = f"{breaks.check.contract.provider}/{breaks.check.operation.name}"
    return ContractError(f"No payload of {target} was found that breaks {breaks.code} and nothing else{there}.")


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
