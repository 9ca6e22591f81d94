"""A state machine that drives a client of yours against a world, and checks that it reads back what it sent.

```python
from stepmock.mock_server.stateful import ClientMachine


class Lemlist(ClientMachine):
    provider = "lemlist"
    unread = frozenset({"index"})

    def add(self, sequence, payload):
        return my_client.add_step(sequence, payload)["_id"]

    def read(self, sequence):
        return {step["_id"]: step for step in my_client.steps(sequence)}


TestLemlist = Lemlist.TestCase
```

Hypothesis comes with the extra: `pip install 'stepmock[hypothesis]'`.
"""

from collections.abc import Mapping
from itertools import count
from os import getpid
from typing import Any, ClassVar

from ..contracts import ContractError, load
from ..contracts.model import Operation
from ..validators.checker import checker
from ..validators.strategies import changes, next_payloads
from ..validators.worlds import docs_resources
from .clock import FrozenClock
from .emulator import Emulator
from .messages import Request, Response
from .settings import Settings

# ruff: isort: split
# The import above says what to install where Hypothesis is missing.
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

_KEYS = count()
_MIDDAY = 1_767_700_800
_ABSENT: Any = type("Absent", (), {"__repr__": lambda self: "nothing"})()


class ClientMachine(RuleBasedStateMachine):
    """Adds, changes and deletes steps with a client, and compares what it reads back with what it sent.

    A subclass names its `provider`, and writes `add` and `read`; with `update` and `delete` these are done too. Where
    they raise, or what is read is not what was sent, Hypothesis shows the shortest series of calls that comes to it.

    Each example has a world of its own, in the state `docs`. Without a `base_url` it is in this process, and `handle`
    answers its requests; with the address of a running `stepmock serve --rate-limit off`, it is in that server. Either
    way, `address` is what stands before the paths of the provider, and `api_key` opens the world.

    Class attributes:

    - `provider`: its name, for example `lemlist`. It must be one that adds steps one by one.
    - `profile`: how the provider is read, `documented` or `observed`.
    - `facts`: what is known besides the payloads, for example `{"provider": "outreach"}` for Supaglue; the client has
      to send them.
    - `base_url`: the address of a server, as `http://127.0.0.1:8377`; None for a world in this process.
    - `unread`: names of fields that are sent and not read back as such, for example the `index` of lemlist.
    """

    provider: ClassVar[str] = ""
    profile: ClassVar[str] = "documented"
    facts: ClassVar[Mapping[str, str]] = {}
    base_url: ClassVar[str | None] = None
    unread: ClassVar[frozenset[str]] = frozenset()

    steps = Bundle("steps")

    def __init__(self) -> None:
        super().__init__()
        contract = load(self.provider, self.profile)
        self._adds = _adding(self.provider, self.profile)
        self._changes = _changing(self.provider, self.profile, self._adds)
        self._check = checker(self.provider, self._adds.name, self.profile)
        self._emulator = None if self.base_url else _emulator(self.profile)
        self.address = f"{(self.base_url or '').rstrip('/')}{contract.mounts[0]}"
        self.api_key = "stateful" if self._emulator else f"stateful-{getpid()}-{next(_KEYS)}"
        self.sent: dict[Any, dict[str, Any]] = {}
        """What was sent of each step that is there, by the id that `add` returned, in the order of adding."""
        self.connect()
        self.sequence = self.start()

    def handle(self, request: Request) -> Response:
        """Answer a request in this process; raises RuntimeError where the world is in a server."""
        if self._emulator is None:
            raise RuntimeError(f"The world is at {self.base_url}, so requests go there, and not to handle().")
        return self._emulator.handle(request)

    def connect(self) -> None:
        """Make the client of an example, with `api_key` and `address` or `handle`; does nothing unless written."""

    def start(self) -> str:
        """Return the id of the empty sequence to fill: that of the world `docs`, unless written otherwise."""
        return next(iter(docs_resources(self.provider)[(self._adds.replay or {})["within"]["kind"]]))

    def add(self, sequence: str, payload: dict[str, Any]) -> Any:
        """Add a step with the client, and return the id of it."""
        raise NotImplementedError(f"{type(self).__name__} has no add(sequence, payload), which returns the step's id.")

    def update(self, sequence: str, step: Any, payload: dict[str, Any]) -> None:
        """Change a step with the client; never called unless written."""
        raise NotImplementedError

    def delete(self, sequence: str, step: Any) -> None:
        """Delete a step with the client; never called unless written."""
        raise NotImplementedError

    def read(self, sequence: str) -> Mapping[Any, Mapping[str, Any]]:
        """Return the fields of each step of a sequence by its id, as the client reads them."""
        raise NotImplementedError(f"{type(self).__name__} has no read(sequence), which returns the steps by id.")

    def expected(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return what is to be read back of a payload: what the provider takes of it, without the `unread` fields."""
        taken = self._check.accepted(payload, with_defaults=False)
        return {name: value for name, value in taken.items() if name not in self.unread}

    @rule(target=steps, payload=st.runner().flatmap(lambda machine: machine._next_payloads()))
    def add_step(self, payload: dict[str, Any]) -> Any:
        """Add a step."""
        name = self.add(self.sequence, payload)
        assert name is not None, "add() returned None instead of the id of the step"
        assert name not in self.sent, f"add() returned {name!r}, the id of a step that was there before"
        self.sent[name] = payload
        return name

    @precondition(lambda self: self._can("update") and bool(self.sent))
    @rule(step=steps, data=st.data())
    def update_step(self, step: Any, data: st.DataObject) -> None:
        """Change a step."""
        payload = data.draw(self._changes_of(self.sent[step]), label="payload")
        self.update(self.sequence, step, payload)
        self.sent[step] = _merged(self.sent[step], payload)

    @precondition(lambda self: self._can("delete") and bool(self.sent))
    @rule(step=consumes(steps))
    def delete_step(self, step: Any) -> None:
        """Delete a step."""
        self.delete(self.sequence, step)
        del self.sent[step]

    @invariant()
    def what_is_read_is_what_was_sent(self) -> None:
        """Compare; raises AssertionError with every difference."""
        read = self.read(self.sequence)
        found = [f"step {name!r} was never sent, and is read as {dict(read[name])}" for name in read.keys() - self.sent]
        for name, payload in self.sent.items():
            if name not in read:
                found.append(f"step {name!r} was sent as {payload}, and is not read back")
                continue
            for place, sent, got in _differences(self.expected(payload), read[name], ""):
                if place != self._check.discriminator or got not in self._check.branch_of(payload).spellings:
                    found.append(f"step {name!r}: {place} was sent as {sent!r}, and is read as {got!r}")
        assert not found, "\n".join(["what is read is not what was sent:", *found])

    def _next_payloads(self) -> st.SearchStrategy[dict[str, Any]]:
        before = list(self.sent.values())
        return next_payloads(self.provider, before, profile=self.profile, settings=self.facts)

    def _changes_of(self, payload: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        assert self._changes is not None
        name = f"{self.provider}/{self._changes.name}"
        return changes(name, payload, profile=self.profile, settings=self.facts)

    def _can(self, name: str) -> bool:
        has_operation = name != "update" or self._changes is not None
        return has_operation and getattr(type(self), name) is not getattr(ClientMachine, name)


def _adding(provider: str, profile: str) -> Operation:
    """Return the operation that adds a step; raises ContractError where there is none."""
    contract = load(provider, profile)
    for operation in contract.operations.values():
        if operation.creates:
            return operation
    raise ContractError(f"{contract.title} has no operation that adds steps one by one, so there is nothing to drive.")


def _changing(provider: str, profile: str, adding: Operation) -> Operation | None:
    """Return the operation that changes what another one adds, if there is one."""
    kind = (adding.replay or {})["kind"]
    for operation in load(provider, profile).operations.values():
        replay = operation.replay or {}
        is_of_the_whole = operation.path.count("{") == adding.path.count("{") + 1
        if replay.get("does") == "changes" and replay["kind"] == kind and is_of_the_whole and "adds-to" not in replay:
            return operation
    return None


def _emulator(profile: str) -> Emulator:
    return Emulator(Settings(profile=profile, rate_limit=False, clock=FrozenClock(_MIDDAY)))


def _merged(old: Any, new: Any) -> Any:
    """Return a value with what a change says; members that it does not name stay."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
    return new


def _differences(sent: Any, read: Any, place: str) -> list[tuple[str, Any, Any]]:
    """Return where what was read lacks something that was sent: the place, and both values."""
    if isinstance(sent, dict) and isinstance(read, Mapping):
        return [
            found
            for name, value in sent.items()
            for found in _differences(value, read.get(name, _ABSENT), f"{place}.{name}" if place else name)
        ]
    if isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        pairs = enumerate(zip(sent, read, strict=True))
        return [found for at, (one, other) in pairs for found in _differences(one, other, f"{place}.{at}")]
    return [] if sent == read else [(place, sent, read)]
