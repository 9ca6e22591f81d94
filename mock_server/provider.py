"""One provider as the emulator serves it: its contract, its paths, its handlers, and how its worlds begin."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module

from ..contracts.model import Contract
from ..fixtures import FOLDER
from .call import Handler
from .credentials import Admission
from .messages import Request
from .routing import Router
from .settings import Settings
from .world import World, read_resources


class Provider:
    """What is fixed about a provider while a server runs."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        module = import_module(f".providers.{contract.provider}", __package__)
        self.contract = contract
        self.router = Router(contract.operations.values(), takes_trailing_slash=contract.takes_trailing_slash)
        self.admit: Callable[[Admission], None] = getattr(module, "admit", _admit_all)
        self.handlers: Mapping[str, Handler] = module.HANDLERS
        self._open_account = module.open_account
        self._seed = settings.seed
        given = settings.worlds.get(contract.provider)
        self._start = (
            given
            if given is not None
            else json.loads((FOLDER / contract.provider / "worlds" / f"{settings.world}.json").read_bytes())
        )
        read_resources(self._start, contract)

    def path_below(self, request: Request) -> str | None:
        """Return the path below the base path, or None when the request is for someone else."""
        for mount in self.contract.mounts:
            if (below := _below(mount, request.path)) is not None:
                return below
        if request.headers.get("host", "").partition(":")[0].lower() != self.contract.host:
            return None
        return next((found for path in self.contract.paths if (found := _below(path, request.path)) is not None), None)

    def new_world(self, name: str, now: float) -> World:
        """Return a new world in the state that worlds begin in."""
        world = World(name, self._seed, read_resources(self._start, self.contract))
        self._open_account(world, self.contract, now)
        return world


def _below(base: str, path: str) -> str | None:
    return path[len(base) :] if path.startswith(base) and path[len(base) :][:1] in ("", "/") else None


def _admit_all(admission: Admission) -> None:
    """Let every credential in; the usual case of a provider module without an `admit` of its own."""
