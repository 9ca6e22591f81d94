"""Places in a payload: paths of names and indexes, and their forms as JSON pointers (RFC 6901)."""

from collections.abc import Iterator
from typing import Any

Where = tuple[str | int, ...]


def pointer_of(where: Where) -> str:
    """Return a place as a JSON pointer."""
    if not where:
        return ""
    text = "/".join(map(str, where))
    if "~" in text or text.count("/") >= len(where):
        text = "/".join(str(token).replace("~", "~0").replace("/", "~1") for token in where)
    return f"/{text}"


def value_at(value: Any, where: Where) -> Any:
    """Return what stands at a place that exists."""
    for token in where:
        value = value[token]
    return value


def sites(payload: Any, path: tuple[str, ...]) -> Iterator[tuple[Where, Any]]:
    """Yield each place that a path stands for, with its value; `*` is every item of an array."""
    if not path:
        yield (), payload
    elif path[0] == "*":
        for index, item in enumerate(payload if isinstance(payload, list) else ()):
            for below, value in sites(item, path[1:]):
                yield (index, *below), value
    elif isinstance(payload, dict) and path[0] in payload:
        for below, value in sites(payload[path[0]], path[1:]):
            yield (path[0], *below), value
