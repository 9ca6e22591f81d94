"""What the journal of a world says about the client: mistakes that a provider would not tell it of."""

from itertools import chain
from typing import Any

from ..clock import iso_text
from .branches import left_empty
from .gone import used_after_delete
from .live import edited_while_live
from .model import KINDS, Finding, Kind, Material
from .pace import no_back_off
from .quotas import retried_too_soon, used_up
from .twice import created_twice
from .untried import never_failed

__all__ = ["KINDS", "Finding", "Kind", "Material", "as_json", "findings"]

_FINDERS = (
    retried_too_soon,
    used_up,
    created_twice,
    no_back_off,
    used_after_delete,
    edited_while_live,
    left_empty,
    never_failed,
)


def findings(material: Material) -> list[Finding]:
    """Return all that a client was found doing, by kind."""
    return list(chain.from_iterable(find(material) for find in _FINDERS))


def as_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as a JSON object."""
    kind = finding.kind
    return {
        "code": kind.code,
        "title": kind.title,
        "severity": finding.severity,
        "confidence": kind.confidence,
        "message": finding.message,
        "evidence": [{"number": each.number, "at": iso_text(each.at), "seen": each.seen} for each in finding.evidence],
        "advice": kind.advice,
    }
