"""Places in a payload: paths of names and indexes, and their forms as JSON pointers (RFC 6901)."""

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


def sites(payload: Any, path: tuple[str, ...]) -> list[tuple[Where, Any]]:
    """Return each place that a path stands for, with its value; `*` is every item of an array."""
    found: list[tuple[Where, Any]] = [((), payload)]
    for token in path:
        if token == "*":
            found = [
                ((*where, index), item)
                for where, value in found
                if isinstance(value, list)
                for index, item in enumerate(value)
            ]
        else:
            found = [
                ((*where, token), value[token]) for where, value in found if isinstance(value, dict) and token in value
            ]
    return found
