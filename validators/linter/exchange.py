"""One request of a recording with its answer, and what recordings do to bodies: base64, and compression."""

import zlib
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...contracts.limits import MAX_BODY_BYTES

_GZIP = b"\x1f\x8b"


class Malformed(ValueError):
    """A part of a recording is not what its format says; the text says which."""


class Message(NamedTuple):
    """A request or an answer: headers by lower-case name, and the body as text, as bytes, or None without one.

    `is_form` says that the body is kept as the fields of a form, `lack` why there is no body, as far as it is told.
    """

    headers: Mapping[str, str]
    body: str | bytes | None
    is_form: bool = False
    lack: str = ""

    def without_headers(self) -> "Message":
        """Return the message with only the header that its body is read by, so that the others need not be kept."""
        kept = {name: self.headers[name] for name in ("content-encoding",) if name in self.headers}
        return self._replace(headers=kept)


class Exchange(NamedTuple):
    """A request and its answer; `pointer` leads to the body in the recording, `status` is 0 without an answer."""

    method: str
    request: Message
    pointer: str
    status: int
    answer: Message


class Entry(NamedTuple):
    """An entry of a recording before it is read: its number in the file, from 1, and what stands there."""

    number: int
    value: Any


def part(value: Any, kind: type | tuple[type, ...], name: str) -> Any:
    """Return a value that has a certain type; raises Malformed with its name where it has another."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Malformed(f"its {name} is missing" if value is None else f"its {name} is of the wrong type")
    return value


def optional(value: Any, kind: type, name: str) -> Any:
    """Return a value that has a certain type, or an empty one of it for None; raises Malformed like `part`."""
    return kind() if value is None else part(value, kind, name)


def from_base64(text: str, whose: str) -> bytes:
    """Return what a base64 text stands for; raises Malformed."""
    try:
        return b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise Malformed(f"{whose} is not base64") from None


def plain_body(message: Message) -> str | bytes | None:
    """Return the body of a message without its compression; raises Malformed for what cannot be had.

    Many recorders keep the body as it was before it was compressed; a body that does not look compressed stays as it
    is.
    """
    body, encodings = message.body, message.headers.get("content-encoding", "")
    if not encodings or not body:
        return body
    if isinstance(body, str):
        if not body.startswith("\x1f\x8b"):
            return body
        try:
            body = body.encode("latin-1")
        except UnicodeEncodeError:
            raise Malformed("its compressed body was recorded as text and is damaged") from None
    for name in reversed(encodings.lower().split(",")):
        body = _decompressed(body, name.strip())
    return body


def _decompressed(data: bytes, name: str) -> bytes:
    if name in ("gzip", "x-gzip"):
        return _inflated(data, 31) if data.startswith(_GZIP) else data
    if name == "deflate":
        has_header = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0
        return _inflated(data, 15 if has_header else -15) if has_header or not _is_text(data) else data
    if name in ("", "identity") or _is_text(data):
        return data
    raise Malformed(f"its body is compressed by {name[:20]!a}, which steplint cannot read; record it uncompressed")


def _inflated(data: bytes, window: int) -> bytes:
    reader = zlib.decompressobj(window)
    try:
        plain = reader.decompress(data, MAX_BODY_BYTES + 1)
    except zlib.error:
        raise Malformed("its compressed body is damaged") from None
    if len(plain) > MAX_BODY_BYTES:
        raise Malformed(f"its body has more than {MAX_BODY_BYTES:,} bytes once it is decompressed")
    if not reader.eof:
        raise Malformed("its compressed body is cut off")
    return plain


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
