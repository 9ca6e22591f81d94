"""What a world remembers of the requests it got: a ring that is bounded in entries and in bytes."""

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..contracts.limits import (
    MAX_JOURNAL_BODY_BYTES,
    MAX_JOURNAL_BYTES,
    MAX_JOURNAL_ENTRIES,
    MIN_REQUESTS_PER_MARK,
)
from .messages import Headers
from .plain_data import packed


class JournalEntry(NamedTuple):
    """One request and its reply. Credentials are never kept, and long bodies are cut off.

    `number` counts the requests of the world from 1, and `at` is its time, in seconds since 1970. `parameters` are
    those of the path. `violations` are JSON objects: `code severity pointer value expected hint source confidence
    message`. `request_bytes` and `response_bytes` are the whole lengths of the bodies.
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

    @property
    def rules(self) -> tuple[str, ...]:
        """The codes of the rules that were broken."""
        return tuple(item["code"] for item in self.violations)

    @property
    def is_whole(self) -> bool:
        """Whether neither body was cut off."""
        return self.request_bytes <= MAX_JOURNAL_BODY_BYTES and self.response_bytes <= MAX_JOURNAL_BODY_BYTES

    def size(self) -> int:
        """Return how many bytes the entry counts for."""
        heads = sum(map(len, self.headers.values())) + len(self.path) + len(self.query)
        return len(self.request_body) + len(self.response_body) + heads


_RESOURCES_PER_REQUEST = 8


class Mark(NamedTuple):
    """What a world held after `number` requests: packed, its state and its resources."""

    number: int
    packed: bytes


class Journal:
    """The newest requests of a world, in order. `dropped` is how many older ones are gone.

    Marks remember what the world held before some of the requests, so that these can be sent once more. Once the world
    has got `next_mark` requests, the next mark is due. `origin` is the first mark, which is never forgotten.
    """

    def __init__(self) -> None:
        self._entries: deque[JournalEntry] = deque()
        self._bytes = 0
        self._marks: deque[Mark] = deque()
        self.dropped = 0
        self.next_mark = 0
        self.origin: Mark | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[JournalEntry]:
        return iter(self._entries)

    def __getitem__(self, place: int) -> JournalEntry:
        return self._entries[place]

    def add(self, entry: JournalEntry) -> None:
        """Add the newest entry; the oldest go while there are too many, or too large ones."""
        self._entries.append(entry)
        self._bytes += entry.size()
        while len(self._entries) > MAX_JOURNAL_ENTRIES or (self._bytes > MAX_JOURNAL_BYTES and len(self._entries) > 1):
            self._bytes -= self._entries.popleft().size()
            self.dropped += 1

    def clear(self) -> None:
        """Forget all entries."""
        self.dropped += len(self._entries)
        self._entries.clear()
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
        return self._entries[0].number if self._entries else 1
