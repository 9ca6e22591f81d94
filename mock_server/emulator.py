"""The sans-IO core: `handle(Request) -> Response`.

The way of a request: provider by path or host -> credential -> world -> quota -> route -> body -> rules -> act ->
reply -> journal. Every refusal is a value of the contract; nothing here knows a provider by name.
"""

import sys
import traceback
from typing import Any, NamedTuple

from ..contracts import load, providers
from ..contracts.limits import MAX_BODY_BYTES, MAX_JOURNAL_BODY_BYTES, MAX_WORLDS
from ..contracts.model import Contract, Operation, weakest
from ..validators.checker import checker
from ..validators.reading import read_json
from ..validators.violation import Violation, violation
from .call import Call, Refused
from .clock import javascript_text
from .control import CONTROL_PREFIX, Control
from .credentials import MALFORMED, credential_of
from .identifiers import world_id
from .messages import Headers, Request, Response, encode
from .provider import Provider
from .query import read_query
from .quota import Quota, count_request
from .reporting import violations_header
from .routing import Match
from .settings import Settings
from .store import MemoryStore, Store, TooManyWorlds
from .world import JournalEntry, World

_JSON = "application/json; charset=utf-8"


class Outcome(NamedTuple):
    """What a request came to, before it is written as a response."""

    status: int
    content_type: str
    body: Any
    confidence: str
    violations: list[Violation] = []
    headers: Headers = []


class Emulator:
    """All providers in one set-up. Safe in many threads."""

    def __init__(self, settings: Settings | None = None, store: Store | None = None) -> None:
        self.settings = settings or Settings()
        self._store = store or MemoryStore()
        self._control = Control()
        self._providers = [Provider(load(name, self.settings.profile), self.settings) for name in providers()]

    @property
    def contracts(self) -> list[Contract]:
        """The contracts that this emulator serves."""
        return [provider.contract for provider in self._providers]

    def handle(self, request: Request) -> Response:
        """Answer one request. Whatever the request, this returns a response and never raises."""
        if request.path.startswith(CONTROL_PREFIX):
            return self._control.handle(request)
        found = self._provider_of(request)
        if found is None:
            return self._control.no_provider([contract.mount for contract in self.contracts])
        try:
            return self._handle(*found, request)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return Response(
                500,
                [("Content-Type", "text/plain; charset=utf-8")],
                b"stepmock failed; this is a defect of stepmock, and its log has the traceback",
            )

    def _provider_of(self, request: Request) -> tuple[Provider, str] | None:
        """Return the provider, and the path below its base path."""
        for provider in self._providers:
            if (path := provider.path_below(request)) is not None:
                return provider, path
        return None

    def _handle(self, provider: Provider, path: str, request: Request) -> Response:
        match = provider.router.match(path)
        credential = credential_of(provider.contract.credential, request)
        if credential is None or not self._admits(credential):
            return _written(_refused(provider.contract, _unauthorized(match, request, credential)), [])
        name = world_id(provider.contract.provider, credential)
        now = self.settings.clock.now()
        try:
            block = self._store.open(name, lambda: provider.new_world(name, now))
        except TooManyWorlds:
            refused = Refused("too-many-worlds", f"This stepmock holds {MAX_WORLDS} worlds, its limit; restart it.")
            return _written(_refused(provider.contract, refused), [])
        with block as world:
            return self._handle_in(world, provider, match, request, now)

    def _handle_in(
        self, world: World, provider: Provider, match: Match | None, request: Request, now: float
    ) -> Response:
        side: Headers = [("X-Stepmock-World", world.id)]
        operation = match.operations.get(request.method) if match else None
        quota = count_request(world, provider.contract.rate_limit, now) if self.settings.rate_limit else None
        if quota is not None:
            side += _quota_headers(quota)
        try:
            outcome = (
                _refused(provider.contract, Refused("rate-limited"))
                if quota and quota.exceeded
                else _routed(provider, world, match, operation, request, now)
            )
        except Refused as refused:
            outcome = _refused(provider.contract, refused)
        response = _written(outcome, side)
        world.requests += 1
        world.journal.append(
            JournalEntry(
                world.requests,
                now,
                request.method,
                request.path,
                operation.name if operation else "",
                response.status,
                tuple(item.code for item in outcome.violations),
                outcome.confidence,
                request.body[:MAX_JOURNAL_BODY_BYTES],
                response.body[:MAX_JOURNAL_BODY_BYTES],
            )
        )
        return response

    def _admits(self, credential: str) -> bool:
        allowed = self.settings.api_keys
        return (
            credential != MALFORMED and not credential.startswith("invalid") and (not allowed or credential in allowed)
        )


def _unauthorized(match: Match | None, request: Request, credential: str | None) -> Refused:
    operation = match.operations.get(request.method) if match else None
    return Refused(operation.missing_credentials if operation and credential is None else "unauthorized")


def _routed(
    provider: Provider, world: World, match: Match | None, operation: Operation | None, request: Request, now: float
) -> Outcome:
    contract = provider.contract
    if match is None:
        return _refused(contract, Refused(contract.behaviours["unknown-path"].choice))
    if operation is None:
        allowed = ", ".join(sorted(match.operations))
        return _refused(contract, Refused("method-not-allowed"))._replace(headers=[("Allow", allowed)])
    check = checker(contract.provider, operation.name, contract.profile) if operation.checks else None
    payload, noted = _payload(contract, request) if check else (None, [])
    query = read_query(operation.query, request)
    call = Call(contract, operation, world, now, match.parameters, query, payload, check)
    handler = provider.handlers[operation.name]
    context = handler.locate(call)
    violations = check.check(payload, context) if check and not noted else noted
    for item in violations:
        if item.severity == "error":
            refusal = contract.refusals[contract.rules[item.code].refusal]
            return Outcome(
                refusal.status,
                refusal.content_type,
                item.body,
                weakest(item.confidence, refusal.confidence),
                violations,
            )
    try:
        body = handler.act(call)
    except Refused as refused:
        outcome = _refused(contract, refused)
        return outcome._replace(confidence=weakest(outcome.confidence, call.confidence))
    return Outcome(200, _JSON, body, call.confidence, violations)


def _payload(contract: Contract, request: Request) -> tuple[Any, list[Violation]]:
    """Return the payload of a request, and the body rules that it breaks; raises Refused for what is no JSON at all."""
    if len(request.body) > MAX_BODY_BYTES:
        raise Refused("body-too-large", f"The body is larger than {MAX_BODY_BYTES} bytes.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.body and kind != "application/json":
        raise Refused(
            "unsupported-media-type",
            "Send the body as Content-Type: application/json"
            + (f", not {kind[:60]}." if kind else "; the request has none."),
        )
    reading = read_json(request.body, contract.body_rules)
    return reading.payload, [violation(contract, finding) for finding in reading.findings]


def _refused(contract: Contract, refused: Refused) -> Outcome:
    refusal = contract.refusals[refused.refusal]
    return Outcome(refusal.status, refusal.content_type, refusal.body_with(refused.message), refusal.confidence)


def _written(outcome: Outcome, side: Headers) -> Response:
    headers = [
        ("Content-Type", outcome.content_type),
        *outcome.headers,
        *side,
        ("X-Stepmock-Confidence", outcome.confidence),
    ]
    if outcome.status >= 400 and (header := violations_header(outcome.violations)):
        headers.append(("X-Stepmock-Violations", header))
    return Response(outcome.status, headers, encode(outcome.body))


def _quota_headers(quota: Quota) -> Headers:
    return [
        ("Retry-After", str(quota.retry_after)),
        ("X-RateLimit-Limit", str(quota.limit)),
        ("X-RateLimit-Remaining", str(quota.remaining)),
        ("X-RateLimit-Reset", javascript_text(quota.reset_at)),
    ]
