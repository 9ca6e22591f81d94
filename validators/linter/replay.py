"""Follows the payloads of a file one after another, so that what they are together is known to the rules."""

from collections.abc import Mapping
from typing import Any

from ..checker import Checker
from ..context import Context
from .pieces import Piece


class Replay:
    """What the payloads seen so far tell of the world."""

    def __init__(self, settings: Mapping[str, str] | None) -> None:
        self._settings = settings
        self._steps: dict[str, list[dict[str, Any]]] = {}

    def context(self, piece: Piece) -> Context:
        """Return what is known besides a payload."""
        siblings = self._steps.setdefault(piece.operation, []) if piece.is_step else None
        return Context(settings=self._settings, siblings=siblings)

    def note(self, piece: Piece, checker: Checker) -> None:
        """Remember a payload that was checked."""
        if piece.is_step and isinstance(piece.payload, dict):
            self._steps.setdefault(piece.operation, []).append(checker.accepted(piece.payload, with_defaults=True))
