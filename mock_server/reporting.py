"""Writes violations into a response header."""

import json

from ..contracts.limits import MAX_HEADER_BYTES, MAX_HEADER_VIOLATIONS
from ..validators import Violation

_ROOM_FOR_MORE = len(',{"more":1000000}]')


def violations_header(violations: list[Violation]) -> str:
    """Return the errors as an ASCII JSON array of rule and pointer, cut to the limits; empty when there are none."""
    errors = [item for item in violations if item.severity == "error"]
    items: list[str] = []
    size = 1
    for item in errors[:MAX_HEADER_VIOLATIONS]:
        text = json.dumps({"rule": item.code, "pointer": item.pointer}, separators=(",", ":"))
        if size + len(text) + 1 + _ROOM_FOR_MORE > MAX_HEADER_BYTES:
            break
        items.append(text)
        size += len(text) + 1
    if len(items) < len(errors):
        items.append(json.dumps({"more": len(errors) - len(items)}, separators=(",", ":")))
    return f"[{','.join(items)}]" if items else ""
