"""Which media are downloaded, as a setting: light, so that a server that downloads none loads nothing more."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .script import Script

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_PATTERN = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})+")


class Lab(NamedTuple):
    """What tests put in the place of the internet; no option of a command leads here.

    `resolve` finds the addresses of a host, `public` are those that pass for public, `authority` is a certificate
    (PEM) that is trusted besides the usual ones, and `seconds` shortens the time that a download may take.
    """

    resolve: Callable[[str, int], Sequence[str]] | None = None
    public: frozenset[str] = frozenset()
    authority: str = ""
    seconds: float | None = None


class Media(NamedTuple):
    """`hosts` are the patterns of `host_pattern` that media are downloaded from; without one, none are.

    With a `script`, as in a replay, none are either, and it says what came of them.
    """

    hosts: tuple[str, ...] = ()
    lab: Lab = Lab()
    script: Script | None = None

    def allow(self, host: str) -> bool:
        """Return whether media of a host, in lower case and ASCII, are downloaded."""
        return any(host.endswith(each[1:]) if each[0] == "*" else host == each for each in self.hosts)


OFFLINE = Media()
"""Nothing is downloaded."""


def host_pattern(text: str) -> str:
    """Return a host such as `cdn.example.com`, or `*.example.com` for all hosts below it, in lower case.

    Raises ValueError for any other text, so for a port, an address with a path, an IP address, and `*` alone.
    """
    pattern = text.lower().removesuffix(".")
    if not _PATTERN.fullmatch(pattern) or pattern.rpartition(".")[2].isdecimal():
        raise ValueError(
            f"{text[:80]!r} is no public host such as cdn.example.com, or *.example.com for all hosts below it"
        )
    return pattern
