"""`clock`: the time in one world, which can stand still and be moved."""

from math import inf
from typing import Any

from ..clock import LAST, iso_text, seconds_of
from ..messages import Response
from .answers import Ask, ControlError, Routes, answer, bad_request

_HINT = 'Send {"advance": SECONDS}, {"set": "2026-01-31T09:00:00Z"} or {"resume": true}.'


def _show(ask: Ask) -> Response:
    return answer({"now": iso_text(ask.now), "frozen": ask.world.frozen_at is not None})


def _move(ask: Ask) -> Response:
    """Advance the clock, set it (it then stands still), or let it run with the server's again."""
    match ask.fields("advance", "set", "resume"):
        case {"advance": seconds, **rest} if not rest:
            _advance(ask, seconds)
        case {"set": text, **rest} if not rest:
            ask.world.frozen_at = _time(text)
        case {"resume": True, **rest} if not rest:
            ask.world.frozen_at, ask.world.shift = None, 0.0
        case _:
            raise bad_request("The body must say one thing.", _HINT)
    return _show(ask)


def _advance(ask: Ask, seconds: Any) -> None:
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds < inf:
        raise bad_request("advance must be a number of seconds from 0.", f"To go back, set the time. {_HINT}")
    if seconds >= LAST - ask.now:  # in this order, for an integer may be too large for a sum of floats
        raise _out_of_range()
    ask.world.advance(seconds)


def _time(text: Any) -> float:
    try:
        at = seconds_of(text)
    except (TypeError, ValueError, OverflowError):
        raise bad_request("set must be a date and time in ISO 8601.", _HINT) from None
    if not 0 <= at < LAST:
        raise _out_of_range()
    return at


def _out_of_range() -> ControlError:
    return bad_request("The time must be between 1970 and 9998.", _HINT)


ROUTES: Routes = {("GET", "clock"): _show, ("POST", "clock"): _move}
