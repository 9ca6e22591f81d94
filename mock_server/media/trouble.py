"""What can be wrong with a medium."""

from typing import Literal

Kind = Literal["unsafe-url", "too-large", "invalid-type", "gif-invalid", "download-failed", "timeout"]


class Trouble(Exception):
    """A medium is not taken; `kind` says why for programs, `reason` for people."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(kind, reason)
        self.kind: Kind = kind
        self.reason = reason
