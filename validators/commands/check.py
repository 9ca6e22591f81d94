"""`steplint check`: lints files."""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from ...contracts import ContractError
from ...contracts.model import PROFILES, SEVERITIES
from ..reports.formats import FORMATS, Report, writer_of
from ..reports.screen import CHOICES, screen_of
from ..violation import one_line
from .options import PROFILE_HELP, Parents

if TYPE_CHECKING:
    from .settings import Settings

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
        help="check payload files and recordings",
        description="Check JSON, JSON Lines and YAML files and recordings of traffic (HAR, VCR cassettes), and all "
        "such files below folders; - is standard input.",
        epilog=_EPILOG,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file or a folder, or - for standard input")
    parser.add_argument(
        "--operation",
        metavar="PROVIDER/OPERATION",
        help="the operation that all payloads belong to; otherwise the payload's $schema tells, the globs of the "
        "configuration, or the name of the file (x.lemlist.addStep.json) or its folder (lemlist/addStep/); in "
        "recordings, method and URL tell, and only requests to PROVIDER/OPERATION are checked",
    )
    parser.add_argument("--profile", choices=(*PROFILES, "both"), help=f"{PROFILE_HELP}; both tells where they differ")
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
        "--fix",
        action="store_true",
        help="mend in the files what can be mended safely, but for what the control hides; then check them",
    )
    parser.add_argument("--diff", action="store_true", help="show what --fix would change; with --fix, what it changed")
    parser.add_argument(
        "--allow-not-checked", action="store_true", help="files that belong to no operation are told, and are no misuse"
    )
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
    config.add_argument("--no-config", action="store_true", help="use no configuration")


def _run(options: argparse.Namespace) -> int:
    from ..linter.lint import lint
    from ..reports.progress import Progress
    from .settings import settings_of

    settings = settings_of(options)
    is_mended = _mend(options, settings) if options.fix or options.diff else True
    writer = writer_of(options.format)
    watched = Progress(options.paths, settings.lint.excluded)
    result = settings.applied(lint(options.paths, settings.lint, watched), options.paths)
    if options.allow_not_checked and result.only_strangers:
        result.unusable = False
    screen = screen_of(sys.stdout, options.color, os.environ)
    print(writer(Report(result, settings.lint.profiles, settings.bar, screen)))
    for note in result.notes:
        print(f"steplint: {note}", file=sys.stderr)
    return result.status(settings.bar) if is_mended else 2


def _mend(options: argparse.Namespace, settings: "Settings") -> bool:
    """Mend the files, or show how, and return whether each that can be mended was.

    On a machine-readable report nothing else may stand, so this goes to standard error.
    """
    from ..linter.files import STDIN
    from ..linter.fixes import mend

    if STDIN in options.paths:
        raise ContractError("--fix and --diff are for files; standard input cannot be changed.")
    out = sys.stdout if options.format == "text" else sys.stderr
    is_mended = True
    for mended in mend(options.paths, settings.lint, write=options.fix, shown=settings.shown):
        if mended.problem:
            is_mended = False
            print(f"steplint: {one_line(mended.path)} cannot be mended: {mended.problem}.", file=sys.stderr)
        elif options.diff:
            print(mended.diff, end="", file=out)
        else:
            print(f"{one_line(mended.path)}: {mended.fixes} mended.", file=out)
    return is_mended


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value
