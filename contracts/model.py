"""What a contract is made of, once compiled: plain frozen values.

Nothing here reads a file. The values come from `contracts/compiled/<provider>.<profile>.json`, or
straight from `compile_contract` for a contract that is not shipped.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

CONFIDENCES = ("documented", "observed", "assumed")
"""How sure a statement is, the surest first."""

SEVERITIES = ("error", "warning", "advice")
"""How grave a violation is, the gravest first."""

PROFILES = ("documented", "observed")
"""The two readings of a provider: what it documents, and what clients see of it."""


def weakest(*confidences: str) -> str:
    """Return the least sure of some confidences; `documented` for none."""
    return max(confidences, key=CONFIDENCES.index, default="documented")


class Source(NamedTuple):
    """Where a statement stands: a page of the vendor and a section of it."""

    page: str
    section: str
    url: str

    def __str__(self) -> str:
        return f"{self.page}, {self.section}"


class Rule(NamedTuple):
    """One promise that a payload keeps or breaks."""

    code: str
    meaning: str
    severity: str
    confidence: str
    source: Source
    hint: str
    refusal: str


class Refusal(NamedTuple):
    """One way in which the provider says no; `{message}` in the body stands for the reason."""

    name: str
    status: int
    content_type: str
    body: Any
    confidence: str
    source: Source

    def body_with(self, message: str) -> Any:
        """Return the body, a text or a JSON value, with the reason filled in."""
        return _filled(self.body, message)


class Behaviour(NamedTuple):
    """What stepmock does, in one profile, where documents are silent or disagree."""

    name: str
    topic: str
    choice: str
    means: str
    confidence: str
    source: Source


class Identifier(NamedTuple):
    """The form of an id: a prefix, then so many characters of 0-9A-Za-z."""

    kind: str
    prefix: str
    length: int


class RateLimit(NamedTuple):
    """How many requests a credential may send in a window of so many seconds."""

    requests: int
    window_seconds: int


class Operation(NamedTuple):
    """One method on one path; `checks` is the compiled form of its request body, or None."""

    name: str
    method: str
    path: str
    summary: str
    source: Source
    missing_credentials: str
    query: Mapping[str, Any]
    checks: Mapping[str, Any] | None


class Contract:
    """What one provider promises, read in one profile. Immutable; parts are built when asked for."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._compiled = compiled
        self.provider: str = compiled["provider"]
        self.title: str = compiled["title"]
        self.profile: str = compiled["profile"]
        self.host: str = compiled["host"]
        self.path: str = compiled["path"]
        self.mount: str = compiled["mount"]
        self.credential: Mapping[str, Any] = compiled["credential"]
        self.body_rules: Mapping[str, str] = compiled["body_rules"]
        self.resources: Mapping[str, Any] = compiled["resources"]

    def __repr__(self) -> str:
        return f"<Contract {self.provider} ({self.profile})>"

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules by code, in the order of the contract."""
        return {
            code: Rule(**{**entry, "code": code, "source": self._source(entry["source"])})
            for code, entry in self._compiled["rules"].items()
        }

    @cached_property
    def refusals(self) -> Mapping[str, Refusal]:
        """All refusals by name."""
        return {
            name: Refusal(**{**entry, "name": name, "source": self._source(entry["source"])})
            for name, entry in self._compiled["refusals"].items()
        }

    @cached_property
    def behaviours(self) -> Mapping[str, Behaviour]:
        """All behaviours by name, as this profile has them."""
        return {
            name: Behaviour(**{**entry, "name": name, "source": self._source(entry["source"])})
            for name, entry in self._compiled["behaviours"].items()
        }

    @cached_property
    def operations(self) -> Mapping[str, Operation]:
        """All operations by operationId, in the order of the contract."""
        return {
            name: Operation(**{**entry, "name": name, "source": self._source(entry["source"])})
            for name, entry in self._compiled["operations"].items()
        }

    @cached_property
    def identifiers(self) -> Mapping[str, Identifier]:
        """The forms of ids by kind."""
        return {kind: Identifier(kind, *form) for kind, form in self._compiled["identifiers"].items()}

    @cached_property
    def rate_limit(self) -> RateLimit:
        """The quota of one credential."""
        return RateLimit(*self._compiled["rate_limit"])

    def _source(self, place: Mapping[str, str]) -> Source:
        page = self._compiled["pages"][place["page"]]
        return Source(page["title"], place["section"], page.get("url", ""))


def _filled(template: Any, message: str) -> Any:
    if isinstance(template, str):
        return template.replace("{message}", message)
    if isinstance(template, dict):
        return {key: _filled(value, message) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, message) for value in template]
    return template
