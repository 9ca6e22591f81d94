"""What a contract is made of, once compiled: plain frozen values.

Nothing here reads a file. The values come from `contracts/compiled/<provider>.<profile>.json`, or
straight from `compile_contract` for a contract that is not shipped.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

_NAME = re.compile(r"\{([a-z-]+)\}")

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
    says: str


class Refusal(NamedTuple):
    """One way in which the provider says no.

    Names in braces in the body stand for facts: `{message}` for the reason, `{pointer}` and `{dotted}` for its place,
    `{method}` and `{path}` for the request's. A text that is nothing but a name keeps the type of the fact.
    Where a provider lists its reasons, `each` is the form of one, and `{each}` in the body stands for the list.
    A provider that tells one reason tells that of the first rule; with `told_by` `item`, that of the first list item.
    `fault` is how it is brought about on purpose, as the vocabulary says.
    """

    name: str
    status: int
    content_type: str
    body: Any
    confidence: str
    source: Source
    each: Any = None
    told_by: str = ""
    fault: Mapping[str, Any] = {}

    def body_with(self, *reasons: Mapping[str, str], **facts: Any) -> Any:
        """Return the body, a text or a JSON value, with its facts filled in.

        Each reason has at least `message`; a provider that lists them shows all, joined, and any other the first.
        """
        if self.each is None:
            return _filled(self.body, {**facts, **(_facts_of(reasons[0]) if reasons else {})}, [])
        message = ", ".join(dict.fromkeys(reason["message"] for reason in reasons))
        items = [_filled(self.each, {**facts, **_facts_of(reason), "message": message}, []) for reason in reasons]
        return _filled(self.body, {**facts, "message": message}, items)


class Behaviour(NamedTuple):
    """What stepmock does, in one profile, where documents are silent or disagree."""

    name: str
    topic: str
    choice: str
    means: str
    confidence: str
    source: Source


class Identifier(NamedTuple):
    """The form of an id: a prefix, then so many characters of an alphabet; an `integer` counts up from `first`."""

    kind: str
    prefix: str = ""
    length: int = 0
    alphabet: str = "alphanumeric"
    first: int = 1


class RateLimit(NamedTuple):
    """How many requests a credential may send in a window of so many seconds, and which headers tell of it.

    `headers` stand on every authenticated reply, `refusal_headers` on a refused one too; each names its value.
    """

    requests: int
    window_seconds: int
    headers: Mapping[str, str]
    refusal_headers: Mapping[str, str]


class Operation(NamedTuple):
    """One method on one path.

    `checks` is the compiled form of its request body, or None; `replay` is what it does to which resources, or None.
    `statuses` are those that it may answer, none where the contract leaves it open; `step_type` is a pointer to what
    says of which type a step is.
    """

    name: str
    method: str
    path: str
    summary: str
    source: Source
    missing_credentials: str
    status: int
    path_schemas: Mapping[str, Any]
    query: Mapping[str, Any]
    checks: Mapping[str, Any] | None
    example: Any = None
    replay: Mapping[str, Any] | None = None
    statuses: Sequence[int] = ()
    step_type: str = ""

    @property
    def creates(self) -> bool:
        """Whether each request makes one more resource within another, so that several can be told as a list."""
        return self.replay is not None and self.replay["does"] == "creates" and "within" in self.replay


class Contract:
    """What one provider promises, read in one profile. Immutable; parts are built when asked for."""

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._compiled = compiled
        self.provider: str = compiled["provider"]
        self.title: str = compiled["title"]
        self.profile: str = compiled["profile"]
        self.host: str = compiled["host"]
        self.paths: list[str] = compiled["paths"]
        self.mounts: list[str] = [f"/{self.provider}{path}" for path in self.paths]
        self.takes_trailing_slash: bool = compiled["trailing_slash"]
        self.sentences: str = compiled["sentences"]
        self.parses_first: bool = compiled["parses_first"]
        self.credential: Mapping[str, Any] = compiled["credential"]
        self.body_rules: Mapping[str, str] = compiled["body_rules"]
        """The rules about a body as a text; an entry `empty` says what an empty body stands for, and is no rule."""
        self.resources: Mapping[str, Any] = compiled["resources"]
        self.timeline: Mapping[str, Any] | None = compiled["timeline"]
        """How steps follow one another, as the vocabulary says; None for a contract that does not say it."""

    @property
    def fact_values(self) -> Mapping[str, Sequence[str]]:
        """The values that a fact of the credential may have, by its name; a fact that is not here takes any text."""
        found: Mapping[str, Sequence[str]] = self.credential.get("fact_values", {})
        return found

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
        return {kind: Identifier(**form) for kind, form in self._compiled["identifiers"].items()}

    @cached_property
    def rate_limit(self) -> RateLimit | None:
        """The quota of one credential; None for a provider without one."""
        return RateLimit(**self._compiled["rate_limit"]) if self._compiled["rate_limit"] else None

    def _source(self, place: Mapping[str, str]) -> Source:
        page = self._compiled["pages"][place["page"]]
        return Source(page["title"], place["section"], page.get("url", ""))


def _facts_of(reason: Mapping[str, str]) -> dict[str, str]:
    """Return a reason with its place in the dotted form too: `/steps/0/name` is `steps.0.name`."""
    dotted = ".".join(token.replace("~1", "/").replace("~0", "~") for token in reason.get("pointer", "").split("/")[1:])
    return {**reason, "dotted": dotted}


def _filled(template: Any, facts: Mapping[str, Any], items: list[Any]) -> Any:
    if isinstance(template, str):
        if template == "{each}":
            return items
        if (whole := _NAME.fullmatch(template)) is not None:
            return facts.get(whole[1], template)
        return _NAME.sub(lambda match: str(facts.get(match[1], match[0])), template) if "{" in template else template
    if isinstance(template, dict):
        return {key: _filled(value, facts, items) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, facts, items) for value in template]
    return template
