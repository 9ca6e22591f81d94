"""Explains one rule to a person, with a payload that keeps it and one that breaks it."""

import json
from typing import Any

from ..contracts import load
from ..contracts.model import Rule
from .breakers import breaker, valid_examples
from .checker import checker
from .reading import UNREADABLE
from .violation import NO_REQUEST_ID, printable


def explanation(provider: str, rule: Rule, profile: str) -> str:
    """Return the rule as text: meaning, severity, source, how to mend it, a broken body and the provider's answer."""
    contract = load(provider, profile)
    lines = [
        f"{rule.code}: {rule.meaning}",
        "",
        f"  provider    {contract.title} (profile {profile})",
        f"  severity    {rule.severity}",
        f"  confidence  {rule.confidence}",
        f"  source      {rule.source}" + (f", {rule.source.url}" if rule.source.url else ""),
        f"  mend        {rule.hint}",
    ]
    broken = breaker(provider, rule.code, profile)
    if broken is not None:
        branch = checker(provider, broken.operation, profile).branch_of(broken.payload)
        good = next(
            (
                example
                for example in valid_examples(provider, broken.operation, profile)
                if not branch.name or checker(provider, broken.operation, profile).branch_of(example) is branch
            ),
            None,
        )
        lines += [
            "",
            f"  {provider}/{broken.operation} takes    {_shown(json.dumps(good))}",
            f"  {provider}/{broken.operation} {'refuses' if rule.severity == 'error' else 'notes'}  "
            f"{_shown(broken.body.decode())}",
        ]
        is_update = contract.operations[broken.operation].method != "POST"
        if is_update and broken.payload is not UNREADABLE and broken.context.stored not in (None, good):
            lines.append(f"  (the stored step being {_shown(json.dumps(broken.context.stored))})")
        for name, fact in (broken.context.settings or {}).items():
            lines.append(f"  (the {name} being {fact})")
    if rule.severity == "error":
        refusal = contract.refusals[rule.refusal]
        said = {"message": rule.says or "<the sentence that steplint prints>", "pointer": ""}
        lines += [
            "",
            f"  answer      {refusal.status} {refusal.content_type} ({refusal.confidence})",
            f"              {_body(refusal.body_with(said, **{'request-id': NO_REQUEST_ID}))}",
        ]
    return "\n".join(lines)


def _shown(text: str) -> str:
    return text if len(text) <= 300 else printable(text)


def _body(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body)
