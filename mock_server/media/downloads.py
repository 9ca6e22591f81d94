"""Downloads media as far as it takes to judge them, and keeps none."""

import ssl
from collections.abc import Callable, Collection
from functools import cached_property
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import quote, urljoin, urlsplit

from ...contracts.limits import MAX_MEDIA_REDIRECTS
from ...validators.addresses import why_not_public
from .addresses import public_addresses
from .connection import Stopwatch, get, trust
from .gif import why_malformed
from .policy import Media
from .script import Came
from .sniffing import media_type_of
from .trouble import Trouble

_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_QUOTED = "".join(map(chr, range(0x21, 0x7F)))


class _Place(NamedTuple):
    """Where a medium is asked for; the host is in lower case and ASCII."""

    host: str
    port: int
    target: str


class Downloads:
    """The downloads that one request asks for. They share the seconds that are given, from the first of them on.

    Time runs by the clock of the world, or in real seconds where those run faster: with a clock that stands still, a
    server that never answers would hold the request for ever. What came of each is noted.
    """

    def __init__(
        self,
        media: Media,
        most_bytes: int,
        most_seconds: float,
        world_time: Callable[[], float],
        note: Callable[[Came | None], None],
    ) -> None:
        self._media = media
        self._note = note
        self._most_bytes = most_bytes
        self._most_seconds = media.lab.seconds or most_seconds
        self._watch = Stopwatch(self._most_seconds, world_time)

    def check(self, url: str, kinds: Collection[str]) -> None:
        """Download a file and judge it: its size, and by its content its media type and, of a GIF, its form.

        Raises Trouble. A file of a host that is not allowed is not asked for, and nothing is wrong with it.
        """
        came = self._came_of(url, kinds)
        self._note(came)
        if came is not None:
            raise Trouble.of(url, came.kind, came.reason)

    def _came_of(self, url: str, kinds: Collection[str]) -> Came | None:
        """Return what is wrong with a file, if anything."""
        try:
            place = _place(url)
            if self._media.allow(place.host):
                self._follow(url, place, kinds)
        except TimeoutError:
            return Came("timeout", f"it took longer than {self._most_seconds:g} seconds")
        except Trouble as trouble:
            return Came(trouble.kind, trouble.reason)
        except ssl.SSLCertVerificationError as error:
            reason = f"the certificate is not to be trusted: {error.verify_message.removesuffix('.')}"
            return Came("download-failed", reason)
        except (OSError, HTTPException, ValueError) as error:
            reason = str(getattr(error, "strerror", None) or error or type(error).__name__).removesuffix(".")
            return Came("download-failed", reason)
        return None

    def _follow(self, url: str, place: _Place, kinds: Collection[str]) -> None:
        """Go from redirect to redirect to the file; each is judged as the first address was."""
        for _ in range(MAX_MEDIA_REDIRECTS + 1):
            addresses = public_addresses(place.host, place.port, self._media.lab, self._watch.left())
            with get(addresses, *place, self._trusted, self._watch) as reply:
                if reply.status not in _REDIRECTS:
                    self._judge(reply, kinds)
                    return
                location = reply.getheader("location")
            if not location:
                raise Trouble("download-failed", f"a redirect ({reply.status}) says not where to")
            url = urljoin(url, location)
            place = _place(url)
            if not self._media.allow(place.host):
                raise Trouble("download-failed", f"it redirects to {place.host}, which no --media-host names")
        raise Trouble("download-failed", f"it redirects more than {MAX_MEDIA_REDIRECTS} times")

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return trust(self._media.lab.authority)

    def _judge(self, reply: HTTPResponse, kinds: Collection[str]) -> None:
        if reply.status != 200:
            raise Trouble("download-failed", f"its server answered {reply.status}")
        if (encoding := reply.getheader("content-encoding", "identity")).lower() != "identity":
            raise Trouble("download-failed", f"it is sent encoded as {encoding}, which was not asked for")
        if (reply.length or 0) > self._most_bytes:
            raise self._too_large(f"its server announces {reply.length:,}")
        chunk = reply.read(_CHUNK)
        kind = media_type_of(chunk)
        if kind not in kinds:
            found = f"by its content it is {kind}" if kind else "its content is of another kind"
            raise Trouble("invalid-type", f"{found}; allowed are {', '.join(kinds)}")
        kept = bytearray()
        size = 0
        while chunk:
            size += len(chunk)
            if size > self._most_bytes:
                raise self._too_large("it goes on beyond that")
            if kind == "image/gif":
                kept += chunk
            chunk = reply.read(_CHUNK)
        if reply.length:
            raise Trouble("download-failed", f"it broke off {reply.length:,} bytes before its end")
        if kind == "image/gif" and (reason := why_malformed(bytes(kept))):
            raise Trouble("gif-invalid", f"the GIF is malformed: {reason}")

    def _too_large(self, reason: str) -> Trouble:
        return Trouble("too-large", f"it has more than {self._most_bytes:,} bytes: {reason}")


def _place(url: str) -> _Place:
    """Return where an address leads; raises Trouble for one that is not public HTTPS by its text."""
    if reason := why_not_public(url):
        raise Trouble("unsafe-url", f"the address is not public HTTPS: {reason}")
    try:
        parts = urlsplit(url)
        host = normalize("NFKC", parts.hostname or "").removesuffix(".").encode("idna").decode("ascii").lower()
        port = parts.port or 443
    except ValueError:
        raise Trouble("unsafe-url", "the host of the address is malformed") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Place(host, port, quote(target, safe=_NOT_QUOTED))
