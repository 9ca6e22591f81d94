"""One provider as the emulator serves it: its contract, its paths, its handlers, and how its worlds begin."""

import json
from collections.abc import Mapping
from importlib import import_module

from ..contracts.model import Contract
from ..fixtures import FOLDER
from .call import Handler
from .messages import Request
from .routing import Router
from .settings import Settings
from .world import World, read_resources


class Provider:
    """What is fixed about a provider while a server runs."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        module = import_module(f".providers.{contract.provider}", __package__)
        self.contract = contract
        self.router = Router(contract.operations.values())
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
        path = request.path
        if path.startswith(self.contract.mount) and path[len(self.contract.mount) :][:1] in ("", "/"):
            return path[len(self.contract.mount) :]
        host = request.headers.get("host", "").partition(":")[0].lower()
        if (
            host == self.contract.host
            and path.startswith(self.contract.path)
            and path[len(self.contract.path) :][:1] in ("", "/")
        ):
            return path[len(self.contract.path) :]
        return None

    def new_world(self, name: str, now: float) -> World:
        """Return a new world in the state that worlds begin in."""
        world = World(name, self._seed, read_resources(self._start, self.contract))
        self._open_account(world, self.contract, now)
        return world
