"""requests: a short way for the usual request; any other goes the way of urllib3.

The short way does without a pool and the writing and parsing of HTTP, which together cost more than the emulator. It is
taken only where it cannot be told from the long one: requests' own adapter, no retries, a body in one piece.
"""

import os
from collections.abc import Callable
from inspect import signature
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
import requests.sessions
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse, Retry
from urllib3._collections import HTTPHeaderDict  # urllib3 1.26 has it nowhere else
from urllib3.util import SKIP_HEADER

from ..messages import Request, Response
from .blocks import current
from .exchange import body_of, fields_of, reason_of, request_of
from .line import answered_by
from .patches import Patch

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


def _send(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def send(
        adapter: HTTPAdapter,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Any:
        block = current()
        url = urlsplit(request.url or "")
        if block is None or url.scheme not in ("http", "https"):
            return theirs(adapter, request, stream, timeout, verify, cert, proxies)
        host = url.hostname or ""
        if not block.hosts.answer(host):
            if block.hosts.let_pass(host):
                return theirs(adapter, request, stream, timeout, verify, cert, proxies)
            raise requests.ConnectionError(block.hosts.refusal(host), request=request)
        if cert is not None or not _is_there(verify) or not _is_usual(timeout) or not _is_plain(adapter):
            return theirs(adapter, request, stream, timeout, verify, cert, None)
        asked = _asked(request, url.netloc.rpartition("@")[2], url.scheme)
        if asked is None:
            return theirs(adapter, request, stream, timeout, verify, cert, None)
        reply = block.emulator.handle(asked)
        if reply.delay or reply.cut is not None or any(name.lower() == "set-cookie" for name, _ in reply.headers):
            with answered_by(reply):
                return theirs(adapter, request, stream, timeout, verify, cert, None)
        return adapter.build_response(request, _raw(adapter, request, reply))

    return send


def _is_plain(adapter: HTTPAdapter) -> bool:
    """Return whether an adapter is requests' own, and hands on each reply as it is."""
    retries = adapter.max_retries
    return (
        type(adapter) is HTTPAdapter and type(retries) is Retry and retries.total == 0 and not retries.status_forcelist
    )


def _is_there(verify: Any) -> bool:
    """Return whether requests would find the certificates to verify with."""
    return verify in (True, False, None) or (type(verify) is str and os.path.exists(verify))


def _is_usual(timeout: Any) -> bool:
    """Return whether urllib3 would take a time-out as it is."""
    parts: Any = timeout if type(timeout) is tuple and len(timeout) == 2 else (timeout,)
    return all(part is None or (type(part) in (int, float) and part > 0) for part in parts)


def _asked(request: requests.PreparedRequest, host: str, scheme: str) -> Request | None:
    """Return the request as a server reads it; None for one that urllib3 has something to add to, or to refuse."""
    body: Any = request.body or b""
    if isinstance(body, str) and body.isascii():
        body = body.encode()
    if type(body) is not bytes or not request.method or not request.method.isalpha():
        return None
    fields = [("host", host.removesuffix(":443" if scheme == "https" else ":80"))]
    for name, value in request.headers.items():
        if type(value) is not str or not value.isascii() or value == SKIP_HEADER:
            return None
        fields.append((name, value))
    if "accept-encoding" not in request.headers or "user-agent" not in request.headers:
        return None
    if body and "content-length" not in request.headers:
        return None
    return request_of(request.method, request.path_url, fields, body)


_VERSION_STRING: Any = (
    {"version_string": "HTTP/1.1"} if "version_string" in signature(HTTPResponse.__init__).parameters else {}
)
"""The version as a text, which only newer releases of urllib3 take."""


def _raw(adapter: HTTPAdapter, request: requests.PreparedRequest, reply: Response) -> HTTPResponse:
    """Return the reply as urllib3 does."""
    return HTTPResponse(
        BytesIO(body_of(reply, request.method or "")),
        HTTPHeaderDict(fields_of(reply)),
        reply.status,
        version=11,
        **_VERSION_STRING,
        reason=reason_of(reply.status),
        preload_content=False,
        decode_content=False,
        retries=adapter.max_retries,
        request_method=request.method,
        request_url=request.path_url,
    )


def _get_environ_proxies(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def get_environ_proxies(url: str, no_proxy: str | None = None) -> Any:
        block = current()
        if block is not None and block.hosts.answer(urlsplit(url).hostname or ""):
            return {}  # what does not leave the process needs no proxy; to look for one takes a quarter of a call
        return theirs(url, no_proxy)

    return get_environ_proxies


PATCHES = (
    Patch(HTTPAdapter, "send", _send),
    Patch(requests.sessions, "get_environ_proxies", _get_environ_proxies),
)
