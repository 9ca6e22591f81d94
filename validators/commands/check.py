"""`steplint check`: lints files."""

import argparse
import sys
from typing import Any

from ...contracts.model import PROFILES, SEVERITIES
from .options import Parents

_PROFILE_HELP = "which reading of the provider: what it documents, or what clients observe (default: documented)"
_EPILOG = """\
A configuration is the nearest .steplint.toml, or pyproject.toml with [tool.steplint], from the current directory
upwards. In YAML, `# steplint: ignore LEM012` silences a rule on its line or on the next, `# steplint: ignore-file`
above the first value in the whole file; JSON has no comments. Globs are those of .gitignore.
"""


def add(commands: Any, parents: Parents) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "check",
        parents=[parents.contracts],
        allow_abbrev=False,
        help="check payload files",
        description="Check JSON, JSON Lines and YAML files, and all such files below folders; - is standard input.",
        epilog=_EPILOG,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder, or - for standard input")
    parser.add_argument(
        "--operation",
        metavar="PROVIDER/OPERATION",
        help="the operation that all files belong to; otherwise the payload's $schema tells, or the name of the file "
        "(x.lemlist.addStep.json) or its folder (lemlist/addStep/)",
    )
    parser.add_argument("--profile", choices=(*PROFILES, "both"), help=_PROFILE_HELP)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_setting,
        help="a fact that the payload does not hold, for example provider=salesloft (may be repeated)",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: %(default)s)")
    _add_control(parser.add_argument_group("control"))
    parser.set_defaults(run=_run)


def _add_control(group: Any) -> None:
    codes = "(codes or prefixes such as LEM09, separated by commas; may be repeated)"
    group.add_argument("--select", action="append", metavar="CODES", help=f"show these rules only {codes}")
    group.add_argument("--ignore", action="append", metavar="CODES", help=f"show all but these rules {codes}")
    group.add_argument("--severity", choices=SEVERITIES, help="what makes the exit status 1 (default: error)")
    group.add_argument("--exclude", action="append", metavar="GLOB", help="pass over these paths (may be repeated)")
    group.add_argument("--max-size", metavar="SIZE", help="of a file, in bytes or as 64MB (default: 64MB)")
    group.add_argument("--stdin-filename", metavar="NAME", help="what standard input is called, and so is read as")
    group.add_argument("--baseline", metavar="FILE", help="hide the violations that this file records")
    group.add_argument("--write-baseline", action="store_true", help="record all violations in the baseline")
    config = group.add_mutually_exclusive_group()
    config.add_argument("--config", metavar="FILE", help="the configuration, instead of the nearest")
    config.add_argument("--no-config", "--isolated", action="store_true", help="use no configuration")


def _run(options: argparse.Namespace) -> int:
    from ..linter.lint import lint
    from ..reports.json_report import as_json
    from ..reports.text import as_text
    from .settings import settings_of

    settings = settings_of(options)
    result = settings.applied(lint(options.paths, settings.lint), options.paths)
    writer = as_json if options.format == "json" else as_text
    print(writer(result, settings.lint.profiles))
    for note in result.notes:
        print(f"steplint: {note}", file=sys.stderr)
    return 2 if result.unusable else int(result.fails(settings.bar))


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value
