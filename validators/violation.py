"""A broken rule, as a value."""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from ..contracts.limits import MAX_QUOTED_CHARACTERS
from ..contracts.model import SEVERITIES, Contract, Source
from .places import Where, pointer_of
from .sentences import sentence

NO_REQUEST_ID = "00000000-0000-0000-0000-000000000000"
"""What a reply shows as the id of its request where there is only a payload and no request."""

_INDEX = re.compile(r"\d+")
_RANK = {severity: rank for rank, severity in enumerate(SEVERITIES)}


class Part(NamedTuple):
    """One of several failures that together break a rule: a place, the keyword that failed there, what it wanted."""

    where: Where
    keyword: str
    wanted: Any
    message: str


class Finding(NamedTuple):
    """What a check saw, before the rule's own facts are added; `parts` are the failures that it is made of."""

    code: str
    where: Where
    value: Any
    expected: str
    message: str
    keyword: str = ""
    wanted: Any = None
    parts: tuple[Part, ...] = ()


class Reply:
    """What the provider answers to one broken rule; put into words when asked for, for of many only the first is told.

    Equal to another with the same words. A copy, or a pickle, holds the words and not the contract.
    """

    def __init__(self, contract: Contract, finding: Finding) -> None:
        self._contract = contract
        self._finding = finding

    @cached_property
    def reasons(self) -> tuple[Mapping[str, str], ...]:
        """The provider's sentences, each with the pointer to what it is about."""
        says, manner = self._contract.rules[self._finding.code].says, self._contract.sentences
        return tuple(
            {
                "message": says or sentence(manner, part.keyword, part.wanted, part.where, part.message),
                "pointer": pointer_of(part.where),
            }
            for part in self._finding.parts or (self._finding,)
        )

    @cached_property
    def body(self) -> Any:
        """The body, a text or a JSON value; None where the provider does not refuse."""
        rule = self._contract.rules[self._finding.code]
        if rule.severity != "error":
            return None
        return self._contract.refusals[rule.refusal].body_with(*self.reasons, **{"request-id": NO_REQUEST_ID})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reply) and (self.body, self.reasons) == (other.body, other.reasons)

    __hash__ = None  # type: ignore[assignment]  # a reason is a mapping

    def __repr__(self) -> str:
        return f"Reply(body={self.body!r}, reasons={self.reasons!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {"reasons": self.reasons, "body": self.body}


class _Facts(NamedTuple):
    code: str
    severity: str
    pointer: str
    value: Any
    expected: str
    hint: str
    source: Source
    confidence: str
    status: int | None
    message: str
    reply: Reply


class Violation(_Facts):
    """One rule that a payload breaks: which, where, with what value, and what the provider answers.

    `pointer` is a JSON pointer (RFC 6901); of a missing member it ends in the member's name. `status` and
    `body` are the provider's reply, None for a warning or an advice.
    """

    __slots__ = ()

    @property
    def body(self) -> Any:
        """The body of the provider's reply."""
        return self.reply.body

    @property
    def reasons(self) -> tuple[Mapping[str, str], ...]:
        """The provider's sentences, each with the pointer to what it is about."""
        return self.reply.reasons

    def as_json(self) -> dict[str, Any]:
        """Return the violation as a JSON object, its value shortened to a quotation."""
        fields = {**self._asdict(), "value": quote(self.value), "source": self.source._asdict()}
        del fields["reasons"]
        return fields

    def _asdict(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride]  # the words too
        fields = super()._asdict()
        del fields["reply"]
        message = fields.pop("message")
        return {**fields, "body": self.body, "message": message, "reasons": self.reasons}


def violation(contract: Contract, finding: Finding) -> Violation:
    """Return a finding as a violation of its rule."""
    rule = contract.rules[finding.code]
    return Violation(
        rule.code,
        rule.severity,
        pointer_of(finding.where),
        finding.value,
        finding.expected,
        rule.hint,
        rule.source,
        rule.confidence,
        contract.refusals[rule.refusal].status if rule.severity == "error" else None,
        finding.message,
        Reply(contract, finding),
    )


def by_gravity(item: Violation) -> tuple[int, str, str]:
    """Sort key: errors first, then by code and place, so that every face shows the same first one."""
    pointer = _INDEX.sub(lambda match: match[0].zfill(9), item.pointer)  # item 10 comes after item 9
    return _RANK[item.severity], item.code, pointer


def name_of(where: Where) -> str:
    """Return a place as a person writes it: `images[2]`; `The payload` for the root."""
    text = ""
    for token in where:
        text += f"[{token}]" if isinstance(token, int) else f".{token}" if text else str(token)
    return printable(text) or "The payload"


def printable(text: str) -> str:
    """Return a client's text on one line, of a bounded length, safe for a terminal and for UTF-8."""
    short = text if len(text) <= MAX_QUOTED_CHARACTERS else text[:MAX_QUOTED_CHARACTERS] + "..."
    if short.isascii() and short.isprintable():
        return short
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in short)


def one_line(text: str) -> str:
    """Return a text, such as the name of a file, on one line, whatever characters it holds."""
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def quote(value: Any) -> str:
    """Return a value as short JSON for a message; it never fails, whatever the value."""
    if isinstance(value, str):
        short = value[:MAX_QUOTED_CHARACTERS]
        return printable(encode_basestring(short)) + ("..." if len(value) > len(short) else "")
    if isinstance(value, bool) or value is None or isinstance(value, float):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 256 else f"an integer of {value.bit_length()} bits"
    if isinstance(value, dict):
        return "an object" if value else "an empty object"
    if isinstance(value, (list, tuple)):
        return f"an array of {len(value)}" if value else "an empty array"
    return f"a Python {type(value).__name__}"
