"""Checks a payload against the contract of its operation.

The branch is chosen by the discriminator first, and only that branch is validated: errors are then exact, and it
is the fast form. One look at the payload, by jsonschema-rs, tells of its shape and of all `x-` keywords but those about
facts; when it passes, only these are left, and that is the way of nearly every payload. When it does not, its errors
are asked for: some are violations of the rules that the contract names for them, others say what to check and where.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..contracts import ContractError, load
from ..contracts.errors import nearest
from ..contracts.model import Contract
from .branch import Branch
from .context import NOTHING_KNOWN, Context
from .plain import is_plain, plain_problems, with_lists
from .violation import Finding, Violation, by_gravity, violation


def check(
    provider: str, operation: str, payload: Any, *, profile: str = "documented", context: Context | None = None
) -> list[Violation]:
    """Return the violations of one payload, the gravest first; an empty list when it is right.

    `payload` is what `json.loads` gives of the request body. `context` holds what is known besides it; rules about
    anything unknown stay silent. Raises ContractError for a provider, operation or profile that does not exist.
    """
    return checker(provider, operation, profile).check(payload, context or NOTHING_KNOWN)


@cache
def checker(provider: str, operation: str, profile: str = "documented") -> "Checker":
    """Return the checker of one operation; made once, then shared."""
    contract = load(provider, profile)
    if operation not in contract.operations:
        raise ContractError(
            f'{contract.title} has no operation "{operation}"; it has {", ".join(contract.operations)}.'
            + nearest(operation, contract.operations)
        )
    if contract.operations[operation].checks is None:
        raise ContractError(f"{provider}/{operation} takes no request body, so there is no payload to check.")
    return Checker(contract, operation)


def checker_named(name: str, profile: str = "documented") -> "Checker":
    """Return the checker of an operation by its full name, as `lemlist/addStep`; raises ContractError as `checker`."""
    provider, slash, operation = name.partition("/")
    if not slash:
        raise ContractError(f'"{name}" is no operation; write PROVIDER/OPERATION, for example lemlist/addStep.')
    return checker(provider, operation, profile)


class Checker:
    """The compiled checks of one operation in one profile. Immutable, and safe in many threads."""

    def __init__(self, contract: Contract, operation: str) -> None:
        self.contract = contract
        self.operation = contract.operations[operation]
        checks = self.operation.checks
        assert checks is not None
        self.examples: list[dict[str, Any]] = checks["examples"]
        self.discriminator: str = checks["discriminator"] or ""
        fields = frozenset(checks["fields"])
        self.root = Branch("", checks["root"], fields, self.discriminator)
        self.branches = {
            name: Branch(name, entry, fields, self.discriminator, checks["root"])
            for name, entry in checks["branches"].items()
        }
        self._chosen_by = {value: branch for branch in self.branches.values() for value in branch.spellings}
        self._may_be_absent = self.discriminator not in self.root.schema.get("required", ())

    def check(self, payload: Any, context: Context = NOTHING_KNOWN) -> list[Violation]:
        """Return the violations of one payload, the gravest first."""
        branch = self.branch_of(payload, context.stored)
        try:
            clean = branch.is_clean(payload)
            findings = list(
                branch.fact_findings(payload, context) if clean else self._findings(payload, context, branch)
            )
        except ValueError:  # jsonschema-rs met a value that JSON does not have
            findings = list(plain_problems(payload, self.contract.body_rules))
        if not findings:
            return []
        violations = [violation(self.contract, finding) for finding in findings]
        return sorted(violations, key=by_gravity) if len(violations) > 1 else violations

    def branch_of(self, payload: Any, stored: Mapping[str, Any] | None = None) -> "Branch":
        """Return the branch that a payload chooses; the root where it chooses none.

        Where the contract lets the choosing field be left out, the stored resource chooses.
        """
        if not isinstance(payload, dict):
            return self.root
        chooser: Mapping[str, Any] = payload
        if self._may_be_absent and stored is not None and self.discriminator not in payload:
            chooser = stored
        value = chooser.get(self.discriminator)
        is_name = isinstance(value, (str, int, float)) and not isinstance(value, bool)
        return self._chosen_by.get(value, self.root) if is_name else self.root

    def accepted(
        self, payload: Mapping[str, Any], *, with_defaults: bool, stored: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return what a provider takes from a right payload: the declared fields, whole numbers as integers."""
        branch = self.branch_of(payload, stored)
        return {**(branch.defaults if with_defaults else {}), **_declared(payload, branch.schema)}

    def _findings(self, payload: Any, context: Context, branch: "Branch") -> Iterator[Finding]:
        if not is_plain(payload):
            problems = list(plain_problems(payload, self.contract.body_rules))
            yield from problems
            if problems or not isinstance(payload, dict):
                return
            payload = with_lists(payload)
        # Without a type nobody can say which fields belong.
        undivided = branch is not self.root or not self.branches
        may_be_absent = self._may_be_absent and self.discriminator not in payload
        yield from branch.findings(payload, context, shape_alone=not (undivided or may_be_absent))


def _declared(value: Any, schema: Any) -> Any:
    """Return a value without the members that its schema does not declare, and with whole numbers as integers."""
    if isinstance(value, dict) and "properties" in schema:
        fields = schema["properties"]
        return {name: _declared(child, fields[name]) for name, child in value.items() if name in fields}
    if isinstance(value, list) and "items" in schema:
        return [_declared(item, schema["items"]) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
