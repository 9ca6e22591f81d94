"""The sans-IO core: `handle(Request) -> Response`.

The way of a request: provider by path or host -> route -> credential -> world, and then what happens in it. Every
refusal is a value of the contract; nothing here knows a provider by name.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy

from ..contracts import load, providers
from ..contracts.limits import MAX_WORLDS
from ..contracts.model import Contract, Operation
from ..contracts.routing import Match
from ..validators.violation import Violation
from .call import Refused
from .clock import Clock, ticks
from .control import CONTROL_PREFIX, Control, fault_refused
from .credentials import admission
from .defects import report
from .faults import FaultError, of_each_provider
from .identifiers import world_id
from .in_world import answer_in_world, fault_asked_for
from .journal import SharedJournal
from .messages import Request, Response
from .provider import Provider
from .redaction import Redaction
from .replies import refused_as, stray_id, unparsable, written
from .settings import Settings
from .store import MemoryStore, Store, TooManyWorlds
from .world import World

Observer = Callable[[str, str, int], None]
"""Is told of a request that reached a world: the provider, the world's id, the request's number in its journal."""


class Emulator:
    """All providers in one set-up. Safe in many threads.

    `observers` are called after each request that reached a world, in the thread that sent it. Raises FaultError for
    faults that cannot be used.
    """

    def __init__(self, settings: Settings | None = None, store: Store | None = None) -> None:
        self.settings = settings or Settings()
        self._store = store or MemoryStore()
        self._providers = [Provider(load(name, self.settings.profile), self.settings) for name in providers()]
        standing = of_each_provider(self.settings.faults, [provider.errors for provider in self._providers])
        for provider in self._providers:
            provider.faults = standing[provider.contract.provider]
        self.observers: list[Observer] = []
        self.redact = Redaction(provider.contract.credential for provider in self._providers)
        self._begin(SharedJournal())

    def _begin(self, strays: SharedJournal) -> None:
        self._strays = strays
        self._control = Control(self.settings, self._store, self._providers, strays, self.redact)

    def fresh(self, clock: Clock | None = None) -> "Emulator":
        """Return an emulator of the same set-up, or of another clock, without worlds; it costs next to nothing."""
        other = copy(self)
        if clock is not None:
            other.settings = self.settings._replace(clock=clock)
            other._providers = [provider.under(clock) for provider in self._providers]
        other._store = MemoryStore()
        other.observers = []
        other._begin(SharedJournal())
        return other

    @property
    def contracts(self) -> list[Contract]:
        """The contracts that this emulator serves."""
        return [provider.contract for provider in self._providers]

    def handle(self, request: Request) -> Response:
        """Answer one request. Whatever the request, this returns a response and never raises."""
        try:
            if request.path == CONTROL_PREFIX or request.path.startswith(f"{CONTROL_PREFIX}/"):
                return self._control.handle(request)
            found = self._provider_of(request)
            if found is None:
                return self._strayed(request, self._control.no_provider(request))
            return self._handle(*found, request)
        except Exception as error:
            report(error)
            return Response(
                500,
                [("Content-Type", "text/plain; charset=utf-8")],
                b"stepmock failed; this is a defect of stepmock, and its log has the traceback",
            )

    def _strayed(
        self,
        request: Request,
        response: Response,
        provider: str = "",
        operation: str = "",
        parameters: Mapping[str, str] = {},
        violations: Sequence[Violation] = (),
        confidence: str = "",
    ) -> Response:
        """Note a request that reached no world."""
        at, heard = self.settings.clock.now(), ticks()
        what = provider, operation, parameters, violations, confidence, ""
        self._strays.record((self.redact, at, heard, request, response, *what))
        return response

    def _turned_away(
        self, contract: Contract, match: Match | None, operation: Operation | None, request: Request, refused: Refused
    ) -> Response:
        """Answer a request to a provider that reaches no world."""
        number = stray_id(contract, request, self.settings.seed)
        outcome = unparsable(contract, request, number) or refused_as(contract, refused, request, number)
        return self._strayed(
            request,
            written(outcome, []),
            contract.provider,
            operation.name if operation else "",
            match.parameters if match else {},
            outcome.violations,
            outcome.confidence,
        )

    def answer_in(self, world: World, request: Request) -> Response:
        """Answer a request for the provider of a world that is given, so that no credential is asked for.

        Raises ValueError where the path is not that of the provider.
        """
        provider = self._provider_named(world.provider)
        path = provider.path_below(request)
        if path is None:
            raise ValueError(f"{request.path[:80]!a} is no path of {world.provider}")
        match = provider.router.match(path)
        operation = match.operations.get(request.method) if match else None
        asked = fault_asked_for(provider, operation, request, world.facts)
        return answer_in_world(world, provider, match, request, asked, self.settings, self.redact)

    def world_of(self, request: Request) -> str:
        """Return the id of the world that a request has to wait for, open or not; an empty text for none."""
        if request.path.startswith(f"{CONTROL_PREFIX}/"):
            parts = request.path.split("/", 4)
            return parts[3] if parts[2] == "worlds" and len(parts) > 3 else ""
        found = self._provider_of(request)
        if found is None:
            return ""
        contract = found[0].contract
        try:
            entry = admission(contract.credential, request, self.settings.api_keys, "")
        except Refused:
            return ""
        return world_id(contract.provider, entry.credential)

    def open_account(self, world: World) -> None:
        """Give a world that was read from a file what every account of its provider has."""
        self._provider_named(world.provider).open_account(world, world.now(self.settings.clock))

    def _provider_named(self, name: str) -> Provider:
        return next(item for item in self._providers if item.contract.provider == name)

    def _provider_of(self, request: Request) -> tuple[Provider, str] | None:
        """Return the provider, and the path below its base path."""
        for provider in self._providers:
            if (path := provider.path_below(request)) is not None:
                return provider, path
        return None

    def _handle(self, provider: Provider, path: str, request: Request) -> Response:
        contract = provider.contract
        match = provider.router.match(path)
        operation = match.operations.get(request.method) if match else None
        try:
            entry = admission(
                contract.credential, request, self.settings.api_keys, operation.missing_credentials if operation else ""
            )
            provider.admit(entry)
            asked = fault_asked_for(provider, operation, request, entry.facts)
            name = world_id(contract.provider, entry.credential)
            block = self._store.open(name, lambda: provider.new_world(name, self.settings.clock.now(), entry.facts))
        except Refused as refused:
            return self._turned_away(contract, match, operation, request, refused)
        except TooManyWorlds:
            full = Refused("too-many-worlds", f"This stepmock holds {MAX_WORLDS} worlds, its limit; restart it.")
            return self._turned_away(contract, match, operation, request, full)
        except FaultError as error:
            return self._strayed(request, fault_refused(error).response(), contract.provider)
        with block as world:
            response = answer_in_world(world, provider, match, request, asked, self.settings, self.redact)
            count = world.requests
        for observer in self.observers:  # when the world is free again, so that an observer may look at it
            observer(contract.provider, name, count)
        return response
