"""What happens to a request in its world: quota -> fault -> body -> rules -> act -> reply -> journal."""

from collections.abc import Mapping

from ..contracts.model import Contract, Operation, weakest
from ..contracts.routing import Match
from ..validators.checker import checker
from .call import Call, Refused
from .clock import ticks
from .faults import FAULT_HEADER, Fault, Strike, choose, fault_of_header
from .messages import Headers, Request, Response
from .provider import Provider
from .quota import Quota, count_request, quota_headers
from .redaction import Redaction
from .replies import Outcome, payload_of, refused_as, refused_by_rule, request_id, unparsable, written
from .settings import Settings
from .world import World

_JSON = "application/json; charset=utf-8"


def fault_asked_for(
    provider: Provider, operation: Operation | None, request: Request, facts: Mapping[str, str]
) -> Fault | None:
    """Return the fault that a request asks for by its header; raises FaultError for one that cannot be used."""
    text = request.headers.get(FAULT_HEADER)
    return None if text is None else fault_of_header(text, operation.name if operation else "", provider.errors, facts)


def answer_in_world(
    world: World,
    provider: Provider,
    match: Match | None,
    request: Request,
    asked: Fault | None,
    settings: Settings,
    redact: Redaction,
) -> Response:
    """Answer a request that reached its world, and write it into the world's journal.

    `match` is what the path leads to, and `asked` the fault that the request itself asks for.
    """
    if world.is_shared:
        world.own()
    if world.requests >= world.journal.next_mark:
        world.journal.mark(world.requests, world.state(), world.resources)
    side: Headers = [("X-Stepmock-World", world.id)]
    contract = provider.contract
    operation = match.operations.get(request.method) if match else None
    now = then = world.now(settings.clock)
    quota: Quota | None = None
    strike: Strike | None = None
    try:
        if contract.rate_limit is not None:
            quota = count_request(world, contract.rate_limit, now, enforced=settings.rate_limit)
            if quota.exceeded:
                raise Refused("rate-limited", "", **{"retry-after": quota.retry_after})
        if operation is not None and (asked is not None or world.faults["standing"]):
            strike = choose(world, provider.errors, operation, request, asked)
        if strike is None:
            outcome = _routed(provider, world, match, operation, request, now)
        else:
            then = strike.wait(world, now)
            done = None if strike.comes_first else _routed(provider, world, match, operation, request, then)
            if done is None or (strike.comes_after and done.status < 400):
                done = _put_in_place(strike, contract, world, request, then, quota)
            outcome = done
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
            world.requests,
            redact,
            now,
            ticks(),
            request,
            response,
            contract.provider,
            operation.name if operation else "",
            match.parameters if match else {},
            outcome.violations or (),  # no list of its own for the collector to look after
            outcome.confidence,
            fault,
        )
    )
    return response


def _put_in_place(
    strike: Strike, contract: Contract, world: World, request: Request, now: float, quota: Quota | None
) -> Outcome:
    """Return the reply of a fault, which comes in the place of the provider's."""
    error = strike.error(now, quota)
    if error is not None:
        return refused_as(contract, error, request, request_id(world))
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
    call = Call(contract, operation, world, now, parameters, query, payload, check, provider.media, provider.clock)
    handler = provider.handlers[operation.name]
    try:
        call.context = handler.locate(call)._replace(settings=world.facts)
        violations = check.check(payload, call.context) if check and not noted else noted
        if any(item.severity == "error" for item in violations):
            return refused_by_rule(contract, violations, request_id(world))
        call.warnings = violations
        body = handler.act(call)
    except Refused as refused:
        outcome = refused_as(contract, refused, request, request_id(world))
        return outcome._replace(confidence=weakest(outcome.confidence, call.confidence), violations=call.warnings)
    return Outcome(operation.status, _JSON, body, call.confidence, violations)
