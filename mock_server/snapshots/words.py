"""Words for resources, made of the names that the contract gives them."""

import re
from typing import Any

from ...validators.violation import quote

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def noun(kind: str) -> str:
    """Return the word for one resource of a kind: `email account` for `emailAccounts`."""
    return plural(kind).removesuffix("s")


def plural(kind: str) -> str:
    """Return the words for several resources of a kind: `email accounts` for `emailAccounts`."""
    return _CAPITAL.sub(" ", kind).replace("_", " ").lower()


def label(word: str, name: str, entry: Any) -> str:
    """Return how a resource is called: its id, and what kind of thing it is, or else its title."""
    kind = entry.get("type")
    if isinstance(kind, (str, int)):
        return f"{word} {name} ({kind if isinstance(kind, int) else quote(kind)[1:-1]})"
    title = entry.get("name", entry.get("title"))
    return f"{word} {name} {quote(title)}" if isinstance(title, str) else f"{word} {name}"
