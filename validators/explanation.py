"""Explains one rule to a person, with a payload that keeps it and one that breaks it."""

import json
from collections.abc import Iterator
from typing import Any

from ..contracts import load
from ..contracts.model import Contract, Rule
from .breakers import Broken, breaker, operations_with_payload, valid_examples
from .checker import Checker, checker
from .context import NOTHING_KNOWN, Context
from .reading import UNREADABLE, read_json
from .violation import Violation, printable, violation
from .worlds import docs_context

_SEVERITIES = {
    "error": "the provider refuses the payload",
    "warning": "the payload is accepted, but hardly as it is meant",
    "advice": "the payload is accepted; the provider advises against it",
}
_CONFIDENCES = {
    "documented": "the provider's pages say so",
    "observed": "clients report it of the live service",
    "assumed": "published nowhere; the least surprising reading",
}
_LONG = 60


def explanation(provider: str, rule: Rule, profile: str) -> str:
    """Return the rule as text: meaning, source, how to fix it, a body that breaks it and why, the answer."""
    contract = load(provider, profile)
    lines = [
        f"{rule.code}: {rule.meaning}",
        "",
        f"  provider    {contract.title} (profile {profile})",
        f"  severity    {rule.severity}: {_SEVERITIES[rule.severity]}",
        f"  confidence  {rule.confidence}: {_CONFIDENCES[rule.confidence]}",
        f"  source      {rule.source}" + (f", {rule.source.url}" if rule.source.url else ""),
        f"  checked in  {', '.join(_operations(contract, rule.code))}",
        f"  fix         {rule.hint}",
    ]
    broken = breaker(provider, rule.code, profile)
    found = _violation(contract, broken) if broken is not None else None
    if broken is not None and found is not None:
        check = checker(provider, broken.operation, profile)
        good = _good(check, broken)
        verb = "refuses" if rule.severity == "error" else "notes"
        lines += [
            "",
            f"  {provider}/{broken.operation} takes    {_shown(json.dumps(good), good)}",
            f"  {provider}/{broken.operation} {verb:<7}  {_shown(broken.body.decode(), broken.payload)}",
            *(f"  ({fact})" for fact in _facts(check, broken)),
            "",
            f"  why         {found.message}",
        ]
    if rule.severity == "error":
        refusal = contract.refusals[rule.refusal]
        lines.append(f"  answer      {refusal.status} {refusal.content_type} ({refusal.confidence})")
        if found is not None:
            lines.append(f"              {found.body if isinstance(found.body, str) else json.dumps(found.body)}")
    return "\n".join(lines)


def _operations(contract: Contract, code: str) -> Iterator[str]:
    """Yield the operations in which a rule is looked at."""
    for name in operations_with_payload(contract.provider, contract.profile):
        checks = contract.operations[name].checks or {}
        codes = {*contract.body_rules.values()}
        for branch in (checks["root"], *checks["branches"].values()):
            codes.update(branch["codes"].values())
            for keyword, _, parameter, own in branch["checks"]:
                codes.add(own)
                codes.update(parameter.values() if keyword in ("x-misplaced-fields", "x-unknown-fields") else ())
        if code in codes:
            yield f"{contract.provider}/{name}"


def _violation(contract: Contract, broken: Broken) -> Violation | None:
    """Return what is said of a body that breaks a rule."""
    reading = read_json(broken.body, contract.body_rules, duplicates=True)
    found = [violation(contract, finding) for finding in reading.findings]
    if reading.payload is not UNREADABLE:
        found += checker(contract.provider, broken.operation, contract.profile).check(reading.payload, broken.context)
    return next((item for item in found if item.code == broken.code), None)


def _good(check: Checker, broken: Broken) -> dict[str, Any]:
    """Return a right payload of the form of a broken one: what the breaking began with, where that can be told."""
    examples = valid_examples(check.contract.provider, broken.operation, check.contract.profile)
    branch = check.branch_of(broken.payload)
    alike = [example for example in examples if not branch.name or check.branch_of(example) is branch]
    fields = set(broken.payload) if isinstance(broken.payload, dict) else set()
    return min(alike, key=lambda example: len(fields ^ set(example)))


def _facts(check: Checker, broken: Broken) -> Iterator[str]:
    """Yield each fact besides the payload without which the rule would not be broken."""
    if not isinstance(broken.payload, dict):
        return
    context = broken.context

    def hangs_on(fact: str) -> bool:
        without = Context(**{**context._asdict(), fact: None})
        codes = [item.code for item in check.check(broken.payload, without)]
        return getattr(context, fact) is not None and broken.code not in codes

    alone = [item.code for item in check.check(broken.payload, NOTHING_KNOWN)]
    told = [item.code for item in check.check(broken.payload, context)]
    if broken.code in alone or broken.code not in told:
        return
    if hangs_on("stored"):
        yield f"the stored step being {_shown(json.dumps(context.stored), context.stored)}"
    if hangs_on("siblings"):
        yield f"the steps before it being {_shown(json.dumps(context.siblings), context.siblings)}"
    if hangs_on("parent"):
        yield f"what holds it being {json.dumps(context.parent)}"
    if hangs_on("settings"):
        yield from (f"the {name} being {value}" for name, value in (context.settings or {}).items())
    if hangs_on("find"):
        is_there = check.check(broken.payload, docs_context(check.contract, context.stored))
        yield "in the world docs" if is_there else "where what the payload names is in such a state"


def _shown(text: str, value: Any) -> str:
    """Return a body, or where it is long its value with shorter texts; what is no JSON is cut."""
    if len(text) <= 300:
        return text
    short = json.dumps(_shortened(value), ensure_ascii=False) if value is not UNREADABLE else text
    return short if len(short) <= 600 else printable(short)


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONG:
        return f"{value[:20]}... ({len(value)} characters)"
    if isinstance(value, dict):
        return {name: _shortened(child) for name, child in value.items()}
    if isinstance(value, list):
        items = [_shortened(item) for item in value]
        return items if len(items) <= 8 else [*items[:2], f"... ({len(items)} items)"]
    return value
