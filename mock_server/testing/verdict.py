"""What the contracts, the findings and the faults say of the requests that one test sent."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ...contracts import load
from ...contracts.model import SEVERITIES
from ..findings.model import KINDS
from ..findings.telling import findings_text
from .watching import Request
from .worlds import Broken, Recorded

_MOST_SHOWN = 50


class Verdict:
    """The rules that requests broke, those that met no operation or no world, how the client was found to behave.

    It keeps texts, not requests.
    """

    def __init__(self) -> None:
        self.lost = 0
        """How many requests were forgotten by their world before they could be read."""
        self.unfired: list[str] = []
        """What there is to say of faults that the test set and that never fired."""
        self._shown: Counter[str] = Counter()
        self._found: list[Mapping[str, Any]] = []
        self._broken: dict[str, str] = {}
        self._behaved: dict[str, str] = {}
        self._refused: set[tuple[str, int]] = set()
        self._profiles: set[tuple[str, str]] = set()

    def note(self, request: Request) -> None:
        """Judge one request."""
        entry = request.recorded
        if entry.provider:
            self._profiles.add((entry.provider, request.profile))
        for item in entry.violations:
            self._broken[item.code] = min(self._broken.get(item.code, item.severity), item.severity, key=_gravity)
            if item.severity == SEVERITIES[0]:
                self._refused.add((request.world, entry.number))
        if entry.violations or not entry.operation or not request.world:
            self._shown[_paragraph(entry, bool(request.world))] += 1

    def note_findings(self, found: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take findings, each with its world, once the requests that show them are noted."""
        for world, finding in found:
            self._found.append(finding)
            self._behaved.setdefault(finding["code"], "")
            if any((world, each["number"]) not in self._refused for each in finding["evidence"]):
                self._behaved[finding["code"]] = finding["severity"]

    def broken(self, bar: str) -> list[str]:
        """Return the rules that were broken, of a severity or a graver one."""
        return sorted(code for code, severity in self._broken.items() if _gravity(severity) <= _gravity(bar))

    def found(self, bar: str) -> list[str]:
        """Return the codes of findings of a severity or a graver one, but not where rules say the same already."""
        return sorted(
            code for code, severity in self._behaved.items() if severity and _gravity(severity) <= _gravity(bar)
        )

    def missing(self, expected: Collection[str]) -> list[str]:
        """Return the codes that were expected and not met; a rule that the reading does not have is not missed."""
        known = {code for provider, profile in self._profiles for code in load(provider, profile).rules}.union(KINDS)
        met = self._broken.keys() | self._behaved.keys()
        return sorted(code for code in set(expected) - met if code in known or not self._profiles)

    def text(self) -> str:
        """Return what is to be said; "" where nothing is. Requests that say the same stand there once."""
        parts = [text + (f"\n  ({count} times)" if count > 1 else "") for text, count in self._shown.items()]
        left = len(parts) - _MOST_SHOWN
        if left > 0:
            parts[_MOST_SHOWN:] = [f"{left} more requests broke a rule, met no operation or reached no world."]
        if self.lost:
            parts.append(
                f"{self.lost} requests are not judged: their worlds got more than a journal holds, and forgot them."
            )
        parts += filter(None, [findings_text(self._found), "\n".join(self.unfired)])
        return "\n\n".join(parts)


def _gravity(severity: str) -> int:
    return SEVERITIES.index(severity)


def _paragraph(entry: Recorded, has_world: bool) -> str:
    name = f"{entry.provider}/{entry.operation}" if entry.operation else f"{entry.provider or 'stepmock'}: no operation"
    lines = [f"{name}: {entry.method} {entry.path} -> {entry.status}"]
    if not entry.operation:
        lines.append(f"  nearest is {entry.nearest}" if entry.nearest else "  no operation is like it")
    if not has_world and entry.provider:
        lines.append("  reached no world: the credential is missing or refused")
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
