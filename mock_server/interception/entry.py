"""`intercept()`: a context manager, sync and async, and a decorator."""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Any, ParamSpec, TypedDict, TypeVar, Unpack, cast

from ..clock import Clock, parse_clock
from ..emulator import Emulator, Observer
from ..media.policy import Media
from ..settings import Settings
from . import patches
from .blocks import Interception, newest_of
from .hosts import Allow, Hosts
from .sharing import emulator_of

P = ParamSpec("P")
R = TypeVar("R")


class Options(TypedDict, total=False):
    """The fields of `Settings`; `clock` also as `stepmock serve --clock` takes it, `api_keys` in any collection."""

    profile: str
    seed: int
    api_keys: Iterable[str]
    clock: Clock | str
    rate_limit: bool
    world: str
    worlds: Mapping[str, Any]
    control_token: str
    on_loopback: bool
    faults: Sequence[Any]
    media: Media


def intercept(
    settings: Settings | None = None,
    *,
    emulator: Emulator | None = None,
    allow: Allow = (),
    observer: Observer | None = None,
    **options: Unpack[Options],
) -> "Intercept":
    """Answer calls to the providers' real hosts in this process, by HTTP and HTTPS, on any port.

        with intercept(rate_limit=False) as mock:
            requests.post("https://api.lemlist.com/api/campaigns", ...)

    Use it with `with`, with `async with`, or as `@intercept()` on a function, a coroutine function or a generator
    function. Each block has a new emulator, of `settings` or of its fields as `options`, unless `emulator` gives one
    that is shared.

    Of all other hosts, only this machine (localhost, 127.0.0.0/8, ::1) is reached, and what `allow` names: patterns
    such as `"api.example.com"` or `"*.example.com"`, or True for every host; False refuses this machine too. A refused
    request raises the connection error of the library that made it.

    `observer(provider, world, number)` is called after each request that reached a world; `number` is its number in
    that world's journal. Where blocks are nested, the innermost holds alone.

    Raises TypeError or ValueError for options that are none.
    """
    if callable(settings):
        raise TypeError("intercept is called before it decorates: write @intercept()")
    if emulator is not None and (settings is not None or options):
        raise TypeError("an emulator has its settings already: give either emulator= or settings")
    given = cast(dict[str, Any], options)
    _require_types(given)
    if "clock" in given and isinstance(given["clock"], str):
        given["clock"] = parse_clock(given["clock"])
    if "api_keys" in given:
        given["api_keys"] = frozenset(given["api_keys"])
    if unknown := given.keys() - Settings._fields:
        raise TypeError(f"intercept() has no option {min(unknown)}; it has {', '.join(Settings._fields)}")
    allowed = allow if isinstance(allow, bool | str) else tuple(allow)
    Hosts((), allowed)  # says at once what is wrong with a pattern
    return Intercept((settings or Settings())._replace(**given), emulator, allowed, observer)


_TYPES: Mapping[str, tuple[type, ...]] = {
    "profile": (str,),
    "seed": (int,),
    "rate_limit": (bool,),
    "world": (str,),
    "worlds": (Mapping,),
    "control_token": (str,),
    "on_loopback": (bool,),
    "media": (Media,),
}


def _require_types(given: Mapping[str, Any]) -> None:
    """Raise TypeError or ValueError for a value that an option cannot have; `off` is no boolean here."""
    for name, types in _TYPES.items():
        if name in given and (not isinstance(given[name], types) or (types == (int,) and given[name] is True)):
            raise TypeError(f"{name}= takes {types[0].__name__}, not {given[name]!r}")
    if isinstance(given.get("api_keys"), str):
        raise TypeError("api_keys= takes a collection of keys, such as ['my-key'], not a text")
    if given.get("world", "docs") not in ("docs", "empty"):
        raise ValueError(f"world= is 'docs' or 'empty', not {given['world']!r}; worlds= gives the start of a provider")


class Intercept:
    """What `intercept()` returns. It may be entered again and again, also while it is open: each time is a block."""

    def __init__(self, settings: Settings, emulator: Emulator | None, allow: Allow, observer: Observer | None) -> None:
        self._settings = settings
        self._emulator = emulator
        self._allow = allow
        self._observer = observer
        self._opened: list[Interception] = []

    def __enter__(self) -> Interception:
        block = Interception(self._emulator or emulator_of(self._settings), self._allow, self._observer)
        patches.prepare()
        block.open(patches.install)
        self._opened.append(block)
        return block

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        block = newest_of(self._opened)
        self._opened.remove(block)
        block.close(patches.remove)

    async def __aenter__(self) -> Interception:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Return a function that opens a block of its own each time it runs."""
        if isinstance(function, type) or not callable(function):
            raise TypeError(f"@intercept() decorates functions, not {function!r}; decorate the methods that need it")
        return cast(Callable[P, R], self._decorated(function))

    def _decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_async(*args: Any, **options: Any) -> Any:
                with self:
                    return await function(*args, **options)

            return run_async
        if inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            async def iterate_async(*args: Any, **options: Any) -> AsyncIterator[Any]:
                with self:
                    async with aclosing(function(*args, **options)) as items:
                        async for item in items:
                            yield item

            return iterate_async
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def iterate(*args: Any, **options: Any) -> Generator[Any, Any, Any]:
                with self:
                    return (yield from function(*args, **options))

            return iterate

        @functools.wraps(function)
        def run(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return run
