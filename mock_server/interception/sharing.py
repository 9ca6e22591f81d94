"""Emulators for blocks: what has to be built is built once for equal settings, and no two blocks share a world."""

from collections.abc import Hashable
from threading import Lock

from ...contracts import load, providers
from ...contracts.loader import added_folder
from ..clock import SystemClock
from ..emulator import Emulator
from ..settings import Settings

_MOST = 16
"""Settings that are remembered; then the oldest are forgotten."""

_built: dict[Hashable, Emulator] = {}
_lock = Lock()


def emulator_of(settings: Settings) -> Emulator:
    """Return an emulator that has no worlds yet. Safe in many threads; raises as Emulator does."""
    key = _key(settings)
    if key is None:
        return Emulator(settings)
    built = _built.get(key)
    if built is None:
        built = Emulator(settings._replace(clock=SystemClock()))
        with _lock:
            while len(_built) >= _MOST:
                del _built[next(iter(_built))]
            _built[key] = built
    return built.fresh(settings.clock)


def _key(settings: Settings) -> Hashable | None:
    """Return what two settings have in common whose emulators are built alike, but for the clock.

    None for what is not shared: settings that hold data, which somebody may change, and the Python of added contracts,
    which may keep something. 1 and 1.0 are equal, but make other ids; so the types count too. An address stands for a
    contract, for the emulator that is remembered keeps it alive.
    """
    if settings.worlds or settings.faults or any(map(added_folder, providers())):
        return None
    values = settings._replace(clock=SystemClock, worlds=None, faults=())  # type: ignore[arg-type]
    contracts = (id(load(name, settings.profile)) for name in providers())
    key = (*values, *map(type, values), *contracts)
    try:
        hash(key)
    except TypeError:
        return None
    return key
