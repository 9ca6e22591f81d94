"""Finds the operation that a request to a path of no operation may have meant."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from .model import Contract, Operation
from .routing import below

_MOST_SEGMENTS = 16
_LONGEST_SEGMENT = 60
_LIKE_ENOUGH = 0.5
_ANY_VALUE = 0.15
"""What it costs to put something into a path parameter; a literal that fits costs nothing."""
_OTHER_METHOD = 0.5
_LIKE_METHOD = 0.4
"""What it costs to change the one of POST, PUT and PATCH for another."""
_WRITES = frozenset({"POST", "PUT", "PATCH"})


class Near(NamedTuple):
    """The operation most like a request: its provider, its name, its method and the template of its path."""

    provider: str
    operation: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.operation}, {self.method} {self.path}"


def nearest_operation(contract: Contract, method: str, path: str) -> Near | None:
    """Return the operation most like a method and a path; None when none is like it.

    The path is that below the provider's base path, or the whole one.
    """
    return nearest_of((contract,), method, path)


def nearest_of(contracts: Iterable[Contract], method: str, path: str) -> Near | None:
    """Return the operation of some contracts that is most like a method and a path; None when none is like it."""
    best: tuple[float, Near] | None = None
    for contract in contracts:
        for operation, cost, most in _costs(contract, method, path):
            likeness = 1 - cost / most
            if likeness >= _LIKE_ENOUGH and (best is None or likeness > best[0]):
                best = likeness, Near(contract.provider, operation.name, operation.method, operation.path)
    return best[1] if best else None


def _costs(contract: Contract, method: str, path: str) -> Iterable[tuple[Operation, float, float]]:
    """Yield each operation with what it costs to get to it from the request, and what the dearest way would cost."""
    within = below(contract.mounts, path)
    if within is None:
        within = below(contract.paths, path)
    if within is None:
        within = path.removeprefix(f"/{contract.provider}")
    sent = _segments(within)
    for operation in contract.operations.values():
        wanted = _segments(operation.path)
        if any(_unlike(part, target) < 1 for target in wanted if not target.startswith("{") for part in sent):
            cost = _distance(sent, wanted) + _method_cost(method, operation.method)
            yield operation, cost, max(len(sent), len(wanted)) + _OTHER_METHOD


def _method_cost(sent: str, wanted: str) -> float:
    if sent == wanted:
        return 0.0
    return _LIKE_METHOD if {sent, wanted} <= _WRITES else _OTHER_METHOD


def _segments(path: str) -> tuple[str, ...]:
    return tuple(part[:_LONGEST_SEGMENT] for part in path.split("/") if part)[:_MOST_SEGMENTS]


def _distance(sent: Sequence[str], wanted: Sequence[str]) -> float:
    """Return the edit distance of two paths, by segments."""
    row = [float(number) for number in range(len(wanted) + 1)]
    for count, segment in enumerate(sent, 1):
        before, row = row, [float(count)]
        for place, target in enumerate(wanted):
            row.append(min(before[place] + _unlike(segment, target), before[place + 1] + 1, row[place] + 1))
    return row[-1]


@lru_cache(4096)
def _unlike(segment: str, target: str) -> float:
    """Return how unlike a segment is to that of a template, from 0 to 1."""
    if segment == target:
        return 0.0
    if target.startswith("{"):
        return _ANY_VALUE
    from difflib import SequenceMatcher  # only a request that nobody answers needs it

    likeness = SequenceMatcher(None, segment.lower(), target.lower(), autojunk=False).ratio()
    return 1 - likeness if likeness >= _LIKE_ENOUGH else 1.0
