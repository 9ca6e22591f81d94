"""Reads HAR 1.2, the recordings of browsers and proxies."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .exchange import Entry, Exchange, Message, from_base64, optional, part


def in_order(entries: list[Any]) -> list[Entry]:
    """Return the entries in the order of their times; one whose time cannot be read stays behind the one before it."""
    timed: list[tuple[float, Entry]] = []
    latest = float("-inf")
    for number, value in enumerate(entries, 1):
        started = _seconds(value.get("startedDateTime")) if isinstance(value, dict) else None
        latest = latest if started is None else started
        timed.append((latest, Entry(number, value)))
    return [entry for _, entry in sorted(timed, key=lambda item: item[0])]


def address(entry: Entry) -> str:
    """Return the URL of a request; raises Malformed."""
    request = part(part(entry.value, dict, "entry").get("request"), dict, "request")
    url: str = part(request.get("url"), str, "request.url")
    return url


def exchange(entry: Entry) -> Exchange:
    """Return what an entry holds; raises Malformed."""
    request = entry.value["request"]
    answer = optional(entry.value.get("response"), dict, "response")
    content = optional(answer.get("content"), dict, "response.content")
    return Exchange(
        part(request.get("method"), str, "request.method").upper(),
        _request(request),
        f"/log/entries/{entry.number - 1}/request/postData/text",
        optional(answer.get("status"), int, "response.status"),
        Message(_headers(answer, "response"), _body(content, "response.content", "the body of its response")),
    )


def _request(request: Mapping[str, Any]) -> Message:
    headers = _headers(request, "request")
    data = request.get("postData")
    if data is None:
        return Message(headers, None, lack=_lack(request, None))
    data = part(data, dict, "request.postData")
    kind = optional(data.get("mimeType"), str, "request.postData.mimeType")
    fields = optional(data.get("params"), list, "request.postData.params")
    body = _body(data, "request.postData", "its body")
    is_form = bool(fields) or kind.lower().startswith(("multipart/", "application/x-www-form-urlencoded"))
    return Message(headers, body, is_form, "" if body else _lack(request, data.get("_kept")))


def _lack(request: Mapping[str, Any], kept: Any) -> str:
    """Say why a request has no body, where it had one: the size is told, or that a journal of stepmock cut it off."""
    if isinstance(kept, dict) and all(_is_size(kept.get(name)) for name in ("bytes", "of")):
        return (
            f"its body was cut off when it was recorded: of its {kept['of']:,} bytes the first {kept['bytes']:,} were "
            "kept; check the payload itself"
        )
    size = request.get("bodySize")
    return f"it was recorded without its body of {size:,} bytes" if _is_size(size) else ""


def _is_size(value: Any) -> bool:
    return type(value) is int and value > 0


def _body(holder: Mapping[str, Any], name: str, whose: str) -> str | bytes | None:
    if (text := holder.get("text")) is None:
        return None
    part(text, str, f"{name}.text")
    encoding = optional(holder.get("encoding"), str, f"{name}.encoding")
    if encoding.lower() == "base64":
        return from_base64(text, whose)
    return str(text)


def _headers(message: Mapping[str, Any], whose: str) -> dict[str, str]:
    found = {}
    for header in optional(message.get("headers"), list, f"{whose}.headers"):
        pair = part(header, dict, f"{whose}.headers")
        name = part(pair.get("name"), str, f"{whose}.headers.name")
        found[name.lower()] = part(pair.get("value"), str, f"{whose}.headers.value")
    return found


def _seconds(time: Any) -> float | None:
    try:
        moment = datetime.fromisoformat(time)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
