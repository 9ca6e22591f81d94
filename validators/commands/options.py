"""Options that several commands share, and checks of what the user gave."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from ...contracts import ContractError, load, providers
from ...contracts.errors import nearest
from ...contracts.model import PROFILES, Contract, Rule
from ..violation import one_line, printable

PROFILE_HELP = "which reading of the provider: what it documents, or what clients observe (default: documented)"


class Parser(argparse.ArgumentParser):
    """A parser that tells misuse in one line, without the usage before it, and knows the width of the screen.

    argparse asks for the width once for each option, and imports shutil for it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_abbrev": False, "formatter_class": _help_formatter, **options})

    def error(self, message: str) -> NoReturn:
        """End the program with status 2."""
        self.exit(2, f"{self.prog}: {one_line(message)}; `{self.prog} --help` shows how.\n")


def _help_formatter(prog: str) -> argparse.HelpFormatter:
    try:
        columns = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size(1).columns
    except (OSError, ValueError):
        columns = 0
    return argparse.HelpFormatter(prog, width=(columns or 80) - 2)


class Parents(NamedTuple):
    """Parsers whose options a command may take over: `--contracts` alone, or with `--profile`."""

    contracts: argparse.ArgumentParser
    profile: argparse.ArgumentParser


def parents() -> Parents:
    """Return the shared options."""
    contracts = Parser(add_help=False)
    contracts.add_argument("--contracts", type=Path, metavar="DIR", help="also know the contracts in DIR (NAME.yaml)")
    profile = Parser(add_help=False, parents=[contracts])
    profile.add_argument("--profile", choices=PROFILES, default="documented", help=PROFILE_HELP)
    return Parents(contracts, profile)


def known_rules(profile: str) -> dict[str, tuple[str, Rule]]:
    """Return all rules by code, each with its provider."""
    return {rule.code: (provider, rule) for provider in providers() for rule in load(provider, profile).rules.values()}


def require_operation(name: str, profile: str) -> None:
    """Raise ContractError where there is no such operation, or it takes no payload."""
    from ..checker import checker_named

    checker_named(name, profile)


def require_facts(settings: Mapping[str, str]) -> None:
    """Raise ContractError where a fact has a name that no provider knows, or a value that none of them takes."""
    if not settings:
        return
    knowing: dict[str, list[Contract]] = {}
    for provider in providers():
        contract = load(provider)
        for name in contract.credential.get("facts", {}):
            knowing.setdefault(name, []).append(contract)
    for name, value in settings.items():
        if name not in knowing:
            raise ContractError(
                f'There is no fact "{printable(name)}"; known are {", ".join(sorted(knowing))}.'
                + nearest(name, knowing)
            )
        lists = [contract.fact_values[name] for contract in knowing[name] if name in contract.fact_values]
        values = dict.fromkeys(each for one in lists for each in one)
        if len(lists) == len(knowing[name]) and value not in values:
            raise ContractError(
                f'The fact {name} cannot be "{printable(value)}"; it is one of {", ".join(values)}.'
                + nearest(value, values)
            )
