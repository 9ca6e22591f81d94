"""Makes payloads of an operation, each confirmed by the checker."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from ..branch import Branch
from ..checker import Checker, checker
from ..context import NOTHING_KNOWN, Context
from ..worlds import docs_context
from .adjust import adjusted
from .draw import Draw, RandomDraw
from .material import Material
from .values import Place, Size, Values

_ATTEMPTS = 10
_Made = TypeVar("_Made")


class Generator:
    """Makes payloads of one operation in one profile. `attempts` counts the drawn ones, the refused ones included."""

    def __init__(self, check: Checker) -> None:
        self.check = check
        is_divided = check.discriminator in check.root.schema.get("required", ())
        self.branches = (*check.branches.values(), *(() if is_divided else (check.root,)))
        self.attempts = 0
        known = {
            name: None
            for branch in self.branches
            for keyword, _, parameter, _ in branch.checks
            if keyword == "x-known-variables"
            for name in parameter
        }
        others = [
            example
            for operation in check.contract.operations.values()
            for example in (operation.checks or {}).get("examples", ())
        ]
        material = Material(check.examples, others, list(known))
        self._values = {branch.name: Values(check.contract.provider, branch, material) for branch in self.branches}

    def payload(self, draw: Draw, branch: Branch, context: Context = NOTHING_KNOWN) -> dict[str, Any] | None:
        """Return a payload of a branch with which the checker finds nothing wrong; None where that does not succeed."""
        for _ in range(_ATTEMPTS):
            made = self.drawn(draw, branch, context)
            if not self.check.check(made, context):
                return made
        return None

    def drawn(
        self,
        draw: Draw,
        branch: Branch,
        context: Context,
        *,
        size: Size = "any",
        wanted: frozenset[Place] = frozenset(),
        sparing: str = "",
    ) -> dict[str, Any]:
        """Return a payload as it is drawn, unconfirmed: of some size, with what leads to wanted places.

        A rule may be spared.
        """
        self.attempts += 1
        values = self._values[branch.name]
        made = values.whole(draw, size, wanted)
        if branch is self.check.root:
            made.pop(self.check.discriminator, None)
        return adjusted(made, branch, values, context, draw, sparing=sparing)


class Siblings:
    """What the payloads made so far mean to the rules about the other steps of a sequence.

    Of steps that mean the same to every such rule one is kept, so that no stream is too long for it.
    """

    def __init__(self, check: Checker) -> None:
        self._check = check
        self._unique = {
            branch.name: [
                parameter["field"] for keyword, _, parameter, _ in branch.checks if keyword == "x-unique-among-siblings"
            ]
            for branch in (*check.branches.values(), check.root)
        }
        self._kept: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._steps: list[dict[str, Any]] = []

    def context(self, base: Context = NOTHING_KNOWN) -> Context:
        """Return what is known of the next payload; of an operation that makes no steps there are no siblings."""
        return base._replace(siblings=self._steps if self._check.operation.creates else None)

    def add(self, payload: Any) -> None:
        """Take note of a payload."""
        if self._check.operation.creates and isinstance(payload, dict):
            branch = self._check.branch_of(payload)
            key = (branch.name, *(repr(payload.get(name)) for name in self._unique[branch.name]))
            if key not in self._kept:
                self._kept[key] = self._check.accepted(payload, with_defaults=True)
                self._steps.append(self._kept[key])


def payloads(provider: str, operation: str, *, seed: int = 0, profile: str = "documented") -> Iterator[dict[str, Any]]:
    """Yield right payloads without end, every branch in turn; as a list of steps they are right too.

    The same seed gives the same payloads. A branch of which no more can be made is left out; the stream ends when none
    is left. Raises ContractError where there is no such operation.
    """
    check = checker(provider, operation, profile)
    make, siblings = Generator(check), Siblings(check)
    draw = RandomDraw(f"{seed} {provider}/{operation} {profile}")
    known = docs_context(check.contract)
    elsewhere: set[Branch] = set()

    def one(branch: Branch) -> dict[str, Any] | None:
        made = None
        if branch not in elsewhere:
            made = make.payload(draw, branch, siblings.context(known))
        if made is None:  # what the world `docs` never takes, another may
            elsewhere.add(branch)
            made = make.payload(draw, branch, siblings.context())
        siblings.add(made)
        return made

    return in_turn(make.branches, draw, one)


def in_turn(branches: Sequence[Branch], draw: Draw, make: Callable[[Branch], _Made | None]) -> Iterator[_Made]:
    """Yield what is made of each branch, in rounds whose order is drawn; a branch that gives None is left out."""
    left = list(branches)
    while left:
        round_ = list(left)
        while round_:
            branch = round_.pop(draw.integer(0, len(round_) - 1))
            made = make(branch)
            if made is None:
                left.remove(branch)
            else:
                yield made
