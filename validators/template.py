"""Looks at the variables and the words of a template text."""

import re
from collections.abc import Iterator

_STYLE = re.compile(r"<(/?)style\b[^<>]*+>?", re.IGNORECASE)
_MARKS = re.compile(r"\{\{|\}\}")
_TAG = re.compile(r"<[^<>]*+>")
_VARIABLE = re.compile(r"\{\{([^{}]*+)\}\}")


def broken_variable(text: str) -> str | None:
    """Return what is wrong with the first broken `{{variable}}` of a text, or None.

    Style sheets are passed over where that mends the text, for their rules end in braces too.
    """
    problem = _first_problem(text)
    if problem is None or "<" not in text:
        return problem
    mended = _without_styles(text)
    return problem if mended == text else _first_problem(mended)


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


def variables(text: str) -> Iterator[str]:
    """Yield the names of the whole `{{variables}}` of a text; `{{name|fallback}}` has a name, `{{#if}}` has none."""
    for match in _VARIABLE.finditer(text):
        name = match[1].partition("|")[0].strip()
        if name and (name[0].isalpha() or name[0] == "_"):
            yield name


def words(text: str) -> int:
    """Return how many words a text has without its markup; a variable counts as one."""
    return len(_VARIABLE.sub("x", _TAG.sub(" ", _without_styles(text))).replace("&nbsp;", " ").split())


def _without_styles(text: str) -> str:
    """Return a text without its whole style sheets, in one pass whatever the text."""
    kept: list[str] = []
    start, opened = 0, -1
    for mark in _STYLE.finditer(text):
        if not mark[1]:
            opened = mark.start() if opened < 0 else opened
        elif opened >= 0:
            kept.append(text[start:opened])
            start, opened = mark.end(), -1
    return " ".join([*kept, text[start:]])
