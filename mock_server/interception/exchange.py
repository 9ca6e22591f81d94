"""Between the libraries' forms of a request and a response, and the emulator's.

What reaches the emulator, and what comes back, is what would over `stepmock serve`: see asgi.py.
"""

from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from urllib.parse import unquote

from ...contracts.limits import MAX_BODY_BYTES
from ..messages import Headers, Request, Response, by_name


def request_of(method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes) -> Request:
    """Return the request as a server reads it; `target` is the path and the query as they are sent."""
    path, _, query = target.partition("#")[0].partition("?")
    return Request(
        "GET" if method == "HEAD" else method,
        unquote(path) if "%" in path else path,
        query,
        by_name([(name.lower(), value.strip()) for name, value in headers]),
        body[: MAX_BODY_BYTES + 1],
    )


def fields_of(reply: Response) -> Headers:
    """Return the header fields of a reply as they are sent."""
    return [*((name.lower(), value) for name, value in reply.headers), ("content-length", str(len(reply.body)))]


def body_of(reply: Response, method: str) -> bytes:
    """Return the body that a client gets to see of a whole reply."""
    return b"" if method == "HEAD" or reply.status in (204, 304) else reply.body


@cache
def reason_of(status: int) -> str:
    """Return the words that go with a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
