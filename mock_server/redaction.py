"""Takes credentials out of what is shown: journals, recordings, messages, logs.

The names are those of all providers at once, for a client that mixes up two of them sends the key of the one to the
other.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from .messages import Headers

MASK = "(not kept)"
_SECRET_HEADER = re.compile(r"apikey|auth(?!or(?!i[sz]))|cookie|credential|passw|secret|token")
"""What the name of a header holds, without its hyphens, that is for a credential of some kind."""
_BETWEEN_WORDS = re.compile(r"[-_ ]")
_GAP = r"(?:[-_ ]|%2[0dD]|%5[fF]|\\u00(?:2[0dD]|5[fF]))?"
_INDEX = r"(?:(?:\[|%5[bB])[^\]%]{0,20}(?:\]|%5[dD]))?"
_MARKS = (b"\\u00", b"%", b"\0")
"""What a name may be hidden behind: escapes of JSON and of URLs, and UTF-16."""
_VALUE = (
    rf"""({re.escape(MASK)}|"""
    r""""(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?|\\["'](?:[^"'\\]|\\[^"'])*+|\\++["'][^"']*+|"""
    r"""[\[{]\s*+["'].*+|"""
    r"""(?:(?:basic|bearer)(?:\s|%20|\+)++)?+[^\s&,;}\]]++)"""
)


class Redaction:
    """Masks what stands under the names that credentials have, however the name is written.

    Some clients send the key in the body as well. Names are compared without regard to case, and to what stands
    between their words: `apiKey` and `api-key[]` are `api_key`.
    """

    def __init__(self, schemes: Iterable[Mapping[str, Any]]) -> None:
        """Take the names from the security schemes of contracts."""
        words = [_BETWEEN_WORDS.split(name.lower()) for scheme in schemes for name in _names(scheme)]
        self._names = frozenset(map("".join, words))
        hints = {mark.join(each).encode() for each in words for mark in ("", "_", "-", " ")}
        self._hints = (*sorted(each for each in hints if not any(other in each for other in hints - {each})), *_MARKS)
        self._text_hints = tuple(hint.decode() for hint in self._hints)
        names = "|".join(sorted({_GAP.join("".join(map(_spellings, word)) for word in each) for each in words}))
        pattern = rf"""((?:{names}){_INDEX}(?:\\*+["'])?\s*+(?:[:=]|%3[aAdD])\s*+){_VALUE}"""
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
        return _written(payload)

    def members(self, body: bytes) -> bytes:
        """Return a JSON text without what stands under the names of credentials; all other texts stay as they are.

        That is for what is read again as state: a text that speaks of a credential may be part of a message.
        """
        folded = body.lower()
        if not any(hint in folded for hint in self._hints if hint not in _MARKS):
            return body
        payload = json.loads(body)
        return _written(payload) if self._mask(payload, in_texts=False) else body

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers, whose names are in lower case, without those that carry credentials."""
        return {name: self.text(value) for name, value in headers.items() if not self._is_secret_header(name)}

    def reply_headers(self, headers: Headers) -> Headers:
        """Return the headers of a reply, with a mask for credentials: a fault may say any."""
        return [(name, MASK if self._is_secret_header(name.lower()) else self.text(value)) for name, value in headers]

    def _is_secret_header(self, name: str) -> bool:
        folded = _BETWEEN_WORDS.sub("", name)
        return folded in self._names or _SECRET_HEADER.search(folded) is not None

    def _is_secret(self, name: str) -> bool:
        return _BETWEEN_WORDS.sub("", name.partition("[")[0].lower()) in self._names

    def query(self, query: str) -> str:
        """Return the query of a URL without credentials."""
        pairs = [pair.partition("=") for pair in query.split("&")] if query else []
        return "&".join(
            f"{name}={MASK}" if self._is_secret(unquote_plus(name)) else self.text(name + sign + value)
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
        if self._is_secret(facts["pointer"].rpartition("/")[2]):
            return {**facts, "value": MASK, "message": MASK}
        return {**facts, "value": self.text(facts["value"]), "message": self.text(facts["message"])}

    def _may_name(self, text: bytes) -> bool:
        folded = text.lower()
        return any(hint in folded for hint in self._hints)

    def _mask(self, payload: Any, in_texts: bool = True) -> bool:
        """Mask what stands under the names, at any depth, in place; return whether there was anything."""
        changed = False
        stack: list[Any] = [payload]
        while stack:
            holder = stack.pop()
            for name, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
                if isinstance(name, str) and self._is_secret(name):
                    holder[name], changed = MASK, True
                elif isinstance(value, (dict, list)):
                    stack.append(value)
                elif in_texts and isinstance(value, str) and (shown := self.text(value)) != value:
                    holder[name], changed = shown, True
        return changed


def _names(scheme: Mapping[str, Any]) -> Iterable[str]:
    yield scheme["name"] if scheme["type"] == "apiKey" else "authorization"
    if "legacy_query" in scheme:
        yield scheme["legacy_query"]


def _written(payload: Any) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _spellings(char: str) -> str:
    """Return a pattern of the ways to write a character: as it is, in a URL, and in a JSON text."""
    codes = {ord(char.lower()), ord(char.upper())}
    escapes = "|".join(rf"%{code:02x}|\\u00{code:02x}" for code in sorted(codes))
    return f"(?:{re.escape(char)}|{escapes})"
