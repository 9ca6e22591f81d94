"""Draws a source line with a mark under the place that is meant, aligned whatever characters the line holds.

The widths come from unicodedata: importing wcwidth takes most of the time of linting a file, and what the two see
differently (characters that join others) is written out as an escape here.
"""

from collections.abc import Iterator

from ..linter.result import Excerpt
from .screen import Screen

_TAB = "    "
_CUT = "..."
_EMOJI_STYLE = "\ufe0f"
"""Asks for the character before it as a picture, two columns wide."""


def drawn(excerpt: Excerpt, screen: Screen) -> tuple[str, str]:
    """Return the line as it is shown, and a second one with the mark; both are empty where there is nothing to show."""
    text = excerpt.text
    if not text.strip():
        return "", ""
    cells = list(_cells(text, screen))
    stop = excerpt.start + excerpt.length
    before = sum(width for _, width in cells[: excerpt.start])
    marked = sum(width for _, width in cells[excerpt.start : stop])
    left, right = _CUT * excerpt.cut_before, _CUT * excerpt.cut_after
    line = left + "".join(shown for shown, _ in cells) + right
    return line.rstrip(), " " * (len(left) + before) + "^" * max(1, marked)


def _cells(text: str, screen: Screen) -> Iterator[tuple[str, int]]:
    """Yield what is shown for each character, and how many columns it takes."""
    if text.isascii() and text.isprintable():
        yield from ((char, 1) for char in text)
        return
    last = 0
    for char in text:
        shown = _TAB if char == "\t" else screen.fitting(char)
        width = len(shown) if shown.isascii() else 2 - last if char == _EMOJI_STYLE and last else _width(shown)
        yield shown, width
        last = width


def _width(char: str) -> int:
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
