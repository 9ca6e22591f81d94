"""Sends the requests of a recording once more, in the world that they came to, and compares the replies."""

import json
from difflib import unified_diff
from itertools import islice
from typing import Any, NamedTuple

from ...contracts import load, providers
from ..clock import FrozenClock
from ..emulator import Emulator
from ..faults import FAULT_HEADER
from ..media.policy import Media
from ..media.script import Script
from ..messages import Request
from ..redaction import MASK
from ..settings import Settings
from ..world import World, WorldError
from .form import restored
from .recording import as_entry, body_of, check_recording, digest, downloads_of

_MOST_LINES = 60


class Replayed(NamedTuple):
    """What a replay came to: the world that it built, how many requests it sent, and the lines of what differs.

    `in_part` are the numbers of the requests of whose replies the recording keeps the first part only.
    """

    world: World
    sent: int
    difference: list[str]
    in_part: list[int]


def replay(data: Any, profile: str | None = None) -> Replayed:
    """Replay a recording up to the first reply that differs, with the profile it names or another.

    Raises WorldError for what is no recording, or none that can be replayed; nothing is sent then.
    """
    check_recording(data)
    chosen: str = profile or data["profile"]
    clock = FrozenClock(0)
    script = Script()
    emulator = Emulator(
        Settings(profile=chosen, rate_limit=data["rate_limit"], clock=clock, media=Media(script=script))
    )
    world = _start(data["start"], chosen)
    emulator.open_account(world)
    requests = [_request(entry) for entry in data["entries"]]
    in_part: list[int] = []
    for sent, (entry, request) in enumerate(zip(data["entries"], requests, strict=True), 1):
        world.frozen_at = entry["at"]
        script.begin(downloads_of(entry))
        try:
            emulator.answer_in(world, request)
        except ValueError as error:
            raise WorldError(f"Request {entry['number']} cannot be replayed: {error}.") from None
        made = as_entry(world.journal[-1])
        if lines := _difference(entry, made):
            lines += _gaps(data)
            return Replayed(world, sent, lines, in_part)
        if entry["response"]["bytes"] > len(body_of(entry["response"]) or b""):
            in_part.append(entry["number"])
    lines = []
    if digest(world, emulator.redact) != data["end"]:
        lines = [
            "Every reply is the same, but the world at the end is another.",
            "Something else than these requests has changed it, or the recording is not whole.",
            *_gaps(data),
        ]
    return Replayed(world, len(requests), lines, in_part)


def _start(snapshot: Any, profile: str) -> World:
    """Return the world before the first request. It has no faults of its own: those that were applied stand in entries.

    Nothing of it is taken on trust: it is checked as a snapshot that is put into a world.
    """
    provider, name = snapshot.get("provider"), snapshot.get("world")
    if provider not in providers() or not isinstance(name, str):
        raise WorldError(
            f"start: a snapshot names its world, and its provider: one of {', '.join(providers())}. Those that were "
            "added are known with --contracts DIR."
        )
    contract = load(provider, profile)
    state = snapshot.get("state")
    facts = state.get("facts") if isinstance(state, dict) else None
    known = {fact: (facts or {}).get(fact) for fact in contract.credential.get("facts", {})}
    if not isinstance(facts, dict) or not all(isinstance(value, str) for value in known.values()):
        raise WorldError(f"start.state.facts must have the members {', '.join(known) or '(none)'}.")
    try:
        world = restored(snapshot, contract, name, {fact: str(value) for fact, value in known.items()}, 0)
    except WorldError as error:
        raise WorldError(f"start: {error}") from None
    world.faults["standing"] = []
    return world


def _request(entry: Any) -> Request:
    """Return the request of an entry; raises WorldError where it cannot be sent once more."""
    sent, number = entry["request"], entry["number"]
    body = body_of(sent)
    if body is None:
        raise WorldError(
            f"Request {number}, {sent['method']} {sent['path']}, cannot be replayed: its body has {sent['bytes']:,} "
            "bytes, more than the journal keeps."
        )
    headers = {name: value for name, value in sent["headers"].items() if name != FAULT_HEADER}
    if entry["fault"] is not None:
        headers[FAULT_HEADER] = entry["fault"]
    return Request(sent["method"], sent["path"], sent["query"], headers, body)


def _difference(recorded: Any, replayed: Any) -> list[str]:
    """Return the lines of what two replies to one request differ in; none where they are the same."""
    was, now = recorded["response"], replayed["response"]
    if was == now:
        return []
    request = recorded["request"]
    lines = [f"request {recorded['number']}, {request['method']} {request['path']}, has another reply:"]
    if was["status"] != now["status"]:
        lines.append(f"status: {was['status']} recorded, {now['status']} replayed")
    before, after = ([f"{name}: {value}" for name, value in each["headers"]] for each in (was, now))
    lines += _lines(before, after)
    old, new = body_of(was) or b"", body_of(now) or b""
    if old != new:
        lines += _lines(_readable(old), _readable(new)) or [
            f"body: the bytes differ from byte {_first_byte(old, new)} on: {old[:80]!r} recorded, {new[:80]!r} replayed"
        ]
    if was["bytes"] != now["bytes"]:
        lines.append(f"length of the body: {was['bytes']:,} bytes recorded, {now['bytes']:,} replayed")
    if len(lines) == 1:
        lines.append("the same text, written in the recording in another way")
    if _is_masked(recorded):
        lines.append(
            "A credential was taken out of this request when it was recorded; what was sent now is not the same, which "
            "may be why."
        )
    return lines


def _gaps(data: Any) -> list[str]:
    """Return a sentence where requests do not follow one another as they came: some are missing, or were put in."""
    last = data["start"]["state"]["requests"]
    for entry in data["entries"]:
        if entry["number"] != last + 1:
            return [
                f"The recording was changed: request {entry['number']} stands where request {last + 1} belongs, so "
                "what comes from there on is sent in another state."
            ]
        last += 1
    return []


def _is_masked(entry: Any) -> bool:
    """Return whether a credential was taken out of what a request says; those of headers and queries change nothing."""
    sent = entry["request"]
    return MASK in sent["path"] or MASK.encode() in (body_of(sent) or b"")


def _lines(old: list[str], new: list[str]) -> list[str]:
    found = list(islice(unified_diff(old, new, "recorded", "replayed", lineterm="", n=2), _MOST_LINES + 1))
    return [*found[:_MOST_LINES], "..."] if len(found) > _MOST_LINES else found


def _readable(body: bytes) -> list[str]:
    try:
        text = json.dumps(json.loads(body), indent=2)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "backslashreplace")
    return text.splitlines()


def _first_byte(old: bytes, new: bytes) -> int:
    return next((place for place, (left, right) in enumerate(zip(old, new, strict=False)) if left != right), len(old))
