"""`stepmock timeline`: what happens to a lead in the sequence of a file."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...contracts.limits import MAX_FILE_BYTES
from ...contracts.model import PROFILES
from ..clock import LAST, iso_text, seconds_of

if TYPE_CHECKING:
    from ..timeline import Plan, Timeline

_TITLE = 40
"""Characters of a title that the table shows."""


def add_timeline(commands: Any) -> None:
    """Add the command to those of `stepmock`; `run` takes the options and returns the status."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "timeline",
        allow_abbrev=False,
        help="walk a lead through a sequence",
        description="Walk a lead through a sequence: which step comes on which day, which waits never end, and which "
        "branches nobody reaches. FILE is JSON, JSON Lines or YAML, one of: a step or a list of steps, as they are "
        "sent, in their order; the reply of the provider that lists sequences or steps; a world, which stepmock saves "
        "and `serve --world` reads; or a recording of requests that built a sequence (HAR, VCR cassette).",
        epilog="Exit status: 0, or 2 when it cannot be done.",
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="- reads standard input")
    add(
        "--provider",
        metavar="NAME",
        help="whose steps they are; otherwise their $schema tells, the name of the file "
        "(x.lemlist.addStep.json) or its folder (lemlist/addStep/), or their types",
    )
    add("--operation", metavar="PROVIDER/OPERATION", help="the operation that the payloads are sent to")
    add("--profile", choices=PROFILES, default="documented", help="which reading of it (default: %(default)s)")
    add("--sequence", metavar="ID", help="where the lead begins (default: the only sequence that no condition opens)")
    add("--lead", metavar="KEYS", default="", help="conditions that come true: linkedinInviteAccepted,emailsOpened")
    add("--start", type=_time, metavar="TIME", help="when the lead enters, in ISO 8601; without it there are no dates")
    add("--format", choices=("text", "json"), default="text", help="default: %(default)s")
    add("--contracts", type=Path, metavar="DIR", help="the contracts of providers that were added")
    parser.set_defaults(run=_run)


def _time(text: str) -> float:
    try:
        at = seconds_of(text)
    except (ValueError, OverflowError):
        at = -1.0
    if not 0 <= at < LAST:
        raise argparse.ArgumentTypeError(f"{text!r} is no time since 1970 such as 2026-01-31T09:00:00Z")
    return at


def _run(options: argparse.Namespace) -> int:
    from ...validators.violation import one_line
    from ..timeline import TimelineError, as_json, lead_of, sequence_of, walk
    from ..world import WorldError

    try:
        plan = _plan(options)
        sequence = sequence_of(options.sequence, plan, "--sequence ID")
        timeline = walk(plan, sequence, lead_of(options.lead, plan), options.start)
    except (TimelineError, WorldError) as error:
        print(f"stepmock: {one_line(f'{options.file}: {error}')}", file=sys.stderr)
        return 2
    start = options.start
    is_json = options.format == "json"
    print(json.dumps(as_json(timeline, start), indent=2) if is_json else _text(timeline, start))
    return 0


def _plan(options: argparse.Namespace) -> "Plan":
    """Return the plan of the file; raises TimelineError, WorldError and ContractError."""
    from ...validators.checker import checker_named
    from ...validators.linter.files import files
    from ..timeline import TimelineError
    from ..timeline.files import Whose, plan_of_file

    if options.operation is not None:
        checker_named(options.operation, options.profile)  # it says what is wrong with the name
    if os.path.isdir(options.file):
        raise TimelineError("It is a folder.", "Name one file in it.")
    [file] = files([options.file], MAX_FILE_BYTES, options.file)
    if file.data is None:
        problem = file.problem.partition(";")[0]
        raise TimelineError(f"{problem[0].upper()}{problem[1:]}.", "Name a file of steps.")
    return plan_of_file(file.path, file.data, Whose(options.provider, options.operation, options.profile))


def _text(timeline: "Timeline", start: float | None) -> str:
    """Return a timeline as a table, with what else there is to say below it."""
    from ..timeline import path_of
    from ..timeline.model import DAY

    def day(after: float) -> str:
        return f"{int(after // DAY)}" if start is None else f"{int(after // DAY)}  {iso_text(start + after)[:16]}"

    rows = [("day", "step", "type", "title", "path", "why")] + [
        (
            day(entry.after),
            entry.step.id,
            entry.step.type,
            entry.step.title if len(entry.step.title) <= _TITLE else f"{entry.step.title[: _TITLE - 1]}…",
            path_of(entry.path),
            entry.reason + _mark(entry.confidence),
        )
        for entry in timeline.entries
    ]
    met = " and ".join(timeline.lead) or "no condition"
    lines = [f"Sequence {timeline.sequence}; the lead meets {met}.", "", *_table(rows)]
    for stuck in timeline.never:
        lines += ["", f"never ends: {stuck.step.id} ({path_of(stuck.path)}): {stuck.reason}{_mark(stuck.confidence)}"]
    for shut in timeline.unreachable:
        branch, step = shut.branch, shut.step.id
        what = f"branch {branch.key or 'otherwise'} of {step}" if branch else f"the steps from {step} on"
        lines += ["", f"unreachable: {what} ({path_of(shut.path)}): {shut.reason}{_mark(shut.confidence)}"]
    lines += ["", *timeline.notes]
    keys = (branch.key for entry in timeline.entries for branch in entry.step.branches or () if branch.key)
    if others := [key for key in dict.fromkeys(keys) if key not in timeline.lead]:
        lines.append(f"Another lead takes another path: --lead {','.join((*timeline.lead, *others))}")
    lines += ["", "Assumed, for no document says it:", *(f"  {text}" for text in timeline.assumed)]
    from ...validators.violation import one_line

    return "\n".join(map(one_line, lines))


def _mark(confidence: str) -> str:
    return "" if confidence == "documented" else f" ({confidence})"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
