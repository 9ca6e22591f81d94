"""`journal/assert`: whether the requests that a world got are what a test expects."""

import json
from collections.abc import Mapping
from typing import Any

from ...contracts.errors import nearest
from ...contracts.limits import MAX_JOURNAL_BODY_BYTES, MAX_NESTING, MAX_VALUES
from ...validators.plain import is_plain
from ..messages import Response
from ..selection import Selection
from ..verification import ABSENT, Difference, Expectation, Times, Verdict, shown, verify
from .answers import answer, bad_request, fields
from .arguments import arguments
from .entries import FILTERS, SINCE, Asked, as_json, checked

_EXPECTED = (*FILTERS, "json", "times")
_HINT = 'Send {"operation": "NAME", "times": 1, "json": {...}}; each member may be left out.'


def check(asked: Asked) -> Response:
    """Answer whether the requests are what a test expects: 200, or 409 with what came near.

    409, so that an assertion fails where nobody looks into the body: with `curl --fail`, or a client that raises.
    """
    arguments(asked.request)
    [contract] = asked.contracts.values()
    expected = _expectation(fields(asked.request, *_EXPECTED, expected=_HINT), asked)
    dropped = asked.journal.fell_off_after(expected.selection.since or 0)
    verdict = verify(asked.journal, contract, expected, dropped=dropped)
    body = {"ok": verdict.ok, "matched": verdict.matched, "numbers": verdict.numbers, "message": verdict.message}
    body |= {"nearest": _near_misses(verdict), "dropped": dropped}
    if verdict.ok:
        return answer(body)
    error = {"code": "assertion_failed", "message": verdict.message.partition("\n")[0], "hint": _to_look_at(verdict)}
    return answer({**body, "error": error}, 409)


def _to_look_at(verdict: Verdict) -> str:
    if verdict.nearest:
        return "nearest holds the requests that came near, each with what differs."
    return "numbers names the requests that matched." if verdict.numbers else "There is no request to compare."


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


def _expectation(body: Mapping[str, Any], asked: Asked) -> Expectation:
    """Return what the body of an assertion expects; raises ControlError."""
    values = {name: body[name] for name in FILTERS if name in body}
    for name, value in values.items():
        if name == "status" and type(value) is int:
            values[name] = str(value)
        elif name == "since":
            _require_count(value, "since")
        elif not isinstance(value, str):
            raise bad_request(f"{name} must be a text{' or a number' if name == 'status' else ''}.", _HINT)
    if not is_plain({"json": body.get("json")}):
        raise bad_request(
            "No payload can have this json.",
            f"It has at most {MAX_NESTING} levels and {MAX_VALUES:,} values, and whole Unicode characters.",
        )
    selection = checked(Selection(**values), asked)
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


def _require_count(value: Any, name: str, hint: str = f"It is a number from 0.{SINCE}") -> None:
    if type(value) is not int or value < 0:
        raise bad_request(f"{name} must be a whole number from 0.", hint)
