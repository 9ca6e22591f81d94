"""What is asked of a timeline, and how it is told as JSON."""

from collections.abc import Sequence
from typing import Any

from ...contracts.errors import nearest
from ..clock import iso_text
from .model import DAY, Plan, Timeline, TimelineError


def lead_of(text: str, plan: Plan) -> tuple[str, ...]:
    """Return the conditions that come true for a lead, of a text with commas; raises TimelineError."""
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for key in keys:
        if key not in plan.keys:
            known = f"Known are {', '.join(plan.keys)}." if plan.keys else "Sequences of this provider have none."
            raise TimelineError(f"There is no condition {key[:80]!a}.{nearest(key, plan.keys)}", known)
    return keys


def sequence_of(name: str | None, plan: Plan, named_by: str) -> str:
    """Return the sequence that is asked for, or the only one that leads can enter; raises TimelineError.

    `named_by` says how to ask for one.
    """
    if name is None:
        if len(plan.mains) == 1:
            return plan.mains[0]
        shown = ", ".join(plan.mains[:10]) + (", ..." if len(plan.mains) > 10 else "")
        raise TimelineError(
            "Which sequence?", f"These are {shown}. Say it with {named_by}." if shown else "There is none."
        )
    if name not in plan.sequences:
        known = nearest(name, plan.sequences)
        shown = ", ".join(plan.mains[:10])
        raise TimelineError(f"There is no sequence {name[:80]!a}.{known}", f"Leads can enter {shown or 'none'}.")
    return name


def path_of(path: Sequence[str]) -> str:
    """Return the branches that led somewhere as one text."""
    return " > ".join(("main", *path))


def as_json(timeline: Timeline, start: float | None) -> dict[str, Any]:
    """Return a timeline as a JSON object; without a start, nothing in it has a date."""

    def timed(after: float) -> dict[str, Any]:
        told: dict[str, Any] = {"day": int(after // DAY)}
        return told if start is None else {**told, "at": iso_text(start + after)}

    return {
        "sequence": timeline.sequence,
        "lead": list(timeline.lead),
        "start": None if start is None else iso_text(start),
        "entries": [
            {
                **timed(entry.after),
                "step": entry.step.id,
                "type": entry.step.type,
                "title": entry.step.title,
                "sequence": entry.sequence,
                "path": path_of(entry.path),
                "reason": entry.reason,
                "confidence": entry.confidence,
            }
            for entry in timeline.entries
        ],
        "never": [
            {
                **timed(stuck.after),
                "step": stuck.step.id,
                "type": stuck.step.type,
                "title": stuck.step.title,
                "sequence": stuck.sequence,
                "path": path_of(stuck.path),
                "reason": stuck.reason,
                "confidence": stuck.confidence,
            }
            for stuck in timeline.never
        ],
        "unreachable": [
            {
                "step": shut.step.id,
                "type": shut.step.type,
                "sequence": shut.sequence if shut.branch is None else shut.branch.sequence,
                "branch": None if shut.branch is None else shut.branch.key or "otherwise",
                "path": path_of(shut.path),
                "reason": shut.reason,
                "confidence": shut.confidence,
            }
            for shut in timeline.unreachable
        ],
        "notes": timeline.notes,
        "assumed": timeline.assumed,
    }
