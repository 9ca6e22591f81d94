"""Lints files: what is wrong in each, as each profile reads it, and where in its text."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...contracts.limits import MAX_FILE_BYTES
from ..checker import checker
from ..positions import Lines, Spot, nearest_spot
from ..reading import UNREADABLE
from ..violation import Violation, violation
from .documents import LINES_SUFFIXES, YAML_SUFFIXES, documents_of
from .files import STDIN, Excluded, File, files
from .pieces import Piece, pieces_of, schema_of
from .replay import Replay
from .result import Located, Result, disagreements, excerpt_of, in_order
from .targets import BELONGS_NOWHERE, Targets


class Options(NamedTuple):
    """How to lint: which operations, which readings of the provider, which facts, and how large a file may be.

    `stdin_name` is what standard input goes by; `excluded` says which paths are passed over.
    """

    targets: Targets = Targets()
    profiles: Sequence[str] = ("documented",)
    settings: Mapping[str, str] | None = None
    max_bytes: int = MAX_FILE_BYTES
    stdin_name: str = STDIN
    excluded: Excluded | None = None


def lint(paths: Iterable[str], options: Options = Options()) -> Result:  # noqa: B008  an immutable value
    """Lint files, and all that may hold payloads below folders.

    A file or folder that cannot be read, a file named in `paths` that belongs to no operation, and nothing to check at
    all make the result `unusable`. What is excluded counts as not named.
    """
    result = Result()
    for file in files(_not_excluded(paths, options, result), options.max_bytes, options.stdin_name, options.excluded):
        if file.data is None:
            result.not_checked.append((file.path, file.problem))
            result.unusable = True
        else:
            _add(result, file, file.data, options)
    result.unusable = result.unusable or not (result.checked or result.excluded)
    return result


def lint_bytes(path: str, data: bytes, options: Options = Options()) -> Result:  # noqa: B008  an immutable value
    """Lint the bytes of one file; its name says how to read it, and may say what it holds."""
    result = Result()
    _add(result, File(path, True, data), data, options)
    return result


def _not_excluded(paths: Iterable[str], options: Options, result: Result) -> Iterator[str]:
    for path in paths:
        name = options.stdin_name if path == STDIN else path
        if options.excluded is not None and options.excluded(name, path != STDIN and os.path.isdir(path)):
            result.excluded += 1
        else:
            yield path


def _add(result: Result, file: File, data: bytes, options: Options) -> None:
    text, pieces, strangers = _pieces(file.path, data, options.targets)
    result.not_checked.extend((file.path, reason) for reason in strangers)
    result.unusable |= bool(strangers) and file.named
    if not pieces:
        return
    result.checked += 1
    result.payloads += len(pieces)
    found = {profile: list(_violations(pieces, profile, options.settings)) for profile in options.profiles}
    if any(found.values()):
        located = _located(file.path, text, found)
        if file.path.lower().endswith(YAML_SUFFIXES) and "steplint:" in text:
            located = _unsuppressed(result, file.path, text, located)
        result.located.extend(located)
        result.split.extend(disagreements(located, options.profiles))


def _unsuppressed(result: Result, path: str, text: str, located: list[Located]) -> list[Located]:
    """Return what no comment of a YAML file suppresses."""
    from .selection import unchecked  # few files speak to the linter
    from .suppressions import suppressions

    comments = suppressions(text)
    result.notes.extend(f"{path}:{line}: {note}" for line, note in comments.notes)
    result.not_checked.extend(unchecked([item for item in located if comments.cover(item)], "ignored"))
    return [item for item in located if not comments.cover(item)]


def _pieces(path: str, data: bytes, targets: Targets) -> tuple[str, list[Piece], list[str]]:
    """Return the text of a file, its payloads, and what in it could not be told to belong anywhere."""
    text, documents = documents_of(path, data)
    in_list = len(documents) > 1 or path.lower().endswith(LINES_SUFFIXES)
    pieces: list[Piece] = []
    strangers: dict[str, None] = {}
    for document in documents:
        operation = targets.of(path, schema_of(document.payload) or document.schema)
        if operation is not None:
            pieces.extend(pieces_of(document, text, operation, in_list=in_list))
        elif document.payload is UNREADABLE:
            strangers[f"{BELONGS_NOWHERE}. {document.findings[0].message.rstrip('.')}"] = None
        else:
            strangers[BELONGS_NOWHERE] = None
    return text, pieces, list(strangers)


def _violations(
    pieces: Sequence[Piece], profile: str, settings: Mapping[str, str] | None
) -> Iterator[tuple[Piece, Violation]]:
    replay = Replay(settings)
    for piece in pieces:
        check = checker(*piece.operation.split("/"), profile)
        rules = check.contract.body_rules
        found = [violation(check.contract, finding._replace(code=rules[finding.code])) for finding in piece.findings]
        if piece.payload is not UNREADABLE and not any(item.severity == "error" for item in found):
            found += check.check(piece.payload, replay.context(piece))
        replay.note(piece, check)
        for item in found:
            yield piece, item


def _located(path: str, text: str, found: Mapping[str, list[tuple[Piece, Violation]]]) -> list[Located]:
    """Return the violations of all profiles in the order of the text; one that several profiles share stands once."""
    lines = Lines(text)
    spots = _spots(found)
    shared: dict[tuple[int, str, str, str], Located] = {}
    for profile, items in found.items():
        for piece, item in items:
            pointer = piece.pointer + item.pointer
            key = (id(piece.document), pointer, item.code, item.severity)
            if (known := shared.get(key)) is not None:
                shared[key] = known._replace(profiles=(*known.profiles, profile))
                continue
            offset = piece.document.offset
            known_spots = spots[id(piece.document)]
            spot = nearest_spot(known_spots, pointer) if offset is None else Spot(offset, offset, offset, offset)
            position = lines.position(spot.begin)
            excerpt = excerpt_of(text, lines, position, spot)
            shared[key] = Located(path, position, item, (profile,), piece.operation, pointer, excerpt, piece.about)
    return sorted(shared.values(), key=in_order)


def _spots(found: Mapping[str, list[tuple[Piece, Violation]]]) -> dict[int, Mapping[str, Spot]]:
    """Return the places of all violations by document, each of which is searched once."""
    documents = {}
    wanted: dict[int, set[str]] = {}
    for items in found.values():
        for piece, item in items:
            documents[id(piece.document)] = piece.document
            wanted.setdefault(id(piece.document), set()).add(piece.pointer + item.pointer)
    return {key: document.spots(wanted[key]) for key, document in documents.items()}
