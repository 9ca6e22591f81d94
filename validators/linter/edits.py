"""Edits of a file's text that mend a violation: another name, a value without quotes, a move, a list around steps."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..checker import Checker, checker
from ..places import Where
from ..positions import Spot
from ..reading import UNREADABLE
from ..violation import Violation
from .documents import Document
from .pieces import Piece

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LITERALS = {"true", "false"}
_LIKE_ENOUGH = 0.75


class Edit(NamedTuple):
    """Text that takes the place of what stands between two characters, for the sake of one rule."""

    begin: int
    end: int
    text: str
    code: str


def edits_of(found: Sequence[tuple[Piece, Violation]], profile: str) -> Iterator[Edit]:
    """Yield an edit for each violation that has a safe fix; of edits in one place, the first."""
    spots = _spots(found)
    candidates = set()
    for piece, item in found:
        spot = spots.get(id(piece.document), {}).get(piece.pointer + item.pointer)
        if spot is not None and (edit := _edit(piece, item, spot, checker(*piece.operation.split("/"), profile))):
            candidates.add(edit)
    taken = -1
    for edit in sorted(candidates):
        if edit.begin >= taken:
            taken = edit.end
            yield edit


def _spots(found: Sequence[tuple[Piece, Violation]]) -> dict[int, Mapping[str, Spot]]:
    """Return the places of violations by document, each of which is searched once; only those that may be edited."""
    wanted: dict[int, tuple[Document, list[str]]] = {}
    for piece, item in found:
        if piece.document.syntax and piece.payload is not UNREADABLE:
            _, pointers = wanted.setdefault(id(piece.document), (piece.document, []))
            pointers.append(piece.pointer + item.pointer)
    return {key: document.spots(pointers) for key, (document, pointers) in wanted.items()}


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
