"""Mends what can be mended safely: a misspelt name, a number written as text, a value in the wrong place, a bare list.

A fix is an edit of the file's text, so that everything around it stays as it was. It is kept only when linting the
edited text shows that the violation is gone and that the text still reads the same way. Recordings are evidence and are
never changed.
"""

import difflib
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...contracts import load
from ..checker import Checker, checker
from ..places import Where
from ..positions import Lines, Spot
from ..reading import UNREADABLE
from ..violation import Violation
from .files import STDIN, files
from .lint import Options, examined, not_excluded, silencing
from .pieces import Piece

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LITERALS = {"true", "false"}
_LIKE_ENOUGH = 0.75
_MOST_ROUNDS = 5
"""A mended name may show that its value is wrong too, and so on; more rounds than this are no honest fix."""

Counts = Callable[[str, str], bool]
"""Says of a file's path and a rule's code whether the rule counts there."""


class Edit(NamedTuple):
    """Text that takes the place of what stands between two characters, for the sake of one rule."""

    begin: int
    end: int
    text: str
    code: str


class Mended(NamedTuple):
    """A file that can be mended: its text before and after, and how many violations that takes away."""

    path: str
    before: str
    after: str
    fixes: int

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        name = self.path.replace("\\", "/")
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True), self.after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def mend(
    paths: Iterable[str], options: Options, *, write: bool, counts: Counts = lambda path, code: True
) -> Iterator[Mended]:
    """Yield the files that can be mended, and with `write` change them; standard input is never changed.

    What breaks a rule that does not count in a file, or that a comment silences, is left as it is.

    Raises OSError where a file cannot be written; it is then as it was.
    """
    kept = [path for path in not_excluded(paths, options) if path != STDIN]
    for file in files(kept, options.max_bytes, options.stdin_name, options.excluded):
        if file.data is None:
            continue
        mended = mended_text(file.path, file.data, options, counts)
        if mended is not None:
            if write:
                _replace(file.path, file.data, mended.after)
            yield mended


def mended_text(path: str, data: bytes, options: Options, counts: Counts = lambda path, code: True) -> Mended | None:
    """Return the text of a file before and after mending, or None where nothing can be mended."""
    try:
        before = text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    count = 0
    for _ in range(_MOST_ROUNDS):
        found = examined(path, text.encode(), options)
        edits = list(_edits([pair for pair in found if counts(path, pair[1].code)], options.profiles[0]))
        if edits and (silenced := silencing(path, text)) is not None:
            edits = [edit for edit in edits if not silenced.cover(Lines(text).position(edit.begin).line, edit.code)]
        kept = _kept(path, text, edits, _codes(found), options)
        if not kept:
            break
        text, count = _applied(text, kept), count + len(kept)
    return Mended(path, before, text, count) if count else None


def _kept(path: str, text: str, edits: list[Edit], codes: Counter[str], options: Options) -> list[Edit]:
    """Return the edits that do what they are for: all together, or else each that does so alone."""
    if not edits or _helps(path, _applied(text, edits), edits, codes, options):
        return edits
    return next(([edit] for edit in edits if _helps(path, _applied(text, [edit]), [edit], codes, options)), [])


def _helps(path: str, text: str, edits: list[Edit], before: Counter[str], options: Options) -> bool:
    """Return whether a text has fewer violations of the edits' rules, and reads no worse than before."""
    found = examined(path, text.encode(), options)
    after, gone = _codes(found), Counter(edit.code for edit in edits)
    body_rules = {code for piece, _ in found for code in load(piece.operation.split("/")[0]).body_rules.values()}
    reads = all(after[code] <= before[code] for code in body_rules)
    return reads and all(after[code] <= before[code] - times for code, times in gone.items())


def _codes(found: Sequence[tuple[Piece, Violation]]) -> Counter[str]:
    return Counter(item.code for _, item in found)


def _applied(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, reverse=True):
        text = text[: edit.begin] + edit.text + text[edit.end :]
    return text


def _edits(found: Sequence[tuple[Piece, Violation]], profile: str) -> Iterator[Edit]:
    """Yield an edit for each violation that has a safe fix; of edits in one place, the first."""
    taken = -1
    candidates = []
    for piece, item in found:
        if not piece.document.syntax or piece.payload is UNREADABLE:
            continue
        pointer = piece.pointer + item.pointer
        spot = piece.document.spots([pointer]).get(pointer)
        if spot is not None and (edit := _edit(piece, item, spot, checker(*piece.operation.split("/"), profile))):
            candidates.append(edit)
    for edit in sorted(set(candidates)):
        if edit.begin >= taken:
            taken = edit.end
            yield edit


def _edit(piece: Piece, item: Violation, spot: Spot, check: Checker) -> Edit | None:
    where: Where = tuple(
        int(token) if token.isdigit() else token.replace("~1", "/").replace("~0", "~")
        for token in item.pointer.split("/")[1:]
    )
    if not where:
        return _wrapping(piece, item, spot, check)
    branch = check.branch_of(piece.payload)
    holder, value = _holder(piece.payload, where)
    schema = _schema_at(branch.schema, where[:-1])
    fields: Mapping[str, Any] = schema.get("properties", {}) if schema else {}
    name = where[-1]
    if isinstance(holder, dict) and isinstance(name, str) and name not in fields:
        path = next((meant[name] for place, meant in branch.meant if _fits(place, where[:-1]) and name in meant), None)
        path = path or _near(name, fields, branch.all_fields if len(where) == 1 else frozenset())
        return _renaming(piece, item, spot, path) if path and path[0] not in holder else None
    wanted = (_schema_at(branch.schema, where) or {}).get("type")
    if isinstance(value, str) and _is_written(value, wanted):
        return Edit(spot.value, spot.end, value, item.code)
    return None


def _wrapping(piece: Piece, item: Violation, spot: Spot, check: Checker) -> Edit | None:
    """Put a bare list into the one list that the payload has to have."""
    lists = [
        name
        for name in check.root.schema.get("required", ())
        if check.root.schema["properties"].get(name, {}).get("type") == "array"
    ]
    if not isinstance(piece.payload, list) or len(lists) != 1 or item.code != check.contract.body_rules["root"]:
        return None
    text = piece.document.text
    whole = text[spot.value : spot.end]
    if piece.document.syntax == "yaml" and not whole.startswith("["):
        return Edit(spot.value, spot.value, f"{lists[0]}:\n{_indent(text, spot.value)}", item.code)
    return Edit(spot.value, spot.end, f"{{{_name(piece, lists[0])}: {whole}}}", item.code)


def _renaming(piece: Piece, item: Violation, spot: Spot, path: Sequence[str]) -> Edit:
    if len(path) == 1:
        return Edit(spot.begin, spot.key_end, _name(piece, path[0]), item.code)
    value = piece.document.text[spot.value : spot.end]
    for name in reversed(path[1:]):
        value = f"{{{_name(piece, name)}: {value}}}"
    return Edit(spot.begin, spot.end, f"{_name(piece, path[0])}: {value}", item.code)


def _name(piece: Piece, name: str) -> str:
    return name if piece.document.syntax == "yaml" else json.dumps(name)


def _indent(text: str, offset: int) -> str:
    return " " * (offset - max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) - 1)


def _near(name: str, fields: Iterable[str], known: frozenset[str]) -> list[str]:
    """Return the one field that a name is like; none where it is that of another branch, or like several."""
    like = [] if name in known else difflib.get_close_matches(name, fields, n=2, cutoff=_LIKE_ENOUGH)
    return like if len(like) == 1 else []


def _is_written(value: str, wanted: Any) -> bool:
    """Return whether a text is exactly how a wanted number or boolean is written."""
    names = wanted if isinstance(wanted, list) else [wanted]
    if "string" in names:
        return False
    if "boolean" in names and value in _LITERALS:
        return True
    match = _NUMBER.fullmatch(value)
    return match is not None and ("number" in names or ("integer" in names and "." not in value))


def _holder(payload: Any, where: Where) -> tuple[Any, Any]:
    """Return the object or list that holds a place, and what stands there; None for each that does not exist."""
    for token in where[:-1]:
        payload = _member(payload, token)
    return payload, _member(payload, where[-1])


def _member(value: Any, token: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(token)
    return value[token] if isinstance(value, list) and isinstance(token, int) and token < len(value) else None


def _schema_at(schema: Any, where: Where) -> Any:
    for token in where:
        if not isinstance(schema, dict):
            return None
        schema = schema.get("items") if isinstance(token, int) else schema.get("properties", {}).get(token)
    return schema


def _fits(place: list[str], where: Where) -> bool:
    return [("*" if isinstance(token, int) else token) for token in where] == place


def _replace(path: str, data: bytes, text: str) -> None:
    """Put a text in the place of a file in one step, so that no moment shows half of it; a link stays a link."""
    target = os.path.realpath(path)
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    handle, name = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".steplint-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mark + text.encode())
        shutil.copymode(target, name)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
