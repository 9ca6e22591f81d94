"""How to get on in a text of JSON."""

import re

_SPACE = re.compile(r"[ \t\r\n]*")


def after_space(text: str, start: int) -> int:
    """Return the first place from `start` on that is no white space of JSON."""
    match = _SPACE.match(text, start)
    return match.end() if match else start
