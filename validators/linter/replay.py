"""Follows the payloads of a file one after another, so that what they are together is known to the rules.

What an operation does is said by its contract, in `x-replay`. Nothing is taken for known that was not seen: an answer
that cannot be read, or a request that no operation is known for, makes facts unknown, and their rules silent.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...contracts import load
from ...contracts.model import Operation
from ..checker import checker
from ..context import Context
from .pieces import Piece, Sent

if TYPE_CHECKING:
    from .known import Known


class Replay:
    """What the payloads seen so far tell of the providers' worlds, as one profile reads them."""

    def __init__(self, settings: Mapping[str, str] | None, profile: str) -> None:
        self._settings = settings
        self._profile = profile
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self._known: dict[str, Known] = {}

    def context(self, piece: Piece) -> Context:
        """Return what is known besides a payload."""
        if piece.sent is None:
            siblings = self._lists.setdefault(piece.operation, []) if piece.is_step else None
            return Context(settings=self._settings, siblings=siblings)
        settings = {**(self._settings or {}), **piece.sent.facts}
        operation = self._operation(piece)
        if operation is None or operation.replay is None:
            return Context(settings=settings)
        return self._known_to(piece).context(operation.replay, piece.sent.parameters)._replace(settings=settings)

    def note(self, piece: Piece) -> None:
        """Remember what a payload did, whether or not it was right."""
        if piece.sent is not None:
            if piece.sent.succeeded:
                self._note_sent(piece, piece.sent)
        elif piece.is_step and isinstance(piece.payload, dict):
            self._lists.setdefault(piece.operation, []).append(self._accepted(piece, with_defaults=True))

    def held(self, provider: str, holders: str, kind: str) -> Mapping[str, list[dict[str, Any]]]:
        """Return what recorded requests to a provider tell of the resources of a kind, by the ids of their holders."""
        known = self._known.get(provider)
        return {} if known is None else known.held(holders, kind)

    def _note_sent(self, piece: Piece, sent: Sent) -> None:
        operation, known = self._operation(piece), self._known_to(piece)
        if operation is None:
            known.forget(sent.parameters.values())
        elif (replay := operation.replay) is not None:
            payload = None
            if isinstance(piece.payload, dict):
                payload = self._accepted(piece, with_defaults=replay["does"] == "creates")
            known.note(replay, sent.parameters, payload, sent.reply())

    def _accepted(self, piece: Piece, *, with_defaults: bool) -> dict[str, Any]:
        provider, _, name = piece.operation.partition("/")
        return checker(provider, name, self._profile).accepted(piece.payload, with_defaults=with_defaults)

    def _operation(self, piece: Piece) -> Operation | None:
        provider, _, name = piece.operation.partition("/")
        return load(provider, self._profile).operations.get(name)

    def _known_to(self, piece: Piece) -> "Known":
        from .known import Known  # only recordings need it

        return self._known.setdefault(piece.operation.partition("/")[0], Known())
