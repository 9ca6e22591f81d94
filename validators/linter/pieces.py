"""The payloads of a document: itself, or each item of a list of steps."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ...contracts import load
from ..reading import UNREADABLE
from ..violation import Finding
from .documents import Document, problems


class Sent(NamedTuple):
    """What is known of a payload that was sent: ids by the names of path parameters, facts of its headers, the answer.

    `reply` reads the answer when it is asked for; it gives UNREADABLE where there is none.
    """

    parameters: Mapping[str, str]
    facts: Mapping[str, str]
    reply: Callable[[], Any]
    succeeded: bool


class Stranger(NamedTuple):
    """Something that is not checked, and why.

    `unusable` says when it makes the whole result so: always, never, or only in a file that the user named.
    """

    reason: str
    unusable: Literal["always", "named", "never"] = "named"


class Piece(NamedTuple):
    """One payload of a document: where it stands in it, what it is, what reading found, and whose it is.

    `is_step` says that it stands in a list of steps, which are sent one after another. One that is not checked only
    tells what it did; where its operation is not known either, that ends in the slash.
    """

    document: Document
    pointer: str
    payload: Any
    findings: list[Finding]
    operation: str
    is_step: bool = False
    about: str = ""
    is_checked: bool = True
    sent: Sent | None = None


def pieces_of(document: Document, operation: str, *, in_list: bool = False) -> Iterator[Piece]:
    """Yield the payloads of a document that belongs to an operation.

    An array is a list of steps where the operation makes one of each. The member `$schema` is for editors, and taken
    off. `in_list` says that the document itself is one of several.
    """
    provider, _, name = operation.partition("/")
    contract = load(provider)
    creates = contract.operations[name].creates
    payload = document.payload
    if document.is_empty and "empty" in contract.body_rules:
        yield Piece(document, "", {}, [], operation)
    elif payload is UNREADABLE:
        yield Piece(document, "", payload, document.findings, operation)
    elif isinstance(payload, list) and payload and creates:
        for index, item in enumerate(payload):
            own = [
                finding._replace(where=finding.where[1:]) for finding in document.findings if finding.where[0] == index
            ]
            own += problems(item, document)
            yield Piece(document, f"/{index}", _without_schema(item), own, operation, True)
    else:
        own = [*document.findings, *problems(payload, document)]
        yield Piece(document, "", _without_schema(payload), own, operation, in_list and creates)


def schema_of(payload: Any) -> Any:
    """Return the `$schema` that a payload, or the first of a list of payloads, names."""
    first = payload[0] if isinstance(payload, list) and payload else payload
    return first.get("$schema") if isinstance(first, dict) else None


def _without_schema(payload: Any) -> Any:
    if isinstance(payload, dict) and "$schema" in payload:
        return {name: value for name, value in payload.items() if name != "$schema"}
    return payload
