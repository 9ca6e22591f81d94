"""Prints what linting found for people."""

from collections.abc import Iterator

from ..linter.result import Located
from .excerpts import drawn
from .formats import Report
from .wording import path_text, summary

_INDENT = "    "


def as_text(report: Report) -> str:
    """Return each violation with its source line, what was not checked, and a summary.

    A violation begins with a line `path:line:column: CODE message`; what else is known of it follows, indented, and
    then an empty line.
    """
    result, screen = report.result, report.screen
    lines = [line for located in result.located for line in _violation(located, report)]
    lines.extend(screen.fitting(f"{path_text(path)}: not checked: {reason}.") for path, reason in result.not_checked)
    lines.extend(
        screen.fitting(f"{path_text(path)}: accepted in profile {accepting}, refused in profile {refusing}.")
        for path, accepting, refusing in result.split
    )
    return "\n".join([*lines, screen.styled(summary(result), "bold")])


def _violation(located: Located, report: Report) -> Iterator[str]:
    item, screen, position = located.violation, report.screen, located.position
    path, code = screen.styled(screen.fitting(path_text(located.path)), "bold"), screen.styled(item.code, item.severity)
    yield f"{path}:{position.line}:{position.column}: {code} {screen.fitting(item.message)}"
    line, mark = drawn(located.excerpt, screen)
    number = str(position.line) if line else ""
    margin = _INDENT + " " * len(number)
    if line:
        yield screen.styled(f"{margin} |", "dim")
        yield f"{_INDENT}{screen.styled(f'{number} |', 'dim')} {line}"
        yield f"{margin} {screen.styled('|', 'dim')} {screen.styled(mark, item.severity)}"
    bullet = f"{margin} {screen.styled('=', 'dim')} " if line else _INDENT
    for note in _notes(located, report):
        yield bullet + note
    yield ""


def _notes(located: Located, report: Report) -> Iterator[str]:
    item, fitting = located.violation, report.screen.fitting
    if located.about:
        yield f"in: {fitting(located.about)}"
    yield f"expected: {fitting(item.expected)}"
    yield f"fix: {fitting(item.hint)}"
    yield f"page: {fitting(f'{item.source} <{item.source.url}>' if item.source.url else str(item.source))}"
    only = f", only in profile {located.profiles[0]}" if len(located.profiles) < len(report.profiles) else ""
    yield f"{item.severity}, {item.confidence}{only}"
