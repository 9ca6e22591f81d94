"""What the user controls in `steplint check`: the command line over the configuration, checked, as the linter takes it.

An option replaces what the file says under the same name; only facts (`--set`) are merged, name by name. Globs of the
command line start at the current directory, those of the file at its folder.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...contracts import ContractError, add_contracts
from ...contracts.limits import MAX_FILE_BYTES
from ...contracts.model import PROFILES, SEVERITIES
from ..linter.config import Config, find_config, read_config, size
from ..linter.files import STDIN, Excluded
from ..linter.lint import Options
from ..linter.targets import Targets
from .options import require_facts, require_operation

if TYPE_CHECKING:  # a run that wants none of them imports none of them
    from ..linter.baseline import Baseline
    from ..linter.fixes import Found
    from ..linter.globs import Globs
    from ..linter.result import Result
    from ..linter.selection import Selection


class Settings(NamedTuple):
    """How to lint, and what to do with the result: which violations count, how grave, and which are known.

    `selection` is None where all count, `baseline` where none is known. `writes` says that the baseline is written.
    """

    lint: Options
    bar: str
    selection: Selection | None
    baseline: Baseline | None
    writes: bool

    def shown(self, path: str, found: Found) -> Found:
        """Return of what is wrong in a file what is neither ignored nor known."""
        if self.selection is not None:
            found = [(piece, item) for piece, item in found if self.selection.keeps(path, item.code)]
        if self.baseline is not None and not self.writes:
            baseline, hides = self.baseline, self.baseline.hiding()
            found = [
                (piece, item)
                for piece, item in found
                if not hides(baseline.known_at(path, piece.pointer + item.pointer, piece.operation, item))
            ]
        return found

    def applied(self, result: Result, paths: Sequence[str]) -> Result:
        """Return the result of linting `paths` without what is ignored or known; write the baseline if so asked."""
        found = result.located
        if self.selection is not None:
            from ..linter.selection import selected

            result = selected(result, self.selection, self.lint.profiles)
        if self.baseline is None:
            return result
        from ..linter.baseline import covering
        from ..linter.selection import without

        paths = [self.lint.stdin_name if path == STDIN else path for path in paths]
        linted = covering(paths, [path for path, _ in result.not_checked], self.lint.excluded)
        baseline = self.baseline
        if self.writes:
            baseline = baseline.renewed(result.located, linted)
            baseline.write()
        gone = baseline.gone(found, linted)
        hides = baseline.hiding()
        left = without(result, lambda item: hides(baseline.known(item)), "in the baseline", self.lint.profiles)
        left.notes.extend(_told(baseline, len(result.located) - len(left.located), gone, self.writes))
        return left


def settings_of(options: argparse.Namespace) -> Settings:
    """Return what the options and the configuration say together. Raises ContractError."""
    config = Config() if options.no_config else read_config(options.config) if options.config else find_config()
    _know_contracts(options, config)
    profile = options.profile or config.profile or PROFILES[0]
    profiles = PROFILES if profile == "both" else (profile,)
    if options.operation is not None:
        require_operation(options.operation, profiles[0])
    require_facts(dict(options.set))
    patterns = _operations(config, profiles[0])
    if options.stdin_filename is not None and STDIN not in options.paths:
        raise ContractError("--stdin-filename names standard input; give - as PATH.")
    baseline_file = options.baseline or config.baseline
    if options.write_baseline and not baseline_file:
        raise ContractError("--write-baseline needs to know where: give --baseline FILE too.")
    return Settings(
        Options(
            Targets(options.operation, patterns),
            profiles,
            {**config.facts, **dict(options.set)},
            _max_bytes(options, config),
            options.stdin_filename or STDIN,
            _excluded(options, config, baseline_file),
        ),
        options.severity or config.severity or SEVERITIES[0],
        _selection(options, config),
        _baseline(baseline_file, options.write_baseline) if baseline_file else None,
        options.write_baseline,
    )


def _know_contracts(options: argparse.Namespace, config: Config) -> None:
    if config.contracts and options.contracts is None:
        try:
            add_contracts(Path(config.contracts))
        except ContractError as error:
            raise ContractError(str(error), file=config.file) from None


def _operations(config: Config, profile: str) -> list[tuple[Globs, str]]:
    """Return the operations by globs, and check those names in the configuration that only contracts know."""
    try:
        require_facts(config.facts)
        for operation in set(config.operations.values()):
            require_operation(operation, profile)
    except ContractError as error:
        raise ContractError(str(error), file=config.file) from None
    return [
        (_globs([glob], config.folder, "operations", config.file), name) for glob, name in config.operations.items()
    ]


def _globs(patterns: Sequence[str], folder: str, name: str, file: str = "") -> Globs:
    from ..linter.globs import Globs

    for pattern in patterns:
        try:
            Globs([pattern], folder)
        except ValueError as error:
            raise ContractError(f'{name}: the glob "{pattern}" {error}.', file=file) from None
    return Globs(patterns, folder)


def _excluded(options: argparse.Namespace, config: Config, baseline_file: str | None) -> Excluded | None:
    patterns, folder, name, file = (
        (options.exclude, ".", "--exclude", "")
        if options.exclude
        else (config.exclude, config.folder, "exclude", config.file)
    )
    if not patterns and not baseline_file:
        return None
    globs = _globs(patterns, folder, name, file)
    own = os.path.abspath(baseline_file) if baseline_file else ""

    def excluded(path: str, is_folder: bool) -> bool:
        if own and path.endswith(os.path.basename(own)) and os.path.abspath(path) == own:
            return True  # a baseline is no payload
        return globs.fit(path.rstrip("/") or path, is_folder=is_folder)

    return excluded


def _max_bytes(options: argparse.Namespace, config: Config) -> int:
    if options.max_size is not None:
        try:
            return size(options.max_size)
        except ValueError as error:
            raise ContractError(f'--max-size must be {error}; "{options.max_size}" is not.') from None
    return MAX_FILE_BYTES if config.max_size is None else config.max_size


def _selection(options: argparse.Namespace, config: Config) -> Selection | None:
    select, select_file = (options.select, "") if options.select else (config.select, config.file)
    ignore, ignore_file = (options.ignore, "") if options.ignore else (config.ignore, config.file)
    if select is None and not ignore and not config.per_file_ignores:
        return None
    from ..linter.selection import Selection

    return Selection(
        None if select is None else _codes(select, "select", select_file),
        _codes(ignore or (), "ignore", ignore_file),
        [
            (
                _globs([glob], config.folder, "per-file-ignores", config.file),
                _codes(codes, "per-file-ignores", config.file),
            )
            for glob, codes in config.per_file_ignores.items()
        ],
    )


def _codes(texts: Iterable[str], name: str, file: str) -> list[str]:
    """Return the codes in texts that list them with commas. Raises ContractError for one that names no rule."""
    from ..linter.selection import problem_with

    codes = []
    for text in texts:
        parts = [part.strip().upper() for part in text.split(",")]
        for code in [part for part in parts if part] or [""]:
            if problem := problem_with(code):
                raise ContractError(f"{name if file else f'--{name}'}: {problem}", file=file)
            codes.append(code)
    return codes


def _baseline(file: str, writes: bool) -> Baseline:
    from ..linter.baseline import read_baseline

    return read_baseline(file, may_be_missing=writes)


def _told(baseline: Baseline, hidden: int, gone: int, written: bool) -> Iterable[str]:
    """Yield what a run with a baseline did, if anything."""
    if written:
        yield f"{baseline.file}: {_violations(baseline.counts.total())} recorded."
    elif hidden or gone:
        stale = f"; {gone} of the baseline no longer occur{'s' if gone == 1 else ''}" if gone else ""
        yield f"{baseline.file}: {_violations(hidden)} hidden{stale}."


def _violations(count: int) -> str:
    return f"{count} violation{'' if count == 1 else 's'}"
