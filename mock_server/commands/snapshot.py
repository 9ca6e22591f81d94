"""`stepmock snapshot`, `stepmock clock` and `stepmock replay`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ...contracts.model import PROFILES
from .remote import RemoteServer, add_server_options


def add_snapshot(commands: Any) -> None:
    """Add these commands to those of `stepmock`; `run` takes the options and returns the status."""
    snapshot = commands.add_parser(
        "snapshot",
        allow_abbrev=False,
        help="save, load and compare worlds",
        description="Save a world to a file, put it back, or say what two of them differ in.",
    )
    actions = snapshot.add_subparsers(title="actions", required=True, metavar="ACTION")
    save = _action(actions, "save", "write a world of a running server to FILE", _save, 0)
    save.add_argument("file", type=Path, metavar="FILE")
    add_server_options(save)
    load = _action(actions, "load", "make a world of a running server what FILE says", _load, 0)
    load.add_argument("file", type=Path, metavar="FILE")
    add_server_options(load)
    diff = _action(actions, "diff", "say what leads from the snapshot OLD to the snapshot NEW", _diff, 1)
    diff.add_argument("old", type=Path, metavar="OLD", help="what was; GET worlds/ID/diff?against=OLD says the same")
    diff.add_argument("new", type=Path, metavar="NEW", help="what is: what only it holds counts as added")
    diff.add_argument("--format", choices=("text", "json"), default="text", help="how to say it (default: %(default)s)")
    _add_contracts(diff)
    shown = _action(actions, "schema", "print the JSON Schema of a form", _schema, 0)
    shown.add_argument("form", nargs="?", choices=("snapshot", "recording"), default="snapshot")
    _add_clock(commands)
    replayed = _action(
        commands,
        "replay",
        "send the requests of a recording once more, and show the first reply that differs",
        _replay,
        1,
    )
    replayed.add_argument(
        "file", metavar="JOURNAL", help="what GET worlds/ID/recording answered; - reads standard input"
    )
    replayed.add_argument(
        "--profile", choices=PROFILES, help="another reading of the provider than the one that was recorded"
    )
    replayed.add_argument(
        "--save", type=Path, metavar="FILE", help="write the world that was built to FILE, a snapshot"
    )
    _add_contracts(replayed)


def _add_clock(commands: Any) -> None:
    clock = _action(commands, "clock", "show the time in a world of a running server, or move it", _clock, 0)
    add_server_options(clock)
    orders = clock.add_subparsers(title="orders", metavar="ORDER", dest="order")
    orders.add_parser("show", help="show it (what goes without saying)")
    orders.add_parser("advance", help="move it forward").add_argument("seconds", type=_seconds, metavar="SECONDS")
    orders.add_parser("set", help="set it; it then stands still").add_argument("time", metavar="TIME")
    orders.add_parser("resume", help="let it run with the machine's again")


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds such as 3600") from None


def _action(commands: Any, name: str, purpose: str, run: Any, differs: int) -> argparse.ArgumentParser:
    ends = (
        "0 without a difference, 1 with one, 2 when it cannot be done."
        if differs
        else "0, or 2 when it cannot be done."
    )
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        allow_abbrev=False,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        epilog=f"Exit status: {ends}",
    )
    made.set_defaults(run=run, contracts=None)
    return made


def _add_contracts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--contracts", type=Path, metavar="DIR", help="the contracts of providers that were added")


def _save(options: argparse.Namespace) -> int:
    client = RemoteServer(options.server, options.control_token)
    world = client.world(options.world)
    _write(options.file, client.save(world))
    print(f"saved world {world} to {options.file}")
    return 0


def _load(options: argparse.Namespace) -> int:
    data = _read(options.file)
    client = RemoteServer(options.server, options.control_token)
    world = client.world(options.world)
    client.load(world, data)
    print(f"loaded {options.file} into world {world}")
    return 0


def _clock(options: argparse.Namespace) -> int:
    client = RemoteServer(options.server, options.control_token)
    order: dict[str, Any] | None = None
    match options.order:
        case "advance":
            order = {"advance": options.seconds}
        case "set":
            order = {"set": options.time}
        case "resume":
            order = {"resume": True}
    found = client.clock(client.world(options.world), order)
    print(f"{found['now']}{' (stands still)' if found['frozen'] else ''}")
    return 0


def _diff(options: argparse.Namespace) -> int:
    from ...contracts import load
    from ..snapshots.differences import differences, in_words

    old, new = (_world(path) for path in (options.old, options.new))
    if old["provider"] != new["provider"]:
        raise _misuse(f"{options.old} is a world of {old['provider']}, and {options.new} one of {new['provider']}.")
    changes = differences(load(old["provider"]).resources, old, new)
    words = in_words(changes)
    if options.format == "json":
        print(json.dumps({"changes": [change.as_json() for change in changes], "words": words}, indent=2))
    elif words:
        print("\n".join(words))
    return 1 if changes else 0


def _schema(options: argparse.Namespace) -> int:
    from ..snapshots.form import schema

    print(json.dumps(schema(options.form), indent=2, ensure_ascii=False))
    return 0


def _replay(options: argparse.Namespace) -> int:
    from ...contracts.version import version
    from ..snapshots.form import read_text, snapshot_of
    from ..snapshots.replay import replay

    name = "standard input" if options.file == "-" else options.file
    data = read_text(sys.stdin.buffer.read() if options.file == "-" else _read(Path(options.file)), name)
    try:
        found = replay(data, options.profile)
    except ValueError as error:
        raise _misuse(f"{name}: {error}") from None
    if data["stepmock"] != version():
        _note(f"recorded by stepmock {data['stepmock']}, replayed by {version()}.")
    if options.profile not in (None, data["profile"]):
        _note(f"recorded in the profile {data['profile']}, replayed in {options.profile}.")
    if found.in_part:
        some = ", ".join(map(str, found.in_part[:10])) + (", ..." if len(found.in_part) > 10 else "")
        _note(f"of long replies only the length and the first part were kept, and compared: {some}.")
    if options.save is not None:
        _write(options.save, snapshot_of(found.world))
    if found.difference:
        print("\n".join(found.difference))
        return 1
    if not found.sent:
        print("There is no request in it, so nothing was compared: a recording begins anew at a reset or a load.")
        return 0
    print(f"{found.sent:,} {'request' if found.sent == 1 else 'requests'}, and every reply is the same")
    return 0


def _note(text: str) -> None:
    print(f"stepmock: {text}", file=sys.stderr)


def _misuse(text: str) -> ValueError:
    from ..world import WorldError

    return WorldError(text)


def _world(path: Path) -> Any:
    """Return a snapshot, or a beginning of worlds, checked against its contract."""
    from ...contracts import load, providers
    from ..snapshots.form import check_shape, read_text
    from ..world import WorldError, read_resources

    data = read_text(_read(path), str(path))
    provider = data.get("provider") if isinstance(data, dict) else None
    if provider not in providers():
        raise _misuse(f'{path} is no snapshot; it needs "provider": one of {", ".join(providers())}.')
    try:
        resources = read_resources(data, load(provider))
        check_shape("snapshot", data)
    except WorldError as error:
        raise WorldError(f"{path}: {error}") from None
    return {**data, "resources": resources}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _misuse(f"{path} cannot be read: {reason.lower()}.") from None


def _write(path: Path, data: Any) -> None:
    """Write a JSON file that can be read and compared line by line; a file that is there is replaced as a whole."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(text.encode("utf-8", "backslashreplace"))
        draft.replace(path)
    except (OSError, ValueError) as error:
        draft.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise _misuse(f"{path} cannot be written: {reason.lower()}.") from None
