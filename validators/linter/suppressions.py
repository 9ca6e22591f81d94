"""Comments of YAML that silence rules: `# steplint: ignore LEM012, LEM02`, and `# steplint: ignore-file LEM012`.

`ignore` is about its own line or, where it stands alone, about the next line that is more than a comment. `ignore-file`
stands above the first value. Without codes they mean all rules; what follows `--` is a reason. JSON has no comments.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import yaml

from ...contracts.limits import MAX_FINDINGS
from ..positions import Lines
from ..violation import printable
from .selection import problem_with

_COMMENT = re.compile(r"(?<!\S)#[ \t]*steplint:[ \t]*")
_REST = re.compile(r"[^\r\n]*")
_ORDER = re.compile(r"(ignore-file|ignore)(?![\w-])(.*)")
_CODE = re.compile(r"[^\s,]+")
_HEADER = re.compile(r"(?:[ \t]*(?:[#%][^\r\n]*|---[ \t]*)?(?:[\r\n]|$))*")
_ALL = ("",)
"""The prefix of every code."""


class Suppressions(NamedTuple):
    """Prefixes of codes that are silenced, in the whole file and by line; `notes` are lines and what is wrong there."""

    whole: set[str]
    lines: dict[int, set[str]]
    notes: list[tuple[int, str]]

    def cover(self, line: int, code: str) -> bool:
        """Say whether a rule is silenced in a line."""
        return code.startswith((*self.whole, *self.lines.get(line, ())))


def suppressions(text: str) -> Suppressions:
    """Return what the comments of a YAML text silence."""
    found = Suppressions(set(), {}, [])
    lines = Lines(text)
    targets = _targets(text, lines)
    header = _HEADER.match(text)
    for offset, words in _comments(text):
        line = lines.position(offset).line
        begin, _ = lines.bounds(line)
        order = _ORDER.match(words)
        if order is None:
            wrong = printable(words.split()[0]) if words.strip() else ""
            found.notes.append((line, f'"steplint: {wrong}" means nothing; write "steplint: ignore CODE".'))
        elif order[1] == "ignore":
            covered = line if text[begin:offset].strip() else targets[line]
            found.lines.setdefault(covered, set()).update(_codes(order[2], line, found))
        elif header is not None and offset < header.end():
            found.whole.update(_codes(order[2], line, found))
        else:
            found.notes.append((line, '"steplint: ignore-file" stands too late; it belongs above the first value.'))
    del found.notes[MAX_FINDINGS:]
    return found


def _codes(words: str, line: int, found: Suppressions) -> Iterator[str]:
    """Yield the codes in a comment; one that names no rule is noted, and silences none."""
    codes = [match[0] for match in islice(_CODE.finditer(words.partition("--")[0].upper()), MAX_FINDINGS)]
    for code in codes or _ALL:
        if codes and len(found.notes) < MAX_FINDINGS and (problem := problem_with(code)):
            found.notes.append((line, problem))
        else:
            yield code


def _targets(text: str, lines: Lines) -> dict[int, int]:
    """Return, for each line that is nothing but a comment, the next line that is more."""
    targets: dict[int, int] = {}
    last = lines.position(len(text)).line
    for line in range(last, 0, -1):
        begin, end = lines.bounds(line)
        if text[begin:end].lstrip().startswith("#"):
            targets[line] = targets.get(line + 1, line + 1)
    return targets


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """Yield where comments to the linter stand, and their words; what a quoted text or a block holds is no comment."""
    scalars = _scalars(text)
    nowhere = (len(text), len(text))
    begin, end = next(scalars, nowhere)
    match = _COMMENT.search(text)
    while match:
        after = match.end()
        while end <= match.start() and begin < len(text):
            begin, end = next(scalars, nowhere)
        if not begin <= match.start() < end:
            words = _rest_of_line(text, after)
            yield match.start(), words
            after += len(words)
        match = _COMMENT.search(text, after)


def _scalars(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the scalars of a YAML text stand, up to where it stops being YAML; of a block, its lines."""
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            if isinstance(token, yaml.ScalarToken):
                begin, end = token.start_mark.index, token.end_mark.index
                if token.style in ("|", ">"):
                    begin += len(_rest_of_line(text, begin))
                yield begin, end
    except yaml.YAMLError:
        return


def _rest_of_line(text: str, start: int) -> str:
    match = _REST.match(text, start)
    return match[0] if match else ""
