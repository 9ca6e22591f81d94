"""Takes credentials out of what is shown: journals, recordings, messages, logs.

The names are those of all providers at once, for a client that mixes up two of them sends the key of the one to the
other.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

MASK = "(not kept)"
_ALWAYS_SECRET = frozenset(
    {"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key", "x-auth-token", "api-key", "apikey"}
)
_MARKS = (b"\\u00", b"%", b"\0")
"""What a name may be hidden behind: escapes of JSON and of URLs, and UTF-16."""
_VALUE = (
    r"""("(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|\\["'](?:[^"'\\]|\\[^"'])*+|"""
    r"""(?:(?:basic|bearer)(?:\s|%20|\+)++)?+[^\s&,;}\]]++)"""
)


class Redaction:
    """Masks what stands under the names that credentials have, however the name is written.

    Some clients send the key in the body as well. Names are compared without regard to case.
    """

    def __init__(self, schemes: Iterable[Mapping[str, Any]]) -> None:
        """Take the names from the security schemes of contracts."""
        self._names = frozenset(name.lower() for scheme in schemes for name in _names(scheme))
        self._secret_headers = self._names | _ALWAYS_SECRET
        self._hints = (*(name.encode() for name in self._names), *_MARKS)
        self._text_hints = tuple(hint.decode() for hint in self._hints)
        names = "|".join("".join(map(_spellings, name)) for name in sorted(self._names))
        pattern = rf"""((?:{names})(?:\\?["'])?\s*+(?:[:=]|%3[aAdD])\s*+){_VALUE}"""
        self._in_text = re.compile(pattern.encode(), re.IGNORECASE | re.DOTALL)

    def __call__(self, body: bytes) -> bytes:
        """Return a body without credentials: those among the members of JSON objects, or anywhere in other text."""
        if not self._may_name(body):
            return body
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return self._in_text.sub(rb"\1" + MASK.encode(), body)
        if not isinstance(payload, (dict, list)) or not self._mask(payload):
            return body
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers, whose names are in lower case, without those that carry credentials."""
        return {name: self.text(value) for name, value in headers.items() if name not in self._secret_headers}

    def query(self, query: str) -> str:
        """Return the query of a URL without credentials."""
        pairs = [pair.partition("=") for pair in query.split("&")] if query else []
        return "&".join(
            f"{name}={MASK}" if unquote_plus(name).strip().lower() in self._names else self.text(name + sign + value)
            for name, sign, value in pairs
        )

    def text(self, text: str) -> str:
        """Return a text without credentials."""
        folded = text.lower()
        if not any(hint in folded for hint in self._text_hints):
            return text
        return self._in_text.sub(rb"\1" + MASK.encode(), text.encode("utf-8", "replace")).decode("utf-8", "replace")

    def facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Return a violation, in its JSON form, that quotes no credential."""
        if facts["pointer"].rpartition("/")[2].lower() in self._names:
            return {**facts, "value": MASK, "message": MASK}
        return {**facts, "value": self.text(facts["value"]), "message": self.text(facts["message"])}

    def _may_name(self, text: bytes) -> bool:
        folded = text.lower()
        return any(hint in folded for hint in self._hints)

    def _mask(self, payload: Any) -> bool:
        """Mask what stands under the names, at any depth, in place; return whether there was anything."""
        changed = False
        stack: list[Any] = [payload]
        while stack:
            holder = stack.pop()
            for name, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
                if isinstance(name, str) and name.lower() in self._names:
                    holder[name], changed = MASK, True
                elif isinstance(value, (dict, list)):
                    stack.append(value)
                elif isinstance(value, str) and (shown := self.text(value)) != value:
                    holder[name], changed = shown, True
        return changed


def _names(scheme: Mapping[str, Any]) -> Iterable[str]:
    yield scheme["name"] if scheme["type"] == "apiKey" else "authorization"
    if "legacy_query" in scheme:
        yield scheme["legacy_query"]


def _spellings(char: str) -> str:
    """Return a pattern of the ways to write a character: as it is, in a URL, and in a JSON text."""
    codes = {ord(char.lower()), ord(char.upper())}
    escapes = "|".join(rf"%{code:02x}|\\u00{code:02x}" for code in sorted(codes))
    return f"(?:{re.escape(char)}|{escapes})"
