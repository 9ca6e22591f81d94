"""Comments of YAML that silence rules: `# steplint: ignore LEM012, LEM02`, and `# steplint: ignore-file LEM012`.

`ignore` is about its own line or, where it stands alone, about the next line that is more than a comment. `ignore-file`
stands above the first value. Without codes they mean all rules; what follows `--` is a reason. JSON has no comments.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from ..positions import Lines
from ..violation import printable
from .result import Located
from .selection import problem_with

_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*steplint:[ \t]*([^\r\n]*)", re.MULTILINE)
_ORDER = re.compile(r"(ignore-file|ignore)(?![\w-])(.*)")
_HEADER = re.compile(r"[ \t]*(?:[#%].*|---[ \t]*)?")
_ALL = ("",)
"""The prefix of every code."""


class Suppressions(NamedTuple):
    """Prefixes of codes that are silenced, in the whole file and by line; `notes` are lines with what is wrong there."""

    whole: list[str]
    lines: dict[int, list[str]]
    notes: list[tuple[int, str]]

    def cover(self, item: Located) -> bool:
        """Say whether a violation is silenced."""
        return item.violation.code.startswith((*self.whole, *self.lines.get(item.position.line, ())))


def suppressions(text: str) -> Suppressions:
    """Return what the comments of a YAML text silence."""
    found = Suppressions([], {}, [])
    lines = Lines(text)
    for offset, words in _comments(text):
        line = lines.position(offset).line
        begin, _ = lines.bounds(line)
        order = _ORDER.match(words)
        if order is None:
            wrong = printable(words.split()[0]) if words.strip() else ""
            found.notes.append((line, f'"steplint: {wrong}" means nothing; write "steplint: ignore CODE".'))
        elif order[1] == "ignore":
            alone = not text[begin:offset].strip()
            covered = _next_value(text, lines, line) if alone else line
            found.lines.setdefault(covered, []).extend(_codes(order[2], line, found))
        elif all(_HEADER.fullmatch(part) for part in re.split(r"\r\n|\n|\r", text[:offset])):
            found.whole.extend(_codes(order[2], line, found))
        else:
            found.notes.append((line, '"steplint: ignore-file" stands too late; it belongs above the first value.'))
    return found


def _codes(words: str, line: int, found: Suppressions) -> Iterator[str]:
    codes = re.findall(r"[^\s,]+", words.partition("--")[0].upper())
    for code in codes or _ALL:
        if codes and (problem := problem_with(code)):
            found.notes.append((line, problem))
        else:
            yield code


def _next_value(text: str, lines: Lines, line: int) -> int:
    """Return the first line after one that is more than a comment."""
    while True:
        line += 1
        begin, end = lines.bounds(line)
        if not text[begin:end].lstrip().startswith("#"):
            return line


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield where comments to the linter stand, and their words; what a quoted text or a block holds is no comment."""
    scalars = _scalars(text)
    begin, end = next(scalars, (len(text), len(text)))
    for match in _COMMENT.finditer(text):
        while end <= match.start() and begin < len(text):
            begin, end = next(scalars, (len(text), len(text)))
        if not begin <= match.start() < end:
            yield match.start(), match[1]


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the scalars of a YAML text stand, up to where it stops being YAML; of a block, its lines."""
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            if isinstance(token, yaml.ScalarToken):
                begin, end = token.start_mark.index, token.end_mark.index
                if token.style in ("|", ">"):
                    match = re.compile(r"[^\r\n]*").match(text, begin)
                    begin = match.end() if match else begin
                yield begin, end
    except yaml.YAMLError:
        return
