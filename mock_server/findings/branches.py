"""Conditions with a branch that has no step: FND07."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import ids_in_reply, told, was_done


def left_empty(material: Material) -> Iterator[Finding]:
    """Yield a finding for each condition that a request created and that has an empty branch now."""
    how = material.contract.timeline
    if how is None or "condition" not in how:
        return
    steps = material.resources.get(how["step"]["kind"], {})
    for entry in material.entries:
        for name in ids_in_reply(entry, material.contract) if was_done(entry) and _creates(entry, material) else ():
            if empty := list(_empty(how, material, steps.get(name, {}))):
                message = f"The condition {name} has no step in its branch {' and '.join(empty)}."
                yield found("FND07", message, [(entry, f"{told(entry)}, made {name}")])


def _creates(entry: JournalEntry, material: Material) -> bool:
    return (material.contract.operations[entry.operation].replay or {}).get("does") == "creates"


def _empty(how: Mapping[str, Any], material: Material, step: Mapping[str, Any]) -> Iterator[str]:
    """Yield the branches of a step that have no step, each with its key and its sequence."""
    condition = how["condition"]
    branches = step.get(condition["branches"], ())
    is_endless = any(branch.get(condition["wait"]) == condition["until"] for branch in branches)
    for branch in branches:
        if branch.get(condition["otherwise"]) and is_endless:
            continue  # no lead takes the other way out of a wait without an end
        name = str(branch.get(condition["to"]))
        sequence = material.resources.get(how["sequence"]["kind"], {}).get(name)
        if sequence is not None and not sequence.get(how["sequence"]["steps"]):
            yield f"{branch.get(condition['key'], 'otherwise')} ({name})"
