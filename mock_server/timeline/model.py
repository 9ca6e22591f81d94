"""A sequence as it is walked, free of any provider's names, and what a walk finds. Times are in seconds."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

DAY = 86_400.0

LOOKED_AT = "A condition is looked at when the step before is done; its delay is how long it waits."
AT_ONCE = "A condition that comes true is true as soon as the lead reaches it."
UNTIL = "A wait without an end never goes on to the other branch."
ONCE_TRUE = "A condition that came true stays true."
BEHIND_CONDITION = "Leads do not come back from a branch to the steps behind its condition."
BEHIND_TRANSFER = "Leads that are sent on do not come back."
FROM_START = "Absolute days count from the day on which the lead enters, with the numbers of the provider."
SCHEDULE = "Sending hours, weekends and sending limits hold nothing up."


class TimelineError(ValueError):
    """A timeline cannot be told: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint


class Branch(NamedTuple):
    """One way out of a condition: into a sequence, by a key that comes true; without a key, where none does.

    `wait` is how many seconds the condition has to come true, None where the wait has no end.
    """

    sequence: str
    key: str | None = None
    wait: float | None = 0.0


class Step(NamedTuple):
    """One step. It is due `delay` seconds after the step before, or after the start; or at a moment, `date`.

    A step with `branches` parts the leads, and one that `sends_to` a sequence ends this one; an empty name is one that
    is not known. `confidence` is that of its delay.
    """

    id: str
    type: str
    title: str
    delay: float
    from_start: bool = False
    date: float | None = None
    branches: tuple[Branch, ...] | None = None
    sends_to: str | None = None
    confidence: str = "documented"


class Plan(NamedTuple):
    """The sequences by id, each as what yields its steps in order, and those of them that no condition opens.

    `keys` are the conditions that a lead can meet, and `notes` what is to be said of the plan itself.
    """

    sequences: Mapping[str, Callable[[], Iterator[Step]]]
    mains: tuple[str, ...]
    keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A step that is due, `after` so many seconds; `path` are the branches that led there."""

    after: float
    step: Step
    sequence: str
    path: tuple[str, ...]
    reason: str
    confidence: str


class Stuck(NamedTuple):
    """A wait that never ends for this lead."""

    after: float
    step: Step
    sequence: str
    path: tuple[str, ...]
    reason: str
    confidence: str


class Closed(NamedTuple):
    """What no lead reaches: the branch of a condition, or, without a `branch`, the steps from this one on."""

    step: Step
    sequence: str
    branch: Branch | None
    path: tuple[str, ...]
    reason: str
    confidence: str


class Timeline(NamedTuple):
    """What happens to a lead. `notes` say how it ends; `assumed` what was taken as so that no document says."""

    sequence: str
    lead: tuple[str, ...]
    entries: list[Entry]
    never: list[Stuck]
    unreachable: list[Closed]
    notes: list[str]
    assumed: list[str]
