"""The requests of a world since a state that is known, as a file: what `replay` needs to send them once more.

    {"format": "stepmock-recording", "version": 1, "stepmock": ..., "profile": ..., "rate_limit": true,
     "start": SNAPSHOT, "entries": [{"number", "at", "fault", "request": {...}, "response": {...}}], "end": DIGEST}

A body that is no UTF-8 is `body_base64` in place of `body`. Where media were downloaded, an entry also has `downloads`,
what came of them, for a replay downloads nothing. No credential is kept: the world is given.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from ...contracts.limits import MAX_JOURNAL_BODY_BYTES
from ...contracts.version import version
from ..journal import JournalEntry
from ..media.script import Came
from ..messages import encode
from ..plain_data import unpacked
from ..redaction import Redaction
from ..settings import Settings
from ..world import World, WorldError
from .form import as_snapshot, check_shape

FORMAT = "stepmock-recording"
VERSION = 1

_COUNTED = ("counter", "requests", "window_start", "window_count")


class NotReplayable(Exception):
    """The requests of a world cannot be sent once more; the text says why."""


def recording_of(world: World, settings: Settings, redact: Redaction) -> dict[str, Any]:
    """Return the requests of a world since the oldest state that is remembered; raises NotReplayable.

    A request whose body was too long for the journal is in it, without its body, and `replay` says so.
    """
    if not len(world.journal):
        number, state, resources = world.requests, world.state(), world.resources
    else:
        mark = world.journal.recorded_from()
        if mark is None:
            raise NotReplayable(
                "The journal does not reach back to a state that is remembered: the world has too many resources, or "
                "its requests are too long."
            )
        number = mark.number
        state, resources = unpacked(mark.packed)
    return {
        "format": FORMAT,
        "version": VERSION,
        "stepmock": version(),
        "profile": settings.profile,
        "rate_limit": settings.rate_limit,
        "start": as_snapshot(world.provider, world.id, state, resources),
        "entries": [
            {**as_entry(entry), **_downloads(world.journal.downloads.get(entry.number))}
            for entry in world.journal
            if entry.number > number
        ],
        "end": digest(world, redact),
    }


def as_entry(entry: JournalEntry) -> dict[str, Any]:
    """Return a request and its reply as a JSON object."""
    return {
        "number": entry.number,
        "at": entry.at,
        "fault": entry.fault or None,
        "request": {
            "method": entry.method,
            "path": entry.path,
            "query": entry.query,
            "headers": dict(entry.headers),
            "bytes": entry.request_bytes,
            **({} if entry.request_bytes > MAX_JOURNAL_BODY_BYTES else _as_text(entry.request_body)),
        },
        "response": {
            "status": entry.status,
            "headers": [list(header) for header in entry.response_headers],
            "bytes": entry.response_bytes,
            **_as_text(entry.response_body),
        },
    }


def _downloads(found: list[Came | None] | None) -> dict[str, Any]:
    return {} if found is None else {"downloads": [came and came._asdict() for came in found]}


def downloads_of(entry: Any) -> list[Came | None] | None:
    """Return what came of the media of a recorded request; None where none were downloaded."""
    found = entry.get("downloads")
    return None if found is None else [Came(each["kind"], each["reason"]) if each else None for each in found]


def _as_text(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(body).decode()}


def body_of(message: Any) -> bytes | None:
    """Return the body of a request or response of a recording; None where it was too long to be kept."""
    if "body" in message:
        return str(message["body"]).encode("utf-8", "surrogatepass")
    return b64decode(message["body_base64"]) if "body_base64" in message else None


def digest(world: World, redact: Redaction) -> str:
    """Return what tells one state of a world from another: its resources and counters, not what a test sets.

    A credential in a resource does not count, for a recording has none to send once more.
    """
    state = world.state()
    known = {**{slot: state[slot] for slot in _COUNTED}, "resources": world.resources}
    return sha256(redact(encode(known))).hexdigest()


def check_recording(data: Any) -> None:
    """Raise WorldError for what is no recording that this stepmock reads. Its snapshot is checked where it is used."""
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        is_journal = isinstance(data, dict) and "entries" in data
        raise WorldError(
            "The file is no recording: "
            + (
                "it is a journal, without the world that the requests came to. Save that of GET worlds/ID/recording."
                if is_journal
                else f'it needs {{"format": "{FORMAT}", "version": {VERSION}, ...}}, as GET worlds/ID/recording is.'
            )
        )
    if type(found := data.get("version")) is int and found > VERSION:
        raise WorldError(
            f"The recording has version {found}; this stepmock reads version {VERSION}. It was written by a newer "
            "stepmock: install that one."
        )
    check_shape("recording", data)
