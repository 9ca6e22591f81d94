"""`snapshot`, `fork`, `diff` and `recording`: a world as a whole."""

import json
from collections.abc import Mapping
from typing import Any

from ...contracts.errors import nearest
from ...contracts.limits import MAX_SNAPSHOT_BYTES, MAX_WORLDS
from ..call import Refused
from ..credentials import Admission, admission_of
from ..identifiers import world_id
from ..messages import Response, encode
from ..plain_data import unpacked
from ..snapshots import differences, in_words, read_text, restored, snapshot_of
from ..snapshots.form import as_snapshot
from ..snapshots.recording import NotReplayable, recording_of
from ..store import TooManyWorlds
from ..world import World, WorldError
from .answers import Ask, ControlError, Later, Routes, answer, bad_request, done
from .arguments import arguments

_FORK_HINT = 'Send {"credential": KEY}, the key that the client will send; "facts": {...} is what it sends beside it.'


def _save(ask: Ask) -> Response:
    return _kept(ask, snapshot_of(ask.world))


def _kept(ask: Ask, data: Any) -> Response:
    """Answer with data that somebody will keep: a client may have sent its key among the members of a resource."""
    reply = answer(data)
    return reply._replace(body=ask.redact.members(reply.body))


def _load(ask: Ask) -> Response:
    """Make the world what a snapshot says; its journal begins anew, and its id and credential stay."""
    if len(ask.request.body) > MAX_SNAPSHOT_BYTES:
        message = f"The snapshot has more than {MAX_SNAPSHOT_BYTES:,} bytes."
        raise ControlError(413, "too_large", message, "Start a server with it: stepmock serve --world FILE.")
    world, provider = ask.world, ask.provider
    try:
        data = read_text(ask.request.body)
        found = restored(data, provider.contract, world.id, world.facts, ask.settings.clock.now())
    except WorldError as error:
        hint = f"The world is as it was. GET worlds/{world.id}/snapshot gives one that fits."
        raise ControlError(400, "bad_snapshot", str(error), hint) from None
    provider.open_account(found, found.now(ask.settings.clock))
    world.become(found)
    return done()


def _fork(ask: Ask) -> Response:
    """Make a world of another credential that holds the same; its journal begins anew."""
    entry = _admission(ask)
    name = world_id(ask.world.provider, entry.credential)
    made: list[World] = []

    def make() -> World:
        made.append(ask.world.fork(name, entry.facts))
        return made[0]

    try:
        if ask.store.find(name) is None:
            ask.store.open(name, make)
    except TooManyWorlds:
        message = f"This stepmock holds {MAX_WORLDS:,} worlds, its limit."
        raise ControlError(409, "too_many_worlds", message, "Restart it.") from None
    if not made:
        hint = f"Fork to a credential that was never used, or PUT the snapshot to worlds/{name}/snapshot."
        raise ControlError(409, "world_exists", f"The credential has a world already, {name}.", hint)
    return answer({"world": name}, 201)


def _admission(ask: Ask) -> Admission:
    """Return what the credential of a fork says; raises ControlError for one that no request could enter with."""
    body = ask.fields("credential", "facts")
    key, given = body.get("credential"), body.get("facts", {})
    known = ask.world.facts
    if not isinstance(key, str):
        raise bad_request("credential must be a text.", _FORK_HINT)
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise bad_request("facts must be an object of texts.", _FORK_HINT)
    for name in given:
        if name not in known:
            raise bad_request(
                f"There is no fact {name[:80]!a}.{nearest(name, known)}",
                f"A credential of {ask.provider.contract.title} says {', '.join(known) or 'nothing'} beside its key.",
            )
    for name in ask.provider.contract.fact_values:
        if name in known and given.get(name, known[name]) != known[name]:
            raise bad_request(f"A fork keeps its {name}, {known[name]!r}.", "Leave it out, or say the same.")
    try:
        entry = admission_of(ask.provider.contract.credential, key, {**known, **given}, ask.settings.api_keys)
        ask.provider.admit(entry)
    except Refused:
        raise ControlError(
            400,
            "refused_credential",
            "The provider would refuse a request with this credential.",
            "A key is not empty and does not begin with 'invalid'; with --api-key it is one of those.",
        ) from None
    return entry


def _diff(ask: Ask) -> Response | Later:
    """Answer with what has changed in the world since it began, or what sets it apart from another one."""
    other = arguments(ask.request, "against").get("against")
    contract, store, world = ask.provider.contract, ask.store, ask.world

    def shown(snapshot: Any) -> Any:
        return json.loads(ask.redact.members(encode(snapshot)))

    if other is None:
        origin = world.journal.origin
        if origin is None:
            return _told(contract.resources, snapshot_of(world), snapshot_of(world))
        start = as_snapshot(world.provider, world.id, *unpacked(origin.packed))
        return _told(contract.resources, shown(start), shown(snapshot_of(world)))
    mine = shown(snapshot_of(world))

    def compare() -> Response:
        block = store.find(other)
        if block is None:
            raise ControlError(404, "unknown_world", f"There is no world {other[:80]!a}.", "GET worlds lists them.")
        with block as against:
            if against.provider != mine["provider"]:
                message = f"World {other} is one of {against.provider}, and this one of {mine['provider']}."
                raise bad_request(message, "Compare worlds of one provider.")
            theirs = shown(snapshot_of(against))
        return _told(contract.resources, theirs, mine)

    return compare


def _told(forms: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> Response:
    changes = differences(forms, old, new)
    return answer({"changes": [change.as_json() for change in changes], "words": in_words(changes)})


def _record(ask: Ask) -> Response:
    try:
        return _kept(ask, recording_of(ask.world, ask.settings, ask.redact))
    except NotReplayable as error:
        raise ControlError(
            409, "not_replayable", str(error), "DELETE the journal, and what comes from then on can be replayed."
        ) from None


ROUTES: Routes = {
    ("GET", "snapshot"): _save,
    ("PUT", "snapshot"): _load,
    ("POST", "fork"): _fork,
    ("GET", "diff"): _diff,
    ("GET", "recording"): _record,
}
