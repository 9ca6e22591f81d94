"""What comes over one request: the error in the place of a reply, the time that passes, the way the reply is sent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Any

from ...contracts.limits import MAX_CLOCK_LATENCY_SECONDS, MAX_LATENCY_SECONDS
from ...contracts.model import Operation, Refusal
from ..call import Refused
from ..clock import LAST
from ..messages import NOTHING_SENT, Response
from ..quota import Quota
from ..world import World
from .catalogue import Catalogue
from .form import (
    LATENCY,
    LOST_REPLY,
    LOST_REQUEST,
    SELECTORS,
    SLOW_AFTER_COMMIT,
    STATUS,
    TRUNCATED_BODY,
    WRONG_CONTENT_TYPE,
    Fault,
)

_RATE_LIMITED = "rate-limited"
_OWN_SENTENCE = "This error was asked for by a fault."
_WRONG_TYPE = "text/html; charset=utf-8"


class Strike:
    """The faults that come over one request: at most one that is more than a latency, and any number of latencies."""

    def __init__(self, catalogue: Catalogue, main: dict[str, Any] | None, delays: Sequence[dict[str, Any]]) -> None:
        self._main = main
        self._delays = delays
        self._fault: Fault = main["fault"] if main is not None else {}
        self._name: str = self._fault.get("fault", "")
        self._refusal: Refusal | None = catalogue.errors.get(self._name)
        self._scheme: Mapping[str, Any] = catalogue.contract.credential
        self._replaced = False

    @property
    def _replaces(self) -> bool:
        """Whether the reply is not that of the operation."""
        return self._refusal is not None or "status" in self._fault

    @property
    def comes_first(self) -> bool:
        """Whether the operation is not carried out."""
        return self._name == LOST_REQUEST or (self._replaces and not self._is_after)

    @property
    def comes_after(self) -> bool:
        """Whether an error takes the place of a reply that tells of success."""
        return self._replaces and self._is_after

    @property
    def _is_after(self) -> bool:
        is_no_error = self._refusal is not None and self._refusal.status < 400
        return bool(self._fault.get("after", is_no_error))

    @property
    def _passes_late(self) -> bool:
        """Whether time passes on the world's clock once the request is done, and not before."""
        return self._name == SLOW_AFTER_COMMIT or self.comes_after

    def wait(self, world: World, now: float) -> float:
        """Let the time pass on the world's clock that passes before the request is done; return the time then."""
        if self._passes_late:
            return now
        applied = [entry["fault"] for entry in (self._main, *self._delays) if entry is not None]
        return self._pass(world, now, _seconds(applied, "clock_latency", MAX_CLOCK_LATENCY_SECONDS))

    def error(self, now: float, quota: Quota | None) -> Refused | None:
        """Return the named error that takes the place of the reply; None for a reply of the user's own."""
        self._replaced = True
        if self._refusal is None:
            return None
        declared = self._refusal.fault
        facts = {
            **declared.get("facts", {}),
            **({"retry-after": _retry_after(quota, now)} if quota is not None else {}),
        }
        return Refused(self._refusal.name, declared.get("says", _OWN_SENTENCE), **facts)

    def own_reply(self) -> tuple[int, str, Any]:
        """Return status, content type and body of a reply of the user's own."""
        body = self._fault.get("body", "")
        usual = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json; charset=utf-8"
        return self._fault.get("status", 0), self._fault.get("content_type", usual), body

    def quota(self, quota: Quota, operation: Operation, now: float) -> Quota | None:
        """Return what the reply tells of the quota; None where the provider would not have counted yet."""
        if not self._replaced or self._refusal is None:
            return quota
        if self._refusal.name == _RATE_LIMITED:
            return quota._replace(exceeded=True, remaining=0, retry_after=_retry_after(quota, now))
        of_credentials = {
            "unauthorized",
            operation.missing_credentials,
            self._scheme.get("missing"),
            self._scheme.get("missing_facts"),
        }
        return None if self._refusal.name in of_credentials else quota

    def sent(self, response: Response) -> Response:
        """Return a reply as it is sent."""
        if self._name == LOST_REQUEST:
            return Response(0, [], b"", self._latency(), NOTHING_SENT)
        headers = (
            [*response.headers, ("X-Stepmock-Fault", self._told_name())] if self._told_name() else response.headers
        )
        own = {name.lower() for name in self._fault.get("headers", ())}
        if own:  # in the place of the provider's, not beside them
            others = [(name, text) for name, text in headers if name.lower() not in own]
            headers = [*others, *self._fault["headers"].items()]
        response = response._replace(headers=headers, delay=self._latency())
        if self._name == LOST_REPLY:
            return response._replace(cut=NOTHING_SENT)
        if self._name == TRUNCATED_BODY:
            return response._replace(cut=min(self._fault.get("bytes", len(response.body) // 2), len(response.body)))
        if self._name == WRONG_CONTENT_TYPE:
            wrong = ("Content-Type", self._fault.get("content_type", _WRONG_TYPE))
            return response._replace(headers=[wrong if name == wrong[0] else (name, text) for name, text in headers])
        return response

    def settle(self, world: World, now: float) -> str:
        """Count the faults that were applied, and return them as the compact JSON of one fault; empty for none."""
        applied = self._applied()
        passed = _seconds([entry["fault"] for entry in applied], "clock_latency", MAX_CLOCK_LATENCY_SECONDS)
        if self._passes_late:
            self._pass(world, now, passed)
        for entry in applied:
            entry["applied"] += 1
        world.faults["standing"] = [
            entry
            for entry in world.faults["standing"]
            if entry["applied"] < entry["fault"].get("times", entry["applied"] + 1)
        ]
        if not applied:
            return ""
        effect = {name: value for name, value in self._fault.items() if name not in SELECTORS}
        told = effect if self._is_applied() else {"fault": LATENCY}
        waits = {"latency": self._latency(), "clock_latency": passed}
        told |= {name: seconds for name, seconds in waits.items() if seconds or name in told}
        return json.dumps(told, separators=(",", ":"))

    def _pass(self, world: World, now: float, seconds: float) -> float:
        seconds = max(0.0, min(seconds, LAST - 1 - now))
        world.advance(seconds)
        return now + seconds

    def _applied(self) -> list[dict[str, Any]]:
        return [*([self._main] if self._main is not None and self._is_applied() else []), *self._delays]

    def _latency(self) -> float:
        return _seconds([entry["fault"] for entry in self._applied()], "latency", MAX_LATENCY_SECONDS)

    def _is_applied(self) -> bool:
        """Whether the one that is more than a latency was applied: an error after success needs the success."""
        return self._main is not None and (self._replaced or not self._replaces)

    def _told_name(self) -> str:
        if self._is_applied():
            return self._name or STATUS
        return LATENCY if self._delays else ""


def _seconds(faults: Iterable[Fault], member: str, most: float) -> float:
    return float(min(most, sum(fault.get(member, 0) for fault in faults)))


def _retry_after(quota: Quota, now: float) -> int:
    """Return in how many whole seconds the window ends: time may have passed since it was counted."""
    return max(1, ceil(quota.reset_at - now))
