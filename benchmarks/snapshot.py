"""What a world costs to fork, to save and to put back, beside `copy.deepcopy` and `pickle` of the same resources."""

import copy
import gc
import json
import pickle
import time
from collections.abc import Callable

from measure import interleaved, ratios, show, show_ratio
from stepmock.contracts.limits import MIN_REQUESTS_PER_MARK
from stepmock.mock_server import Emulator, Request, Response, Settings
from steps import Sample, fresh_key

_FORKED = 1_000
_SAVED = 20_000
_MOST_ROUNDS = 7
_HEADERS = {"host": "localhost"}


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    rounds = min(rounds, _MOST_ROUNDS)
    _fork(sample, rounds)
    _save(sample, rounds)
    _fresh(sample, rounds)
    _marks(sample, rounds)


def _fork(sample: Sample, rounds: int) -> None:
    emulator, world = _grown(sample, _FORKED)

    def fork() -> str:
        credential = {"credential": fresh_key()}
        reply = _control(emulator, "POST", f"worlds/{world}/fork", json.dumps(credential).encode())
        return str(reply.json()["world"])

    def fork_and_use() -> None:
        with _of(emulator, fork()) as made:
            made.own()

    data = _resources(emulator, world)
    found = interleaved(
        {
            "fork": lambda: _seconds(fork),
            "fork, and its own resources": lambda: _seconds(fork_and_use),
            "copy.deepcopy": lambda: _seconds(lambda: copy.deepcopy(data)),
            "pickle": lambda: _seconds(lambda: pickle.loads(pickle.dumps(data, pickle.HIGHEST_PROTOCOL))),
        },
        rounds,
    )
    show(f"Fork of a {sample.provider} world, {_FORKED:,} {_unit(sample)}", found, "milliseconds", scale=1e3, digits=2)
    show_ratio("fork over deepcopy", ratios(found["fork"], found["copy.deepcopy"]), "fork at most 1 ms")
    used = found["fork, and its own resources"]
    show_ratio("fork with its own resources over deepcopy", ratios(used, found["copy.deepcopy"]))


def _save(sample: Sample, rounds: int) -> None:
    emulator, world = _grown(sample, _SAVED)
    path = f"worlds/{world}/snapshot"

    def save_and_restore() -> None:
        _control(emulator, "PUT", path, _control(emulator, "GET", path).body)

    def dumped_and_loaded() -> None:
        json.loads(json.dumps(_resources(emulator, world)))

    found = interleaved(
        {
            "snapshot + restore": lambda: _seconds(save_and_restore),
            "json.dumps + loads": lambda: _seconds(dumped_and_loaded),
            "copy.deepcopy": lambda: _seconds(lambda: copy.deepcopy(_resources(emulator, world))),
        },
        rounds,
    )
    show(f"A {sample.provider} world of {_SAVED:,} {_unit(sample)}", found, "milliseconds", scale=1e3)
    show_ratio("over deepcopy", ratios(found["snapshot + restore"], found["copy.deepcopy"]), "at most 1 s")


def _fresh(sample: Sample, rounds: int) -> None:
    emulator = Emulator(Settings(rate_limit=False))
    emulator.handle(sample.request(fresh_key()))
    used = fresh_key()
    emulator.handle(sample.request(used))

    def each_in_a_fresh_world() -> None:
        for _ in range(200):
            emulator.handle(sample.request(fresh_key()))

    def all_in_one_world() -> None:
        for _ in range(200):
            emulator.handle(sample.request(used))

    found = interleaved(
        {
            "a request in a fresh world": lambda: _seconds(each_in_a_fresh_world) / 200,
            "one in a world that is there": lambda: _seconds(all_in_one_world) / 200,
        },
        rounds,
    )
    fresh, there = found.values()
    more = {"a fresh world": [one - other for one, other in zip(fresh, there, strict=True)]}
    show(f"Fresh {sample.provider} worlds", {**found, **more}, "microseconds", scale=1e6, digits=1)
    print("  -> goal: at most 100 microseconds")


def _marks(sample: Sample, rounds: int) -> None:
    """Measure requests with and without the marks that recordings begin at, in fresh worlds of as many steps."""
    emulator = Emulator(Settings(rate_limit=False))

    def block(is_marked: bool) -> float:
        key = fresh_key()
        grow = sample.growing(key)
        for _ in range(_FORKED):
            emulator.handle(grow)
        with _of(emulator, _world_of(emulator, sample, key)) as world:
            world.journal.next_mark = world.requests if is_marked else 1 << 60
        return _seconds(lambda: [emulator.handle(grow) for _ in range(MIN_REQUESTS_PER_MARK)]) / MIN_REQUESTS_PER_MARK

    found = interleaved({"with marks": lambda: block(True), "without": lambda: block(False)}, rounds)
    title = f"A {sample.provider} request in a world of {_FORKED:,} {_unit(sample)}"
    show(title, found, "microseconds", scale=1e6, digits=1)
    show_ratio(
        "with over without", ratios(found["with marks"], found["without"]), "at most 1.05, with all of the journal"
    )


def _grown(sample: Sample, size: int) -> tuple[Emulator, str]:
    """Return an emulator and the world in it that has as many steps."""
    emulator, key = Emulator(Settings(rate_limit=False)), fresh_key()
    for _ in range(size):
        reply = emulator.handle(sample.growing(key))
    if not 200 <= reply.status < 300:
        raise SystemExit(f"a request was answered by {reply.status}; this is no measurement")
    gc.collect()
    gc.freeze()
    return emulator, _world_of(emulator, sample, key)


def _world_of(emulator: Emulator, sample: Sample, key: str) -> str:
    return dict(emulator.handle(sample.growing(key)).headers)["X-Stepmock-World"]


def _resources(emulator: Emulator, name: str) -> object:
    with _of(emulator, name) as world:
        return world.resources


def _of(emulator: Emulator, name: str):
    block = emulator._store.find(name)
    assert block is not None
    return block


def _control(emulator: Emulator, method: str, path: str, body: bytes = b"") -> Response:
    reply = emulator.handle(Request(method, f"/_stepmock/{path}", "", _HEADERS, body))
    if not 200 <= reply.status < 300:
        raise SystemExit(f"{method} {path} was answered by {reply.status}; this is no measurement")
    return reply


def _unit(sample: Sample) -> str:
    return sample.growth.unit if sample.growth else "steps"


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
