"""The forms in which a result is written, by name; a further one is a module and an entry here.

A form's module is imported only when it is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from ..linter.result import Result
from .screen import Screen


class Report(NamedTuple):
    """What a writer gets: a result, the profiles that were asked for, the severity that fails a run, and the screen."""

    result: Result
    profiles: Sequence[str] = ("documented",)
    bar: str = "error"
    screen: Screen = Screen()


Writer = Callable[[Report], str]

FORMATS: Mapping[str, str] = {
    "text": "text:as_text",
    "json": "json_report:as_json",
    "sarif": "sarif:as_sarif",
    "junit": "junit:as_junit",
    "github": "github:as_github",
}


def writer_of(name: str) -> Writer:
    """Return the function that writes a form."""
    module, _, function = FORMATS[name].partition(":")
    writer: Writer = getattr(import_module(f".{module}", __package__), function)
    return writer
