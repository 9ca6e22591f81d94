"""One routed request, as the code of a provider sees it."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..contracts.model import Contract, Operation, weakest
from ..validators.checker import Checker
from ..validators.context import NOTHING_KNOWN, Context
from ..validators.violation import Violation
from .clock import Clock
from .media.policy import Media
from .media.script import Script
from .world import Resource, World

if TYPE_CHECKING:
    from .media.downloads import Downloads


class Refused(Exception):
    """The provider says no; `refusal` is a name from the contract, `message` the reason where its body has one.

    `facts` are what else the body names in braces.
    """

    def __init__(self, refusal: str, message: str = "", **facts: Any) -> None:
        super().__init__(refusal, message)
        self.refusal = refusal
        self.message = message
        self.facts = facts


class Call:
    """A request that has been authenticated and routed, within the world of its credential.

    `settings` are the facts that its headers give; `warnings` are the rules that its payload breaks and is taken all
    the same.
    """

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        world: World,
        now: float,
        parameters: Mapping[str, str],
        query: Mapping[str, Any],
        payload: Any,
        checker: Checker | None,
        media: Media,
        clock: Clock,
    ) -> None:
        self.contract = contract
        self.operation = operation
        self.world = world
        self.now = now
        self.parameters = parameters
        self.query = query
        self.payload = payload
        self.settings = world.facts
        self.warnings: list[Violation] = []
        self.context = NOTHING_KNOWN
        self.confidence = "documented"
        self._checker = checker
        self._media = media
        self._clock = clock

    def table(self, kind: str) -> dict[str, Resource]:
        """Return the resources of a kind, by id."""
        return self.world.resources[kind]

    def named(self, kind: str, parameter: str, refusal: str) -> Resource:
        """Return the resource of a kind that a path parameter names; raises Refused where there is none."""
        if (resource := self.table(kind).get(str(self.parameters[parameter]))) is None:
            raise Refused(refusal)
        return resource

    def new_id(self, kind: str) -> str:
        """Return a new id in the form of its kind."""
        return self.world.new_id(self.contract.identifiers[kind])

    def accepted(self, *, with_defaults: bool) -> dict[str, Any]:
        """Return the fields of the payload that the provider takes."""
        assert self._checker is not None
        return self._checker.accepted(self.payload, with_defaults=with_defaults, stored=self.context.stored)

    def downloads(self, most_bytes: int, most_seconds: float) -> "Downloads | Script | None":
        """Return what downloads the media of this request, all of them in the time given; None where nothing does.

        What comes of them is noted in the journal, so that it need not be asked for once more.
        """
        if (script := self._media.script) is not None:
            return script if script.has_downloads else None
        if not self._media.hosts:
            return None
        from .media.downloads import Downloads  # TLS is loaded by those alone who want it

        note = self.world.journal.downloads_of(self.world.requests + 1).append
        return Downloads(self._media, most_bytes, most_seconds, lambda: self.world.now(self._clock), note)

    def spellings(self) -> tuple[Any, ...]:
        """Return all values that say what kind of thing the payload is, the one that was sent among them."""
        assert self._checker is not None
        return self._checker.branch_of(self.payload, self.context.stored).spellings

    def declared(self, keyword: str) -> dict[str, Any]:
        """Return what the contract says by an `x-` keyword of the payload's fields, or of their items, by field."""
        assert self._checker is not None
        checks = self._checker.branch_of(self.payload, self.context.stored).checks
        return {where[0]: parameter for name, where, parameter, _ in checks if name == keyword and where}

    def behaviour(self, name: str) -> str:
        """Return the choice that the profile makes for a behaviour, and note how sure it is."""
        behaviour = self.contract.behaviours[name]
        self.rely_on(behaviour.confidence)
        return behaviour.choice

    def rely_on(self, confidence: str) -> None:
        """Note that the reply rests on something of this confidence."""
        self.confidence = weakest(self.confidence, confidence)


class Handler(NamedTuple):
    """What a provider does for one operation.

    `locate` finds what the path names and returns the facts for the rules; it may raise Refused and changes nothing.
    `act` runs after the rules were kept, changes the world and returns the body of the reply. It raises Refused only
    before the first change.
    """

    act: Callable[[Call], Any]
    locate: Callable[[Call], Context] = lambda call: NOTHING_KNOWN


class InOrder(Sequence[Resource]):
    """Resources in the order of their ids, looked up only when a rule asks for them."""

    def __init__(self, table: Mapping[str, Resource], order: Sequence[str]) -> None:
        self._table = table
        self._order = order

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        return self._table[self._order[int(place)]]
