"""Writes journals as HAR 1.2, the recordings that browsers' developer tools open and `steplint check` reads.

The address of a request is the one that it has at the provider, so that a recording is the same wherever stepmock ran.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote_plus

from ..contracts.limits import MAX_JOURNAL_BODY_BYTES
from ..contracts.model import Contract
from ..contracts.routing import below
from ..contracts.version import version
from .clock import iso_text
from .journal import JournalEntry

_IN_PATH = "/:@!$&'()*+,;=~"
_IN_QUERY = f"{_IN_PATH}?%[]"
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


def as_har(entries: Iterable[JournalEntry], contracts: Mapping[str, Contract], comment: str) -> dict[str, Any]:
    """Return the entries of a journal as the JSON value of a HAR file; `contracts` are those of the providers."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "stepmock", "version": version()},
            "pages": [],
            "entries": [_entry(entry, contracts.get(entry.provider)) for entry in entries],
            "comment": comment,
        }
    }


def _entry(entry: JournalEntry, contract: Contract | None) -> dict[str, Any]:
    reply_headers = [{"name": name, "value": value} for name, value in entry.response_headers]
    kind = next((value for name, value in entry.response_headers if name.lower() == "content-type"), "")
    return {
        "startedDateTime": iso_text(entry.at),
        "time": 0,
        "request": _request(entry, contract),
        "response": {
            "status": entry.status,
            "statusText": _phrase(entry.status),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": reply_headers,
            "content": {
                "size": entry.response_bytes,
                "mimeType": kind,
                **_content(entry.response_body, entry.response_bytes),
            },
            "redirectURL": next((value for name, value in entry.response_headers if name.lower() == "location"), ""),
            "headersSize": -1,
            "bodySize": entry.response_bytes,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "comment": _comment(entry),
    }


def _request(entry: JournalEntry, contract: Contract | None) -> dict[str, Any]:
    query = quote(entry.query, safe=_IN_QUERY)
    pairs = [pair.partition("=") for pair in entry.query.split("&")] if entry.query else []
    request: dict[str, Any] = {
        "method": entry.method,
        "url": address(entry, contract) + (f"?{query}" if query else ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in entry.headers.items()],
        "queryString": [{"name": unquote_plus(name), "value": unquote_plus(value)} for name, _, value in pairs],
        "headersSize": -1,
        "bodySize": entry.request_bytes,
    }
    if entry.request_bytes:
        sent = _content(entry.request_body, entry.request_bytes)
        if entry.request_bytes > MAX_JOURNAL_BODY_BYTES:
            # half a JSON text would be taken for a broken one, so it stands where no reader looks for the body
            kept = {"bytes": len(entry.request_body), "of": entry.request_bytes}
            sent = {"text": "", "comment": sent["comment"], "_kept": {**sent, **kept, "comment": "what was kept"}}
        request["postData"] = {"mimeType": entry.headers.get("content-type", ""), "params": [], **sent}
    return request


def address(entry: JournalEntry, contract: Contract | None) -> str:
    """Return the URL that a request has at its provider, without the query; without a provider, the one it was for."""
    path = entry.path
    host = entry.headers.get("host", "")
    base = f"http://{host if _HOST.fullmatch(host) else 'unknown.invalid'}"
    if contract is not None:
        base = f"https://{contract.host}"
        if below(contract.mounts, path) is not None:
            path = path.removeprefix(f"/{contract.provider}")
    return base + quote(path.encode("utf-8", "surrogatepass"), safe=_IN_PATH)


def _content(body: bytes, size: int) -> dict[str, Any]:
    """Return a body as a text, or in base64 where it is none, and how much of it is missing."""
    is_cut = size > MAX_JOURNAL_BODY_BYTES
    cut = {"comment": f"stepmock kept the first {len(body):,} of {size:,} bytes"} if is_cut else {}
    try:
        return {"text": body.decode(), **cut}
    except UnicodeDecodeError as error:
        if cut and error.end == len(body) and len(body) - error.start < 4:
            return {"text": body[: error.start].decode(), **cut}  # the cut went through a character
        return {"text": b64encode(body).decode(), "encoding": "base64", **cut}


def _comment(entry: JournalEntry) -> str:
    parts = [f"request {entry.number}", entry.operation or "no operation"]
    if entry.rules:
        parts.append(f"breaks {', '.join(dict.fromkeys(entry.rules))}")
    if entry.fault:
        parts.append(f"met the fault {entry.fault}")
    return "; ".join(parts)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
