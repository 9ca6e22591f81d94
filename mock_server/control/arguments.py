"""The query of a control request."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from ...contracts.errors import nearest
from ..messages import Request
from .answers import bad_request


def arguments(request: Request, *known: str) -> dict[str, str]:
    """Return the arguments of a query, all of them known and given once; raises ControlError."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True, errors="replace"):
        if name not in known:
            hint = f"Known are {', '.join(known)}." if known else "Send it without a query."
            raise bad_request(f"There is no argument {name[:80]!a} here.{nearest(name, known)}", hint)
        if name in found:
            raise bad_request(f"The argument {name} stands there twice.", "Give it once.")
        found[name] = value
    return found


def number_of(given: Mapping[str, str], name: str, least: int, most: int | None, default: int, more: str = "") -> int:
    """Return a number among the arguments, or its default; raises ControlError for any other text, told with `more`."""
    text = given.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else -1
    if number < least or (most is not None and number > most):
        raise bad_request(
            f"{name} cannot be {text[:40]!a}.", f"It is a number from {least}{f' to {most}' if most else ''}.{more}"
        )
    return number
