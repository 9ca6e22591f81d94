"""Mends what can be mended safely: a misspelt name, a number written as text, a value in the wrong place, a bare list.

A fix is an edit of the file's text, so that everything around it stays as it was. It is kept only when linting the
edited text shows that the violation is gone and that the text still reads the same way. Recordings are evidence and are
never changed.
"""

import difflib
import errno
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ...contracts import load
from ..positions import Lines
from ..violation import Violation, one_line
from .edits import Edit, edits_of
from .files import files
from .lint import Options, examined, not_excluded, silencing
from .pieces import Piece

_MOST_ROUNDS = 5
"""A mended name may show that its value is wrong too, and so on; more rounds than this are no honest fix."""

_MOST_TRIALS = 100
"""So often the edits of one text are tried in smaller groups; each trial lints the whole text."""

Found = Sequence[tuple[Piece, Violation]]
Shown = Callable[[str, Found], Found]
"""Of what is wrong in the file at a path, what the user is to see; the rest is left as it is."""


class Mended(NamedTuple):
    """A file that can be mended: its text before and after, and how many violations that takes away.

    `problem` says why it could not be written.
    """

    path: str
    before: str
    after: str
    fixes: int
    problem: str = ""

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        name = one_line(self.path).replace("\\", "/").lstrip("/")
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def mend(
    paths: Iterable[str], options: Options, *, write: bool, shown: Shown = lambda path, found: found
) -> Iterator[Mended]:
    """Yield the files that can be mended, and with `write` change them; `paths` are files and folders.

    What is not shown, or silenced by a comment, is left as it is. A file that cannot be written is as it was.
    """
    kept = not_excluded(paths, options)
    for file in files(kept, options.max_bytes, options.stdin_name, options.excluded):
        if file.data is None:
            continue
        mended = mended_text(file.path, file.data, options, shown)
        if mended is not None:
            yield mended._replace(problem=_replace(file.path, file.data, mended.after)) if write else mended


def mended_text(path: str, data: bytes, options: Options, shown: Shown = lambda path, found: found) -> Mended | None:
    """Return the text of a file before and after mending, or None where nothing can be mended."""
    try:
        before = text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    count = 0
    for _ in range(_MOST_ROUNDS):
        found = examined(path, text.encode(), options)
        edits = list(edits_of(shown(path, found), options.profiles[0])) if found else []
        if edits and (silenced := silencing(path, text)) is not None:
            lines = Lines(text)
            edits = [edit for edit in edits if not silenced.cover(lines.position(edit.begin).line, edit.code)]
        kept = _kept(path, text, edits, _codes(found), options)
        if not kept:
            break
        text, count = _applied(text, kept), count + len(kept)
    return Mended(path, before, text, count) if count else None


def _kept(path: str, text: str, edits: list[Edit], codes: Counter[str], options: Options) -> list[Edit]:
    """Return the edits that do what they are for, beside each other: all of them, or each that does not spoil it."""
    trials = iter(range(_MOST_TRIALS))

    def kept(beside: list[Edit], more: list[Edit]) -> list[Edit]:
        if not more or next(trials, None) is None:
            return []
        together = [*beside, *more]
        if _helps(path, _applied(text, together), together, codes, options):
            return more
        if len(more) == 1:
            return []
        middle = len(more) // 2
        first = kept(beside, more[:middle])
        return [*first, *kept([*beside, *first], more[middle:])]

    return kept([], edits)


def _helps(path: str, text: str, edits: list[Edit], before: Counter[str], options: Options) -> bool:
    """Return whether a text has fewer violations of the edits' rules, and reads no worse than before."""
    found = examined(path, text.encode(), options)
    after, gone = _codes(found), Counter(edit.code for edit in edits)
    providers = {piece.operation.partition("/")[0] for piece, _ in found}
    body_rules = {code for provider in providers for code in load(provider).body_rules.values()}
    reads = all(after[code] <= before[code] for code in body_rules)
    return reads and all(after[code] <= before[code] - times for code, times in gone.items())


def _codes(found: Found) -> Counter[str]:
    return Counter(item.code for _, item in found)


def _applied(text: str, edits: Iterable[Edit]) -> str:
    parts, at = [], 0
    for edit in sorted(edits):
        parts += [text[at : edit.begin], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def _lines(text: str) -> list[str]:
    """Return the lines of a text as difflib wants them, which end in a line feed only."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [last for last in text.split("\n")[-1:] if last]


def _replace(path: str, data: bytes, text: str) -> str:
    """Put a text in the place of a file in one step, so that no moment shows half of it; a link stays a link.

    Return why that cannot be done, or nothing.
    """
    target = os.path.realpath(path)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    try:
        if not os.access(target, os.W_OK):  # its folder would let it be replaced all the same
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        handle, name = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".steplint-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(mark + text.encode())
            shutil.copymode(target, name)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""
