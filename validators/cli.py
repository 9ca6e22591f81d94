"""The command `steplint`: lints payloads against the rules of their provider.

argparse rather than click: it starts in a quarter of the time, which is most of what linting one file takes.
"""

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from ..contracts import ContractError, add_contracts
from ..contracts.version import ShowVersion
from .commands.options import Parser, parents
from .violation import one_line

_MODULES = {"check": "check", "rules": "rules", "explain": "rules", "schema": "schema", "generate": "generate"}
"""The commands in the order of the help, each with the module of `commands` that declares it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 for clean, 1 for at least one error, 2 for misuse or unreadable input."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    finally:
        if arguments is None:
            gc.freeze()  # as Python ends it would look through all that there is, which takes a tenth of a short run


def _run(arguments: Sequence[str]) -> int:
    # A process may be started with closed streams; what goes there is lost, and no reason to fail.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file name or a value may not fit the terminal's encoding
    options = _parser(arguments[0] if arguments else "").parse_args(arguments)
    try:
        if options.contracts is not None:
            add_contracts(options.contracts)
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except ContractError as error:
        print(f"steplint: {one_line(str(error))}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  whoever read the report has seen enough
        return 2
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  so that nothing is written to it when Python ends
        print(f"steplint: cannot write the report: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return 2


def _parser(command: str) -> argparse.ArgumentParser:
    """Return a parser for one command, so that a run does not wait for the others; for all, if it is none of them."""
    parser = Parser(
        prog="steplint",
        description="Lint payloads of sequence-step APIs before they are sent.",
        epilog="Exit status: 0 clean, 1 at least one error, 2 misuse or unreadable input.",
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    shared = parents()
    for name in dict.fromkeys([_MODULES[command]] if command in _MODULES else _MODULES.values()):
        import_module(f".commands.{name}", __package__).add(commands, shared)
    return parser


if __name__ == "__main__":
    sys.exit(main())
