"""`stepmock findings`: how the client of a world behaved."""

import argparse
import json
import sys
from typing import Any

_SERVER = "http://127.0.0.1:8377"


def add_findings(commands: Any) -> None:
    """Add the command to those of `stepmock`; `run` takes the options and returns the status."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "findings",
        allow_abbrev=False,
        help="say how the client of a world behaved",
        description="Ask a running server how the client of a world behaved, by its journal: retries that came too "
        "soon, what exists twice, ids that were gone, and the like.",
        epilog="Exit status: 0 where nothing but advice was found, 1 where something was, 2 when it cannot be done.",
    )
    parser.add_argument(
        "--world", metavar="ID", help="which world: the reply header X-Stepmock-World names it (default: the only one)"
    )
    parser.add_argument("--server", default=_SERVER, metavar="URL", help="where it runs (default: %(default)s)")
    parser.add_argument("--control-token", default="", metavar="TOKEN", help="where the server asks for one")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: %(default)s")
    parser.set_defaults(run=_run, contracts=None)


def _run(options: argparse.Namespace) -> int:
    from ...contracts.model import SEVERITIES
    from ..findings.telling import findings_text
    from ..testing.transport import ControlClient, StepmockError, over_http

    try:
        ask = ControlClient(over_http(options.server, token=options.control_token))
        world = options.world or _only(ask)
        found = ask("GET", f"worlds/{world}/findings")
        graver = [each for each in found["findings"] if each["severity"] != SEVERITIES[-1]]
    except (StepmockError, ValueError) as error:
        print(f"stepmock: {error}", file=sys.stderr)
        return 2
    except (KeyError, TypeError):
        print(f"stepmock: What answers at {options.server} is no stepmock.", file=sys.stderr)
        return 2
    if options.format == "json":
        print(json.dumps(found, indent=2))
    else:
        print(findings_text(found["findings"]) or "nothing found")
    return int(bool(graver))


def _only(ask: Any) -> str:
    """Return the only world of a server; raises ValueError where there is none, or more."""
    names = [str(world["id"]) for world in ask("GET", "worlds")["worlds"]]
    if len(names) != 1:
        raise ValueError(f"--world ID is needed: there are {len(names)} worlds. {' '.join(names[:10])}".rstrip())
    return names[0]
