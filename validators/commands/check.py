"""`steplint check`: lints files."""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from ...contracts import ContractError
from ...contracts.model import PROFILES
from ..reports.formats import FORMATS, Report, writer_of
from ..reports.screen import CHOICES, screen_of
from ..violation import shown_path
from .options import PROFILE_HELP, Parents, require_facts, require_operation

if TYPE_CHECKING:
    from ..linter.lint import Options

_BAR = "error"
"""The severity from which on a violation fails the run."""


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
    parser.add_argument("--format", choices=FORMATS, default="text", help="(default: %(default)s)")
    parser.add_argument(
        "--color",
        choices=CHOICES,
        default="auto",
        help="colours in the text format: on a terminal, unless NO_COLOR is set; FORCE_COLOR sets them "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--fix", action="store_true", help="mend in the files what can be mended safely, then check them"
    )
    parser.add_argument("--diff", action="store_true", help="show what --fix would change; with --fix, what it changed")
    parser.add_argument(
        "--allow-not-checked", action="store_true", help="files that belong to no operation are told, and are no misuse"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from ..linter.lint import Options, lint
    from ..linter.targets import Targets
    from ..reports.progress import Progress

    profiles = PROFILES if options.profile == "both" else (options.profile,)
    require_facts(dict(options.set))
    if options.operation is not None:
        require_operation(options.operation, profiles[0])
    how = Options(Targets(options.operation), profiles, dict(options.set))
    if options.fix or options.diff:
        _mend(options, how)
    writer = writer_of(options.format)
    result = lint(options.paths, how, Progress(options.paths))
    if options.allow_not_checked and result.only_strangers:
        result.unusable = False
    print(writer(Report(result, profiles, _BAR, screen_of(sys.stdout, options.color, os.environ))))
    return result.status(_BAR)


def _mend(options: argparse.Namespace, how: "Options") -> None:
    """Mend the files, or show how; on a machine-readable report nothing else may stand, so this goes to stderr."""
    from ..linter.fixes import mend

    out = sys.stdout if options.format == "text" else sys.stderr
    try:
        for mended in mend(options.paths, how, write=options.fix):
            if options.diff:
                print(mended.diff, end="", file=out)
            else:
                print(f"{shown_path(mended.path)}: {mended.fixes} mended.", file=out)
    except OSError as error:
        raise ContractError(f"{error.filename} cannot be mended: {(error.strerror or str(error)).lower()}.") from None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value
