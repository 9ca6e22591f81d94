"""Writes what linting found as workflow commands of GitHub Actions, which show it beside the changed lines."""

from ..linter.result import Located
from .formats import Report
from .wording import path_from_here, path_text, summary

_COMMANDS = {"error": "error", "warning": "warning", "advice": "notice"}


def as_github(report: Report) -> str:
    """Return one command a violation and a file that was not checked, and a summary."""
    result = report.result
    lines = [_violation(located, report) for located in result.located]
    command = "error" if result.unusable else "warning"
    lines.extend(
        _command(command, {"file": _file(path), "title": "not checked"}, f"{path}: {reason}.")
        for path, reason in result.not_checked
    )
    lines.extend(
        _command("notice", {"file": _file(path)}, f"Accepted in profile {accepting}, refused in profile {refusing}.")
        for path, accepting, refusing in result.split
    )
    return "\n".join([*lines, f"steplint: {summary(result)}"])


def _violation(located: Located, report: Report) -> str:
    item, position, end = located.violation, located.position, located.end
    place = {"file": _file(located.path), "line": str(position.line), "col": str(position.column)}
    if end.line == position.line:  # GitHub takes no columns of a place of several lines, so that its beginning is told
        place["endColumn"] = str(max(end.column - 1, position.column))
    about = [f"In {located.about}."] if located.about else []
    only = [f"Only in profile {located.profiles[0]}."] if len(located.profiles) < len(report.profiles) else []
    page = f"{item.source}{f' <{item.source.url}>' if item.source.url else ''} ({item.confidence})"
    message = "\n".join([*about, item.message, item.hint, *only, page])
    return _command(_COMMANDS[item.severity], {**place, "title": item.code}, message)


def _file(path: str) -> str:
    return path_text(path_from_here(path)[0])


def _command(name: str, properties: dict[str, str], message: str) -> str:
    shown = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {shown}::{_data(message)}"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped if escaped.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
