"""What a world remembers of the requests it got: a ring that is bounded in entries and in bytes.

A request is recorded as it is, which costs next to nothing; it becomes an entry, without credentials, when somebody
looks at it. No other way leads to what was recorded.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any, NamedTuple

from ..contracts.limits import (
    MAX_JOURNAL_BODY_BYTES,
    MAX_JOURNAL_BYTES,
    MAX_JOURNAL_ENTRIES,
    MAX_JOURNAL_VIOLATIONS,
    MIN_REQUESTS_PER_MARK,
)
from ..contracts.model import Source
from ..validators.violation import Violation, quote
from .clock import real_seconds
from .messages import Headers, Request, Response
from .plain_data import packed
from .redaction import Redaction

_VIOLATION_BYTES = 512
"""What a violation counts for; its texts are bounded, and most of them are shared with the contract."""


class JournalEntry(NamedTuple):
    """One request and its reply. Credentials are never kept, and long bodies are cut off.

    `number` counts the requests of the world from 1, and `at` is its time, in seconds since 1970. `parameters` are
    those of the path. `violations` are JSON objects: `code severity pointer value expected hint source confidence
    message`. `request_bytes` and `response_bytes` are the whole lengths of the bodies. `provider` is empty where the
    request was for none. `fault` is what came over the request, as the JSON of one fault, or empty. `heard` are seconds
    that really pass, for comparing with another entry of this process; 0 for an entry that was written down.
    """

    number: int
    at: float
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    operation: str
    parameters: Mapping[str, str]
    status: int
    response_headers: Headers
    violations: tuple[Mapping[str, Any], ...]
    confidence: str
    request_body: bytes
    response_body: bytes
    request_bytes: int
    response_bytes: int
    provider: str = ""
    fault: str = ""
    heard: float = 0.0

    @property
    def rules(self) -> tuple[str, ...]:
        """The codes of the rules that were broken."""
        return tuple(item["code"] for item in self.violations)

    @property
    def fault_name(self) -> str:
        """The name of the fault that came over the request; that of a reply of the user's own is `status`."""
        return str(json.loads(self.fault).get("fault", "status")) if self.fault else ""

    @property
    def is_whole(self) -> bool:
        """Whether neither body was cut off."""
        return self.request_bytes <= MAX_JOURNAL_BODY_BYTES and self.response_bytes <= MAX_JOURNAL_BODY_BYTES

    def size(self) -> int:
        """Return how many bytes the entry counts for."""
        heads = sum(map(len, self.headers.values())) + len(self.path) + len(self.query) + len(self.fault)
        violations = _VIOLATION_BYTES * len(self.violations)
        return len(self.request_body) + len(self.response_body) + heads + violations


class Recorded:
    """A request and its reply as they were. Only `entry` shows them, without credentials; a copy is the same one."""

    __slots__ = ("_entry", "_raw", "_redact", "size")

    def __init__(
        self,
        redact: Redaction,
        number: int,
        at: float,
        request: Request,
        response: Response,
        provider: str = "",
        operation: str = "",
        parameters: Mapping[str, str] = {},
        violations: list[Violation] | None = None,
        confidence: str = "",
        fault: str = "",
    ) -> None:
        method, path, query = request.method, request.path, request.query
        headers, body = request.headers, request.body
        answer = response.body
        sent_bytes, answer_bytes = len(body), len(answer)
        if sent_bytes > MAX_JOURNAL_BODY_BYTES:  # at once, for a credential that is cut in two is not known again
            body = redact(body)[:MAX_JOURNAL_BODY_BYTES]
        if answer_bytes > MAX_JOURNAL_BODY_BYTES:
            answer = answer[:MAX_JOURNAL_BODY_BYTES]
        found = [_facts(item) for item in violations[:MAX_JOURNAL_VIOLATIONS]] if violations else ()
        self._raw: tuple[Any, ...] = (
            number, at, method, path, query, headers, operation, parameters, response.status, response.headers,
            found, confidence, body, answer, sent_bytes, answer_bytes, provider, fault, real_seconds(),
        )  # fmt: skip
        self._redact = redact
        self._entry: JournalEntry | None = None
        heads = len("".join(headers.values())) + len(path) + len(query)
        self.size = len(body) + len(answer) + heads + _VIOLATION_BYTES * len(found)
        """How many bytes it counts for."""

    def entry(self) -> JournalEntry:
        """Return the entry, without credentials."""
        if self._entry is None:
            redact, raw = self._redact, JournalEntry(*self._raw)
            self._entry = raw._replace(
                path=redact.text(raw.path),
                query=redact.query(raw.query),
                headers=redact.headers(raw.headers),
                parameters={name: redact.text(value) for name, value in raw.parameters.items()},
                response_headers=redact.reply_headers(raw.response_headers),
                violations=tuple(redact.facts(_as_json(facts)) for facts in raw.violations),
                request_body=redact(raw.request_body)[:MAX_JOURNAL_BODY_BYTES],
                response_body=redact(raw.response_body)[:MAX_JOURNAL_BODY_BYTES],
                fault=redact(raw.fault.encode()).decode(),
            )
            self._raw = ()
        return self._entry

    @classmethod
    def of(cls, entry: JournalEntry) -> "Recorded":
        """Return an entry that was written down, as a journal keeps it."""
        made = cls.__new__(cls)
        made._entry, made.size = entry, entry.size()
        return made

    def __deepcopy__(self, memo: object) -> "Recorded":
        return self

    def __reduce__(self) -> Any:
        return Recorded.of, (self.entry(),)


_FACTS = ("code", "severity", "pointer", "value", "expected", "hint", "source", "confidence", "message")
_Facts = tuple[str, str, str, str, str, str, Source, str, str]


def _facts(found: Violation) -> _Facts:
    """Return what is kept of a violation: not its value, which may be a whole payload, but a quotation of it."""
    code, severity, pointer, value, expected, hint, source, confidence, _, message, _ = found
    return code, severity, pointer, quote(value), expected, hint, source, confidence, message


def _as_json(facts: Any) -> dict[str, Any]:
    found = dict(zip(_FACTS, facts, strict=True))
    return {**found, "source": found["source"]._asdict()}


_RESOURCES_PER_REQUEST = 8


class Mark(NamedTuple):
    """What a world held after `number` requests: packed, its state and its resources."""

    number: int
    packed: bytes


class Journal:
    """The newest requests of a world, in order. `dropped` is how many older ones are gone.

    `fell_off` is how many of those went because there was no room, since the journal was last cleared.
    Marks remember what the world held before some of the requests, so that these can be sent once more. Once the world
    has got `next_mark` requests, the next mark is due. `origin` is the first mark, which is never forgotten.
    """

    def __init__(self) -> None:
        self._recorded: deque[Recorded] = deque()
        self._bytes = 0
        self._marks: deque[Mark] = deque()
        self.dropped = 0
        self.fell_off = 0
        self.next_mark = 0
        self.origin: Mark | None = None

    def __len__(self) -> int:
        return len(self._recorded)

    def __iter__(self) -> Iterator[JournalEntry]:
        return (recorded.entry() for recorded in self._recorded)

    def __getitem__(self, place: int) -> JournalEntry:
        return self._recorded[place].entry()

    def record(self, recorded: Recorded) -> None:
        """Add the newest request; the oldest go while there are too many, or too large ones."""
        kept = self._recorded
        kept.append(recorded)
        self._bytes += recorded.size
        while len(kept) > MAX_JOURNAL_ENTRIES or (self._bytes > MAX_JOURNAL_BYTES and len(kept) > 1):
            self._bytes -= kept.popleft().size
            self.dropped += 1
            self.fell_off += 1

    def add(self, entry: JournalEntry) -> None:
        """Add an entry that was written down as the newest."""
        self.record(Recorded.of(entry))

    def fell_off_after(self, number: int) -> int:
        """Return how many requests after that with a number are gone because there was no room."""
        oldest = self._recorded[0].entry().number if self._recorded else 1
        return max(0, min(self.fell_off, oldest - 1 - number))

    def clear(self) -> None:
        """Forget all entries."""
        self.dropped += len(self._recorded)
        self.fell_off = 0
        self._recorded.clear()
        self._bytes = 0
        self._marks.clear()
        self.next_mark = 0

    def mark(self, number: int, state: Mapping[str, Any], resources: Mapping[str, Mapping[str, Any]]) -> None:
        """Remember what the world holds after `number` requests, and say when to do so again.

        To write down a large world takes longer, so it is done more seldom: at most some 3 % of the time of requests.
        """
        mark = Mark(number, packed((state, resources)))
        self.origin = self.origin or mark
        while self._marks and self._marks[0].number < self._first() - 1:
            self._marks.popleft()
        self._marks.append(mark)
        held = sum(map(len, resources.values()))
        self.next_mark = number + max(MIN_REQUESTS_PER_MARK, held // _RESOURCES_PER_REQUEST)

    def recorded_from(self) -> Mark | None:
        """Return the oldest mark since which every request is remembered; None where there is none."""
        return next((mark for mark in self._marks if mark.number >= self._first() - 1), None)

    def _first(self) -> int:
        return self._recorded[0].entry().number if self._recorded else 1


class SharedJournal:
    """A journal that many threads write; `with` gives it to one of them."""

    def __init__(self) -> None:
        self._journal = Journal()
        self._lock = Lock()
        self.requests = 0
        """How many requests there were."""

    def record(self, redact: Redaction, at: float, request: Request, response: Response, *parts: Any) -> None:
        """Record a request with its reply; `parts` are the further ones of Recorded, as far as they are known."""
        with self._lock:
            self.requests += 1
            self._journal.record(Recorded(redact, self.requests, at, request, response, *parts))

    def __enter__(self) -> Journal:
        self._lock.acquire()
        return self._journal

    def __exit__(self, *unused: object) -> None:
        self._lock.release()
