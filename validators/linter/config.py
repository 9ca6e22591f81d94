"""The configuration of the linter: `.steplint.toml`, or `[tool.steplint]` in pyproject.toml.

Looking for it costs a few calls to the file system; TOML is read only where a file of these names speaks of steplint.
Names of rules, operations and facts are not checked here: the contracts that know them may be configured themselves.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ...contracts import ContractError
from ...contracts.errors import nearest
from ...contracts.limits import MAX_CONFIG_BYTES
from ...contracts.model import PROFILES, SEVERITIES

OWN_FILE = ".steplint.toml"
PROJECT_FILE = "pyproject.toml"
PROFILE_CHOICES = (*PROFILES, "both")

_SIZE = re.compile(r"(\d{1,18})\s*(?:([kmg])i?b|b)?", re.IGNORECASE | re.ASCII)
_SHIFTS = {"": 0, "k": 10, "m": 20, "g": 30}


class Config(NamedTuple):
    """What a file says; None, or nothing, where it is silent.

    `file` is its name for messages, "" where there is none. `folder` is where its paths and globs start; `baseline` and
    `contracts` are joined to it already. `max_size` is in bytes.
    """

    file: str = ""
    folder: str = "."
    profile: str | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    severity: str | None = None
    max_size: int | None = None
    baseline: str | None = None
    exclude: tuple[str, ...] = ()
    operations: Mapping[str, str] = {}
    per_file_ignores: Mapping[str, tuple[str, ...]] = {}
    facts: Mapping[str, str] = {}
    contracts: str | None = None


def size(text: object) -> int:
    """Return a size in bytes: `1000000`, `"64MB"`, `"512 KiB"`; a KB is 1024 bytes. Raises ValueError."""
    match = _SIZE.fullmatch(str(text).strip()) if isinstance(text, str | int) and not isinstance(text, bool) else None
    if match is None or not int(match[1]):
        raise ValueError('a size: bytes, or a number with KB, MB or GB, for example "64MB"')
    return int(match[1]) << _SHIFTS[(match[2] or "").lower()]


def find_config(start: str | None = None) -> Config:
    """Return the nearest configuration from a folder (the current one) upwards; an empty one where there is none.

    The search ends at the root of a git repository. Raises ContractError for a file that cannot be used.
    """
    try:
        folder = os.path.abspath(start or os.getcwd())
    except OSError:  # the current directory is gone
        return Config()
    while True:
        for name in (OWN_FILE, PROJECT_FILE):
            path = os.path.join(folder, name)
            if os.path.lexists(path) and (table := _table(path, _shown(path))) is not None:
                return _config(table, path, _shown(path))
        parent = os.path.dirname(folder)
        if parent == folder or os.path.lexists(os.path.join(folder, ".git")):
            return Config()
        folder = parent


def read_config(path: str) -> Config:
    """Return the configuration in a file that the user names. Raises ContractError."""
    table = _table(path, path)
    if table is None:
        raise ContractError("There is no table [tool.steplint].", file=path)
    return _config(table, path, path)


def _table(path: str, shown: str) -> Mapping[str, Any] | None:
    """Return the table of steplint in a file; None for a pyproject.toml without one."""
    is_project = os.path.basename(path) == PROJECT_FILE
    data = _bytes(path, shown)
    if is_project and b"steplint" not in data:
        return None
    import tomllib  # only a project that configures steplint pays for it

    try:
        whole: Any = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ContractError(f"It is not UTF-8: byte {error.start} cannot be read.", file=shown) from None
    except RecursionError:
        raise ContractError("It is nested too deeply.", file=shown) from None
    except ValueError as error:  # a number of too many digits is no TOMLDecodeError
        raise ContractError(f"It is not TOML: {str(error).rstrip('.')}.", file=shown) from None
    if not is_project:
        return _as_table(whole, "", shown)
    tools = whole.get("tool", {})
    own = tools.get("steplint") if isinstance(tools, dict) else None
    return None if own is None else _as_table(own, "tool.steplint", shown)


def _bytes(path: str, shown: str) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a pipe would wait for its other end
            raise ContractError("It is no regular file; --no-config does without it.", file=shown)
        with open(path, "rb") as file:
            data = file.read(MAX_CONFIG_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ContractError(f"It cannot be read: {reason}.", file=shown) from None
    if len(data) > MAX_CONFIG_BYTES:
        raise ContractError(f"It has more than {MAX_CONFIG_BYTES:,} bytes; no configuration is so large.", file=shown)
    return data


def _as_table(value: Any, name: str, shown: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ContractError(f"{name} must be a table.", file=shown)
    return value


def _config(table: Mapping[str, Any], path: str, shown: str) -> Config:
    folder = os.path.dirname(os.path.abspath(path))
    found: dict[str, Any] = {}
    for key, value in table.items():
        reader = _READERS.get(key)
        if reader is None:
            hint = (
                f" The table [tool.steplint] is for {PROJECT_FILE}; here its keys stand at the root."
                if key == "tool"
                else nearest(key, _READERS) or f" The keys are {', '.join(sorted(_READERS))}."
            )
            raise ContractError(f'There is no key "{_plain(key)}".{hint}', file=shown)
        try:
            found[key.replace("-", "_")] = reader(value)
        except ValueError as error:
            raise ContractError(f"{key} must be {error}.", file=shown) from None
    for key in ("baseline", "contracts"):
        if key in found:
            found[key] = _shown(os.path.join(folder, found[key]))
    return Config(shown, folder, **found)


def _shown(path: str) -> str:
    """Return a path from the current folder; on another drive, as it is."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return path


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:80])


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return str(value)

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError('a list of texts, for example ["LEM012"]')
    return tuple(value)


def _table_of(read: Callable[[Any], Any], what: str) -> Callable[[Any], Mapping[str, Any]]:
    def read_all(value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"a table of {what}")
        try:
            return {key: read(item) for key, item in value.items()}
        except ValueError:
            raise ValueError(f"a table of {what}") from None

    return read_all


_READERS: dict[str, Callable[[Any], Any]] = {
    "profile": _one_of(PROFILE_CHOICES),
    "select": _texts,
    "ignore": _texts,
    "severity": _one_of(SEVERITIES),
    "max-size": size,
    "baseline": _text,
    "exclude": _texts,
    "operations": _table_of(_text, 'globs with their operations, for example "intro/*.json" = "lemlist/addStep"'),
    "per-file-ignores": _table_of(_texts, 'globs with lists of rules, for example "old/*.json" = ["LEM012"]'),
    "facts": _table_of(_text, 'names with texts, for example provider = "salesloft"'),
    "contracts": _text,
}
"""What each key may hold: a function that returns the value, or raises ValueError with what it must be."""
