"""Finds the operation of a method and a path, and the path below a base path."""

from collections.abc import Iterable
from typing import NamedTuple

from .model import Operation


def below(bases: Iterable[str], path: str) -> str | None:
    """Return the part of a path below the first of some base paths that it lies in, or None."""
    for base in bases:
        if path.startswith(base) and path[len(base) : len(base) + 1] in ("", "/"):
            return path[len(base) :]
    return None


class Match(NamedTuple):
    """What a path leads to: operations by method, and the values of the path's parameters."""

    operations: dict[str, Operation]
    parameters: dict[str, str]


class _Route(NamedTuple):
    literals: list[tuple[int, str]]
    parameters: list[tuple[int, str]]
    operations: dict[str, Operation]


class Router:
    """The paths of one contract."""

    def __init__(self, operations: Iterable[Operation], *, takes_trailing_slash: bool = False) -> None:
        self._takes_trailing_slash = takes_trailing_slash
        self._routes: dict[int, dict[str, _Route]] = {}
        for operation in operations:
            segments = operation.path.split("/")
            routes = self._routes.setdefault(len(segments), {})
            route = routes.setdefault(
                operation.path,
                _Route(
                    [(index, text) for index, text in enumerate(segments) if not text.startswith("{")],
                    [(index, text[1:-1]) for index, text in enumerate(segments) if text.startswith("{")],
                    {},
                ),
            )
            route.operations[operation.method] = operation

    def match(self, path: str) -> Match | None:
        """Return what a path below the provider's base path leads to, or None."""
        if self._takes_trailing_slash and path.endswith("/"):
            path = path[:-1]
        segments = path.split("/")
        for route in self._routes.get(len(segments), {}).values():
            if all(segments[index] == text for index, text in route.literals):
                parameters = {name: segments[index] for index, name in route.parameters}
                if all(parameters.values()):
                    return Match(route.operations, parameters)
        return None
