"""Lists rules: as lines, as JSON, as a Markdown table."""

import json

from ...contracts.model import Rule


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
