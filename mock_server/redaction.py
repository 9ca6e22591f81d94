"""Takes credentials out of what a journal keeps."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..validators import Violation

_MASK = "(not kept)"
_ALWAYS_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})


class Redaction:
    """Masks what stands under the names that a provider's credential has.

    Some clients send the key in the body as well. Names are compared without regard to case.
    """

    def __init__(self, scheme: Mapping[str, Any]) -> None:
        """Take the names from a contract's security scheme."""
        self._names = frozenset(name.lower() for name in _names(scheme))
        self._secret_headers = self._names | _ALWAYS_SECRET
        self._hints = tuple(name.encode() for name in self._names)
        names = b"|".join(map(re.escape, self._hints))
        self._in_text = re.compile(
            rb"""((?:%s)["']?\s*+[:=]\s*+)("(?:[^"\\]|\\.)*+"?|[^\s&,;}\]]++)""" % names, re.IGNORECASE | re.DOTALL
        )

    def __call__(self, body: bytes) -> bytes:
        """Return a body without credentials: those among the members of a JSON object, or anywhere in other text."""
        folded = body.lower()
        for name in self._hints:
            if name in folded:
                return self._masked(body)
        return body

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers, whose names are in lower case, without those that carry credentials."""
        return {name: value for name, value in headers.items() if name not in self._secret_headers}

    def text(self, text: str) -> str:
        """Return a text without credentials."""
        return self(text.encode("utf-8", "replace")).decode("utf-8", "replace")

    def violation(self, found: Violation) -> dict[str, Any]:
        """Return a violation as a JSON object that quotes no credential."""
        facts = found.as_facts()
        if found.pointer.rpartition("/")[2].lower() in self._names:
            return {**facts, "value": _MASK, "message": _MASK}
        return {**facts, "value": self.text(facts["value"]), "message": self.text(found.message)}

    def _masked(self, body: bytes) -> bytes:
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            payload = None
        if not isinstance(payload, dict):
            return self._in_text.sub(rb"\1" + _MASK.encode(), body)
        kept = {name: _MASK if name.lower() in self._names else value for name, value in payload.items()}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _names(scheme: Mapping[str, Any]) -> Iterable[str]:
    yield scheme["name"] if scheme["type"] == "apiKey" else "authorization"
    if "legacy_query" in scheme:
        yield scheme["legacy_query"]
