"""Writes the generated tables of README.md: rules, fidelity, limits."""

import ast
import json
from itertools import pairwise
from pathlib import Path

from stepmock.contracts import load, providers
from stepmock.contracts.model import Refusal
from stepmock.mock_server.faults import Catalogue
from stepmock.mock_server.faults.form import EFFECTS
from stepmock.mock_server.findings import KINDS
from stepmock.validators.reports.rules import rules_as_markdown

ROOT = Path(__file__).parent.parent


def with_tables(readme: str) -> str:
    """Return the text of the README with every generated part made anew."""
    tables = {
        "rules": _rules(),
        "fidelity": _fidelity(),
        "faults": _faults(),
        "findings": _findings(),
        "limits": _limits(),
    }
    for name, table in tables.items():
        before, begin, rest = readme.partition(f"<!-- generated: {name} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        readme = f"{before}{begin}{table}\n{end}{after}"
    return readme


def _rules() -> str:
    return rules_as_markdown([rule for name in providers() for rule in load(name).rules.values()])


def _fidelity() -> str:
    rows = ["| provider | topic | documented | observed | confidence |", "|---|---|---|---|---|"]
    for name in providers():
        documented, observed = load(name), load(name, "observed")
        for key, entry in documented.behaviours.items():
            other = observed.behaviours[key]
            rows.append(_row(name, entry.topic, entry.means, other.means, entry.confidence, other.confidence))
        for code, rule in documented.rules.items():
            if rule != (other_rule := observed.rules[code]):
                rows.append(
                    _row(
                        name,
                        code,
                        f"{rule.severity}: {rule.meaning}",
                        f"{other_rule.severity}: {other_rule.meaning}",
                        rule.confidence,
                        other_rule.confidence,
                    )
                )
        for key, refusal in documented.refusals.items():
            seen = observed.refusals[key]
            if refusal.confidence != "documented" or _answer(seen) != _answer(refusal):
                answers = _answer(refusal), _answer(seen)
                rows.append(_row(name, f"refusal {key}", *answers, refusal.confidence, seen.confidence))
    return "\n".join(rows)


def _findings() -> str:
    rows = ["| code | finding | severity | confidence | what to do |", "|---|---|---|---|---|"]
    rows += [
        f"| {each.code} | {each.title}: {each.meaning} | {each.severity} | {each.confidence} | {each.advice} |"
        for each in KINDS.values()
    ]
    return "\n".join(rows)


def _answer(refusal: Refusal) -> str:
    body = refusal.body if isinstance(refusal.body, str) else json.dumps(refusal.body)
    return f"{refusal.status} `{body}`" if "{message}" not in body else f"{refusal.status}, our sentence"


def _row(provider: str, topic: str, documented: str, observed: str, *confidences: str) -> str:
    shown = " / ".join(dict.fromkeys(confidences))
    return f"| {provider} | {topic} | {documented} | {'the same' if observed == documented else observed} | {shown} |"


def _faults() -> str:
    rows = ["| provider | fault | status | operations | confidence |", "|---|---|---|---|---|"]
    rows += [f"| every one | `{name}` | | every one: {means} | |" for name, means in EFFECTS.items()]
    for provider in providers():
        contract = load(provider)
        catalogue = Catalogue(contract)
        for name, refusal in contract.refusals.items():
            if name not in catalogue.errors:
                continue
            operations = catalogue.operations_of(refusal)
            where = "; ".join(
                f"{fact} {' or '.join(values)}" for fact, values in refusal.fault.get("where", {}).items()
            )
            names = f"`{name}`" + (f", `{refusal.fault['also']}`" if "also" in refusal.fault else "")
            shown = "every one" if len(operations) == len(contract.operations) else ", ".join(operations)
            shown += f" ({where})" if where else ""
            rows.append(f"| {provider} | {names} | {refusal.status} | {shown} | {refusal.confidence} |")
    return "\n".join(rows)


def _limits() -> str:
    rows = ["| limit | number | meaning |", "|---|---|---|"]
    body = ast.parse((ROOT / "contracts" / "limits.py").read_text()).body
    for statement, note in pairwise(body):
        if isinstance(statement, ast.Assign) and isinstance(note, ast.Expr) and isinstance(note.value, ast.Constant):
            name = ast.unparse(statement.targets[0])
            number = eval(compile(ast.Expression(statement.value), "limits", "eval"))
            meaning = " ".join(note.value.value.split())
            rows.append(f"| `{name}` | {number:,} | {meaning} |")
    return "\n".join(rows)
