"""The command `steplint`: lints payloads against the rules of their provider.

argparse rather than click: it starts in a quarter of the time, which is most of what linting one file takes.
"""

import argparse
import io
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..contracts import ContractError, add_contracts, load, providers
from ..contracts.errors import nearest
from ..contracts.model import PROFILES, Rule
from ..contracts.version import ShowVersion

_PROFILE_HELP = "which reading of the provider: what it documents, or what clients observe (default: %(default)s)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 for clean, 1 for at least one error, 2 for misuse or unreadable input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file name or a value may not fit the terminal's encoding
    options = _parser().parse_args(arguments)
    try:
        if options.contracts is not None:
            add_contracts(options.contracts)
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except ContractError as error:
        print(f"steplint: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  whoever read the report has seen enough
        return 2
    except OSError as error:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  so that nothing is written to it when Python ends
        print(f"steplint: cannot write the report: {(error.strerror or str(error)).lower()}", file=sys.stderr)
        return 2


def _check(options: argparse.Namespace) -> int:
    from . import report
    from .linter.lint import Options, lint
    from .linter.targets import Targets

    profiles = PROFILES if options.profile == "both" else (options.profile,)
    _require_facts(dict(options.set))
    if options.operation is not None:
        _require_operation(options.operation, profiles[0])
    result = lint(options.paths, Options(Targets(options.operation), profiles, dict(options.set)))
    writer = report.as_json if options.format == "json" else report.as_text
    print(writer(result, profiles))
    if result.unusable:
        return 2
    return int(any(item.violation.severity == "error" for item in result.located))


def _rules(options: argparse.Namespace) -> int:
    from . import report

    rules = [rule for provider in providers() for rule in load(provider, options.profile).rules.values()]
    writer = {"text": report.rules_as_text, "json": report.rules_as_json, "markdown": report.rules_as_markdown}
    print(writer[options.format](rules))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from .explanation import explanation

    code = options.code.upper()
    known: dict[str, tuple[str, Rule]] = {
        rule.code: (provider, rule)
        for provider in providers()
        for rule in load(provider, options.profile).rules.values()
    }
    if code not in known:
        raise ContractError(f'There is no rule "{options.code}"; `steplint rules` lists them.' + nearest(code, known))
    print(explanation(*known[code], options.profile))
    return 0


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _require_facts(settings: Mapping[str, str]) -> None:
    known = (
        {name for provider in providers() for name in load(provider).credential.get("facts", {})} if settings else set()
    )
    for name in settings:
        if name not in known:
            raise ContractError(
                f'There is no fact "{name}"; known are {", ".join(sorted(known))}.' + nearest(name, known)
            )


def _require_operation(name: str, profile: str) -> None:
    from .checker import checker

    provider, slash, operation = name.partition("/")
    if not slash:
        raise ContractError(f'"{name}" is no operation; write PROVIDER/OPERATION, for example lemlist/addStep.')
    checker(provider, operation, profile)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="steplint",
        description="Lint payloads of sequence-step APIs before they are sent.",
        epilog="Exit status: 0 clean, 1 at least one error, 2 misuse or unreadable input.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    contracts = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    contracts.add_argument("--contracts", type=Path, metavar="DIR", help="also know the contracts in DIR (NAME.yaml)")
    profile = argparse.ArgumentParser(add_help=False, allow_abbrev=False, parents=[contracts])
    profile.add_argument("--profile", choices=PROFILES, default="documented", help=_PROFILE_HELP)

    check = commands.add_parser(
        "check",
        parents=[contracts],
        allow_abbrev=False,
        help="check payload files",
        description="Check JSON and YAML files, and all such files below folders.",
    )
    check.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder")
    check.add_argument(
        "--operation",
        metavar="PROVIDER/OPERATION",
        help="the operation that all files belong to; otherwise the name tells (x.lemlist.addStep.json) "
        "or the folder (lemlist/addStep/)",
    )
    check.add_argument("--profile", choices=(*PROFILES, "both"), default="documented", help=_PROFILE_HELP)
    check.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_setting,
        help="a fact that the payload does not hold, for example provider=salesloft (may be repeated)",
    )
    check.add_argument("--format", choices=("text", "json"), default="text", help="(default: %(default)s)")
    check.set_defaults(run=_check)

    rules = commands.add_parser(
        "rules",
        parents=[profile],
        allow_abbrev=False,
        help="list all rules",
        description="List all rules with severity, confidence and source.",
    )
    rules.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="(default: %(default)s)")
    rules.set_defaults(run=_rules)

    explain = commands.add_parser(
        "explain",
        parents=[profile],
        allow_abbrev=False,
        help="explain one rule",
        description="Explain one rule: meaning, source, a payload that breaks it, the answer.",
    )
    explain.add_argument("code", metavar="CODE", help="a rule code, for example LEM031")
    explain.set_defaults(run=_explain)
    return parser


if __name__ == "__main__":
    sys.exit(main())
