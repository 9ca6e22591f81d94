"""Prints what linting found, for people and for programs, from one result."""

import json

from ..contracts.model import SEVERITIES, Rule
from .lint import Result


def as_text(result: Result) -> str:
    """Return one line a violation, `path:line:column: CODE message`, what was expected, and a summary."""
    lines = []
    for path, position, item in result.located:
        lines.append(f"{path}:{position.line}:{position.column}: {item.code} {item.message}")
        lines.append(f"    {item.severity}; expected {item.expected}. {item.hint}")
        lines.append(f"    {item.source} ({item.confidence})")
    lines.extend(f"{path}: not checked: {reason}." for path, reason in result.not_checked)
    counts = ", ".join(
        f"{count} {name}{'s' if count != 1 and name != 'advice' else ''}"
        for name, count in _counts(result).items()
        if count
    )
    files = f"{result.checked} file{'' if result.checked == 1 else 's'} checked"
    lines.append(f"{files}: {counts or 'all right'}." if result.checked else "No file was checked.")
    return "\n".join(lines)


def as_json(result: Result) -> str:
    """Return the result as one JSON object."""
    return json.dumps(
        {
            "version": 1,
            "violations": [
                {"path": path, "line": position.line, "column": position.column, **item.as_json()}
                for path, position, item in result.located
            ],
            "not_checked": [{"path": path, "reason": reason} for path, reason in result.not_checked],
            "summary": {"checked": result.checked, "not_checked": len(result.not_checked), **_counts(result)},
        }
    )


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
