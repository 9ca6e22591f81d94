"""What the place that a report is printed to can show: which characters, and whether colours.

Colours are four escape sequences, so that no library is needed; rich takes longer to start than linting a file.
"""

import sys
from collections.abc import Mapping
from typing import IO, NamedTuple

CHOICES = ("auto", "always", "never")

_STYLES = {"bold": "1", "dim": "2", "error": "1;31", "warning": "1;33", "advice": "1;36"}


class Screen(NamedTuple):
    """An encoding, and whether colours may be used."""

    encoding: str = "utf-8"
    colour: bool = False

    def styled(self, text: str, style: str) -> str:
        """Return a text in a style, which is `bold`, `dim` or a severity; as it is where there are no colours."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text

    def fitting(self, text: str) -> str:
        """Return a text on one line, with what cannot be printed here written as in Python (`\\x1b`, `\\u20ac`)."""
        if not text.isprintable():
            text = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
        return text if text.isascii() else text.encode(self.encoding, "backslashreplace").decode(self.encoding)


def screen_of(stream: IO[str], choice: str, environment: Mapping[str, str]) -> Screen:
    """Return what a stream can show; `choice` is one of CHOICES, and `auto` heeds NO_COLOR, FORCE_COLOR and TERM."""
    return Screen(getattr(stream, "encoding", None) or "utf-8", _colour(stream, choice, environment))


def _colour(stream: IO[str], choice: str, environment: Mapping[str, str]) -> bool:
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return environment["FORCE_COLOR"] != "0"
    understood = sys.platform != "win32" or "WT_SESSION" in environment
    return understood and environment.get("TERM") != "dumb" and stream.isatty()
