"""Finds the handler of a control request."""

from collections.abc import Iterable

from ...contracts.errors import nearest
from ...contracts.limits import MAX_BODY_BYTES, MAX_SNAPSHOT_BYTES
from ...contracts.version import version
from ..messages import Request, Response
from ..provider import Provider
from ..settings import Settings
from ..store import Store
from . import clock, downstream, journal, snapshots, worlds
from .answers import Ask, ControlError, Routes, answer
from .guard import require_local

CONTROL_PREFIX = "/_stepmock"

_ROUTES: Routes = {**worlds.ROUTES, **clock.ROUTES, **journal.ROUTES, **downstream.ROUTES, **snapshots.ROUTES}
_PATHS = frozenset(path for _, path in _ROUTES)


def body_limit(path: str) -> int:
    """Return how many bytes the body of a request may have: a snapshot is larger than what a provider takes."""
    return MAX_SNAPSHOT_BYTES if path.startswith(f"{CONTROL_PREFIX}/") else MAX_BODY_BYTES


class Control:
    """Answers control requests; errors are `{"error": {"code", "message", "hint"}}`."""

    def __init__(self, settings: Settings, store: Store, providers: Iterable[Provider]) -> None:
        self._settings = settings
        self._store = store
        self._providers = {provider.contract.provider: provider for provider in providers}

    def handle(self, request: Request) -> Response:
        """Answer one request below the control prefix."""
        try:
            return self._handle(request, request.path.removeprefix(CONTROL_PREFIX).strip("/"))
        except ControlError as error:
            return error.response()

    def _handle(self, request: Request, path: str) -> Response:
        if path == "health":  # tells nothing, and is open to all
            _require_method(request, path, {"GET"})
            return answer({"status": "ok", "version": version()})
        require_local(request, CONTROL_PREFIX)
        if path == "worlds":
            _require_method(request, path, {"GET"})
            return worlds.listing(self._settings, self._store)
        collection, _, rest = path.partition("/")
        name, _, part = rest.partition("/")
        if collection != "worlds" or not name or part not in _PATHS:
            raise _unknown(path, part if collection == "worlds" and name else "")
        _require_method(request, path, {method for method, path in _ROUTES if path == part})
        block = self._store.find(name)
        if block is None:
            raise ControlError(
                404,
                "unknown_world",
                f"There is no world {name[:80]!a}.",
                "A world begins with the first request of its credential; the reply header X-Stepmock-World names it.",
            )
        with block as world:
            ask = Ask(world, self._providers[world.provider], self._settings, self._store, request)
            found = _ROUTES[request.method, part](ask)
        return found if isinstance(found, Response) else found()

    def no_provider(self) -> Response:
        """Answer a request that no provider's base path or host fits."""
        mounts = [mount for provider in self._providers.values() for mount in provider.contract.mounts]
        return ControlError(
            404,
            "no_provider",
            "No provider answers at this path.",
            f"Base paths are {', '.join(mounts)}; or send the provider's own Host header.",
        ).response()


def _unknown(path: str, part: str) -> ControlError:
    paths = ", ".join(f"worlds/ID/{known}" for known in sorted(_PATHS))
    return ControlError(
        404,
        "not_found",
        f"There is no {path[:80]!a} in the control plane.{nearest(part, _PATHS) if part else ''}",
        f"Below {CONTROL_PREFIX}/ are health, worlds, {paths}.",
    )


def _require_method(request: Request, path: str, methods: set[str]) -> None:
    """Raise ControlError for another method. HEAD comes here as GET."""
    if request.method not in methods:
        allowed = ", ".join(sorted(methods))
        raise ControlError(
            405,
            "method_not_allowed",
            f"{path[:80]} takes no {request.method[:20]}.",
            f"{allowed.replace(', ', ' or ')} {CONTROL_PREFIX}/{path[:80]}",
            [("Allow", allowed)],
        )
