"""Judges web addresses as text: is it absolute, can anyone reach it, what kind of file does it name?

Nothing here is looked up or fetched.
"""

import re
import unicodedata
from typing import NamedTuple

MEDIA_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "avif": "image/avif",
    "ico": "image/x-icon",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "qt": "video/quicktime",
    "avi": "video/x-msvideo",
    "mkv": "video/x-matroska",
    "webm": "video/webm",
    "wmv": "video/x-ms-wmv",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "m4v": "video/x-m4v",
    "flv": "video/x-flv",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "zip": "application/zip",
}
"""Media types by the ending of a file name, fixed so that the verdict is the same on every machine."""

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#\\]*)(?P<path>[^?#]*)")
_HOST_NAME = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{0,5}))?")
_NAT64_PREFIX = 0x0064_FF9B << 64
_PRIVATE_SUFFIXES = ("localhost", "local", "internal", "localdomain", "lan", "home.arpa")


class _Address(NamedTuple):
    scheme: str
    credentials: str
    host: str
    path: str


def _parse(url: str) -> _Address | str:
    """Return the parts of an absolute address, or why it is none."""
    if "\\" in url:
        return "it holds a backslash"
    if any(char.isspace() or ord(char) < 32 or char == "\x7f" for char in url):
        return "it holds white space or a control character"
    match = _ADDRESS.match(url)
    if not match:
        return "it is no absolute address (scheme://host)"
    credentials, at, rest = match["authority"].rpartition("@")
    host = _HOST_AND_PORT.fullmatch(rest)
    if not host or not 0 < int(host["port"] or 80) < 65536:
        return "its host or port is malformed"
    if not host["host"]:
        return "it names no host"
    return _Address(match["scheme"].lower(), credentials + at, host["host"], match["path"])


def why_not_http(url: str) -> str | None:
    """Return why a text is no absolute http or https address, or None when it is one."""
    address = _parse(url)
    if isinstance(address, str):
        return address
    return None if address.scheme in ("http", "https") else f"its scheme is {address.scheme}"


def why_not_public(url: str) -> str | None:
    """Return why an address is not HTTPS or not reachable by anyone, or None when it is both."""
    address = _parse(url)
    if isinstance(address, str):
        return address
    if address.scheme != "https":
        return f"its scheme is {address.scheme}"
    if address.credentials:
        return "it carries credentials"
    host = unicodedata.normalize("NFKC", address.host).lower().removesuffix(".")
    if host.startswith("["):
        return why_not_global(host[1:-1])
    if any(f".{host}".endswith(f".{suffix}") for suffix in _PRIVATE_SUFFIXES):
        return f"{host} is not public"
    if re.fullmatch(r"[0-9.]+|0x[0-9a-fx.]*", host):
        return why_not_global(host)
    return None if _HOST_NAME.fullmatch(host) else f"{host} is no public host name"


def media_type(url: str) -> str | None:
    """Return the media type that the ending of an address's path stands for; None where it tells nothing."""
    address = _parse(url)
    if isinstance(address, str):
        return None
    ending = address.path.rpartition("/")[2].rpartition(".")
    return MEDIA_TYPES.get(ending[2].lower()) if ending[1] else None


def why_not_global(host: str) -> str | None:
    """Return why a literal IP address, without brackets, is not reachable by anyone, or None when it is."""
    import ipaddress  # only for a literal address, which is rare, and costs some milliseconds

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f"{host} is no well-formed IP address"
    if isinstance(address, ipaddress.IPv6Address):
        bits = int(address)
        if address.ipv4_mapped or address.sixtofour:
            address = address.ipv4_mapped or address.sixtofour or address
        elif bits >> 32 in (0, _NAT64_PREFIX):
            address = ipaddress.IPv4Address(bits & 0xFFFFFFFF)
    if "%" in host:
        return f"{host} names a zone of this machine"
    is_set_aside = address.is_multicast or address.is_reserved or getattr(address, "is_site_local", False)
    return None if address.is_global and not is_set_aside else f"{host} is not public"
