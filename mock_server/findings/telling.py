"""Findings, in their JSON form, as text."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...validators.violation import one_line

_SHOWN = 5
"""Requests that a finding shows as text."""


def findings_text(found: Iterable[Mapping[str, Any]]) -> str:
    """Return findings as paragraphs; an empty text for none."""
    return "\n\n".join(map(_paragraph, found))


def _paragraph(finding: Mapping[str, Any]) -> str:
    evidence = finding["evidence"]
    lines = [
        f"{finding['code']} {finding['severity']}: {finding['title']}. {one_line(finding['message'])}",
        *(f"  request {each['number']}: {one_line(each['seen'])}" for each in evidence[:_SHOWN]),
    ]
    if len(evidence) > _SHOWN:
        lines.append(f"  and {len(evidence) - _SHOWN} more")
    return "\n".join([*lines, f"  {finding['advice']} ({finding['confidence']})"])
