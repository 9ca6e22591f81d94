"""A strategy for whole sequences: what is sent, in order, to fill an empty one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs
from hypothesis.strategies import SearchStrategy

from ...contracts import ContractError, load
from ...contracts.model import Contract, Operation
from ..checker import Checker, checker
from ..context import Context
from ..generator.draw import Draw
from ..generator.payloads import Generator, Siblings
from ..places import sites
from ..worlds import docs_context
from .drawing import Drawn
from .payloads import known_facts, shown

_LONGEST = 6

Within = tuple[int, int] | None


class Step(NamedTuple):
    """One request of those that make a sequence.

    `operation` is the one that takes the `payload`. `within` is where it goes: None for the sequence itself; for a step
    in a branch, the place in the list of the step that opened the branch, and which of its branches it is, both from 0.
    """

    operation: str
    payload: dict[str, Any]
    within: Within = None


def sequences(
    provider: str,
    *,
    profile: str = "documented",
    settings: Mapping[str, str] | None = None,
    min_size: int = 1,
    max_size: int = _LONGEST,
) -> SearchStrategy[list[Step]]:
    """Return a strategy for lists of `Step`s that a provider takes one after another into an empty sequence.

    Conditions have steps in their branches; what must be unique among the steps of a sequence is; steps that tell their
    place have the right one. Where a provider saves a sequence as a whole, the list has one step, with all of it.

    To send an example, keep the ids of what each step opens:

    ```python
    opened = {None: my_sequence}
    for place, step in enumerate(steps):
        reply = client.add(opened[step.within], step.payload)
        for branch, condition in enumerate(reply.get("conditions", ())):
            opened[place, branch] = condition["sequenceId"]
    ```

    `profile` and `settings` are those of `payloads`. Raises ContractError for a provider that is not there, or that has
    no operation to fill a sequence with, and where `min_size` and `max_size` are not 1 <= min_size <= max_size.
    """
    if not 1 <= min_size <= max_size:
        raise ContractError(f"min_size is {min_size} and max_size {max_size}; it must be 1 <= min_size <= max_size.")
    contract = load(provider, profile)
    known = known_facts(contract, settings)
    maker = _maker(provider, profile, known)
    sizes = "".join(
        f", {name}={size}"
        for name, size, usual in (("min_size", min_size, 1), ("max_size", max_size, _LONGEST))
        if size != usual
    )
    return Drawn(
        lambda draw: maker.steps(draw, min_size, max_size), shown("sequences", provider, profile, known, more=sizes)
    )


def next_payloads(
    provider: str,
    before: Sequence[Mapping[str, Any]],
    *,
    profile: str = "documented",
    settings: Mapping[str, str] | None = None,
) -> SearchStrategy[dict[str, Any]]:
    """Return a strategy for payloads that a provider takes into a sequence with the steps that `before` made.

    `before` has their payloads, in order. The other arguments and the errors are those of `sequences`.
    """
    known = known_facts(load(provider, profile), settings)
    maker = _maker(provider, profile, known)
    name = shown("next_payloads", provider, profile, known, more=f", {len(before)} before")
    return Drawn(lambda draw: maker.following(draw, before), name)


@lru_cache(64)
def _maker(provider: str, profile: str, settings: tuple[tuple[str, str], ...]) -> "_Maker":
    contract = load(provider, profile)
    for does in ("creates", "replaces"):
        for operation in contract.operations.values():
            replay = operation.replay
            if operation.checks and replay is not None and replay["does"] == does and "within" in replay:
                return _Maker(contract, operation, checker(provider, operation.name, profile), dict(settings) or None)
    raise ContractError(f"{contract.title} has no operation that fills a sequence.")


class _Maker:
    """Makes the steps of one operation."""

    def __init__(
        self, contract: Contract, operation: Operation, check: Checker, settings: Mapping[str, str] | None
    ) -> None:
        self._operation = operation
        self._check = check
        self._make = Generator(check)
        self._base = docs_context(contract)._replace(settings=settings, siblings=[])
        self._opens = _opens(contract, operation)
        replay = operation.replay or {}
        self._number_at = tuple(replay["numbered"].split("/")[1:]) if "numbered" in replay else None

    def steps(self, draw: Draw, low: int, high: int) -> list[Step] | None:
        """Return a legal sequence; None where a step does not succeed."""
        if not self._operation.creates:
            payload = self._make.payload(draw, draw.choice(self._make.branches), self._base)
            return None if payload is None else [Step(self._operation.name, payload)]
        steps: list[Step] = []
        held: dict[Within, Siblings] = {None: Siblings(self._check)}
        counts: dict[Within, int] = {}
        for place in draw.several(low, high):
            within = draw.choice([*held])
            number = counts[within] = counts.get(within, 0) + 1
            payload = self._payload(draw, held[within].context(self._base), number)
            if payload is None:
                return None
            held[within].add(payload)
            held |= {(place, branch): Siblings(self._check) for branch in range(self._opens(payload))}
            steps.append(Step(self._operation.name, payload, within))
        return steps

    def following(self, draw: Draw, before: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        """Return a payload that may follow others; None where that does not succeed."""
        held = Siblings(self._check)
        for payload in before:
            held.add(payload)
        return self._payload(draw, held.context(self._base), len(before) + 1)

    def _payload(self, draw: Draw, context: Context, number: int) -> dict[str, Any] | None:
        payload = self._make.payload(draw, draw.choice(self._make.branches), context)
        if payload is not None and self._number_at is not None:
            for where, _ in list(sites(payload, self._number_at)):
                _holder(payload, where)[where[-1]] = number
        return payload


def _holder(payload: Any, where: tuple[str | int, ...]) -> Any:
    for token in where[:-1]:
        payload = payload[token]
    return payload


def _opens(contract: Contract, operation: Operation) -> Callable[[Mapping[str, Any]], int]:
    """Return what tells how many branches a payload opens.

    A contract says it of the resource: the member that names what is opened is there where a condition holds.
    """
    replay = operation.replay or {}
    if "opens" not in replay:
        return lambda payload: 0
    member = replay["opens"]["at"].split("/")[1]
    schema = contract.resources[replay["kind"]].get("schema", {})
    count: int = schema.get("properties", {}).get(member, {}).get("minItems", 0)
    conditions = [jsonschema_rs.Draft202012Validator(when) for when in _conditions(schema, member)]
    return lambda payload: count if any(when.is_valid(payload) for when in conditions) else 0


def _conditions(schema: Mapping[str, Any], member: str) -> Iterator[dict[str, Any]]:
    for part in (schema, *schema.get("allOf", ())):
        if "if" in part and member in part.get("then", {}).get("required", ()):
            yield {**part["if"], "required": [*part["if"].get("properties", ())]}
