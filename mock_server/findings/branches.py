"""Conditions with a branch that has no step: FND07."""

from collections.abc import Iterator

from ..timeline import TimelineError, plan_of_world
from .model import Finding, Material, found
from .requests import ids_in_reply, told, was_done


def left_empty(material: Material) -> Iterator[Finding]:
    """Yield a finding for each condition that a request created and that has an empty branch now."""
    if material.contract.timeline is None or "condition" not in material.contract.timeline:
        return
    created = {
        name: entry for entry in material.entries if was_done(entry) for name in ids_in_reply(entry, material.contract)
    }
    try:
        plan = plan_of_world(material.contract, material.resources)
    except TimelineError:
        return
    for steps in plan.sequences.values():
        for step in steps():
            if step.branches is None or step.id not in created:
                continue
            is_endless = any(branch.key and branch.wait is None for branch in step.branches)
            empty = [
                branch
                for branch in step.branches
                if branch.sequence in plan.sequences
                and next(plan.sequences[branch.sequence](), None) is None
                and (branch.key or not is_endless)  # no lead takes the other way out of a wait without an end
            ]
            if empty:
                names = " and ".join(f'"{branch.key or "otherwise"}" ({branch.sequence})' for branch in empty)
                message = f"The condition {step.title} ({step.id}) has no step in its branch {names}."
                entry = created[step.id]
                yield found("FND07", message, [(entry, f"{told(entry)}, made {step.id}")])
