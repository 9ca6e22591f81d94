"""Keeps credentials of recordings out of what is shown.

What is taken from a request only finds the same texts again in its body; it is never kept or printed.
"""

import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from ...contracts import load, providers
from ..violation import Finding

_SHORTEST = 4
"""Characters of the shortest text that is taken for a secret; a shorter one would be found everywhere."""

_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


def _names() -> frozenset[str]:
    """Return the names, in lower case, of headers and parameters that carry credentials."""
    return _names_of(providers())


@cache
def _names_of(known: tuple[str, ...]) -> frozenset[str]:
    schemes = [load(provider).credential for provider in known]
    found = {scheme.get(key, "") for scheme in schemes for key in ("name", "legacy_query")} - {""}
    return _HEADERS | {name.lower() for name in found}


@cache
def _pattern(credentials: frozenset[str]) -> re.Pattern[str]:
    """What looks like a credential in a text: a value behind one of the names, or a user before the host of a URL."""
    names = "|".join(re.escape(name) for name in sorted(credentials))
    return re.compile(rf"(?:{names})[\\\"'\s]*[:=][\\\"'\s]*([^&\n\"'<\\]+)|://([^/\s@\"]+)@", re.IGNORECASE)


def secrets_of(url: SplitResult, *headers: Mapping[str, str]) -> frozenset[str]:
    """Return the credentials that a URL and headers carry."""
    texts = {value for name, value in parse_qsl(url.query) if name.lower() in _names()}
    texts.update(unquote(text) for text in (url.netloc.rpartition("@")[0], url.username, url.password) if text)
    for group in headers:
        for name, value in group.items():
            if name in _names():
                texts.update(_within(value))
    return frozenset(text for text in texts if len(text) >= _SHORTEST)


def _within(value: str) -> Iterator[str]:
    """Yield the value of a header and the secrets in it: of a scheme, of Basic credentials, of cookies."""
    yield value
    scheme, _, rest = value.strip().partition(" ")
    yield rest.strip()
    if scheme.lower() == "basic":
        try:
            yield from b64decode(rest).decode().split(":", 1)
        except ValueError:
            return
    for pair in value.split(";"):
        yield pair.partition("=")[2].strip()


def is_secret(text: str, secrets: Collection[str]) -> bool:
    """Return whether a text holds one of some secrets, or what looks like one."""
    return any(secret in text for secret in secrets) or _pattern(_names()).search(text) is not None


def without_secrets(payload: Any, secrets: Collection[str]) -> tuple[Any, bool]:
    """Return a payload with each secret in it as asterisks, and whether there were any; it is changed in place."""
    top = [payload]
    stack: list[Any] = [top]
    changed = False
    while stack:
        holder: Any = stack.pop()
        items: list[Any] = list(holder.items() if isinstance(holder, dict) else enumerate(holder))
        names = {name: hidden(name, secrets) for name, _ in items if isinstance(name, str)}
        if any(name != shown for name, shown in names.items()):
            holder.clear()
            holder.update((names[name], value) for name, value in items)
            items, changed = list(holder.items()), True
        for name, value in items:
            if isinstance(value, (dict, list)):
                stack.append(value)
            elif isinstance(value, str):
                is_named = isinstance(name, str) and name.lower() in _names()
                if (shown := "*" * len(value) if is_named else hidden(value, secrets)) != value:
                    holder[name], changed = shown, True
    return top[0], changed


def hidden(text: str, secrets: Collection[str]) -> str:
    """Return a text with asterisks in the place of secrets, of the same length."""
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, "*" * len(secret))
    return _pattern(_names()).sub(_starred, text)


def hidden_finding(finding: Finding, secrets: Collection[str]) -> Finding:
    """Return a finding with no secret in its words."""
    where = tuple(hidden(token, secrets) if isinstance(token, str) else token for token in finding.where)
    value = hidden(finding.value, secrets) if isinstance(finding.value, str) else finding.value
    return finding._replace(where=where, value=value, message=hidden(finding.message, secrets))


def _starred(match: re.Match[str]) -> str:
    begin, end = match.span(match.lastindex or 0)
    return match[0][: begin - match.start()] + "*" * (end - begin) + match[0][end - match.start() :]
