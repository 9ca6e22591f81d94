"""What errors the operations of a provider have, by name, as its contract declares them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ...contracts import load, providers
from ...contracts.errors import nearest
from ...contracts.model import Contract, Operation, Refusal
from ...validators.branch import Branch
from ...validators.checker import checker
from ...validators.places import sites
from ...validators.reading import read_json
from .form import EFFECTS, Fault, FaultError

Facts = Mapping[str, str]


class Catalogue:
    """The errors of one provider, and the types that its steps have."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    @cached_property
    def errors(self) -> Mapping[str, Refusal]:
        """The refusals that some operation answers, by each of their names."""
        found = {name: refusal for name, refusal in self.contract.refusals.items() if self.operations_of(refusal)}
        return found | {refusal.fault["also"]: refusal for refusal in found.values() if "also" in refusal.fault}

    def operations_of(self, refusal: Refusal) -> list[str]:
        """Return the operations that may answer so."""
        declared = refusal.fault.get("operations")
        return [
            name
            for name, operation in self.contract.operations.items()
            if (name in declared if declared is not None else _documents(operation, refusal))
        ]

    def is_of(self, fault: Fault, operation: str) -> bool:
        """Return whether an operation may have a fault."""
        refusal = self.errors.get(fault.get("fault", ""))
        return refusal is None or operation in self.operations_of(refusal)

    def is_where(self, fault: Fault, facts: Facts) -> bool:
        """Return whether the facts of a credential are those that a fault needs."""
        refusal = self.errors.get(fault.get("fault", ""))
        needed = refusal.fault.get("where", {}) if refusal is not None else {}
        return all(facts.get(fact) in values for fact, values in needed.items())

    def step_types(self, operation: str) -> Mapping[str, str]:
        """Return the types that a step of an operation may have, by each of their spellings."""
        if operation not in self._step_types:
            self._step_types[operation] = _step_types(self.contract, self.contract.operations[operation])
        return self._step_types[operation]

    @cached_property
    def _step_types(self) -> dict[str, Mapping[str, str]]:
        return {}

    def sent_types(self, operation: Operation, body: bytes) -> frozenset[str]:
        """Return the types of the steps in a request body."""
        if not operation.step_type:
            return frozenset()
        known = self.step_types(operation.name)
        payload = read_json(body, self.contract.body_rules).payload
        found = (value for _, value in sites(payload, _path_of(operation)))
        return frozenset(known[str(value)] for value in found if isinstance(value, (str, int)) and str(value) in known)


def _documents(operation: Operation, refusal: Refusal) -> bool:
    return not operation.statuses or refusal.status in operation.statuses


def _path_of(operation: Operation) -> tuple[str, ...]:
    return tuple(operation.step_type.split("/")[1:])


def _step_types(contract: Contract, operation: Operation) -> Mapping[str, str]:
    if not operation.step_type or operation.checks is None:
        return {}
    found = checker(contract.provider, operation.name, contract.profile)
    if operation.step_type == f"/{found.discriminator}":
        return {str(value): branch.name for branch in found.branches.values() for value in branch.spellings}
    return {str(value): str(value) for value in _choices(found.root, _path_of(operation))}


def _choices(root: Branch, path: Sequence[str]) -> Sequence[Any]:
    """Return the values that a schema lets stand at a place."""
    schema: Any = root.schema
    for token in path:
        schema = schema.get("items", {}) if token == "*" else schema.get("properties", {}).get(token, {})
    choices: Sequence[Any] = schema.get("enum", ())
    return choices


def fitting(fault: Fault, catalogues: Sequence[Catalogue], facts: Facts | None = None) -> list[Catalogue]:
    """Return the providers that a fault is for; raises FaultError where there is none.

    `facts` are those of the credential, where one is known.
    """
    name, operation, kind = (fault.get(member, "") for member in ("fault", "operation", "step_type"))
    asked = _known(
        "provider", fault.get("provider", ""), {each.contract.provider: [each] for each in catalogues}, catalogues
    )
    left = asked
    if name not in EFFECTS:
        left = _known("fault", name, _by_name(left, lambda each: each.errors), left, _of_status(name, left))
    places = _by_name(left, lambda each: each.contract.operations)
    if name not in EFFECTS and any(operation in each.contract.operations for each in asked):
        there = places.get(operation, [])  # none where it is an operation of a provider that has no such error
    else:
        there = _known("operation", operation, places, left)
    able = [each for each in there if not operation or each.is_of(fault, operation)]
    if not able:
        fits = ", ".join(
            dict.fromkeys(place for each in there or left for place in each.operations_of(each.errors[name]))
        )
        raise FaultError(f"{operation} never answers {name}.", f"It is an error of {fits}.")
    if facts is not None and not all(each.is_where(fault, facts) for each in able):
        where = able[0].errors[name].fault["where"]
        needed = "; ".join(f"{fact} {' or '.join(values)}" for fact, values in where.items())
        raise FaultError(f"{name} is no error of this connection.", f"It needs {needed}.")
    return _known("step_type", kind, _by_name(able, lambda each: _types_of(each, operation)), able)


def _types_of(catalogue: Catalogue, operation: str) -> dict[str, str]:
    operations = [operation] if operation else catalogue.contract.operations
    return {spelling: kind for name in operations for spelling, kind in catalogue.step_types(name).items()}


def _by_name(catalogues: Sequence[Catalogue], names: Any) -> dict[str, list[Catalogue]]:
    found: dict[str, list[Catalogue]] = {}
    for each in catalogues:
        for name in names(each):
            found.setdefault(name, []).append(each)
    return found


def _known(
    member: str, name: str, known: Mapping[str, list[Catalogue]], everywhere: Sequence[Catalogue], more: str = ""
) -> list[Catalogue]:
    """Return the providers that know a name, all for no name; raises FaultError where none does."""
    if not name:
        return list(everywhere)
    if name not in known:
        names = [*known, *(EFFECTS if member == "fault" else ())]
        told = f"Known are {', '.join(names)}." if names else "No step has a type there."
        more = more or (_elsewhere(name, everywhere) if member == "fault" else "")
        near = nearest(name, names) or nearest(name.lower(), names) or nearest(name.upper(), names)
        raise FaultError(f"There is no {member} {name[:80]!a}.{more}{near}", told)
    return known[name]


def _elsewhere(name: str, catalogues: Sequence[Catalogue]) -> str:
    """Return a sentence about the other providers that have an error of a name; empty where none has."""
    asked = {each.contract.provider for each in catalogues}
    others = (load(each) for each in providers() if each not in asked)
    found = [each.title for each in others if name in Catalogue(each).errors]
    return f" It is an error of {' and '.join(found)}." if found else ""


def _of_status(name: str, catalogues: Sequence[Catalogue]) -> str:
    """Return a sentence about the errors that have a status, for a name that is one."""
    alike = [key for each in catalogues for key, refusal in each.errors.items() if str(refusal.status) == name]
    return f" Errors with that status: {', '.join(dict.fromkeys(alike))}." if alike else ""
