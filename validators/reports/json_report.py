"""Writes what linting found as one JSON object, which `report.schema.json` describes."""

from pathlib import Path
from typing import Any

from ..linter.result import Located
from .formats import Report
from .wording import json_text, path_text

VERSION = 1
"""Of the form; it changes when a member changes its meaning or goes. Members may be added."""


def as_json(report: Report) -> str:
    """Return the result as one JSON object; what only one of several profiles accepts stands in it when asked for."""
    result = report.result
    whole: dict[str, Any] = {
        "version": VERSION,
        "violations": [_violation(located) for located in result.located],
        "not_checked": [{"path": path_text(path), "reason": reason} for path, reason in result.not_checked],
        "summary": {
            "checked": result.checked,
            "payloads": result.payloads,
            "not_checked": len(result.not_checked),
            **result.counts(),
        },
    }
    if len(report.profiles) > 1:
        whole["accepted_by_one_profile"] = [
            {"path": path_text(path), "accepted": accepting, "refused": refusing}
            for path, accepting, refusing in result.split
        ]
    return json_text(whole)


def report_schema() -> str:
    """Return the text of the JSON Schema that every report in this form follows."""
    return Path(__file__).with_name("report.schema.json").read_text(encoding="utf-8")


def _violation(located: Located) -> dict[str, Any]:
    item = located.violation
    return {
        "path": path_text(located.path),
        "line": located.position.line,
        "column": located.position.column,
        "end_line": located.end.line,
        "end_column": located.end.column,
        "profiles": located.profiles,
        "operation": located.operation,
        "about": located.about,
        **item.as_json(),
        "pointer": located.pointer,
        "payload_pointer": item.pointer,
    }
