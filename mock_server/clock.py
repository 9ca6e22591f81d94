"""The only source of time."""

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""The end of time: dates have four digits for the year."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Clock(Protocol):
    """Tells the time in seconds since 1970, UTC."""

    def now(self) -> float:
        """Return the time."""
        ...


class SystemClock:
    """The time of the machine."""

    def now(self) -> float:
        """Return the time of the machine."""
        return time.time()


class FrozenClock:
    """A time that stands still until it is moved."""

    def __init__(self, at: float) -> None:
        self._at = at

    def now(self) -> float:
        """Return the time that the clock was last moved to."""
        return self._at

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._at += seconds


def ticks() -> float:
    """Return real seconds from some moment on, for what must end in real time, whatever a world's clock says."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Let real seconds pass: for delays that a client shall feel, whatever its world's clock says."""
    time.sleep(seconds)


def parse_clock(text: str) -> Clock:
    """Return the clock that `system`, or a date and time in ISO 8601, stands for; ValueError for anything else.

    A time without an offset is UTC.
    """
    if text == "system":
        return SystemClock()
    at = seconds_of(text)
    if not 0 <= at < LAST:
        raise ValueError("the time is not between 1970 and 9998")
    return FrozenClock(at)


def seconds_of(text: str) -> float:
    """Return the seconds since 1970 of a date and time in ISO 8601; ValueError for any other text.

    A time without an offset is UTC.
    """
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@lru_cache(16)  # one request writes the same time several times
def iso_text(at: float) -> str:
    """Return a time as `2021-02-16T08:02:42.000Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(1024)  # all replies of a quota's window tell when it ends
def javascript_text(at: float) -> str:
    """Return a time as JavaScript's `Date.toString()` writes it in UTC, whatever the locale of this process."""
    moment = datetime.fromtimestamp(at, UTC)
    return (
        f"{_DAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment:%d %Y %H:%M:%S} "
        "GMT+0000 (Coordinated Universal Time)"
    )


def javascript_seconds(text: str) -> float | None:
    """Return the seconds since 1970 of a time as `javascript_text` writes it; None for any other text."""
    try:
        _, month, day, year, time_of_day, *_ = text.split(" ")
        return seconds_of(f"{year}-{_MONTHS.index(month) + 1:02d}-{day}T{time_of_day}+00:00")
    except (ValueError, OverflowError):
        return None
