"""Edits that a state forbids: FND06."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...contracts.model import Operation
from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import told


def edited_while_live(material: Material) -> Iterator[Finding]:
    """Yield a finding for each resource whose content was changed in a state that the contract forbids it in."""
    edits: dict[tuple[str, str], list[JournalEntry]] = {}
    for entry in material.entries:
        operation = material.contract.operations.get(entry.operation)
        if operation is None or not entry.violations:
            continue
        for code, state in _states(operation).items():
            if code in entry.rules:
                holder = entry.parameters.get((operation.replay or {})["within"]["named"], "")
                edits.setdefault((holder, state), []).append(entry)
    for (holder, state), entries in edits.items():
        message = f"{entries[0].operation} changed what {holder} holds while its {state}."
        yield found("FND06", message, [(entry, told(entry)) for entry in entries])


def _states(operation: Operation) -> dict[str, str]:
    """Return the rules about the state of what holds the resources of an operation, each with the state."""
    if operation.checks is None or "within" not in (operation.replay or {}):
        return {}
    return {
        code: f"{value['field']} is {value['value']}"
        for branch in (operation.checks["root"], *_branches(operation.checks))
        for keyword, _, value, code in branch.get("checks", ())
        if keyword == "x-parent-state"
    }


def _branches(checks: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(checks["branches"].values())
