"""`worlds`: what worlds there are, and how one begins again."""

from collections.abc import Mapping
from typing import Any

from ...contracts.errors import nearest
from ...contracts.limits import MAX_WORLDS
from ...validators.plain import is_unicode
from ..call import Refused
from ..credentials import admitted, is_good
from ..identifiers import world_id
from ..messages import Request, Response
from ..provider import Provider
from ..settings import Settings
from ..store import Store, TooManyWorlds
from ..world import World
from .answers import Ask, ControlError, Routes, answer, bad_request, done, fields


def listing(store: Store) -> Response:
    """Answer with all worlds, in the order in which they began."""
    found: list[dict[str, Any]] = []
    for name in store.names():
        block = store.find(name)
        if block is not None:
            with block as world:
                found.append(_summary(world))
    return answer({"worlds": found})


def _summary(world: World) -> dict[str, Any]:
    return {
        "id": world.id,
        "provider": world.provider,
        "requests": world.requests,
        "resources": {kind: len(table) for kind, table in world.resources.items() if table},
    }


def open_one(settings: Settings, store: Store, providers: Mapping[str, Provider], request: Request) -> Response:
    """Open a world before the first request of its credential; 409 where it is open."""
    body = fields(request, "provider", "credential", "facts")
    provider = providers.get(str(body.get("provider")))
    if provider is None:
        raise bad_request("provider must name one that is served.", f"These are {', '.join(providers)}.")
    key, given = body.get("credential"), body.get("facts", {})
    if not isinstance(key, str) or not is_good(key, settings.api_keys):
        raise bad_request("credential must be a key that is let in.", "It is not empty, nor begins with invalid.")
    names = provider.contract.credential.get("facts", {})
    for fact, values in provider.contract.fact_values.items():
        if isinstance(given, dict) and given.get(fact) not in values:
            told = str(given.get(fact, ""))
            raise bad_request(
                f"The fact {fact} is one of {', '.join(values)}; {told[:80]!a} is none.{nearest(told, values)}",
                "facts are what else the credential says.",
            )
    if not isinstance(given, dict) or set(given) != set(names) or not all(map(_is_text, given.values())):
        known = ", ".join(names) or "none"
        raise bad_request("facts must be what else the credential says.", f"Texts by name: {known}.")
    entry = admitted(key, {name: given[name] for name in names})
    try:
        provider.admit(entry)
    except Refused:
        raise bad_request("The provider refuses this credential.", "Choose another.") from None
    name = world_id(provider.contract.provider, entry.credential)
    if store.find(name) is not None:
        raise ControlError(409, "world_exists", f"There is a world {name} already.", "Reset it, or choose another key.")
    try:
        store.open(name, lambda: provider.new_world(name, settings.clock.now(), entry.facts))
    except TooManyWorlds:
        raise ControlError(
            409, "too_many_worlds", f"This stepmock holds {MAX_WORLDS:,} worlds, its limit.", "DELETE some."
        ) from None
    return answer({"world": name}, 201)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value) and is_unicode(value)


def _reset(ask: Ask) -> Response:
    """Make a world what it was before its first request; its clock runs with the server's again."""
    ask.world.become(ask.provider.new_world(ask.world.id, ask.settings.clock.now(), ask.world.facts))
    return done()


def _show(ask: Ask) -> Response:
    return answer(_summary(ask.world))


def _forget(ask: Ask) -> Response:
    ask.store.drop(ask.world.id)
    return done()


ROUTES: Routes = {("GET", ""): _show, ("DELETE", ""): _forget, ("POST", "reset"): _reset}
