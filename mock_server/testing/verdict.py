"""What the contracts say of the requests that one test sent."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ...contracts.model import SEVERITIES
from .transport import ControlClient
from .worlds import Broken, Recorded, recorded


class Request(NamedTuple):
    """One request with its provider; `profile` is the reading by which it was judged."""

    provider: str
    profile: str
    recorded: Recorded


def requests_of(ask: ControlClient, profile: str, worlds: Collection[str] | None = None) -> Iterator[Request]:
    """Yield the requests that the worlds of an emulator got, or only some of them."""
    for world in ask("GET", "worlds")["worlds"]:
        if world["requests"] and (worlds is None or world["id"] in worlds):
            for entry in recorded(ask, world["id"]):
                yield Request(world["provider"], profile, entry)


def unexpected(requests: Collection[Request], bar: str, expected: Collection[str]) -> list[str]:
    """Return the codes that were broken, at least as grave as the bar, and not expected."""
    grave = SEVERITIES[: SEVERITIES.index(bar) + 1]
    found = {item.code for request in requests for item in request.recorded.violations if item.severity in grave}
    return sorted(found - set(expected))


def missing(requests: Collection[Request], expected: Collection[str]) -> list[str]:
    """Return the codes that were expected and not broken."""
    found = {code for request in requests for code in request.recorded.rules}
    return sorted(set(expected) - found)


def report(requests: Collection[Request]) -> str:
    """Return what broke a rule or met no operation, as text; "" where nothing did."""
    return "\n\n".join(filter(None, map(_paragraph, requests)))


def _paragraph(request: Request) -> str:
    entry = request.recorded
    if not entry.violations and entry.operation:
        return ""
    name = f"{request.provider}/{entry.operation}" if entry.operation else f"{request.provider}: no operation"
    lines = [f"{name}: {entry.method} {entry.path} -> {entry.status}"]
    if entry.nearest:
        lines.append(f"  nearest is {entry.nearest}")
    for item in entry.violations:
        lines += _rule(item)
    return "\n".join(lines)


def _rule(item: Broken) -> list[str]:
    source = ", ".join(filter(None, (item.source.get("page"), item.source.get("section"))))
    return [
        f"  {item.code} {item.severity} at {item.pointer or 'the root'}: {item.message}",
        f"    value {item.value}; expected {item.expected}",
        *([f"    {item.hint}"] if item.hint else []),
        f"    see {source} ({item.confidence})",
    ]
