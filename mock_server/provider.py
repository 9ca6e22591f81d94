"""One provider as the emulator serves it: its contract, its paths, its handlers, and how its worlds begin."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from ..contracts.errors import ContractError
from ..contracts.loader import added_folder
from ..contracts.model import Contract, Operation
from ..contracts.routing import Router, below
from ..validators.worlds import starting_world
from .call import Call, Handler
from .clock import Clock
from .credentials import Admission
from .faults import Catalogue, Fault, let_stand
from .messages import Request
from .parameters import Parameters
from .plain_data import copied
from .settings import Settings
from .world import World, read_resources


class Provider:
    """What is fixed about a provider while a server runs; `faults` stand in every new world."""

    def __init__(self, contract: Contract, settings: Settings) -> None:
        module = _module_of(contract.provider)
        self.contract = contract
        self.router = Router(contract.operations.values(), takes_trailing_slash=contract.takes_trailing_slash)
        self.errors = Catalogue(contract)
        self.faults: Sequence[Fault] = ()
        self.admit: Callable[[Admission], None] = getattr(module, "admit", _admit_all)
        written: Mapping[str, Handler] = getattr(module, "HANDLERS", {})
        self.handlers = {
            name: written.get(name) or _example_of(operation) for name, operation in contract.operations.items()
        }
        self.paths = {
            name: Parameters(operation.path_schemas, are_ids=True) for name, operation in contract.operations.items()
        }
        self.queries = {name: Parameters(operation.query) for name, operation in contract.operations.items()}
        self._open_account: Callable[[World, Contract, float], None] = getattr(module, "open_account", _open_nothing)
        self.media = settings.media
        self.clock = settings.clock
        self._seed = settings.seed
        given = settings.worlds.get(contract.provider)
        self._start = read_resources(
            given if given is not None else starting_world(contract.provider, settings.world), contract
        )

    def under(self, clock: Clock) -> "Provider":
        """Return the same provider under another clock."""
        other = copy(self)
        other.clock = clock
        return other

    def path_below(self, request: Request) -> str | None:
        """Return the path below the base path, or None when the request is for someone else."""
        found = below(self.contract.mounts, request.path)
        if (
            found is None
            and request.headers.get("host", "").partition(":")[0].rstrip(".").lower() == self.contract.host
        ):
            found = below(self.contract.paths, request.path)
        return found

    def new_world(self, name: str, now: float, facts: Mapping[str, str]) -> World:
        """Return a new world in the state that worlds begin in."""
        world = World(name, self.contract.provider, self._seed, copied(self._start), facts)
        self.open_account(world, now)
        let_stand(world, self.faults, self.errors)
        return world

    def open_account(self, world: World, now: float) -> None:
        """Give a world what every account of the provider has, and what it may lack that was read from a file."""
        self._open_account(world, self.contract, now)


def _module_of(provider: str) -> ModuleType | SimpleNamespace:
    """Return the Python module of a provider; of an added one without a module, an empty stand-in."""
    folder = added_folder(provider)
    if folder is None:
        return import_module(f".providers.{provider}", __package__)
    path = folder / f"{provider}.py"
    return _run_module(f"stepmock_added_{provider}", path) if path.exists() else SimpleNamespace()


def _run_module(name: str, path: Path) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ContractError(f"{path.name} cannot be run: {type(error).__name__}: {error}", file=path.name) from error
    return module


def _example_of(operation: Operation) -> Handler:
    """Return the handler of an operation that no code is written for: it answers the example of its contract."""

    def act(call: Call) -> Any:
        call.rely_on("assumed")
        return operation.example

    return Handler(act)


def _open_nothing(world: World, contract: Contract, now: float) -> None:
    """Leave a new world as it begins; the usual case of a provider module without an `open_account` of its own."""


def _admit_all(admission: Admission) -> None:
    """Let every credential in; the usual case of a provider module without an `admit` of its own."""
