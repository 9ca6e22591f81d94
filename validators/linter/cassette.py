"""Reads cassettes of VCR.py, in the order of the file, which is that of time."""

from typing import Any

from .exchange import Entry, Exchange, Message, from_base64, optional, part


def in_order(interactions: list[Any]) -> list[Entry]:
    """Return the interactions of a cassette."""
    return [Entry(number, value) for number, value in enumerate(interactions, 1)]


def address(entry: Entry) -> str:
    """Return the URL of a request; raises Malformed."""
    request = part(part(entry.value, dict, "entry").get("request"), dict, "request")
    url: str = part(request.get("uri"), str, "request.uri")
    return url


def exchange(entry: Entry) -> Exchange:
    """Return what an interaction holds; raises Malformed."""
    request = entry.value["request"]
    answer = optional(entry.value.get("response"), dict, "response")
    status = optional(answer.get("status"), dict, "response.status")
    body, below = _body(request.get("body"), "request.body", "its body")
    headers = _headers(request.get("headers"), "request.headers")
    kind = headers.get("content-type", "").lower()
    return Exchange(
        part(request.get("method"), str, "request.method").upper(),
        Message(headers, body, kind.startswith(("multipart/", "application/x-www-form-urlencoded"))),
        f"/interactions/{entry.number - 1}/request/body{below}",
        optional(status.get("code"), int, "response.status.code"),
        Message(
            _headers(answer.get("headers"), "response.headers"),
            _body(answer.get("body"), "response.body", "the body of its response")[0],
        ),
    )


def _body(value: Any, name: str, whose: str) -> tuple[str | bytes | None, str]:
    """Return a body, and the pointer to it below `body`."""
    if not isinstance(value, dict):
        return (None if value is None else part(value, (str, bytes), name)), ""
    if value.get("base64_string") is not None:
        return from_base64(part(value["base64_string"], str, f"{name}.base64_string"), whose), "/base64_string"
    if "string" in value and value["string"] is None:
        return None, ""
    return part(value.get("string"), (str, bytes), f"{name}.string"), "/string"


def _headers(value: Any, name: str) -> dict[str, str]:
    """Return headers, each of which may have one value or a list of them."""
    found = {}
    for key, given in optional(value, dict, name).items():
        values = given if isinstance(given, list) else [given]
        found[part(key, str, name).lower()] = ", ".join(_header(each, name) for each in values)
    return found


def _header(value: Any, name: str) -> str:
    text = part(value, (str, bytes), name)
    return text if isinstance(text, str) else text.decode("latin-1")
