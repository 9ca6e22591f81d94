"""Writes what linting found as one JSON object."""

import json
from collections.abc import Sequence
from typing import Any

from ..linter.result import Result


def as_json(result: Result, profiles: Sequence[str]) -> str:
    """Return the result as one JSON object; what only one of several profiles accepts stands in it when asked for."""
    whole: dict[str, Any] = {
        "version": 1,
        "violations": [
            {"path": path, "line": position.line, "column": position.column, "profiles": broken_in, **item.as_json()}
            for path, position, item, broken_in, *_ in result.located
        ],
        "not_checked": [{"path": path, "reason": reason} for path, reason in result.not_checked],
        "summary": {"checked": result.checked, "not_checked": len(result.not_checked), **result.counts()},
    }
    if len(profiles) > 1:
        whole["accepted_by_one_profile"] = [
            {"path": path, "accepted": accepting, "refused": refusing} for path, accepting, refusing in result.split
        ]
    return json.dumps(whole)
