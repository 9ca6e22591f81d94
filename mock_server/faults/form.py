"""The form of one fault: plain JSON whose members say which requests it is for, and what comes over them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ...contracts.errors import nearest
from ...contracts.limits import MAX_CLOCK_LATENCY_SECONDS, MAX_FAULT_BYTES, MAX_LATENCY_SECONDS
from ...validators.plain import is_plain

Fault = dict[str, Any]
"""A fault that has been read: its members have the right types, and nothing else stands beside them."""

LATENCY = "latency"
LOST_REQUEST = "lost-request"
LOST_REPLY = "lost-reply"
SLOW_AFTER_COMMIT = "slow-after-commit"
TRUNCATED_BODY = "truncated-body"
WRONG_CONTENT_TYPE = "wrong-content-type"

EFFECTS: Mapping[str, str] = {
    LATENCY: "the reply waits for so many seconds",
    LOST_REQUEST: "the connection is reset, and nothing has happened",
    LOST_REPLY: "the request is done, and the connection is reset before a byte of the reply",
    SLOW_AFTER_COMMIT: "the request is done, and the reply comes later than most clients wait",
    TRUNCATED_BODY: "the connection ends within the body, which the head promises whole",
    WRONG_CONTENT_TYPE: "the reply says that it is of another content type",
}
"""The faults that every operation of every provider may have, by name."""

STATUS = "status"
"""The name under which a reply of the user's own is told."""

_SECONDS_WITHOUT_A_WORD = {LATENCY: 1.0, SLOW_AFTER_COMMIT: 30.0}
_OWN_REPLY = ("body", "headers")
_EMPTY_STATUSES = (204, 205, 304)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELD = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
_HELD_HEADERS = frozenset({"connection", "content-length", "content-type", "date", "transfer-encoding", "upgrade"})
_MOST = 1_000_000_000


class FaultError(ValueError):
    """A fault cannot be used: what is wrong with it, and what would be right."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint


def read_fault(value: Any) -> Fault:
    """Return a fault, with what goes without saying said; raises FaultError for anything that is none."""
    if not isinstance(value, dict):
        raise FaultError("A fault must be a JSON object.", 'For example {"fault":"rate-limited","times":1}.')
    for name in value:
        if name not in _MEMBERS:
            near = nearest(str(name), _MEMBERS)
            raise FaultError(f"A fault has no member {str(name)[:80]!a}.{near}", f"Known are {', '.join(_MEMBERS)}.")
    if not is_plain(value) or len(json.dumps(value)) > MAX_FAULT_BYTES:
        raise FaultError(
            f"The fault is no plain JSON, or has more than {MAX_FAULT_BYTES:,} bytes.",
            "NaN and Infinity are no JSON; nothing is nested deeper than 100 levels.",
        )
    for name, member in value.items():
        _MEMBERS[name](name, member)
    return _made_whole(dict(value))


def _made_whole(fault: Fault) -> Fault:
    """Return a fault with its defaults; raises FaultError for members that do not go together."""
    name = fault.get("fault")
    if name is None and "status" not in fault and not _waits(fault):
        raise FaultError("The fault does nothing.", "Give it the name of a fault, a status, or a latency.")
    if name is not None and "status" in fault:
        raise FaultError("A fault has either a name or a status.", "Leave out one of fault and status.")
    for member in _OWN_REPLY:
        if member in fault and "status" not in fault:
            raise FaultError(f"{member} stands without a status.", "A reply of your own begins with its status.")
    if "content_type" in fault and "status" not in fault and name != WRONG_CONTENT_TYPE:
        raise FaultError(
            "content_type stands without a status.", f"It goes with a status, or with {WRONG_CONTENT_TYPE}."
        )
    if "bytes" in fault and name != TRUNCATED_BODY:
        raise FaultError("bytes says how much of a truncated body is sent.", f"It goes with {TRUNCATED_BODY} only.")
    if "after" in fault and (name in EFFECTS or (name is None and "status" not in fault)):
        raise FaultError("after says when an error takes the place of the reply.", "It goes with errors and a status.")
    if fault.get("status") in _EMPTY_STATUSES and fault.get("body", "") != "":
        raise FaultError(
            f"A reply with status {fault['status']} has no body.", "Leave out body, or choose another status."
        )
    if name is None and "status" not in fault:
        fault["fault"] = name = LATENCY
    if name in _SECONDS_WITHOUT_A_WORD and not _waits(fault):
        fault["latency"] = _SECONDS_WITHOUT_A_WORD[name]
    if "nth" in fault:
        fault.setdefault("times", 1)
    return {member: fault[member] for member in _MEMBERS if member in fault}


def _waits(fault: Fault) -> bool:
    return "latency" in fault or "clock_latency" in fault


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise FaultError(f"{name} must be a text.", f"It is {_quoted(value)}.")


def _whole(least: int, most: int = _MOST) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise FaultError(f"{name} must be a whole number from {least} to {most}.", f"It is {_quoted(value)}.")

    return check


def _number(most: float, what: str) -> Callable[[str, Any], None]:
    def check(name: str, value: Any) -> None:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= most:
            raise FaultError(f"{name} must be {what} from 0 to {most}.", f"It is {_quoted(value)}.")

    return check


def _flag(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise FaultError(f"{name} must be true or false.", f"It is {_quoted(value)}.")


def _anything(name: str, value: Any) -> None:
    """Take any JSON value."""


def _field(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip() or _FIELD.fullmatch(value) is None:
        raise FaultError(f"{name} must be a text that a header can hold.", f"It is {_quoted(value)}.")


def _headers(name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise FaultError("headers must be an object of texts by name.", f"It is {_quoted(value)}.")
    for field, text in value.items():
        if _TOKEN.fullmatch(field) is None or field.lower() in _HELD_HEADERS:
            raise FaultError(
                f"There can be no header {field[:80]!a} here.",
                "Length, type and connection are not for headers to say.",
            )
        _field(f"headers.{field[:80]}", text)


def _quoted(value: Any) -> str:
    return json.dumps(value)[:80]


_MEMBERS: Mapping[str, Callable[[str, Any], None]] = {
    "fault": _text,
    "provider": _text,
    "operation": _text,
    "step_type": _text,
    "nth": _whole(1),
    "times": _whole(1),
    "probability": _number(1, "a number"),
    "status": _whole(200, 599),
    "body": _anything,
    "content_type": _field,
    "headers": _headers,
    "after": _flag,
    "bytes": _whole(0),
    "latency": _number(MAX_LATENCY_SECONDS, "a number of seconds"),
    "clock_latency": _number(MAX_CLOCK_LATENCY_SECONDS, "a number of seconds"),
}
"""The members of a fault, each with what raises FaultError for a wrong value."""

SELECTORS = frozenset({"provider", "operation", "step_type", "nth", "times", "probability"})
"""The members that say which requests a fault is for."""
