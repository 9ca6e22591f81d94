"""Where worlds live.

Rules of this module, for stores to come behind the same interface:
1. A world is only touched inside `with store.open(...)`; nobody keeps a reference to it afterwards.
2. Within that block the world belongs to one thread. Blocks of other worlds run beside it.
3. What the block changed is there for the next block, also when the block raised.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Lock, RLock
from types import TracebackType
from typing import Protocol

from ..contracts.limits import MAX_WORLDS
from .world import World


class TooManyWorlds(Exception):
    """The store holds as many worlds as it may."""


class Store(Protocol):
    """Holds worlds by id."""

    def open(self, name: str, create: Callable[[], World]) -> AbstractContextManager[World]:
        """Return a block that owns the world, which `create` makes when it is not there; raises TooManyWorlds."""
        ...

    def find(self, name: str) -> AbstractContextManager[World] | None:
        """Return a block that owns the world; None when there is no such world."""
        ...

    def names(self) -> list[str]:
        """Return the ids of all worlds, the oldest first."""
        ...

    def drop(self, name: str) -> None:
        """Forget a world."""
        ...


class _Held:
    """One world and its lock; entering it takes the lock."""

    __slots__ = ("_lock", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._lock = RLock()

    def __enter__(self) -> World:
        self._lock.acquire()
        return self._world

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


class MemoryStore:
    """Worlds in the memory of this process, safe in many threads."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def open(self, name: str, create: Callable[[], World]) -> AbstractContextManager[World]:
        """Return a block that owns the world; see Store."""
        held = self._held.get(name)
        if held is None:
            with self._lock:
                held = self._held.get(name)
                if held is None:
                    if len(self._held) >= MAX_WORLDS:
                        raise TooManyWorlds
                    held = self._held[name] = _Held(create())
        return held

    def find(self, name: str) -> AbstractContextManager[World] | None:
        """Return a block that owns the world, or None; see Store."""
        return self._held.get(name)

    def names(self) -> list[str]:
        """Return the ids of all worlds; see Store."""
        return list(self._held)

    def drop(self, name: str) -> None:
        """Forget a world; see Store."""
        self._held.pop(name, None)
