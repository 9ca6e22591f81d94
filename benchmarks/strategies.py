"""Examples of the strategies a second of processor time, beside what Hypothesis itself takes."""

import time
from collections.abc import Callable
from functools import partial
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.data import ConjectureData
from hypothesis.strategies import SearchStrategy
from measure import interleaved, ratios, show, show_ratio
from stepmock.validators.breakers import operations_with_payload
from stepmock.validators.strategies import broken, payloads, sequences
from steps import Sample

PEER = "st.text(), four of them"
_SECONDS = 0.3
_EXAMPLES = 2000
_RUN = settings(max_examples=_EXAMPLES, deadline=None, database=None)


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    provider = sample.provider
    four_texts: SearchStrategy[object] = st.tuples(*[st.text()] * 4)
    strategies: dict[str, SearchStrategy[object]] = {
        f"payloads {operation}": payloads(f"{provider}/{operation}") for operation in operations_with_payload(provider)
    }
    name = f"{provider}/{sample.operation}"
    found = interleaved(
        {
            **{shown: partial(_drawn, strategy) for shown, strategy in strategies.items()},
            f"broken {sample.operation}": partial(_drawn, broken(name)),
            f"sequences of {provider}": partial(_drawn, sequences(provider)),
        },
        rounds,
    )
    show(f"Drawing examples of {provider}", found, "examples/s")
    print("  goal: payloads of every operation at least 2,000/s")
    whole = interleaved({"payloads": partial(_given, payloads(name)), PEER: partial(_given, four_texts)}, rounds)
    show(f"A whole run of given(), {_EXAMPLES} examples of {name}", whole, "examples/s")
    show_ratio(f"payloads over {PEER}", ratios(whole["payloads"], whole[PEER]))


def _drawn(strategy: SearchStrategy[object]) -> float:
    """Return the examples a second that are drawn from fresh choices, without the engine that varies and keeps them."""
    random, count, started = Random(0), 0, time.process_time()
    while (elapsed := time.process_time() - started) < _SECONDS:
        for _ in range(20):
            ConjectureData(random=random).draw(strategy)
        count += 20
    return count / elapsed


def _given(strategy: SearchStrategy[object]) -> float:
    """Return the examples a second of a test that does nothing, all health checks on."""
    count = 0

    def note(example: object) -> None:
        nonlocal count
        count += 1

    test: Callable[[], None] = _RUN(given(strategy)(note))
    started = time.process_time()
    test()
    return count / (time.process_time() - started)
