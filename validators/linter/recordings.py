"""Finds the payloads of recorded traffic: which entry of a recording is a request to which operation.

A file is a recording by what it holds: HAR has `log.entries`, a cassette of VCR.py has `interactions`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from ...contracts import Contract, load, providers
from ...contracts.model import Operation
from ...contracts.routing import Match, Router, below
from ..plain import plain_problems
from ..reading import UNREADABLE, Reading, decoded, may_hide_problems, parse_json
from ..violation import printable
from . import cassette, har
from .documents import KINDS, Document
from .exchange import Entry, Exchange, Malformed, Message, plain_body
from .pieces import Piece, Sent, Stranger
from .recorded import Bodies, RecordedBody
from .secrets import hidden, hidden_finding, is_secret, secrets_of, without_secrets

_WORD = re.compile(r"[A-Za-z_-]{1,30}")
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_TOLD = 20
"""Other hosts, and unknown operations, that are told one by one."""

NOTHING_KNOWN_HERE = "the recording has no request to a provider that steplint knows"


class Route(NamedTuple):
    """Where a request goes: to a provider, and to what is known of it at the path below its base path."""

    contract: Contract
    path: str
    match: Match | None


def read_recording(document: Document, text: str, operation: str | None) -> tuple[list[Piece], list[Stranger]] | None:
    """Return the requests of a recording in the order of time, and what in it is not checked.

    With an operation, only its requests are checked; the others still tell what they did. What is no recording gives
    None.
    """
    found = _entries_of(document.payload)
    if found is None:
        return None
    format_, entries = found
    reader = _Reader(format_, Bodies(text, document.node), operation)
    for entry in format_.in_order(entries):
        reader.read(entry)
    return reader.pieces, list(reader.strangers())


def _entries_of(payload: Any) -> tuple[ModuleType, list[Any]] | None:
    """Return the format of a recording and its entries, or None for what is no recording."""
    if not isinstance(payload, dict):
        return None
    if isinstance(log := payload.get("log"), dict) and isinstance(entries := log.get("entries"), list):
        return har, entries
    return (cassette, interactions) if isinstance(interactions := payload.get("interactions"), list) else None


class _Reader:
    """Reads the entries of one recording one after another."""

    def __init__(self, format_: ModuleType, bodies: Bodies, operation: str | None) -> None:
        self._format = format_
        self._bodies = bodies
        self._operation = operation
        self._lines: list[Stranger] = []
        self._hosts: Counter[str] = Counter()
        self._unknown: dict[tuple[Contract, str], list[int]] = {}
        self._visits = 0
        self.pieces: list[Piece] = []

    def read(self, entry: Entry) -> None:
        """Take the request of an entry, or note why not."""
        label = f"entry {entry.number}"
        route = None
        try:
            url = _split(self._format.address(entry))
            route = _route(url)
            if route is None:
                self._hosts[url.hostname or ""] += 1
                return
            operation = _operation(route, entry.value["request"].get("method"))
            if operation is not None:
                label += f" ({_title(operation)})"
            exchange = self._format.exchange(entry)
            secrets = secrets_of(url, exchange.request.headers, exchange.answer.headers)
            if operation is None:
                self._pass_over(entry, route, exchange, secrets)
            else:
                self._take(label, entry, route, operation, exchange, secrets)
        except Malformed as error:
            self._lines.append(Stranger(f"{label}: {error}", "always"))
            if route is not None:
                self._forget(route)

    def _forget(self, route: Route) -> None:
        """Note that something unknown was done to what a path names."""
        ids = {str(number): part for number, part in enumerate(route.path.split("/")) if part}
        nothing = Sent(ids, {}, lambda: UNREADABLE, succeeded=True)
        self.pieces.append(_unread(f"{route.contract.provider}/", "", nothing))

    def _pass_over(self, entry: Entry, route: Route, exchange: Exchange, secrets: frozenset[str]) -> None:
        """Note a request to a known provider that is none of its operations."""
        self._visits += 1
        method = exchange.method
        if method not in _READING and exchange.status < 400:
            self._forget(route)
        if method in ("HEAD", "OPTIONS"):
            return
        shown = f"{method if method in _METHODS else 'a request'} {_shown_path(route, secrets)}"
        self._unknown.setdefault((route.contract, shown), []).append(entry.number)

    def _take(
        self,
        label: str,
        entry: Entry,
        route: Route,
        operation: Operation,
        exchange: Exchange,
        secrets: frozenset[str],
    ) -> None:
        self._visits += 1
        contract = route.contract
        name = f"{contract.provider}/{operation.name}"
        about = f"{_title(operation)} (entry {entry.number})"
        answer = exchange.answer.without_headers()
        sent = Sent(
            route.match.parameters if route.match else {},
            _facts(contract, exchange.request.headers),
            lambda: _reply(answer),
            succeeded=200 <= exchange.status < 300,
        )
        is_checked = operation.checks is not None and self._operation in (None, name)
        unread = _unread(name, about, sent)
        if operation.checks is None:
            self.pieces.append(unread)
            return
        try:
            self.pieces.append(self._piece(unread, exchange, secrets)._replace(is_checked=is_checked))
        except Malformed as error:
            self.pieces.append(unread)
            if is_checked:
                self._lines.append(Stranger(f"{label}: {error}", "always"))

    def _piece(self, unread: Piece, exchange: Exchange, secrets: frozenset[str]) -> Piece:
        """Return a request with the payload in its body; raises Malformed where it has none."""
        if exchange.request.is_form:
            raise Malformed("its body is a form, not JSON")
        body = plain_body(exchange.request)
        if not body or not body.strip():
            raise Malformed(exchange.request.lack or "it was recorded without a body")
        reading, text = _read(body)
        payload, was_secret = without_secrets(reading.payload, secrets)
        was_secret = was_secret or is_secret(text, secrets)
        findings = list(reading.findings)
        if payload is not UNREADABLE and (not isinstance(payload, dict) or may_hide_problems(text)):
            findings += plain_problems(payload, KINDS)
        if was_secret:
            findings = [hidden_finding(finding, secrets) for finding in findings]
        own = body if body is exchange.request.body and isinstance(body, str) else None
        document = RecordedBody(reading, own, self._bodies, exchange.pointer, is_secret=was_secret)
        return unread._replace(document=document, payload=payload, findings=findings)

    def strangers(self) -> Iterator[Stranger]:
        """Yield what was not checked, and why."""
        yield from self._lines
        unknown = list(self._unknown.items())
        for (contract, shown), numbers in unknown[:_MOST_TOLD]:
            more = f" and {len(numbers) - 1:,} more" if len(numbers) > 1 else ""
            yield Stranger(f"entry {numbers[0]}{more} ({shown}): {_no_operation(contract, shown)}", "never")
        if rest := sum(len(numbers) for _, numbers in unknown[_MOST_TOLD:]):
            yield Stranger(f"{_requests(rest)} to other operations that steplint does not know", "never")
        for host, count in self._hosts.most_common(_MOST_TOLD):
            yield Stranger(f"{_requests(count)} to {printable(host) or 'no host'}, which is no known provider", "never")
        if (others := len(self._hosts) - _MOST_TOLD) > 0:
            count = self._hosts.total() - sum(number for _, number in self._hosts.most_common(_MOST_TOLD))
            yield Stranger(f"{_requests(count)} to {others} other hosts, which are no known providers", "never")
        if self._operation is not None and not any(piece.is_checked for piece in self.pieces):
            yield Stranger(f"the recording has no request to {self._operation} that could be checked", "named")
        elif not self._visits:
            yield Stranger(NOTHING_KNOWN_HERE, "named")


def _unread(operation: str, about: str, sent: Sent) -> Piece:
    """Return a request without a payload, which only tells what it did."""
    return Piece(
        Document(Reading(UNREADABLE, [])), "", UNREADABLE, [], operation, about=about, is_checked=False, sent=sent
    )


def _operation(route: Route, method: Any) -> Operation | None:
    return route.match.operations.get(method.upper()) if route.match and isinstance(method, str) else None


def _no_operation(contract: Contract, shown: str) -> str:
    """Say that a provider has no operation with a method and a path, and which of its own is most like it."""
    from difflib import get_close_matches  # costs a noticeable part of the linter's start

    known = [_title(operation) for operation in contract.operations.values()]
    alike = get_close_matches(shown, known, n=1, cutoff=0)
    return f"{contract.provider} has no such operation here; the nearest is {alike[0]}"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no number
    except ValueError:
        raise Malformed("its URL cannot be read") from None
    return parts


def _route(url: SplitResult) -> Route | None:
    """Return where a URL leads: a provider's own host and base path, or a mount of stepmock on any host."""
    path = unquote(url.path)
    for contract, router in _routers(providers()):
        if (url.hostname or "").lower() == contract.host:
            rest = below(contract.paths, path)
            return Route(contract, path if rest is None else rest, None if rest is None else router.match(rest))
    for contract, router in _routers(providers()):
        if (rest := below(contract.mounts, path)) is not None:
            return Route(contract, rest, router.match(rest))
    return None


@cache
def _routers(names: tuple[str, ...]) -> list[tuple[Contract, Router]]:
    contracts = [load(provider) for provider in names]
    return [
        (each, Router(each.operations.values(), takes_trailing_slash=each.takes_trailing_slash)) for each in contracts
    ]


def _title(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _shown_path(route: Route, secrets: frozenset[str]) -> str:
    """Return a path without what may be an id, a name of a person, or a key."""
    if route.match is not None:
        return next(iter(route.match.operations.values())).path
    words = [
        word if not word or (_WORD.fullmatch(word) and hidden(word, secrets) == word) else "*"
        for word in route.path.split("/")[:8]
    ]
    return "/".join(words)


def _facts(contract: Contract, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the facts of the Context that headers give."""
    named = contract.credential.get("facts", {})
    return {name: headers[header.lower()] for name, header in named.items() if headers.get(header.lower())}


def _read(body: str | bytes) -> tuple[Reading, str]:
    text = decoded(body, KINDS) if isinstance(body, bytes) else body
    if isinstance(text, Reading):
        return text, body.decode("latin-1") if isinstance(body, bytes) else body
    return parse_json(text, KINDS, start=int(text.startswith("\ufeff")), duplicates=True), text


def _reply(answer: Message) -> Any:
    """Return the JSON of an answer; UNREADABLE where there is none."""
    try:
        body = plain_body(answer)
    except Malformed:
        return UNREADABLE
    return _read(body)[0].payload if body else UNREADABLE


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count:,} requests"
