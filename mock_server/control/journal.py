"""`journal`: the requests that a world got, and those that reached none; what a test expects of them; HAR."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from http import HTTPMethod
from typing import Any, NamedTuple

from ...contracts.errors import nearest
from ...contracts.limits import JOURNAL_PAGE, MAX_JOURNAL_BODY_BYTES, MAX_JOURNAL_PAGE, MAX_NESTING, MAX_VALUES
from ...contracts.model import Contract
from ...contracts.near_operation import Near, nearest_of
from ...validators.plain import is_plain
from ..clock import iso_text
from ..faults.catalogue import Catalogue
from ..faults.form import EFFECTS, STATUS
from ..har import as_har
from ..journal import Journal, JournalEntry
from ..messages import Request, Response
from ..selection import Selection, is_status, known_types
from ..verification import ABSENT, Difference, Expectation, Times, Verdict, shown, verify
from .answers import Ask, Handler, Routes, answer, bad_request, done, read_body
from .arguments import arguments

_FILTERS = Selection._fields
_PAGING = ("limit", "next")
_EMPTY_FOR_NONE = ("operation", "fault")
_EXPECTED = ("operation", "times", "json", "method", "status", "rule", "type", "since", "fault")


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


def show(asked: Asked) -> Response:
    """Answer with a page of the entries, the oldest first.

    `next` of the reply, given as `next`, leads to the entries behind the page, however many have come since. `dropped`
    is how many before the page, and behind the one before it, are gone because the journal is full.
    """
    given = arguments(asked.request, *_FILTERS, *_PAGING)
    selection = _selection(given, asked)
    limit = _number(given, "limit", 1, MAX_JOURNAL_PAGE, JOURNAL_PAGE)
    after = _number(given, "next", 0, None, 0)
    if after > asked.newest:
        raise bad_request(
            f"next is {after}, and the newest request is {asked.newest}.",
            "The world was reset since that page; begin again without next.",
        )
    selection = selection._replace(since=max(after, selection.since or 0))
    found = asked.entries(selection)
    page = found[:limit]
    return answer(
        {
            "entries": [as_json(entry, asked.meant(entry)) for entry in page],
            "next": str(page[-1].number) if len(found) > limit else None,
            "dropped": asked.journal.fell_off_after(selection.since or 0),
        }
    )


def count(asked: Asked) -> Response:
    """Answer with how many entries there are, and how many of each operation, status and rule."""
    selection = _selection(arguments(asked.request, *_FILTERS), asked)
    found = asked.entries(selection)
    return answer(
        {
            "count": len(found),
            "operations": Counter(entry.operation for entry in found),
            "statuses": Counter(str(entry.status) for entry in found),
            "rules": Counter(code for entry in found for code in dict.fromkeys(entry.rules)),
            "dropped": asked.journal.fell_off_after(selection.since or 0),
        }
    )


def clear(asked: Asked) -> Response:
    """Forget the entries; requests are counted on."""
    arguments(asked.request)
    asked.journal.clear()
    return done()


def har(asked: Asked) -> Response:
    """Answer with the entries as a HAR file."""
    selection = _selection(arguments(asked.request, *_FILTERS), asked)
    gone = asked.journal.fell_off_after(selection.since or 0)
    comment = f"{asked.title}; {gone} older requests are no longer in the journal" if gone else asked.title
    return answer(as_har(asked.entries(selection), asked.contracts, comment))


def check(asked: Asked) -> Response:
    """Answer whether the requests are what a test expects: 200, or 409 with what came near.

    409, so that an assertion fails where nobody looks into the body: with `curl --fail`, or a client that raises.
    """
    arguments(asked.request)
    [contract] = asked.contracts.values()
    expected = _expectation(read_body(asked.request), asked)
    dropped = asked.journal.fell_off_after(expected.selection.since or 0)
    verdict = verify(asked.journal, contract, expected, dropped=dropped)
    body = {"ok": verdict.ok, "matched": verdict.matched, "numbers": verdict.numbers, "message": verdict.message}
    body |= {"nearest": _near_misses(verdict), "dropped": dropped}
    if verdict.ok:
        return answer(body)
    hint = "nearest holds the requests that came near, each with what differs."
    error = {"code": "assertion_failed", "message": verdict.message.partition("\n")[0], "hint": hint}
    return answer({**body, "error": error}, 409)


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


def _near_misses(verdict: Verdict) -> list[dict[str, Any]]:
    return [
        {"entry": as_json(miss.entry, miss.meant), "differences": [_difference(each) for each in miss.differences]}
        for miss in verdict.nearest
    ]


def _difference(found: Difference) -> dict[str, Any]:
    """Return a difference as a JSON object; what is not there has no member, and what is long is shortened."""
    sides = {"expected": found.expected, "actual": found.actual}
    return {
        "what": found.what,
        "pointer": found.pointer[:MAX_JOURNAL_BODY_BYTES],
        **{name: _bounded(value) for name, value in sides.items() if value is not ABSENT},
        **({"reason": found.reason} if found.reason else {}),
    }


def _bounded(value: Any) -> Any:
    """Return a value as it is, or the beginning of its JSON where that is longer than any body in the journal."""
    return value if len(json.dumps(value)) <= MAX_JOURNAL_BODY_BYTES else shown(value)


def _number(given: Mapping[str, str], name: str, least: int, most: int | None, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1
    if number < least or (most is not None and number > most):
        raise bad_request(
            f"{name} cannot be {text[:40]!a}.", f"It is a number from {least}{f' to {most}' if most else ''}."
        )
    return number


def _selection(given: Mapping[str, str], asked: Asked) -> Selection:
    """Return the filters of a query; raises ControlError for a value that no entry can have."""
    values: dict[str, Any] = {name: given[name] for name in _FILTERS if name in given}
    if "since" in values:
        values["since"] = _number(given, "since", 0, None, 0)
    return _checked(Selection(**values), asked)


def _checked(selection: Selection, asked: Asked) -> Selection:
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


def _expectation(body: Any, asked: Asked) -> Expectation:
    """Return what the body of an assertion expects; raises ControlError."""
    hint = 'Send {"operation": "NAME", "times": 1, "json": {...}}; each member may be left out.'
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object.", hint)
    for name in body:
        if name not in _EXPECTED:
            raise bad_request(
                f"There is no member {name[:80]!a}.{nearest(name, _EXPECTED)}", f"Known are {', '.join(_EXPECTED)}."
            )
    values = {name: body[name] for name in _FILTERS if name in body}
    for name, value in values.items():
        if name == "status" and type(value) is int:
            values[name] = str(value)
        elif name == "since":
            _require_count(value, "since")
        elif not isinstance(value, str):
            raise bad_request(f"{name} must be a text{' or a number' if name == 'status' else ''}.", hint)
    if not is_plain({"json": body.get("json")}):
        raise bad_request(
            "No payload can have this json.",
            f"It has at most {MAX_NESTING} levels and {MAX_VALUES:,} values, and whole Unicode characters.",
        )
    selection = _checked(Selection(**values), asked)
    return Expectation(selection, body.get("json", ABSENT), _times(body["times"]) if "times" in body else Times())


def _times(value: Any) -> Times:
    hint = 'times is a number from 0, or {"at_least": N, "at_most": N} with one of the two or both.'
    if not isinstance(value, dict):
        _require_count(value, "times", hint)
        return Times(value, value)
    for name in value:
        if name not in Times._fields:
            raise bad_request(f"There is no member {name[:80]!a} in times.{nearest(name, Times._fields)}", hint)
        _require_count(value[name], f"times.{name}", hint)
    times = Times(value.get("at_least", 0), value.get("at_most"))
    if not value:
        raise bad_request("times is empty.", hint)
    if times.at_most is not None and times.at_least > times.at_most:
        raise bad_request("No number of times is right: times.at_least is more than times.at_most.", hint)
    return times


def _require_count(value: Any, name: str, hint: str = "It is a number from 0.") -> None:
    if type(value) is not int or value < 0:
        raise bad_request(f"{name} must be a whole number from 0.", hint)


def _of_world(ask: Ask) -> Asked:
    contract = ask.provider.contract
    title = f"stepmock, world {ask.world.id} of {contract.title}"
    return Asked(ask.world.journal, ask.world.requests, {contract.provider: contract}, ask.request, title)


HANDLERS = {
    ("GET", "journal"): show,
    ("DELETE", "journal"): clear,
    ("GET", "journal/count"): count,
    ("GET", "journal.har"): har,
}
"""What is asked of the journal of a world, and of that of the requests that reached none."""


def _for_a_world(handler: Callable[[Asked], Response]) -> Handler:
    return lambda ask: handler(_of_world(ask))


ROUTES: Routes = {
    **{route: _for_a_world(handler) for route, handler in HANDLERS.items()},
    ("POST", "journal/assert"): _for_a_world(check),
}
