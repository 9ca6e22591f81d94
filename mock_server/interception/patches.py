"""Puts our methods in the place of the libraries' own while a block is open, and puts theirs back.

A library that is imported only while a block is open is patched as soon as its import is done: a finder of ours stands
first in `sys.meta_path` meanwhile, and lets the others find.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from threading import RLock
from types import ModuleType
from typing import Any, NamedTuple

_ROOMS = {
    "http.client": "with_http_client",
    "urllib3.connection": "with_urllib3",
    "requests": "with_requests",
    "httpx": "with_httpx",
}
"""The modules that are patched, and the module of ours that does it: its `PATCHES` are `Patch` values."""


class Patch(NamedTuple):
    """A method, or a function of a module, to replace; `wrap` gets the library's own, and returns ours."""

    owner: type | ModuleType
    name: str
    wrap: Callable[[Callable[..., Any]], Callable[..., Any]]


class _Done(NamedTuple):
    owner: type | ModuleType
    name: str
    theirs: Any
    ours: Any


_done: list[_Done] = []
_rooms_done: set[str] = set()
_lock = RLock()


def prepare() -> None:
    """Import what `install` needs. Not under its lock: this waits for imports of other threads."""
    for name, room in _ROOMS.items():
        if sys.modules.get(name) is not None:
            import_module(name)
            import_module(f".{room}", __package__)


def install() -> None:
    """Patch what is imported, and whatever of it will be."""
    with _lock:
        sys.meta_path.insert(0, _FINDER)
        for name, room in _ROOMS.items():
            if hasattr(module := sys.modules.get(f"{__package__}.{room}"), "PATCHES"):
                _patch(name, module)


def remove() -> None:
    """Take back every patch. One that somebody else has patched over is left, and lets all calls through."""
    with _lock:
        sys.meta_path.remove(_FINDER)
        for owner, name, theirs, ours in reversed(_done):
            if owner.__dict__.get(name) is ours:
                setattr(owner, name, theirs)
        _done.clear()
        _rooms_done.clear()


def _patch(name: str, room: Any) -> None:
    with _lock:
        if name in _rooms_done or _FINDER not in sys.meta_path:
            return
        _rooms_done.add(name)
        patches: Sequence[Patch] = room.PATCHES
        for owner, method, wrap in patches:
            theirs = owner.__dict__[method]
            ours = wrap(theirs)
            setattr(owner, method, ours)
            _done.append(_Done(owner, method, theirs, ours))


class _Finder:
    """Finds nothing itself; of a module that is to be patched, it makes the loader do that at the end."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _ROOMS:
            return None
        spec = next(filter(None, _found_by_others(name, path, target)), None)
        if spec is not None and spec.loader is not None:
            _patch_when_loaded(name, spec.loader)
        return spec


def _found_by_others(name: str, path: Sequence[str] | None, target: ModuleType | None) -> Iterator[ModuleSpec | None]:
    for finder in list(sys.meta_path):
        if finder is not _FINDER:
            yield finder.find_spec(name, path, target)


def _patch_when_loaded(name: str, loader: Any) -> None:
    run = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module  # the loader is as it was before the module's first line runs
        run(module)
        _patch(name, import_module(f".{_ROOMS[name]}", __package__))

    loader.exec_module = exec_module


_FINDER: Any = _Finder()
