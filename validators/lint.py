"""Lints payload files: which operation a file belongs to, what it holds, and where in it each violation stands."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..contracts import load, providers
from .checker import checker
from .context import Context
from .positions import Lines, Position, json_offsets, nearest_offset, yaml_offsets
from .reading import UNREADABLE, read_json, read_yaml
from .violation import Violation, by_gravity, violation

SUFFIXES = (".json", ".yaml", ".yml")

_BELONGS_NOWHERE = (
    "it belongs to no operation; name one with --operation, or call the file NAME.PROVIDER.OPERATION.json"
)


class Located(NamedTuple):
    """A violation in a file, with the profiles in which the rule is broken."""

    path: str
    position: Position
    violation: Violation
    profiles: tuple[str, ...]


class Result(NamedTuple):
    """What linting found: violations, files that were not checked and why, and how many were.

    `split` names each file that one profile accepts and another refuses, with these two.
    """

    located: list[Located]
    not_checked: list[tuple[str, str]]
    unusable: bool
    checked: int
    split: list[tuple[str, str, str]]


def lint(
    paths: Iterable[str],
    *,
    operation: str | None = None,
    profiles: Sequence[str] = ("documented",),
    settings: Mapping[str, str] | None = None,
) -> Result:
    """Lint files, and all payload files below folders, as each of the profiles reads them.

    A file or folder that cannot be read, a file named in `paths` that belongs to no operation, and nothing to check at
    all make the result `unusable`.
    """
    result = Result([], [], False, 0, [])
    unreadable: list[OSError] = []
    for path, named in _files(paths, unreadable.append):
        target = operation or operation_of(path)
        if target is None:
            result.not_checked.append((path, _BELONGS_NOWHERE))
            result = result._replace(unusable=result.unusable or named)
            continue
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            unreadable.append(error)
            continue
        result = result._replace(checked=result.checked + 1)
        found = {profile: lint_text(path, data, target, profile, settings) for profile in profiles}
        result.located.extend(_merged(found))
        refusing = [name for name in profiles if any(item.violation.severity == "error" for item in found[name])]
        for name in profiles if len(refusing) == 1 else ():
            if name not in refusing:
                result.split.append((path, name, refusing[0]))
    for failure in unreadable:
        reason = (failure.strerror or str(failure)).lower()
        result.not_checked.append((str(failure.filename), f"it cannot be read: {reason}"))
    return result._replace(unusable=result.unusable or bool(unreadable) or not result.checked)


def lint_text(
    path: str, data: bytes, operation: str, profile: str, settings: Mapping[str, str] | None = None
) -> list[Located]:
    """Return the violations in the bytes of one file, located; the ending of `path` says JSON or YAML."""
    provider, _, name = operation.partition("/")
    check = checker(provider, name, profile)
    is_yaml = path.lower().endswith((".yaml", ".yml"))
    rules = check.contract.body_rules
    reading = read_yaml(data, rules) if is_yaml else read_json(data, rules, duplicates=True)
    violations = [violation(check.contract, finding) for finding in reading.findings]
    if reading.payload is not UNREADABLE and not any(item.severity == "error" for item in violations):
        violations += check.check(reading.payload, Context(settings=settings))
    if not violations:
        return []
    text = data.decode("utf-8-sig", errors="replace")
    offsets: dict[str, int] = {}
    if reading.payload is not UNREADABLE:
        offsets = yaml_offsets(text) if is_yaml else json_offsets(text)
    lines = Lines(text)
    located = [
        Located(
            path,
            lines.position(nearest_offset(offsets, item.pointer) if reading.offset is None else reading.offset),
            item,
            (profile,),
        )
        for item in violations
    ]
    return sorted(located, key=_in_order)


def _in_order(item: Located) -> tuple[Position, tuple[int, str, str]]:
    return item.position, by_gravity(item.violation)


def _merged(found: Mapping[str, list[Located]]) -> list[Located]:
    """Return the violations of all profiles by position; one that several profiles share stands once."""
    shared: dict[tuple[Position, str, str, str], Located] = {}
    for items in found.values():
        for item in items:
            key = (item.position, item.violation.code, item.violation.severity, item.violation.pointer)
            known = shared.get(key)
            shared[key] = known._replace(profiles=known.profiles + item.profiles) if known else item
    return sorted(shared.values(), key=_in_order)


def operation_of(path: str) -> str | None:
    """Return the operation that a file belongs to by its name (`x.lemlist.addStep.json`) or its folder, or None."""
    parts = re.split(r"[\\/]", path)
    names = parts[-1].split(".")
    candidates = [(names[-3], names[-2])] if len(names) >= 3 else []
    candidates += [(parts[index], parts[index + 1]) for index in range(len(parts) - 3, -1, -1)]
    for provider, operation in candidates:
        if provider in providers() and getattr(load(provider).operations.get(operation), "checks", None):
            return f"{provider}/{operation}"
    return None


def _files(paths: Iterable[str], not_readable: Callable[[OSError], None]) -> Iterator[tuple[str, bool]]:
    """Yield each file, and whether it was named itself. Below folders only regular files count."""
    for path in paths:
        if not os.path.isdir(path):
            yield path, True
            continue
        for folder, folders, files in os.walk(path, onerror=not_readable):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
            for name in sorted(files):
                file = os.path.join(folder, name)
                if name.lower().endswith(SUFFIXES) and (os.path.isfile(file) or not os.path.exists(file)):
                    yield file, False
