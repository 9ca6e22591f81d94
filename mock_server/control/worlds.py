"""`worlds`: what worlds there are, and how one begins again."""

from typing import Any

from ..messages import Response
from ..settings import Settings
from ..store import Store
from ..world import World
from .answers import Ask, Routes, answer, done


def listing(settings: Settings, store: Store) -> Response:
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


def _reset(ask: Ask) -> Response:
    """Make a world what it was before its first request; its clock runs with the server's again."""
    ask.world.become(ask.provider.new_world(ask.world.id, ask.settings.clock.now(), ask.world.facts))
    return done()


ROUTES: Routes = {("POST", "reset"): _reset}
