"""The command `stepmock`: runs the mock server, and the commands around it."""

import argparse
import gc
import io
import json
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from ..contracts import ContractError, add_contracts, load, providers
from ..contracts.model import PROFILES
from ..contracts.version import ShowVersion
from .clock import Clock, parse_clock
from .commands import add_findings, add_snapshot, add_timeline
from .control.guard import LOOPBACK_NAMES, is_token
from .faults import FaultError, faults_of_file
from .media.policy import Media, host_pattern
from .settings import CONTROL_TOKEN_VARIABLE, Settings
from .world import WorldError, read_resources


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 2 when it cannot be done, with one line on stderr that says why."""
    # A process may be started with closed streams; what goes there is lost, and no reason to fail.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # what a world holds may not fit the terminal's encoding
    try:
        if options.contracts is not None:
            add_contracts(options.contracts)
        status = int(options.run(options))
        sys.stdout.flush()
        if options.run is _serve and arguments is None:
            _end(status)
        return status
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  whoever read it has seen enough
        return 2
    except KeyboardInterrupt:
        return 130  # as shells tell of it
    except (ContractError, WorldError, FaultError, _Misuse) as error:
        where = f"{options.faults}: " if isinstance(error, FaultError) else ""
        print(f"stepmock: {where}{error}", file=sys.stderr)
        return 2


def _end(status: int) -> NoReturn:
    """End this process at once: to take worlds and journals apart piece by piece can take seconds."""
    sys.stderr.flush()
    os._exit(status)


def _serve(options: argparse.Namespace) -> int:
    from .asgi import asgi_app
    from .emulator import Emulator
    from .serve import ServeError, serve
    from .watch import is_alive

    if options.exit_with is not None and not is_alive(options.exit_with):
        raise _Misuse(f"--exit-with {options.exit_with}: no process has this number, so nothing would end the server.")
    media = _media(options.media, options.media_host)
    world, worlds = _start(options.world)
    on_loopback = options.host.lower() in LOOPBACK_NAMES
    token = _control_token(options.control_token)
    is_generated = not token and not on_loopback
    if is_generated:
        token = secrets.token_urlsafe(32)
    emulator = Emulator(
        Settings(
            profile=options.profile,
            seed=options.seed,
            api_keys=frozenset(options.api_key),
            clock=options.clock,
            rate_limit=options.rate_limit == "on",
            world=world,
            worlds=worlds,
            control_token=token,
            on_loopback=on_loopback,
            faults=faults_of_file(options.faults) if options.faults is not None else (),
            media=media,
        )
    )
    gc.freeze()  # what exists by now lives as long as the server; the collector need not walk it again
    try:
        notice = f"stepmock control token: {token}" if is_generated else ""
        serve(asgi_app(emulator), options.host, options.port, options.port_file, notice, options.exit_with)
    except ServeError as error:
        print(f"stepmock: {error}", file=sys.stderr)
        return 2
    return 0


class _Misuse(ValueError):
    """Options cannot be used; the text says why."""


def _media(mode: str, hosts: Sequence[str]) -> Media:
    """Return from where media are downloaded; raises _Misuse for one of the two options without the other."""
    if mode == "fetch" and not hosts:
        raise _Misuse("--media fetch downloads from no host unless --media-host names it: --media-host cdn.example.com")
    if hosts and mode != "fetch":
        raise _Misuse("--media-host says where --media fetch may download from; give both, or none.")
    return Media(tuple(hosts))


def _control_token(given: str | None) -> str:
    """Return the token that was given by option or environment, or an empty text; raises _Misuse."""
    token = os.environ.get(CONTROL_TOKEN_VARIABLE, "") if given is None else given
    if (token or given is not None) and not is_token(token):
        source = CONTROL_TOKEN_VARIABLE if given is None else "--control-token"
        raise _Misuse(f"{source} must be 1 to 512 printable ASCII characters without a space.")
    return token


def _start(name: str) -> tuple[str, Mapping[str, Any]]:
    """Return the named start of all worlds, and the starts that a file gives for its provider."""
    if name in ("docs", "empty"):
        return name, {}
    try:
        data = json.loads(Path(name).read_bytes())
    except OSError as error:
        raise WorldError(
            f"{name} cannot be read: {(error.strerror or str(error)).lower()}. --world is docs, empty or a file."
        ) from None
    except (ValueError, RecursionError):
        raise WorldError(f"{name} is no JSON file.") from None
    provider = data.get("provider") if isinstance(data, dict) else None
    if provider not in providers():
        raise WorldError(
            f'{name} is no world of a known provider; it needs "provider": one of {", ".join(providers())}.'
        )
    try:
        read_resources(data, load(provider))
    except WorldError as error:
        raise WorldError(f"{name}: {error}") from None
    return "docs", {provider: data}


def _media_host(text: str) -> str:
    try:
        return host_pattern(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _clock(text: str) -> Clock:
    try:
        return parse_clock(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither system nor a time since 1970 such as 2026-01-31T09:00:00Z"
        ) from None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is between 0 and 65535")
    return int(text)


def _process(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 1 << 31:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of a process")
    return int(text)


def _api_key(text: str) -> str:
    if not text or text.startswith("invalid"):
        raise argparse.ArgumentTypeError("a key is not empty and does not begin with 'invalid': such keys are refused")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepmock",
        description="The sequence-step APIs of sales-engagement providers on your own machine.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        allow_abbrev=False,
        help="run the mock server",
        description="Run the mock server until it is stopped. It prints one line once it answers.",
        epilog="Exit status: 0 after a graceful stop, 2 when it cannot start.",
    )
    serve.set_defaults(run=_serve)
    add = serve.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8377, help="port to listen on; 0 takes a free one (default: %(default)s)")
    add("--port-file", type=Path, metavar="FILE", help="write the port to FILE once ready; removed at exit")
    add(
        "--profile",
        choices=PROFILES,
        default="documented",
        help="which reading of the providers: what they document, or what clients observe (default: %(default)s)",
    )
    add("--seed", type=int, default=0, help="ids depend on it, the key and the calls alone (default: %(default)s)")
    add(
        "--api-key",
        action="append",
        default=[],
        metavar="KEY",
        type=_api_key,
        help="let in this key only (may be repeated); without it every key is let in",
    )
    add(
        "--clock",
        type=_clock,
        default="system",
        metavar="system|TIME",
        help="the machine's time, or a time in ISO 8601 (UTC unless it says otherwise) that stands still "
        "(default: %(default)s)",
    )
    add("--rate-limit", choices=("on", "off"), default="on", help="whether quotas are enforced (default: %(default)s)")
    add(
        "--world",
        default="docs",
        metavar="docs|empty|FILE",
        help="what each key starts with: the vendors' sample ids, nothing, or a JSON file (default: %(default)s)",
    )
    add(
        "--control-token",
        metavar="TOKEN",
        help=f"what /_stepmock/ asks for as a bearer token; {CONTROL_TOKEN_VARIABLE} in the environment does the same, "
        "unseen by other users. Without either, a server on loopback asks for none, any other makes one and prints it",
    )
    add(
        "--contracts",
        type=Path,
        metavar="DIR",
        help="also serve the contracts in DIR (NAME.yaml, NAME/worlds/*.json); the Python beside them, NAME.py, is run",
    )
    add("--exit-with", type=_process, metavar="PID", help="stop when the process PID has ended (POSIX)")
    add("--faults", type=Path, metavar="FILE", help="a fault, or a list, that stands in every new world it is for")
    add(
        "--media",
        choices=("offline", "fetch"),
        default="offline",
        help="whether the images and videos of payloads are downloaded and judged; offline connects to nobody "
        "(default: %(default)s)",
    )
    add(
        "--media-host",
        action="append",
        default=[],
        metavar="HOST",
        type=_media_host,
        help="with --media fetch, a host to download from: cdn.example.com, or *.example.com for all below it "
        "(may be repeated; media of other hosts are not asked for)",
    )
    add("--state", choices=("memory://",), default="memory://", help="where worlds live (default: %(default)s)")
    add_snapshot(commands)
    add_timeline(commands)
    add_findings(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
