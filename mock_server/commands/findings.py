"""`stepmock findings`: how the client of a world behaved."""

import argparse
import json
from typing import Any

from .remote import RemoteServer, add_server_options


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
    add_server_options(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: %(default)s")
    parser.set_defaults(run=_run, contracts=None)


def _run(options: argparse.Namespace) -> int:
    from ...contracts.model import SEVERITIES
    from ..findings.telling import findings_text

    client = RemoteServer(options.server, options.control_token)
    found = client.findings(client.world(options.world))
    if options.format == "json":
        print(json.dumps(found, indent=2))
    else:
        print(findings_text(found["findings"]) or "nothing found")
    return int(any(each["severity"] != SEVERITIES[-1] for each in found["findings"]))
