"""Which hosts are answered here, which may be reached, and which are refused."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import ip_address

Allow = bool | str | Iterable[str]
"""Hosts that may be reached: patterns such as `*.example.com`; True for all, False for not even the machine itself."""


class Hosts:
    """What one `intercept()` does with a request, by its host."""

    def __init__(self, own: Iterable[str], allow: Allow) -> None:
        self._own = frozenset(host.lower() for host in own)
        self._all = allow is True
        self._loopback = allow is not False
        given = () if isinstance(allow, bool) else (allow,) if isinstance(allow, str) else allow
        self._patterns = tuple(map(_pattern, given))

    def answer(self, host: str) -> bool:
        """Return whether the emulator answers for a host; `allow` does not change that."""
        return _plain(host) in self._own

    def let_pass(self, host: str) -> bool:
        """Return whether a host may be reached."""
        if self._all:
            return True
        host = _plain(host)
        return (self._loopback and _is_loopback(host)) or any(fnmatchcase(host, each) for each in self._patterns)

    def refusal(self, host: str) -> str:
        """Return what is said of a host that may not be reached, and how to allow it."""
        machine = " besides this machine" if self._loopback else ""
        own = ", ".join(sorted(self._own))
        return (
            f"stepmock let no request out to {host!r}. Inside intercept() it answers for {own}; any other "
            f"host{machine} has to be allowed: intercept(allow=[{host!r}]), or in a test suite {host} under "
            "stepmock_allow in pytest's configuration."
        )


def _plain(host: str) -> str:
    """Return a host in lower case, without the brackets of an IPv6 address and without the dot of a full name."""
    return host.lower().rstrip(".").strip("[]")


def _pattern(pattern: str) -> str:
    if not isinstance(pattern, str):
        raise TypeError(f"allow= takes hosts as text, such as 'localhost' or '*.example.com', not {pattern!r}")
    if not pattern or any(character in pattern for character in "/@ ") or _has_port(pattern):
        raise ValueError(f"allow= takes hosts only, such as 'localhost' or '*.example.com', not {pattern!r}")
    return _plain(pattern)


def _has_port(pattern: str) -> bool:
    """Return whether a port follows the host; an IPv6 address has more than one colon."""
    return pattern.rpartition("]")[2].count(":") == 1


@lru_cache(256)
def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
