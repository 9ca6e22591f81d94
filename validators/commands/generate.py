"""`steplint generate`: payloads that are right, or that break exactly one rule."""

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ...contracts import ContractError
from .options import Parents, require_operation


def add(commands: Any, parents: Parents) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "generate",
        parents=[parents.profile],
        help="make payloads",
        description="Print payloads of an operation as JSON Lines: right ones, or with --breaking ones that break "
        "exactly one rule. The same seed gives the same payloads.",
    )
    parser.add_argument("operation", metavar="PROVIDER/OPERATION", help="for example lemlist/addStep")
    parser.add_argument("-n", type=_count, default=1, metavar="N", help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="a whole number (default: %(default)s)")
    parser.add_argument("--breaking", metavar="CODE", help="the rule to break, for example LEM031")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    require_operation(options.operation, options.profile)
    made = 0
    try:
        for line in islice(_lines(options), options.n):
            sys.stdout.write(line + "\n")
            made += 1
    except KeyboardInterrupt:
        return 130
    if made < options.n:
        sys.stdout.flush()
        raise ContractError(f"Only {made} payloads could be made: as steps of one sequence no other is right.")
    return 0


def _lines(options: argparse.Namespace) -> Iterator[str]:
    provider, _, operation = options.operation.partition("/")
    if options.breaking is None:
        from ..generator.payloads import payloads

        return map(json.dumps, payloads(provider, operation, seed=options.seed, profile=options.profile))
    from ..generator.breaking import breaking

    code = options.breaking.upper()
    found = breaking(provider, operation, code, seed=options.seed, profile=options.profile)
    facts = "".join(f" --set {name}={value}" for name, value in found.settings.items())
    if facts:
        print(f"steplint: {code} is seen by `steplint check{facts}`.", file=sys.stderr)
    if found.world:
        print(
            f"steplint: {code} is seen where it is known what exists: these payloads break it in the world docs.",
            file=sys.stderr,
        )
    return (broken.body.decode() for broken in found.bodies)


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is no whole number") from None


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is no whole number from 1 on")
    return count
