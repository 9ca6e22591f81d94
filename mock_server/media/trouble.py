"""What can be wrong with a medium."""

from typing import Literal

from ...validators.violation import printable, quote

Kind = Literal["unsafe-url", "too-large", "invalid-type", "gif-invalid", "download-failed", "timeout"]


class Trouble(Exception):
    """A medium is not taken; `kind` says why for programs, `reason` for people."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind: Kind = kind
        self.reason = reason

    @classmethod
    def of(cls, url: str, kind: Kind, reason: str) -> "Trouble":
        """Return what is wrong with the medium at an address, as a sentence."""
        return cls(kind, f"{quote(url)}: {printable(reason)}.")
