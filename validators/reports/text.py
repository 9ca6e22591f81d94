"""Prints what linting found for people."""

from collections.abc import Sequence

from ..linter.result import Result
from ..violation import shown_path


def as_text(result: Result, profiles: Sequence[str]) -> str:
    """Return one line a violation, `path:line:column: CODE message`, what was expected, and a summary.

    Where several profiles were asked for, a violation of one of them says which.
    """
    lines = []
    for located in result.located:
        path, position, item, broken_in = located[:4]
        only = f" Only in profile {broken_in[0]}." if len(broken_in) < len(profiles) else ""
        lines.append(f"{shown_path(path)}:{position.line}:{position.column}: {item.code} {item.message}{only}")
        lines.append(f"    {item.severity}; expected {item.expected}. {item.hint}")
        lines.append(f"    {item.source} ({item.confidence})")
    lines.extend(f"{shown_path(path)}: not checked: {reason}." for path, reason in result.not_checked)
    lines.extend(
        f"{shown_path(path)}: accepted in profile {accepting}, refused in profile {refusing}."
        for path, accepting, refusing in result.split
    )
    counts = ", ".join(
        f"{count} {name}{'s' if count != 1 and name != 'advice' else ''}"
        for name, count in result.counts().items()
        if count
    )
    files = f"{result.checked} file{'' if result.checked == 1 else 's'} checked"
    lines.append(f"{files}: {counts or 'all right'}." if result.checked else "No file was checked.")
    return "\n".join(lines)
