"""The `with intercept()` blocks that are open, and which of them holds for the caller.

The innermost block of the caller's own context holds: of the thread, or of the asyncio task and the tasks that started
it. A thread that was started inside a block knows none of its own; for it, the block that was opened last holds.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from secrets import token_hex
from threading import Lock
from typing import TYPE_CHECKING

from ...contracts import load
from ..emulator import Emulator, Observer
from .hosts import Allow, Hosts

if TYPE_CHECKING:
    from ..control_client import ControlClient
    from ..testing.worlds import WorldHandle

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


class Interception:
    """One open block. `emulator` answers; it stays readable when the block has ended."""

    __slots__ = ("_observer", "active", "ask", "emulator", "hosts")

    def __init__(self, emulator: Emulator, allow: Allow, observer: Observer | None) -> None:
        self.emulator = emulator
        self.hosts = Hosts((contract.host for contract in emulator.contracts), allow)
        self.active = False
        self._observer = observer
        self.ask: ControlClient | None = None  # the client of the control plane that worlds get, where one is set

    def world(self, provider: str, api_key: str = "", facts: Mapping[str, str] | None = None) -> "WorldHandle":
        """Open a fresh world of a provider, under a key of its own unless one is given.

        `facts` are what else the credential says, for example `{"provider": "outreach"}`. Raises StepmockError.
        """
        from ..control_client import ControlClient
        from ..testing.transport import in_process
        from ..testing.worlds import open_world

        contract = load(provider, self.emulator.settings.profile)
        key = api_key or f"key-{token_hex(8)}"
        base_url = f"https://{contract.host}{contract.paths[0]}"
        return open_world(self.ask or ControlClient(in_process(self.emulator)), contract, base_url, key, facts)

    def open(self, patch: Callable[[], None]) -> None:
        """Begin; `patch` is called for the first block that is open."""
        global _everywhere
        with _lock:
            if not _everywhere:
                patch()
            _everywhere = (*_everywhere, self)
            self.active = True
        _here.set((*_open_here(), self))
        if self._observer is not None:
            self.emulator.observers.append(self._observer)

    def close(self, unpatch: Callable[[], None]) -> None:
        """End; `unpatch` is called for the last block that was open."""
        global _everywhere
        with _lock:
            self.active = False
            _everywhere = tuple(each for each in _everywhere if each is not self)
            if not _everywhere:
                unpatch()
        _here.set(_open_here())  # without a token: a fixture may end in another context than it began in
        if self._observer is not None:
            self.emulator.observers.remove(self._observer)


_lock = Lock()
_everywhere: tuple[Interception, ...] = ()
_here: ContextVar[tuple[Interception, ...]] = ContextVar("stepmock.interceptions", default=())


def _open_here() -> tuple[Interception, ...]:
    return tuple(each for each in _here.get() if each.active)


def current() -> Interception | None:
    """Return the block that holds for the caller, or None."""
    for each in reversed(_here.get()):
        if each.active:
            return each
    known = _everywhere
    return known[-1] if known else None


def newest_of(candidates: list[Interception]) -> Interception:
    """Return the block that the caller opened last; of blocks that were opened elsewhere, the newest."""
    return next((each for each in reversed(_here.get()) if each.active and each in candidates), candidates[-1])
