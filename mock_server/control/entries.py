"""Which entries of a journal somebody asks for, and how an entry is told."""

import json
from collections.abc import Collection, Iterator, Mapping
from http import HTTPMethod
from typing import Any, NamedTuple

from ...contracts.errors import nearest
from ...contracts.model import Contract
from ...contracts.near_operation import Near, nearest_of
from ..clock import iso_text
from ..faults.catalogue import Catalogue
from ..faults.form import EFFECTS, STATUS
from ..journal import Journal, JournalEntry
from ..messages import Request
from ..selection import Selection, is_status, known_types
from .answers import bad_request
from .arguments import number_of

FILTERS = Selection._fields
"""What entries are chosen by."""

_EMPTY_FOR_NONE = ("operation", "fault")


class Asked(NamedTuple):
    """A journal that somebody asks about: `newest` is the number of its newest request, `contracts` those it is of."""

    journal: Journal
    newest: int
    contracts: Mapping[str, Contract]
    request: Request
    title: str

    def entries(self, selection: Selection) -> list[JournalEntry]:
        """Return the entries that are asked for, the oldest first."""
        return [entry for entry in self.journal if selection.has(entry, self.contracts.get(entry.provider))]

    def meant(self, entry: JournalEntry) -> Near | None:
        """Return the operation that a request to a path of no operation is most like."""
        if entry.operation:
            return None
        own = self.contracts.get(entry.provider)
        return nearest_of([own] if own is not None else self.contracts.values(), entry.method, entry.path)


def as_json(entry: JournalEntry, meant: Near | None = None) -> dict[str, Any]:
    """Return an entry as a JSON object; a body is a text. `meant` is the operation that it came near."""
    return {
        "number": entry.number,
        "at": iso_text(entry.at),
        "provider": entry.provider,
        "operation": entry.operation,
        "nearest": meant._asdict() if meant else None,
        "parameters": dict(entry.parameters),
        "request": {
            "method": entry.method,
            "path": entry.path,
            "query": entry.query,
            "headers": dict(entry.headers),
            "body": entry.request_body.decode("utf-8", "replace"),
            "bytes": entry.request_bytes,
        },
        "response": {
            "status": entry.status,
            "headers": [list(header) for header in entry.response_headers],
            "body": entry.response_body.decode("utf-8", "replace"),
            "bytes": entry.response_bytes,
        },
        "violations": [dict(item) for item in entry.violations],
        "confidence": entry.confidence,
        "fault": json.loads(entry.fault) if entry.fault else None,
    }


SINCE = " Requests with a higher one are meant."
"""What `since` means, a sentence for who gives another value."""


def selection_of(given: Mapping[str, str], asked: Asked) -> Selection:
    """Return the filters of a query; raises ControlError for a value that no entry can have."""
    values: dict[str, Any] = {name: given[name] for name in FILTERS if name in given}
    if "since" in values:
        values["since"] = number_of(given, "since", 0, None, 0, SINCE)
    return checked(Selection(**values), asked)


def checked(selection: Selection, asked: Asked) -> Selection:
    """Return filters, each of which an entry can fit; raises ControlError.

    Beside what is known, a value is right that some entry has: requests may hold anything.
    """
    if selection.status is not None and not is_status(selection.status):
        raise bad_request(
            f"status cannot be {selection.status[:40]!a}.", "It is a status such as 400, or a class: 4xx; 0 for none."
        )
    for name, known in _known(asked.contracts.values()):
        value = getattr(selection, name)
        if value is None or (value == "" and name in _EMPTY_FOR_NONE):
            continue
        meant = value.upper() if name == "method" else value
        if meant not in known and not asked.entries(Selection()._replace(**{name: value})):
            listed = ", ".join(known) if len(known) <= 60 else f"{known[0]} to {known[-1]}"
            raise bad_request(f"There is no {name} {value[:80]!a}.{nearest(meant, known)}", f"Known are {listed}.")
    return selection


def _known(contracts: Collection[Contract]) -> Iterator[tuple[str, list[str]]]:
    """Yield the filters whose values are known, each with these."""
    yield "operation", [name for each in contracts for name in each.operations]
    yield "method", [str(method) for method in HTTPMethod]
    yield "rule", [code for each in contracts for code in each.rules]
    yield "fault", [*EFFECTS, STATUS, *dict.fromkeys(name for each in contracts for name in Catalogue(each).errors)]
    types = [known_types(each) for each in contracts]
    if all(types):
        yield "type", [text for each in types for text in each]
