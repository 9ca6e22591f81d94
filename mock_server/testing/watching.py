"""Reads the journals of an emulator for the verdict of a test, before anything falls out of them.

A journal keeps the newest requests only, and a world can be reset or closed. So what is new is read every few requests
where the emulator is in this process, and ahead of every call that makes a world forget.
"""

import json
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, NamedTuple

from ...contracts.limits import MAX_JOURNAL_PAGE
from ...contracts.model import SEVERITIES
from ..control_client import ControlClient, StepmockError, Transport
from .worlds import Recorded, recorded

_EVERY = 32


class Request(NamedTuple):
    """One request, and the reading by which it was judged. `world` is empty for one that reached none."""

    profile: str
    world: str
    recorded: Recorded


class Watch:
    """What the worlds of an emulator were sent since the last look, each request once.

    `note` is told of each; `lose` of how many a world forgot before they could be read. With `own` only worlds that
    were opened through `ask` are looked at: others belong to somebody else.
    """

    def __init__(self, send: Transport, profile: str, *, own: bool = False) -> None:
        self.ask = ControlClient(self._guarded(send))
        self.note: Callable[[Request], None] = lambda request: None
        self.lose: Callable[[int], None] = lambda count: None
        self._plain = ControlClient(send)
        self._profile = profile
        self._own: set[str] | None = set() if own else None
        self._seen: dict[str, int] = {}
        self._judged: dict[str, int] = {}
        self._faults: dict[str, set[str]] = {}
        self._told: set[tuple[Any, ...]] = set()
        self._strays_seen = 0
        self._has_ended = False
        self._lock = RLock()

    def end(self) -> None:
        """Look no more: the server is stopped on purpose."""
        self._has_ended = True

    def _guarded(self, send: Transport) -> Transport:
        def sent(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
            collection, _, rest = path.partition("/")
            name, _, part = rest.partition("/")
            forgets = collection == "worlds" and (method in ("DELETE", "PUT") or part == "reset") and part != "faults"
            if forgets:
                with self._lock:  # or an observer notes how far it read before, of a world that begins anew
                    self._read(name)
                    status, reply = send(method, path, query, body)
                    if status < 400:
                        self._seen.pop(name, None)
                if status < 400 and part != "journal":
                    self._faults.pop(name, None)
            else:
                status, reply = send(method, path, query, body)
            if part == "faults" and status == 201:
                self._faults.setdefault(name, set()).update(json.loads(reply)["added"])
            if self._own is not None and status == 201 and (path == "worlds" or part == "fork"):
                self._own.add(json.loads(reply)["world"])
            return status, reply

        return sent

    def observe(self, provider: str, world: str, number: int) -> None:
        """Be told of a request; this is an observer of an emulator."""
        if abs(number - self._seen.get(world, 0)) >= _EVERY:
            self._read(world)

    def look(self) -> None:
        """Read all that is new; raises StepmockError where the server does not answer."""
        if self._has_ended:
            return
        for world in self._plain("GET", "worlds")["worlds"]:
            if self._own is None or world["id"] in self._own:
                self._read(world["id"])
        if self._own is None:
            with self._lock:
                page = self._page("journal", self._strays_seen)
                self._strays_seen = self._noted(page, "", self._strays_seen)

    def findings(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return how clients were found to behave, by world, that was not told before, but not what is mere advice."""
        new: list[tuple[str, Mapping[str, Any]]] = []
        for world, seen in [] if self._has_ended else list(self._seen.items()):
            if self._judged.get(world) == seen:
                continue
            self._judged[world] = seen
            for finding in self._plain("GET", f"worlds/{world}/findings")["findings"]:
                key = (world, finding["code"], *(each["number"] for each in finding["evidence"]))
                if finding["severity"] != SEVERITIES[-1] and key not in self._told:
                    self._told.add(key)
                    new.append((world, finding))
        return new

    def unfired(self) -> list[str]:
        """Return which faults that were set through `ask`, and were to fire so many times, never did; each once.

        One that has a `probability` may well not fire, and one that was taken back, with its world or not, need not.
        """
        told: list[str] = []
        while self._faults and not self._has_ended:
            world, names = self._faults.popitem()
            try:
                standing = self._plain("GET", f"worlds/{world}/faults")["faults"]
            except StepmockError as error:
                if error.code != "unknown_world":
                    raise
                continue
            idle = [each for each in standing if each["id"] in names and not each["applied"]]
            if idle := [each for each in idle if each["remaining"] is not None and "probability" not in each]:
                provider = self._plain("GET", f"worlds/{world}")["provider"]
                told += [f"{provider}: {_idle(each)}" for each in idle]
        return told

    def _read(self, world: str) -> None:
        with self._lock:
            seen = self._seen.get(world, 0)
            try:
                self._seen[world] = self._noted(self._page(f"worlds/{world}/journal", seen), world, seen)
            except StepmockError as error:
                if error.code != "unknown_world":
                    raise
                self._seen.pop(world, None)

    def _page(self, path: str, seen: int) -> Mapping[str, Any]:
        return recorded(self._plain, path, seen, MAX_JOURNAL_PAGE)

    def _noted(self, page: Mapping[str, Any], world: str, seen: int) -> int:
        if page["dropped"]:
            self.lose(page["dropped"])
        for entry in page["entries"]:
            self.note(Request(self._profile, world, entry))
            seen = entry.number
        return seen


def _idle(fault: Mapping[str, Any]) -> str:
    """Say of a fault that stands that it never fired, and why."""
    form = {name: value for name, value in fault.items() if name not in ("id", "seen", "applied", "remaining")}
    seen, turn = fault["seen"], fault.get("nth", 1)
    calls = "1 call" if seen == 1 else f"{seen} calls"
    why = "no call came that it is for"
    if seen:
        why = f"{calls} came that it is for, and it waits for number {turn}"
    if seen >= turn:
        why = f"{calls} came that it is for; another fault came first, or it comes after a success that there was not"
    return f"the fault {json.dumps(form, ensure_ascii=False)} never fired: {why}."
