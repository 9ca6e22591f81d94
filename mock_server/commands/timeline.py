"""`stepmock timeline`: what happens to a lead in the sequence of a file."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...contracts import load, providers
from ...contracts.limits import MAX_FILE_BYTES
from ...contracts.model import PROFILES
from ..clock import LAST, iso_text, seconds_of

if TYPE_CHECKING:
    from ..timeline import Plan, Timeline

_WORLD = "stepmock-world"
_TITLE = 40
"""Characters of a title that the table shows."""


def add_timeline(commands: Any) -> None:
    """Add the command to those of `stepmock`; `run` takes the options and returns the status."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "timeline",
        allow_abbrev=False,
        help="walk a lead through a sequence",
        description="Walk a lead through a sequence: which step comes on which day, which waits never end, and which "
        "branches nobody reaches. FILE is JSON or YAML, one of: a list of steps, as they are sent, in their order; the "
        "reply of the provider that lists sequences or steps; a world, which stepmock saves and `serve --world` reads.",
        epilog="Exit status: 0, or 2 when it cannot be done.",
    )
    add = parser.add_argument
    add("file", metavar="FILE", help="- reads standard input")
    add("--provider", metavar="NAME", help="whose steps they are, where their types do not tell")
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
        timeline = walk(plan, sequence_of(options.sequence, plan), lead_of(options.lead, plan), options.start)
    except (TimelineError, WorldError) as error:
        print(f"stepmock: {one_line(f'{options.file}: {error}')}", file=sys.stderr)
        return 2
    start = options.start
    is_json = options.format == "json"
    print(json.dumps(as_json(timeline, start), indent=2) if is_json else _text(timeline, start))
    return 0


def _plan(options: argparse.Namespace) -> "Plan":
    """Return the plan of the file; raises TimelineError or WorldError."""
    from ..timeline import TimelineError, fits, plan_of_file, plan_of_world
    from ..world import read_resources

    data = _value(options.file)
    known = providers()
    is_world = isinstance(data, dict) and data.get("format") == _WORLD
    named = options.provider or (data.get("provider") if is_world else None)
    if (is_world or named is not None) and named not in known:
        raise TimelineError(f"There is no provider {str(named)[:80]!a}.", f"Known are {', '.join(known)}.")
    if is_world:
        contract = load(str(named), options.profile)
        return plan_of_world(contract, read_resources(data, contract))
    able = [named] if named else [name for name in known if fits(load(name, options.profile), data)]
    if len(able) != 1:
        found = f"These steps are of {' or '.join(able)}." if able else "These are steps of no provider."
        raise TimelineError(found, f"Say whose they are: --provider {'|'.join(known)}.")
    return plan_of_file(load(able[0], options.profile), data)


def _value(name: str) -> Any:
    """Return the value in a file of JSON or YAML; raises TimelineError."""
    from ..timeline import TimelineError

    try:
        with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise TimelineError(f"It has more than {MAX_FILE_BYTES:,} bytes.", "Take out what no sequence needs.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TimelineError(f"It cannot be read: {reason}.", "Name a file of steps.") from None
    except UnicodeDecodeError:
        raise TimelineError("It is no text in UTF-8.", "Name a file of steps, in JSON or YAML.") from None
    try:
        return json.loads(text)
    except RecursionError:
        raise TimelineError("It is nested too deeply.", "Steps are not.") from None
    except ValueError:
        return _yaml(text)


def _yaml(text: str) -> Any:
    from ...validators.reading import UNREADABLE
    from ...validators.yaml_reading import read_yaml
    from ..timeline import TimelineError

    [reading, *more] = [each.reading for each in read_yaml(text, load(providers()[0]).body_rules)]
    if reading.payload is UNREADABLE:
        raise TimelineError("It is neither JSON nor YAML.", reading.findings[0].message)
    return [reading.payload, *(each.payload for each in more)] if more else reading.payload


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
    lines += ["", *timeline.notes, "", "Assumed, for no document says it:", *(f"  {text}" for text in timeline.assumed)]
    from ...validators.violation import one_line

    return "\n".join(map(one_line, lines))


def _mark(confidence: str) -> str:
    return "" if confidence == "documented" else f" ({confidence})"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
