"""What several reports say in the same words."""

import json
import os
import re
from typing import Any

from ..linter.result import Result

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def summary(result: Result) -> str:
    """Return one sentence: how much was checked, and how many violations there are of each severity."""
    if not result.files:
        return "No file was checked."
    counts = ", ".join(
        f"{count:,} {name}{'s' if count != 1 and name != 'advice' else ''}"
        for name, count in result.counts().items()
        if count
    )
    checked = _counted(result.checked, "file")
    if result.payloads != result.checked:
        checked += f", {_counted(result.payloads, 'payload')}"
    return f"{checked} checked: {counts or 'all right'}."


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def path_text(path: str) -> str:
    """Return a file name as whole Unicode: bytes that are none, which Python holds as surrogates, become `\\xff`."""
    return _LONE_SURROGATE.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", path)


def path_from_here(path: str) -> tuple[str, bool]:
    """Return a file name with slashes, relative to the current folder if it is below it, and whether it is."""
    whole, here = os.path.abspath(path), os.getcwd()
    below = whole.startswith(here.rstrip(os.sep) + os.sep)
    shown = os.path.relpath(whole, here) if below else whole
    return shown.replace(os.sep, "/"), below


def json_text(value: Any) -> str:
    """Return a value as JSON of ASCII alone, without control characters, that every parser takes.

    Half a surrogate pair, which Python would write as it is and others refuse, becomes U+FFFD.
    """
    text = json.dumps(value)
    if "\\ud" in text:
        text = json.dumps(_without_surrogates(value))
    return text.replace("\x7f", "\\u007f")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_without_surrogates(name): _without_surrogates(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_surrogates(item) for item in value]
    return value
