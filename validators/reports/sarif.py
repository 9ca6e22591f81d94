"""Writes what linting found as SARIF 2.1.0, for code scanning and editors.

Braces in messages are not doubled, although the standard wants it: readers undo that only in messages with arguments,
and `{{firstName}}` is what the reports of payloads are full of.
"""

import os
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded

from ...contracts import load
from ...contracts.model import Rule
from ...contracts.version import version
from ..linter.result import Located
from .formats import Report
from .wording import json_text, path_from_here, path_text

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "advice": "note"}
_FINGERPRINT = "steplintPlace/v1"


def as_sarif(report: Report) -> str:
    """Return the result as one SARIF log with one run; only the rules that are broken are described in it."""
    result = report.result
    rules: dict[str, tuple[str, Rule]] = {}
    for located in result.located:
        if (code := located.violation.code) not in rules:
            provider = located.operation.partition("/")[0]
            rules[code] = provider, load(provider, located.profiles[0]).rules[code]
    indexes = {code: index for index, code in enumerate(rules)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "steplint",
                "version": version(),
                "rules": [_rule(*entry) for entry in rules.values()],
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder in which steplint was run."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(located, indexes, seen) for located in result.located],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(provider: str, rule: Rule) -> dict[str, Any]:
    source = rule.source
    page = f"[{source}]({source.url})" if source.url else str(source)
    described: dict[str, Any] = {
        "id": rule.code,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": f"{rule.meaning} {rule.hint}"},
        "help": {
            "text": f"{rule.meaning}\n\nFix: {rule.hint}\n\nSource: {source} ({rule.confidence})\n\n"
            f"More: steplint explain {rule.code}",
            "markdown": f"{rule.meaning}\n\n**Fix:** {rule.hint}\n\n**Source:** {page} ({rule.confidence})\n\n"
            f"**More:** `steplint explain {rule.code}`",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [provider, rule.confidence], "confidence": rule.confidence},
    }
    if source.url:
        described["helpUri"] = source.url
    return described


def _result(located: Located, indexes: Mapping[str, int], seen: Counter[str]) -> dict[str, Any]:
    item = located.violation
    region = {
        "startLine": located.position.line,
        "startColumn": located.position.column,
        "endLine": located.end.line,
        "endColumn": located.end.column,
    }
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(located.path), "region": region}}
    if located.pointer:
        place["logicalLocations"] = [{"fullyQualifiedName": located.pointer, "kind": "property"}]
    about = f"In {located.about}: " if located.about else ""
    return {
        "ruleId": item.code,
        "ruleIndex": indexes[item.code],
        "level": _LEVELS[item.severity],
        "message": {"text": _without_links(f"{about}{item.message} {item.hint}")},
        "locations": [place],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(located, seen)},
        "properties": {
            "operation": located.operation,
            "profiles": located.profiles,
            "expected": item.expected,
            "confidence": item.confidence,
        },
    }


def _without_links(text: str) -> str:
    """Return a text in which nothing that a payload holds is taken for a link."""
    return text.replace("](", "] (")


def _fingerprint(located: Located, seen: Counter[str]) -> str:
    """Return what stays the same when lines move: file, rule and place in the document, the like of it counted."""
    path = path_text(path_from_here(located.path)[0])
    key = "\n".join([path, located.violation.code, located.operation, located.pointer])
    seen[key] += 1
    return sha256(f"{key}\n{seen[key]}".encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _artifact(path: str) -> dict[str, str]:
    """Return a file as a URI: relative to the current folder, or absolute where it is not below it."""
    shown, below = path_from_here(path)
    if below:
        return {"uri": percent_encoded(os.fsencode(shown)), "uriBaseId": "%SRCROOT%"}
    return {"uri": Path(shown).as_uri()}


def _invocation(report: Report) -> dict[str, Any]:
    result = report.result
    level = "error" if result.unusable else "warning"
    notes = [_notification(path, "not-checked", level, f"{reason}.") for path, reason in result.not_checked]
    notes += [
        _notification(path, "profiles-differ", "note", f"Accepted in profile {accepting}, refused in {refusing}.")
        for path, accepting, refusing in result.split
    ]
    return {
        "executionSuccessful": not result.unusable,
        "exitCode": result.status(report.bar),
        "toolExecutionNotifications": notes,
    }


def _notification(path: str, kind: str, level: str, text: str) -> dict[str, Any]:
    return {
        "descriptor": {"id": kind},
        "level": level,
        "message": {"text": text},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(path)}}],
    }
