"""What a world remembers of the requests it got: a ring that is bounded in entries and in bytes.

A request is recorded as it is, which costs next to nothing; it becomes an entry, without credentials, when somebody
looks at it. No other way leads to what was recorded.
"""

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, NamedTuple

from ..contracts.limits import (
    JOURNAL_HEADER_BYTES,
    MAX_JOURNAL_BODY_BYTES,
    MAX_JOURNAL_BYTES,
    MAX_JOURNAL_ENTRIES,
    MAX_JOURNAL_VIOLATIONS,
    MIN_REQUESTS_PER_MARK,
)
from ..contracts.model import Source
from ..validators.violation import Violation, quote
from .media.script import Came
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


_BESIDE = " " * (JOURNAL_HEADER_BYTES // 2)
"""Stands between each name and each value of headers, so that joining them counts what they take beside themselves."""

_FACTS = ("code", "severity", "pointer", "value", "expected", "hint", "source", "confidence", "message")
_Facts = tuple[str, str, str, str, str, str, Source, str, str]


Unnumbered = tuple[
    Redaction, float, float, Request, Response, str, str, Mapping[str, str], Sequence[Violation], str, str
]
"""A request and its reply as they were.

The items are: what takes credentials out; `at heard` of the entry; request and response; and `provider operation
parameters violations confidence fault` of the entry.
"""

Recorded = tuple[int, *Unnumbered]
"""The same behind the `number` of the entry: nothing shows it but `_entry_of`."""


class _Shortened(NamedTuple):
    """A request and its reply of which not all is kept, with the whole lengths of the bodies."""

    recorded: tuple[Any, ...]
    request_bytes: int
    response_bytes: int


def _shortened(recorded: Recorded) -> tuple[_Shortened, int]:
    """Return what is kept of a request with long bodies, violations or a fault, and how many bytes more that takes."""
    number, redact, at, heard, request, response, provider, operation, parameters, violations, *rest = recorded
    sent, answered = request.body, response.body
    if len(sent) > MAX_JOURNAL_BODY_BYTES:  # at once, for a credential that is cut in two is not known again
        request = replace(request, body=redact(sent)[:MAX_JOURNAL_BODY_BYTES])
    response = response._replace(body=answered[:MAX_JOURNAL_BODY_BYTES])
    found = [_facts(item) for item in violations[:MAX_JOURNAL_VIOLATIONS]]
    kept = number, redact, at, heard, request, response, provider, operation, parameters, found, *rest
    more = _VIOLATION_BYTES * len(found) + len(request.body) + len(response.body) - len(sent) - len(answered)
    if fault := rest[-1]:  # only a fault makes the headers of a reply long
        more += len(fault) + sum(len(name) + len(value) for name, value in response.headers)
    return _Shortened(kept, len(sent), len(answered)), more


def _entry_of(found: Recorded | _Shortened) -> JournalEntry:
    """Return the entry of what was recorded, without credentials."""
    kept = found.recorded if isinstance(found, _Shortened) else found
    number, redact, at, heard, request, response, provider, operation, parameters, violations, confidence, fault = kept
    sent, answered = found[1:] if isinstance(found, _Shortened) else (len(request.body), len(response.body))
    return JournalEntry(
        number=number,
        at=at,
        method=request.method,
        path=redact.text(request.path),
        query=redact.query(request.query),
        headers=redact.headers(request.headers),
        operation=operation,
        parameters={name: redact.text(value) for name, value in parameters.items()},
        status=response.status,
        response_headers=redact.reply_headers(response.headers),
        violations=tuple(redact.facts(_as_json(facts)) for facts in violations),
        confidence=confidence,
        request_body=redact(bytes(request.body))[:MAX_JOURNAL_BODY_BYTES],
        response_body=redact(response.body)[:MAX_JOURNAL_BODY_BYTES],
        request_bytes=sent,
        response_bytes=answered,
        provider=provider,
        fault=redact(fault.encode()).decode(),
        heard=heard,
    )


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
    """The newest requests of a world, in order.

    `fell_off` is how many older ones went because there was no room, since the journal was last cleared.
    Marks remember what the world held before some of the requests, so that these can be sent once more. Once the world
    has got `next_mark` requests, the next mark is due. `origin` is the first mark, which is never forgotten.
    """

    def __init__(self) -> None:
        self._kept: deque[Recorded | _Shortened | JournalEntry] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._marks: deque[Mark] = deque()
        self._is_cleared = False
        self.fell_off = 0
        self.next_mark = 0
        self.origin: Mark | None = None
        self.downloads: dict[int, list[Came | None]] = {}
        """What came of the media that were downloaded, by the numbers of requests."""

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[JournalEntry]:
        return map(self.__getitem__, range(len(self._kept)))

    def __getitem__(self, place: int) -> JournalEntry:
        found = self._kept[place]
        if not isinstance(found, JournalEntry):
            found = self._kept[place] = _entry_of(found)
        return found

    def record(self, recorded: Recorded) -> None:
        """Add the newest request. Every request pays for this, so it only keeps what it gets, and counts bytes."""
        kept: Recorded | _Shortened = recorded
        request, response = recorded[4], recorded[5]
        headers = request.headers
        heads = _BESIDE.join((*headers, *headers.values(), request.path, request.query))
        size = len(heads) + len(request.body) + len(response.body)
        if size > MAX_JOURNAL_BODY_BYTES or recorded[9] or recorded[11]:
            kept, more = _shortened(recorded)
            size += more
        self._kept.append(kept)
        self._sizes.append(size)
        self._bytes = total = self._bytes + size
        if total > MAX_JOURNAL_BYTES or len(self._sizes) > MAX_JOURNAL_ENTRIES:
            self._make_room()

    def _make_room(self) -> None:
        """Let the oldest requests go while there are too many, or too large ones."""
        while len(self._kept) > MAX_JOURNAL_ENTRIES or (self._bytes > MAX_JOURNAL_BYTES and len(self._kept) > 1):
            self._kept.popleft()
            self._bytes -= self._sizes.popleft()
            self.fell_off += 1

    @property
    def is_whole(self) -> bool:
        """Whether every request that the world ever got is in it."""
        return not (self._is_cleared or self.fell_off)

    def downloads_of(self, number: int) -> list[Came | None]:
        """Return a list to fill with what comes of the downloads of a request; those of requests that are gone go."""
        first = self._first()
        self.downloads = {each: came for each, came in self.downloads.items() if first <= each < number}
        return self.downloads.setdefault(number, [])

    def fell_off_after(self, number: int) -> int:
        """Return how many requests after that with a number are gone because there was no room."""
        return max(0, min(self.fell_off, self._first() - 1 - number))

    def clear(self) -> None:
        """Forget all entries."""
        self._is_cleared = not self.is_whole or bool(self._kept)
        self.fell_off = 0
        self._kept.clear()
        self._sizes.clear()
        self._bytes = 0
        self._marks.clear()
        self.next_mark = 0
        self.downloads.clear()

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
        return self[0].number if self._kept else 1


class SharedJournal:
    """A journal that many threads write; `with` gives it to one of them."""

    def __init__(self) -> None:
        self._journal = Journal()
        self._lock = Lock()
        self.requests = 0
        """How many requests there were."""

    def record(self, found: Unnumbered) -> None:
        """Add the newest request, and number it."""
        with self._lock:
            self.requests += 1
            self._journal.record((self.requests, *found))

    def __enter__(self) -> Journal:
        self._lock.acquire()
        return self._journal

    def __exit__(self, *unused: object) -> None:
        self._lock.release()
