"""Interleaved rounds, and the way their figures are printed.

A figure of a shared machine means little alone: what counts is the ratio to a peer that was measured in the same round.
So every round runs all candidates, in a shuffled order, and a ratio is taken within each round before the median is.
"""

import random
import statistics
from collections.abc import Callable, Mapping, Sequence

Values = Sequence[float]


def interleaved(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run every candidate once a round, in a shuffled order, and return what each of them gave."""
    order = list(candidates)
    shuffler = random.Random(0)
    found: dict[str, list[float]] = {name: [] for name in order}
    for _ in range(rounds):
        shuffler.shuffle(order)
        for name in order:
            found[name].append(candidates[name]())
    return found


def ratios(values: Values, base: Values) -> list[float]:
    """Return value over base, round by round."""
    return [value / other for value, other in zip(values, base, strict=True)]


def show(title: str, found: Mapping[str, Values], unit: str, *, scale: float = 1, digits: int = 0) -> None:
    """Print a line for each candidate: median and spread."""
    print(f"\n{title} ({unit}: median, then smallest..largest of {max(map(len, found.values()))})")
    width = max(map(len, found))
    for name, values in found.items():
        print(f"  {name:<{width}}  {spread([value * scale for value in values], digits)}")


def show_ratio(sentence: str, values: Values, goal: str = "") -> None:
    """Print a ratio with its spread, and the goal that it has."""
    print(f"  -> {sentence}: {spread(values, 2)}" + (f"   goal: {goal}" if goal else ""))


def spread(values: Values, digits: int) -> str:
    """Return `median  (smallest..largest)`."""
    low, middle, high = (f"{value:,.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
    return f"{middle}  ({low}..{high})"
