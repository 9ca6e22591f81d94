"""`steplint rules` and `steplint explain`: what the rules are."""

import argparse
from typing import Any

from ...contracts import ContractError
from ...contracts.errors import nearest
from .options import Parents, known_rules


def add(commands: Any, parents: Parents) -> None:
    """Declare both commands."""
    rules = commands.add_parser(
        "rules",
        parents=[parents.profile],
        help="list all rules",
        description="List all rules with severity, confidence and source.",
    )
    rules.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="(default: %(default)s)")
    rules.set_defaults(run=_rules)
    explain = commands.add_parser(
        "explain",
        parents=[parents.profile],
        help="explain one rule",
        description="Explain one rule: meaning, source, a payload that breaks it, the answer.",
    )
    explain.add_argument("code", metavar="CODE", help="a rule code, for example LEM031")
    explain.set_defaults(run=_explain)


def _rules(options: argparse.Namespace) -> int:
    from ..reports import rules as report

    writer = {"text": report.rules_as_text, "json": report.rules_as_json, "markdown": report.rules_as_markdown}
    print(writer[options.format]([rule for _, rule in known_rules(options.profile).values()]))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from ..explanation import explanation

    known = known_rules(options.profile)
    code = options.code.upper()
    if code not in known:
        raise ContractError(f'There is no rule "{options.code}"; `steplint rules` lists them.' + nearest(code, known))
    print(explanation(*known[code], options.profile))
    return 0
