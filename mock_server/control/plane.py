"""Finds the handler of a control request."""

from collections.abc import Iterable

from ...contracts.errors import nearest
from ...contracts.limits import MAX_BODY_BYTES, MAX_SNAPSHOT_BYTES
from ...contracts.near_operation import nearest_of
from ...contracts.version import version
from ..journal import SharedJournal
from ..messages import Request, Response
from ..provider import Provider
from ..redaction import Redaction
from ..settings import CONTROL_PREFIX, Settings
from ..store import Store
from . import clock, downstream, entries, faults, findings, journal, snapshots, timeline, worlds
from .answers import Ask, ControlError, Routes, answer, bad_request
from .guard import require_allowed

_ROUTES: Routes = {
    **worlds.ROUTES,
    **clock.ROUTES,
    **journal.ROUTES,
    **downstream.ROUTES,
    **faults.ROUTES,
    **snapshots.ROUTES,
    **findings.ROUTES,
    **timeline.ROUTES,
}
_PATHS = frozenset(path for _, path in _ROUTES)


def body_limit(path: str) -> int:
    """Return how many bytes the body of a request may have: a snapshot is larger than what a provider takes."""
    is_snapshot = path.startswith(f"{CONTROL_PREFIX}/worlds/") and path.endswith("/snapshot")
    return MAX_SNAPSHOT_BYTES if is_snapshot else MAX_BODY_BYTES


class Control:
    """Answers control requests; errors are `{"error": {"code", "message", "hint"}}`."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        providers: Iterable[Provider],
        strays: SharedJournal,
        redact: Redaction,
    ) -> None:
        self._settings = settings
        self._store = store
        self._providers = {provider.contract.provider: provider for provider in providers}
        self._contracts = {name: provider.contract for name, provider in self._providers.items()}
        self._strays = strays
        self._redact = redact

    def handle(self, request: Request) -> Response:
        """Answer one request below the control prefix."""
        try:
            return self._handle(request, request.path.removeprefix(CONTROL_PREFIX).strip("/"))
        except ControlError as error:
            return error.response(self._redact.text)
        except RecursionError:
            return bad_request("The body is nested too deeply.", "Nothing in the control plane is.").response()

    def _handle(self, request: Request, path: str) -> Response:
        if path == "health":  # tells nothing, and is open to all
            _require_method(request, path, {"GET"})
            return answer({"status": "ok", "version": version()})
        require_allowed(request, self._settings, CONTROL_PREFIX)
        if path == "worlds":
            _require_method(request, path, {"GET", "POST"})
            if request.method == "POST":
                return worlds.open_one(self._settings, self._store, self._providers, request)
            return worlds.listing(self._store)
        if methods := {method for method, known in journal.HANDLERS if known == path}:
            _require_method(request, path, methods)
            with self._strays as kept:
                title = "stepmock, requests that reached no world"
                asked = entries.Asked(kept, self._strays.requests, self._contracts, request, title)
                return journal.HANDLERS[request.method, path](asked)
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
            ask = Ask(world, self._providers[world.provider], self._settings, self._store, request, self._redact)
            found = _ROUTES[request.method, part](ask)
        return found if isinstance(found, Response) else found()

    def no_provider(self, request: Request) -> Response:
        """Answer a request that no provider's base path or host fits."""
        mounts = [mount for contract in self._contracts.values() for mount in contract.mounts]
        hint = f"Base paths are {', '.join(mounts)}; or send the provider's own Host header."
        if near := nearest_of(self._contracts.values(), request.method, request.path):
            hint += f" The nearest operation is {near.method} {self._contracts[near.provider].mounts[0]}{near.path}."
        return ControlError(404, "no_provider", "No provider answers at this path.", hint).response()


def _unknown(path: str, part: str) -> ControlError:
    paths = ", ".join(f"worlds/ID/{known}" for known in sorted(_PATHS))
    return ControlError(
        404,
        "not_found",
        f"There is no {path[:80]!a} in the control plane.{nearest(part, _PATHS) if part else ''}",
        f"Below {CONTROL_PREFIX}/ are health, worlds, journal, journal/count, journal.har, {paths}.",
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
