"""The sans-IO core: `handle(Request) -> Response`.

The way of a request: provider by path or host -> credential -> world -> quota -> route -> body -> rules -> act ->
reply -> journal. Every refusal is a value of the contract; nothing here knows a provider by name.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy

from ..contracts import load, providers
from ..contracts.limits import MAX_WORLDS
from ..contracts.model import Contract, Operation, weakest
from ..contracts.routing import Match
from ..validators.checker import checker
from ..validators.violation import Violation
from .call import Call, Refused
from .clock import Clock, ticks
from .control import CONTROL_PREFIX, Control, fault_refused
from .credentials import admission
from .defects import report
from .faults import FAULT_HEADER, Fault, FaultError, Strike, choose, fault_of_header, of_each_provider
from .identifiers import world_id
from .journal import SharedJournal
from .messages import Headers, Request, Response
from .provider import Provider
from .quota import Quota, count_request, quota_headers
from .redaction import Redaction
from .replies import Outcome, payload_of, refused_as, refused_by_rule, request_id, stray_id, unparsable, written
from .settings import Settings
from .store import MemoryStore, Store, TooManyWorlds
from .world import World

_JSON = "application/json; charset=utf-8"


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
        self._strays.record(
            lambda number: (
                self.redact, number, at, heard, request, response, provider, operation, parameters, violations,
                confidence, "",
            )
        )  # fmt: skip
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
        asked = _fault_asked_for(provider, operation, request, world.facts)
        return self._handle_in(world, provider, match, request, asked)

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
            asked = _fault_asked_for(provider, operation, request, entry.facts)
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
            response = self._handle_in(world, provider, match, request, asked)
            count = world.requests
        for observer in self.observers:  # when the world is free again, so that an observer may look at it
            observer(contract.provider, name, count)
        return response

    def _handle_in(
        self,
        world: World,
        provider: Provider,
        match: Match | None,
        request: Request,
        asked: Fault | None,
    ) -> Response:
        if world.is_shared:
            world.own()
        if world.requests >= world.journal.next_mark:
            world.journal.mark(world.requests, world.state(), world.resources)
        side: Headers = [("X-Stepmock-World", world.id)]
        contract = provider.contract
        operation = match.operations.get(request.method) if match else None
        now = then = world.now(self.settings.clock)
        quota: Quota | None = None
        strike: Strike | None = None
        try:
            if contract.rate_limit is not None:
                quota = count_request(world, contract.rate_limit, now, enforced=self.settings.rate_limit)
                if quota.exceeded:
                    raise Refused("rate-limited", "", **{"retry-after": quota.retry_after})
            if operation is not None and (asked is not None or world.faults["standing"]):
                strike = choose(world, provider.errors, operation, request, asked)
            if strike is None:
                outcome = _routed(provider, world, match, operation, request, now)
            else:
                then = strike.wait(world, now)
                outcome = _struck(strike, provider, world, match, operation, request, then, quota)
        except Refused as refused:
            outcome = refused_as(contract, refused, request, request_id(world))
        if strike is not None and operation is not None and quota is not None:
            quota = strike.quota(quota, operation, then)
        if quota is not None and contract.rate_limit is not None:
            side += quota_headers(contract.rate_limit, quota)
        response = written(outcome, side)
        fault = ""
        if strike is not None:
            response, fault = strike.sent(response), strike.settle(world, then)
        world.requests += 1
        world.journal.record(
            (
                self.redact,
                world.requests,
                now,
                ticks(),
                request,
                response,
                contract.provider,
                operation.name if operation else "",
                match.parameters if match else {},
                outcome.violations,
                outcome.confidence,
                fault,
            )
        )
        return response


def _fault_asked_for(
    provider: Provider, operation: Operation | None, request: Request, facts: Mapping[str, str]
) -> Fault | None:
    """Return the fault that a request asks for by its header; raises FaultError for one that cannot be used."""
    text = request.headers.get(FAULT_HEADER)
    return None if text is None else fault_of_header(text, operation.name if operation else "", provider.errors, facts)


def _struck(
    strike: Strike,
    provider: Provider,
    world: World,
    match: Match | None,
    operation: Operation | None,
    request: Request,
    now: float,
    quota: Quota | None,
) -> Outcome:
    """Return what a request comes to that a fault comes over."""
    if not strike.comes_first:
        outcome = _routed(provider, world, match, operation, request, now)
        if not strike.comes_after or outcome.status >= 400:
            return outcome
    error = strike.error(now, quota)
    if error is not None:
        return refused_as(provider.contract, error, request, request_id(world))
    return Outcome(*strike.own_reply(), "assumed")


def _routed(
    provider: Provider,
    world: World,
    match: Match | None,
    operation: Operation | None,
    request: Request,
    now: float,
) -> Outcome:
    contract = provider.contract
    if operation is None and (outcome := unparsable(contract, request, request_id(world))):
        return outcome
    if match is None:
        behaviour = contract.behaviours["unknown-path"]
        outcome = refused_as(contract, Refused(behaviour.choice), request, request_id(world))
        return outcome._replace(confidence=weakest(outcome.confidence, behaviour.confidence))
    if operation is None:
        outcome = refused_as(contract, Refused("method-not-allowed"), request, request_id(world))
        return outcome._replace(headers=[("Allow", ", ".join(sorted(match.operations)))])
    check = checker(contract.provider, operation.name, contract.profile) if operation.checks else None
    parameters = provider.paths[operation.name].read(match.parameters)
    payload, noted = payload_of(contract, request) if check else (None, [])
    query = provider.queries[operation.name].read(request.arguments)
    facts = world.facts
    call = Call(
        contract, operation, world, now, parameters, query, payload, check, facts, provider.media, provider.clock
    )
    handler = provider.handlers[operation.name]
    try:
        call.context = handler.locate(call)._replace(settings=facts)
        violations = check.check(payload, call.context) if check and not noted else noted
        if any(item.severity == "error" for item in violations):
            return refused_by_rule(contract, violations, request_id(world))
        call.warnings = violations
        body = handler.act(call)
    except Refused as refused:
        outcome = refused_as(contract, refused, request, request_id(world))
        return outcome._replace(confidence=weakest(outcome.confidence, call.confidence), violations=call.warnings)
    return Outcome(operation.status, _JSON, body, call.confidence, violations)
