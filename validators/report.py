"""Prints what linting found, for people and for programs, from one result."""

import json
from collections.abc import Sequence
from typing import Any

from ..contracts.model import SEVERITIES, Rule
from .linter.result import Result


def as_text(result: Result, profiles: Sequence[str]) -> str:
    """Return one line a violation, `path:line:column: CODE message`, what was expected, and a summary.

    Where several profiles were asked for, a violation of one of them says which.
    """
    lines = []
    for located in result.located:
        path, position, item, broken_in = located[:4]
        only = f" Only in profile {broken_in[0]}." if len(broken_in) < len(profiles) else ""
        lines.append(f"{_shown(path)}:{position.line}:{position.column}: {item.code} {item.message}{only}")
        lines.append(f"    {item.severity}; expected {item.expected}. {item.hint}")
        lines.append(f"    {item.source} ({item.confidence})")
    lines.extend(f"{_shown(path)}: not checked: {reason}." for path, reason in result.not_checked)
    lines.extend(
        f"{_shown(path)}: accepted in profile {accepting}, refused in profile {refusing}."
        for path, accepting, refusing in result.split
    )
    counts = ", ".join(
        f"{count} {name}{'s' if count != 1 and name != 'advice' else ''}"
        for name, count in _counts(result).items()
        if count
    )
    files = f"{result.checked} file{'' if result.checked == 1 else 's'} checked"
    lines.append(f"{files}: {counts or 'all right'}." if result.checked else "No file was checked.")
    return "\n".join(lines)


def as_json(result: Result, profiles: Sequence[str]) -> str:
    """Return the result as one JSON object; what only one of several profiles accepts stands in it when asked for."""
    whole: dict[str, Any] = {
        "version": 1,
        "violations": [
            {"path": path, "line": position.line, "column": position.column, "profiles": broken_in, **item.as_json()}
            for path, position, item, broken_in, *_ in result.located
        ],
        "not_checked": [{"path": path, "reason": reason} for path, reason in result.not_checked],
        "summary": {"checked": result.checked, "not_checked": len(result.not_checked), **_counts(result)},
    }
    if len(profiles) > 1:
        whole["accepted_by_one_profile"] = [
            {"path": path, "accepted": accepting, "refused": refusing} for path, accepting, refusing in result.split
        ]
    return json.dumps(whole)


def rules_as_text(rules: list[Rule]) -> str:
    """Return a line a rule."""
    return "\n".join(f"{rule.code}  {rule.severity:<7}  {rule.confidence:<10}  {rule.meaning}" for rule in rules)


def rules_as_json(rules: list[Rule]) -> str:
    """Return the rules as a JSON array."""
    return json.dumps([{**rule._asdict(), "source": rule.source._asdict()} for rule in rules])


def rules_as_markdown(rules: list[Rule]) -> str:
    """Return the rules as a Markdown table."""
    rows = [f"| {rule.code} | {rule.severity} | {rule.meaning} | {rule.source} | {rule.confidence} |" for rule in rules]
    return "\n".join(["| rule | severity | meaning | source | confidence |", "|---|---|---|---|---|", *rows])


def _counts(result: Result) -> dict[str, int]:
    return {name: sum(item.violation.severity == name for item in result.located) for name in SEVERITIES}


def _shown(path: str) -> str:
    """Return a file name on one line, whatever characters it holds."""
    return path if path.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in path)
