"""Which entries of a journal somebody asks for. Pure: it reads no world and no request."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..contracts.limits import MAX_JOURNAL_BODY_BYTES
from ..contracts.model import Contract
from ..validators.checker import checker
from .journal import JournalEntry
from .messages import finite, no_constant

_STATUS = re.compile(r"0|[1-5]([0-9]{2}|xx)")
_DEEPEST = 6


class Selection(NamedTuple):
    """What an entry must be; None for what does not matter.

    An empty `operation` is that of a request to a path of no operation. `status` is a number or a class, `4xx`. `type`
    is what kind of thing the payload is, `rule` a code that it breaks, `since` the number of an older entry, and
    `fault` the name of the fault that came over the request.
    """

    operation: str | None = None
    method: str | None = None
    status: str | None = None
    rule: str | None = None
    type: str | None = None
    since: int | None = None
    fault: str | None = None

    def has(self, entry: JournalEntry, contract: Contract | None) -> bool:
        """Return whether an entry is asked for; `contract` is that of its provider."""
        return not any(True for _ in self.failing(entry, contract))

    def failing(self, entry: JournalEntry, contract: Contract | None) -> Iterator[tuple[str, Any, Any]]:
        """Yield what an entry is not: the name of the condition, what was asked for, and what there is."""
        if self.since is not None and entry.number <= self.since:
            yield "since", self.since, entry.number
        if self.operation is not None and entry.operation != self.operation:
            yield "operation", self.operation, entry.operation
        if self.method is not None and entry.method != self.method.upper():
            yield "method", self.method.upper(), entry.method
        if self.status is not None and not fits_status(self.status, entry.status):
            yield "status", self.status, entry.status
        if self.rule is not None and self.rule not in entry.rules:
            yield "rule", self.rule, list(entry.rules)
        if self.fault is not None and entry.fault_name != self.fault:
            yield "fault", self.fault, entry.fault_name
        if self.type is not None and self.type not in (types := types_of(entry, contract)):
            yield "type", self.type, list(types)


def is_status(text: str) -> bool:
    """Return whether a text is a status such as `400`, a class such as `4xx`, or `0`, where no reply was sent."""
    return _STATUS.fullmatch(text) is not None


def fits_status(wanted: str, status: int) -> bool:
    """Return whether a status is the wanted one, or of the wanted class."""
    return wanted[0] == str(status)[0] if wanted.endswith("xx") else wanted == str(status)


def body_of(entry: JournalEntry) -> Any:
    """Return the JSON value of a request's body; raises ValueError with the reason where there is none."""
    if entry.request_bytes > MAX_JOURNAL_BODY_BYTES:
        raise ValueError(f"a body of {entry.request_bytes:,} bytes, which the journal cut off")
    if not entry.request_body:
        raise ValueError("no body")
    try:
        return json.loads(entry.request_body, parse_constant=no_constant, parse_float=finite)
    except (ValueError, RecursionError):
        raise ValueError("a body that is not JSON") from None


def types_of(entry: JournalEntry, contract: Contract | None) -> tuple[str, ...]:
    """Return what kind of thing the payload of an entry is, in all spellings.

    Where a contract tells kinds apart by one member, that member says it; elsewhere every member `type`, or one whose
    name ends so, does.
    """
    if contract is None or entry.operation not in contract.operations:
        return ()
    operation = contract.operations[entry.operation]
    if operation.checks is None:
        return ()
    try:
        payload = body_of(entry)
    except ValueError:
        return ()
    check = checker(contract.provider, operation.name, contract.profile)
    if not check.discriminator:
        return tuple(dict.fromkeys(_members(payload, _DEEPEST)))
    branch = check.branch_of(payload)
    if branch is not check.root:
        return tuple(map(str, branch.spellings))
    sent = payload.get(check.discriminator) if isinstance(payload, dict) else None
    return (sent,) if isinstance(sent, str) else ()


def _members(value: Any, levels: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            if isinstance(member, str) and _is_type(name):
                yield member
            elif levels:
                yield from _members(member, levels - 1)
    elif isinstance(value, list) and levels:
        for item in value:
            yield from _members(item, levels - 1)


def _is_type(name: str) -> bool:
    return name == "type" or name.endswith("_type")


def known_types(contract: Contract) -> list[str]:
    """Return every spelling of what a payload of a contract can be; empty where a contract leaves that open."""
    found: dict[str, None] = {}
    for name, operation in contract.operations.items():
        if operation.checks is None:
            continue
        check = checker(contract.provider, name, contract.profile)
        if check.discriminator:
            found |= dict.fromkeys(str(text) for branch in check.branches.values() for text in branch.spellings)
        else:
            for schema in _type_schemas(check.root.schema):
                if "enum" not in schema:
                    return []
                found |= dict.fromkeys(map(str, schema["enum"]))
    return list(found)


def _type_schemas(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas of the members that say what a payload, or a part of it, is."""
    for name, member in schema.get("properties", {}).items():
        if _is_type(name):
            yield member
        yield from _type_schemas(member)
    if isinstance(items := schema.get("items"), Mapping):
        yield from _type_schemas(items)
