"""One world as a Python object: what a test sends to it, reads from it, and asks of it."""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ...contracts.limits import MAX_JOURNAL_PAGE
from ...contracts.model import Contract
from ..control_client import ControlClient, StepmockError
from .elsewhere import under_another_key, worlds_with

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


class Broken(NamedTuple):
    """A rule that a request broke: which, where (a JSON pointer), with what value, and by which page."""

    code: str
    severity: str
    pointer: str
    value: str
    expected: str
    hint: str
    source: Mapping[str, Any]
    confidence: str
    message: str


@dataclass(frozen=True)
class Recorded:
    """One request that a world got, and its reply.

    `json` and `reply_json` are the bodies read as JSON, None where they are no JSON. `number` counts the requests of
    the world from 1. `fault` is what was injected, None for nothing. `operation` is empty for a path that no operation
    has, and `nearest` is then the operation that it is most like.
    """

    number: int
    at: datetime
    provider: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    operation: str
    json: Any
    text: str
    status: int
    reply_headers: Mapping[str, str]
    reply_json: Any
    reply_text: str
    violations: tuple[Broken, ...]
    fault: Any
    nearest: str

    @property
    def rules(self) -> tuple[str, ...]:
        """The codes of the rules that the request broke."""
        return tuple(item.code for item in self.violations)


@dataclass(frozen=True)
class Resource:
    """Something that a world holds, for example a step: its kind, its id, and its fields by name."""

    kind: str
    id: str
    fields: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        if name not in self.fields:
            raise KeyError(f"{self.id} of {self.kind} has no field {name!r}; it has {', '.join(self.fields)}")
        return self.fields[name]


class WorldClock:
    """The time of one world."""

    def __init__(self, ask: ControlClient, path: str) -> None:
        self._ask = ask
        self._path = path

    @property
    def now(self) -> datetime:
        """The time in the world, in UTC."""
        return datetime.fromisoformat(self._ask("GET", self._path)["now"])

    def advance(self, seconds: float) -> None:
        """Move the time forward; no time passes."""
        self._ask("POST", self._path, {"advance": seconds})

    def set(self, time: str | datetime) -> None:
        """Set the time, which then stands still; a text is a date and time in ISO 8601."""
        self._ask("POST", self._path, {"set": time.isoformat() if isinstance(time, datetime) else time})

    def resume(self) -> None:
        """Let the time run with the machine's again."""
        self._ask("POST", self._path, {"resume": True})


class WorldHandle:
    """One world of a provider, and all that a client needs to reach it.

    `base_url` is what the client is given as the provider's address. `api_key` is the key that selects the world;
    `headers` and `params` carry it in the provider's own way, for a client that is given these.
    """

    def __init__(
        self, ask: ControlClient, contract: Contract, name: str, base_url: str, api_key: str, facts: Mapping[str, str]
    ) -> None:
        self.provider = contract.provider
        self.profile = contract.profile
        self.id = name
        self.base_url = base_url
        self.api_key = api_key
        self.headers, self.params = _credential(contract.credential, api_key, facts)
        self._ask = ask
        self._path = f"worlds/{name}"
        self._kinds = tuple(contract.resources)
        self.clock = WorldClock(ask, f"{self._path}/clock")
        self.beside: ControlClient | None = None
        """Asks those who answer calls to the real host in this process, where this world is on a server."""

    @property
    def env(self) -> Mapping[str, str]:
        """Environment variables for a subprocess: of lemlist, STEPMOCK_LEMLIST_URL and STEPMOCK_LEMLIST_KEY."""
        name = f"STEPMOCK_{self.provider.upper()}"
        return {f"{name}_URL": self.base_url, f"{name}_KEY": self.api_key}

    def __repr__(self) -> str:
        return f"<stepmock world {self.id} of {self.provider} ({self.profile}) at {self.base_url}>"

    @property
    def requests(self) -> list[Recorded]:
        """The requests that the world got, the oldest first; the newest thousand are remembered."""
        found: list[Recorded] = recorded(self._ask, f"{self._path}/journal", 0, MAX_JOURNAL_PAGE)["entries"]
        return found

    def resources(self, kind: str) -> list[Resource]:
        """Return what the world holds of a kind, for example `campaigns`, in the order in which it began."""
        if kind not in self._kinds:
            raise KeyError(f"{self.provider} has no {kind}; it has {', '.join(self._kinds)}")
        table = self._ask("GET", f"{self._path}/snapshot")["resources"].get(kind, {})
        return [Resource(kind, name, fields) for name, fields in table.items()]

    @property
    def steps(self) -> list[Resource]:
        """The steps; of a provider that calls its steps sequences, these."""
        return self.resources("steps" if "steps" in self._kinds else "sequences")

    @property
    def sequences(self) -> list[Resource]:
        """The sequences."""
        return self.resources("sequences")

    def fail_next(self, fault: str | Mapping[str, Any], operation: str = "", *, times: int = 1, **more: Any) -> None:
        """Make the next calls fail: `fault` is the name of one, for example `rate-limited`, or its JSON form.

        `operation` is that of the calls, any where it is empty. `more` are further members of the JSON form, for
        example `step_type="email"`. Raises StepmockError for a fault that is not known. One that has not fired by the
        end of the test is told in its report, and fails it under `--stepmock-strict`.
        """
        if not isinstance(fault, (str, Mapping)):
            raise TypeError(
                f'fail_next takes the name of a fault, or its JSON form, such as {{"status": 503}}, not {fault!r}'
            )
        form = {"fault": fault} if isinstance(fault, str) else dict(fault)
        if operation:
            form["operation"] = operation
        self._ask("POST", f"{self._path}/faults", {"times": times, **form, **more})

    @property
    def faults(self) -> list[Mapping[str, Any]]:
        """The faults that stand in the world, in their JSON form, with how many calls they saw and came over."""
        found: list[Mapping[str, Any]] = self._ask("GET", f"{self._path}/faults")["faults"]
        return found

    def clear_faults(self) -> None:
        """Take back the faults that stand in the world."""
        self._ask("DELETE", f"{self._path}/faults")

    def assert_called(
        self, operation: str, *, times: int | None = None, json: Any = None, status: int | None = None
    ) -> None:
        """Raise AssertionError unless an operation was called: `times` times, or at least once.

        Only calls count whose payload has all of `json`, and that were answered with `status`, where these are given.
        The error shows the calls that come near, and tells of those that came to another world, or to none.
        """
        wanted: dict[str, Any] = {"operation": operation}
        if times is not None:
            wanted["times"] = times
        if json is not None:
            wanted["json"] = json
        if status is not None:
            wanted["status"] = status
        try:
            self._ask("POST", f"{self._path}/journal/assert", wanted)
        except StepmockError as error:
            if error.code != "assertion_failed":
                raise
            raise AssertionError("\n".join([error.answer["message"], *self._elsewhere(wanted, error.answer)])) from None

    def _elsewhere(self, wanted: Mapping[str, Any], verdict: Mapping[str, Any]) -> Iterator[str]:
        """Yield where calls came to that are missed here; nothing where there were too many."""
        if verdict["matched"] >= wanted.get("times", 1):
            return
        yield from under_another_key(self._ask, self.provider, self.id, wanted)
        if self.beside is not None and worlds_with(self.beside, self.provider, wanted):
            yield f"Such a call was sent to the provider's real host; this world is at {self.base_url}, its base_url."

    def assert_not_called(self, operation: str, *, json: Any = None, status: int | None = None) -> None:
        """Raise AssertionError if an operation was called; see assert_called."""
        self.assert_called(operation, times=0, json=json, status=status)

    def snapshot(self) -> dict[str, Any]:
        """Return all that the world holds, in the JSON form that `restore` and `--world FILE` take."""
        found: dict[str, Any] = self._ask("GET", f"{self._path}/snapshot")
        return found

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Make the world what a snapshot says; raises StepmockError, and changes nothing, for one that is damaged."""
        self._ask("PUT", f"{self._path}/snapshot", dict(snapshot) if isinstance(snapshot, Mapping) else snapshot)

    def reset(self) -> None:
        """Make the world what it was before its first request."""
        self._ask("POST", f"{self._path}/reset")

    def close(self) -> None:
        """Forget the world."""
        self._ask("DELETE", self._path)


def open_world(
    ask: ControlClient, contract: Contract, base_url: str, api_key: str, facts: Mapping[str, str] | None = None
) -> WorldHandle:
    """Open a world that no request has reached yet; raises StepmockError where the key has one already.

    `facts` are what else the credential says; of what is left out, the first value that is known, or the key.
    """
    named = {
        name: (facts or {}).get(name) or next(iter(contract.fact_values.get(name, ())), api_key)
        for name in contract.credential.get("facts", {})
    }
    made = ask(
        "POST", "worlds", {"provider": contract.provider, "credential": api_key, "facts": {**(facts or {}), **named}}
    )
    return WorldHandle(ask, contract, made["world"], base_url, api_key, named)


def _credential(
    scheme: Mapping[str, Any], key: str, facts: Mapping[str, str]
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the headers and the query arguments that carry a credential."""
    headers = {header: facts[name] for name, header in scheme.get("facts", {}).items()}
    if scheme["type"] == "http":
        return {"Authorization": "Basic " + b64encode(f":{key}".encode()).decode(), **headers}, {}
    if scheme["in"] == "query":
        return headers, {scheme["name"]: key}
    return {scheme["name"]: key, **headers}, {}


def recorded(ask: ControlClient, path: str, since: int, limit: int) -> dict[str, Any]:
    """Return the requests of a journal that have a number above `since`, the oldest first, as `entries`.

    `dropped` is how many of them are gone because the journal is full.
    """
    page = ask("GET", path, since=str(since), limit=str(limit))
    found = {"entries": list(map(_recorded, page["entries"])), "dropped": page["dropped"]}
    while page["next"] is not None:
        page = ask("GET", path, next=page["next"], limit=str(limit))
        found["entries"].extend(map(_recorded, page["entries"]))
        found["dropped"] += page["dropped"]
    return found


def _recorded(entry: Mapping[str, Any]) -> Recorded:
    request, response, near = entry["request"], entry["response"], entry["nearest"]
    return Recorded(
        entry["number"],
        datetime.fromisoformat(entry["at"]),
        entry["provider"],
        request["method"],
        request["path"],
        request["query"],
        request["headers"],
        entry["operation"],
        _json(request["body"]),
        request["body"],
        response["status"],
        dict(response["headers"]),
        _json(response["body"]),
        response["body"],
        tuple(Broken(*(item[name] for name in Broken._fields)) for item in entry["violations"]),
        entry["fault"] or None,
        f"{near['provider']}/{near['operation']}, {near['method']} {near['path']}" if near else "",
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
