"""`steplint check`: lints files."""

import argparse
from typing import Any

from ...contracts.model import PROFILES
from .options import PROFILE_HELP, Parents, require_facts, require_operation


def add(commands: Any, parents: Parents) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "check",
        parents=[parents.contracts],
        allow_abbrev=False,
        help="check payload files",
        description="Check JSON, JSON Lines and YAML files, and all such files below folders; - is standard input.",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder, or - for standard input")
    parser.add_argument(
        "--operation",
        metavar="PROVIDER/OPERATION",
        help="the operation that all files belong to; otherwise the payload's $schema tells, or the name of the file "
        "(x.lemlist.addStep.json) or its folder (lemlist/addStep/)",
    )
    parser.add_argument("--profile", choices=(*PROFILES, "both"), default="documented", help=PROFILE_HELP)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_setting,
        help="a fact that the payload does not hold, for example provider=salesloft (may be repeated)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: %(default)s)")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from ..linter.lint import Options, lint
    from ..linter.targets import Targets
    from ..reports.json_report import as_json
    from ..reports.text import as_text

    profiles = PROFILES if options.profile == "both" else (options.profile,)
    require_facts(dict(options.set))
    if options.operation is not None:
        require_operation(options.operation, profiles[0])
    result = lint(options.paths, Options(Targets(options.operation), profiles, dict(options.set)))
    writer = as_json if options.format == "json" else as_text
    print(writer(result, profiles))
    if result.unusable:
        return 2
    return int(any(item.violation.severity == "error" for item in result.located))


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value
