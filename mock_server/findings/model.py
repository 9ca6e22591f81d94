"""What a finding is, which kinds there are, and what they are found in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...contracts.limits import MAX_FINDING_EVIDENCE
from ...contracts.model import Contract
from ..journal import JournalEntry
from .requests import parted, runs, set_back

Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""The resources of a world by kind and id."""


class Kind(NamedTuple):
    """One thing that a client can be found doing.

    `severity` is `error` where data are wrong or lost, `warning` for a likely mistake, `advice` for what might be
    better. `confidence` is `certain` where the journal shows it, `likely` where it shows what such a client does.
    """

    code: str
    title: str
    meaning: str
    severity: str
    confidence: str
    advice: str


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "FND01",
            "Retried before Retry-After",
            "A request was refused, told by Retry-After how long to wait, and came again before that time was over.",
            "warning",
            "likely",
            "Wait as long as Retry-After says, or until the reset that the reply tells, and then send it again.",
        ),
        Kind(
            "FND02",
            "Kept sending into a used-up quota",
            "At least three requests in one window were refused because the quota was used up.",
            "warning",
            "certain",
            "Count down with the remaining quota that each reply tells, and hold all requests back after the first "
            "refusal.",
        ),
        Kind(
            "FND03",
            "Created twice after a lost reply",
            "The same thing exists twice: the reply to a request that created it was lost, and the request came again "
            "before the client had read what is there.",
            "error",
            "likely",
            "After a lost reply, read what is there before you create it again; the provider takes no idempotency key.",
        ),
        Kind(
            "FND04",
            "No back-off",
            "A failing request came again and again, each time as soon as before, or sooner.",
            "warning",
            "likely",
            "Let the pause grow with each attempt, with some chance in it, and give up after a few. A test that takes "
            "the pauses away lets the clock of the world advance instead.",
        ),
        Kind(
            "FND05",
            "Used an id after it was deleted",
            "A request wrote to something that an earlier request had deleted.",
            "warning",
            "certain",
            "Forget ids when their resource is deleted, and those of all that it held.",
        ),
        Kind(
            "FND06",
            "Edited what is live",
            "A request changed what a resource holds that is in a state in which the provider allows no change.",
            "error",
            "certain",
            "Read the state first; pause, change, then start again.",
        ),
        Kind(
            "FND07",
            "A branch is empty",
            "A condition was created, and one of its branches has no step.",
            "warning",
            "certain",
            "Add steps to the sequence of the branch, unless leads on it shall get nothing more.",
        ),
        Kind(
            "FND08",
            "Never tried with a fault",
            "Operations are in use for which no fault was ever injected.",
            "advice",
            "certain",
            "Let them fail once: lose a reply, answer 429, and see what the client does.",
        ),
    )
}
"""All kinds of findings by code, in the order in which they are told."""


class Evidence(NamedTuple):
    """A request that shows it, by its number in the journal and its time, and what was seen there."""

    number: int
    at: float
    seen: str


class Finding(NamedTuple):
    """Something that a client was found doing: `severity` and `advice` are those of its kind, or its own."""

    kind: Kind
    message: str
    evidence: tuple[Evidence, ...]
    severity: str


@dataclass(frozen=True)
class Material:
    """What there is to judge: the entries of one world's journal, the oldest first, and what the world holds.

    `is_whole` says whether the journal has all requests that the world ever got.
    """

    entries: Sequence[JournalEntry]
    contract: Contract
    resources: Tables
    is_whole: bool = True

    @cached_property
    def same(self) -> list[list[JournalEntry]]:
        """The requests by what they share, each group in order."""
        return runs(self.entries)

    @cached_property
    def paced(self) -> list[list[JournalEntry]]:
        """The same, but requests before and after the clock was set back are apart: no pace is known across that."""
        starts = set_back(self.entries)
        return [part for same in self.same for part in parted(same, starts)] if starts else self.same


def found(code: str, message: str, evidence: Sequence[tuple[JournalEntry, str]], severity: str = "") -> Finding:
    """Return a finding of a kind; of many requests that show it, the first are kept."""
    shown = [Evidence(entry.number, entry.at, seen) for entry, seen in evidence[:MAX_FINDING_EVIDENCE]]
    return Finding(KINDS[code], message, tuple(shown), severity or KINDS[code].severity)
