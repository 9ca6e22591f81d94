"""What a request comes to, before and as it is written as a response: refusals, and what of a body is read."""

from html import escape
from typing import Any, NamedTuple

from ..contracts.limits import MAX_BODY_BYTES
from ..contracts.model import Contract, Identifier, weakest
from ..validators.reading import read_json
from ..validators.violation import Violation, violation
from .call import Refused
from .identifiers import identifier
from .messages import Headers, Request, Response, encode
from .reporting import violations_header
from .world import World

_REQUEST = Identifier("request", alphabet="uuid")


class Outcome(NamedTuple):
    """What a request came to, before it is written as a response."""

    status: int
    content_type: str
    body: Any
    confidence: str
    violations: list[Violation] = []
    headers: Headers = []


def payload_of(contract: Contract, request: Request) -> tuple[Any, list[Violation]]:
    """Return the payload of a request, and the body rules that it breaks; raises Refused for what is no JSON at all."""
    if len(request.body) > MAX_BODY_BYTES:
        raise Refused("body-too-large", f"The body is larger than {MAX_BODY_BYTES} bytes.")
    kind = _media_type(request)
    if (request.body or "empty" in contract.body_rules) and kind != "application/json":
        raise Refused(
            "unsupported-media-type",
            "Send the body as Content-Type: application/json"
            + (f", not {kind[:60]}." if kind else "; the request has none."),
        )
    reading = read_json(request.body, contract.body_rules)
    return reading.payload, [violation(contract, finding) for finding in reading.findings]


def unparsable(contract: Contract, request: Request, number: str) -> Outcome | None:
    """Return the refusal of a body that is no JSON, for a provider that parses before it looks at anything else."""
    if not contract.parses_first or not 0 < len(request.body) <= MAX_BODY_BYTES:
        return None
    if _media_type(request) != "application/json":
        return None
    findings = read_json(request.body, contract.body_rules).findings
    if not any(finding.code == contract.body_rules["syntax"] for finding in findings):
        return None
    return refused_by_rule(contract, [violation(contract, finding) for finding in findings], number)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def refused_by_rule(contract: Contract, violations: list[Violation], number: str) -> Outcome:
    """Return the refusal of the first error; a provider that lists its reasons shows all that share it."""
    errors = [item for item in violations if item.severity == "error"]
    refusal = contract.refusals[contract.rules[errors[0].code].refusal]
    alike = [item for item in errors if contract.rules[item.code].refusal == refusal.name]
    if refusal.told_by == "item":
        alike.sort(key=lambda item: [int(token) for token in item.pointer.split("/") if token.isdecimal()])
    body = refusal.body_with(*(reason for item in alike for reason in item.reasons), **{"request-id": number})
    confidence = weakest(refusal.confidence, *(item.confidence for item in (alike if refusal.each else alike[:1])))
    return Outcome(refusal.status, refusal.content_type, body, confidence, violations)


def refused_as(contract: Contract, refused: Refused, request: Request, number: str) -> Outcome:
    """Return what a provider answers when it says no; `number` is the id of the request, where it shows one."""
    refusal = contract.refusals[refused.refusal]
    facts = {
        "request-id": number,
        "method": request.method,
        "path": request.path.removeprefix(f"/{contract.provider}"),
        "content-type": request.headers.get("content-type") or "undefined",
        **refused.facts,
    }
    if refusal.content_type.startswith("text/html"):
        facts = {name: escape(str(fact)) for name, fact in facts.items()}
    body = refusal.body_with({"message": refused.message, "pointer": ""}, **facts)
    return Outcome(refusal.status, refusal.content_type, body, refusal.confidence)


def written(outcome: Outcome, side: Headers) -> Response:
    """Return an outcome as a response; `side` are the headers of its world and quota."""
    headers = [
        ("Content-Type", outcome.content_type),
        *outcome.headers,
        *side,
        ("X-Stepmock-Confidence", outcome.confidence),
    ]
    if outcome.status >= 400 and (header := violations_header(outcome.violations)):
        headers.append(("X-Stepmock-Violations", header))
    return Response(outcome.status, headers, encode(outcome.body))


def request_id(world: World) -> str:
    """Return the id of the present request of a world, for providers that show one."""
    return identifier(_REQUEST, world.seed, f"{world.id}/requests", world.requests + 1)


def stray_id(contract: Contract, request: Request, seed: int) -> str:
    """Return the id of a request that reaches no world: the same for each that asks the same."""
    return identifier(_REQUEST, seed, f"{contract.provider}/{request.method}/{request.path!a}", 0)
