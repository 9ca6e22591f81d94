"""Options that several commands share, and checks of what the user gave."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

from ...contracts import ContractError, load, providers
from ...contracts.errors import nearest
from ...contracts.model import PROFILES, Rule
from ..violation import one_line

PROFILE_HELP = "which reading of the provider: what it documents, or what clients observe (default: documented)"


class Parser(argparse.ArgumentParser):
    """A parser that tells misuse in one line, without the usage before it."""

    def error(self, message: str) -> NoReturn:
        """End the program with status 2."""
        self.exit(2, f"{self.prog}: {one_line(message)}; `{self.prog} --help` shows how.\n")


class Parents(NamedTuple):
    """Parsers whose options a command may take over: `--contracts` alone, or with `--profile`."""

    contracts: argparse.ArgumentParser
    profile: argparse.ArgumentParser


def parents() -> Parents:
    """Return the shared options."""
    contracts = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    contracts.add_argument("--contracts", type=Path, metavar="DIR", help="also know the contracts in DIR (NAME.yaml)")
    profile = argparse.ArgumentParser(add_help=False, allow_abbrev=False, parents=[contracts])
    profile.add_argument("--profile", choices=PROFILES, default="documented", help=PROFILE_HELP)
    return Parents(contracts, profile)


def known_rules(profile: str) -> dict[str, tuple[str, Rule]]:
    """Return all rules by code, each with its provider."""
    return {rule.code: (provider, rule) for provider in providers() for rule in load(provider, profile).rules.values()}


def require_operation(name: str, profile: str) -> None:
    """Raise ContractError where there is no such operation, or it takes no payload."""
    from ..checker import checker

    provider, slash, operation = name.partition("/")
    if not slash:
        raise ContractError(f'"{name}" is no operation; write PROVIDER/OPERATION, for example lemlist/addStep.')
    checker(provider, operation, profile)


def require_facts(settings: Mapping[str, str]) -> None:
    """Raise ContractError where a fact has a name that no provider knows."""
    known = (
        {name for provider in providers() for name in load(provider).credential.get("facts", {})} if settings else set()
    )
    for name in settings:
        if name not in known:
            raise ContractError(
                f'There is no fact "{name}"; known are {", ".join(sorted(known))}.' + nearest(name, known)
            )
