"""Looks for broken variables in a template text."""

import re

_STYLE_TAG = re.compile(r"<(/?)style\b[^<>]*>", re.IGNORECASE)
_MARKS = re.compile(r"\{\{|\}\}")
_CLEAN = re.compile(r"[^{}]*+(?:\{\{\s*+[^\s{}][^{}]*+\}\}[^{}]*+)*+")


def is_clean(text: str) -> bool:
    """Return whether every brace of a text belongs to a whole `{{variable}}`; the quick way to say all is well."""
    return _CLEAN.fullmatch(text) is not None


def broken_variable(text: str) -> str | None:
    """Return what is wrong with the first broken `{{variable}}` of a text, or None.

    Style sheets are passed over where that mends the text, for their rules end in braces too.
    """
    problem = _first_problem(text)
    return _first_problem(_without_style_sheets(text)) if problem and "<" in text else problem


def _without_style_sheets(text: str) -> str:
    """Return a text without what stands between style tags; an unclosed one hides nothing."""
    kept, end, opened = [], 0, -1
    for tag in _STYLE_TAG.finditer(text):
        if not tag[1] and opened < 0:
            opened = tag.start()
        elif tag[1] and opened >= 0:
            kept.append(text[end:opened])
            end, opened = tag.end(), -1
    return "".join([*kept, text[end:]])


def _first_problem(text: str) -> str | None:
    opened = -1
    for mark in _MARKS.finditer(text):
        if mark.group() == "{{":
            if opened >= 0:
                return "a variable is opened with {{ and not closed before the next one"
            opened = mark.end()
        elif opened < 0:
            return "a variable is closed with }} that was never opened"
        elif not text[opened : mark.start()].strip():
            return "a variable has no name between its braces"
        else:
            opened = -1
    return "a variable is opened with {{ and never closed" if opened >= 0 else None
