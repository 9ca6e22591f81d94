"""Lints files: what is wrong in each, as each profile reads it, and where in its text."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...contracts.limits import MAX_FILE_BYTES
from ..checker import checker
from ..positions import Lines, Spot
from ..reading import UNREADABLE
from ..violation import Violation, violation
from .documents import HAR_SUFFIXES, LINES_SUFFIXES, documents_of, may_be_recording
from .files import STDIN, File, files
from .pieces import Piece, Stranger, pieces_of, schema_of
from .replay import Replay
from .result import HIDDEN, Located, Result, excerpt_of, in_order, shown_spot
from .targets import BELONGS_NOWHERE, Targets


class Options(NamedTuple):
    """How to lint: which operations, which readings of the provider, which facts, and how large a file may be."""

    targets: Targets = Targets()
    profiles: Sequence[str] = ("documented",)
    settings: Mapping[str, str] | None = None
    max_bytes: int = MAX_FILE_BYTES
    stdin_name: str = STDIN


def lint(
    paths: Iterable[str],
    options: Options = Options(),  # noqa: B008  an immutable value
    watched: Callable[[Iterator[File]], Iterator[File]] = iter,
) -> Result:
    """Lint files, and all that may hold payloads below folders.

    The files are taken through `watched`, which may show how far it is. A file or folder that cannot be read, a file
    named in `paths` that belongs to no operation, and nothing to check at all make the result `unusable`.
    """
    result = Result()
    for file in watched(files(paths, options.max_bytes, options.stdin_name)):
        if file.data is None:
            result.not_checked.append((file.path, file.problem))
            result.unusable, result.only_strangers = True, False
        else:
            _add(result, file, file.data, options)
    result.unusable = result.unusable or not result.checked
    return result


def lint_bytes(path: str, data: bytes, options: Options = Options()) -> Result:  # noqa: B008  an immutable value
    """Lint the bytes of one file; its name says how to read it, and may say what it holds."""
    result = Result()
    _add(result, File(path, True, data), data, options)
    return result


def examined(path: str, data: bytes, options: Options) -> list[tuple[Piece, Violation]]:
    """Return what is wrong with the bytes of one file in the first of the profiles, payload by payload."""
    _, pieces, _ = _pieces(path, data, options.targets)
    return list(_violations(pieces, options.profiles[0], options.settings))


def _add(result: Result, file: File, data: bytes, options: Options) -> None:
    text, pieces, strangers = _pieces(file.path, data, options.targets)
    result.not_checked.extend((file.path, stranger.reason) for stranger in strangers)
    result.unusable |= any(
        stranger.unusable == "always" or (stranger.unusable == "named" and file.named) for stranger in strangers
    )
    result.only_strangers &= all(stranger.unusable != "always" for stranger in strangers)
    if not pieces:
        return
    result.files.append(file.path)
    result.payloads += sum(piece.is_checked for piece in pieces)
    found = {profile: list(_violations(pieces, profile, options.settings)) for profile in options.profiles}
    if any(found.values()):
        result.located.extend(_located(file.path, text, found))
        result.split.extend(_split(file.path, found))


def _pieces(path: str, data: bytes, targets: Targets) -> tuple[str, list[Piece], list[Stranger]]:
    """Return the text of a file, its payloads, and what in it could not be told to belong anywhere."""
    text, documents = documents_of(path, data)
    in_list = len(documents) > 1 or path.lower().endswith(LINES_SUFFIXES)
    pieces: list[Piece] = []
    strangers: dict[Stranger, None] = {}
    is_har = path.lower().endswith(HAR_SUFFIXES)
    for document in documents:
        if is_har or may_be_recording(document.payload):
            from .recordings import read_recording  # other files do without all that recordings need

            found = read_recording(document, text, targets.operation)
            if found is not None:
                pieces.extend(found[0])
                strangers.update(dict.fromkeys(found[1]))
                continue
        if is_har:
            problem = document.findings[0].message.rstrip(".") if document.findings else "It has no log.entries"
            strangers[Stranger(f"it is no recording that can be read. {problem}")] = None
            continue
        operation = targets.of(path, schema_of(document.payload) or document.schema)
        if operation is not None:
            pieces.extend(pieces_of(document, text, operation, in_list=in_list))
        elif document.payload is UNREADABLE:
            strangers[Stranger(f"{BELONGS_NOWHERE}. {document.findings[0].message.rstrip('.')}")] = None
        else:
            strangers[Stranger(BELONGS_NOWHERE)] = None
    return text, pieces, list(strangers)


def _violations(
    pieces: Sequence[Piece], profile: str, settings: Mapping[str, str] | None
) -> Iterator[tuple[Piece, Violation]]:
    replay = Replay(settings, profile)
    for piece in pieces:
        if not piece.is_checked:
            replay.note(piece)
            continue
        check = checker(*piece.operation.split("/"), profile)
        rules = check.contract.body_rules
        found = [violation(check.contract, finding._replace(code=rules[finding.code])) for finding in piece.findings]
        if piece.payload is not UNREADABLE and not any(item.severity == "error" for item in found):
            found += check.check(piece.payload, replay.context(piece))
        replay.note(piece)
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
            spot = shown_spot(text, known_spots, pointer) if offset is None else Spot(offset, offset, offset, offset)
            position, end = lines.position(spot.begin), lines.position(spot.end)
            window = piece.document.window
            excerpt = HIDDEN if piece.document.is_secret else excerpt_of(text, lines, position, spot, window)
            shared[key] = Located(path, position, item, (profile,), piece.operation, pointer, excerpt, end, piece.about)
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


def _split(path: str, found: Mapping[str, list[tuple[Piece, Violation]]]) -> Iterator[tuple[str, str, str]]:
    """Yield a file with the profile that accepts it and the one that does not, where they disagree."""
    refusing = [name for name, items in found.items() if any(item.severity == "error" for _, item in items)]
    if len(refusing) == 1:
        yield from ((path, name, refusing[0]) for name in found if name not in refusing)
