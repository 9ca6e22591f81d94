"""Which operation a payload belongs to: by what the user says, its `$schema`, the configuration, its file's name."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from ...contracts import load, providers
from ..violation import printable
from .files import STDIN
from .globs import Globs

_SCHEMA_FILE = re.compile(r"(?:^|[/\\:])([a-z][a-z0-9_]*)\.([A-Za-z0-9]+)\.schema\.json#?$")


class Targets(NamedTuple):
    """What tells operations apart: one for all payloads, and operations by patterns of paths, the first that fits."""

    operation: str | None = None
    patterns: Sequence[tuple[Globs, str]] = ()

    def of(self, path: str, schema: Any) -> str | None:
        """Return the operation of a payload in a file, or None; `schema` is the address of the schema it names."""
        if self.operation is not None:
            return self.operation
        if (named := _named_by_schema(schema)) is not None:
            return _known(*named)
        for globs, operation in self.patterns:
            if globs.fit(path):
                return operation
        return operation_of(path)


def schema_file(operation: str) -> str:
    """Return the name of the file with the schema of an operation, by which a payload's `$schema` is recognised."""
    return f"{operation.replace('/', '.')}.schema.json"


def belongs_nowhere(path: str, schema: Any) -> str:
    """Return why a payload belongs to no operation, and what would tell; `path` and `schema` as for Targets.of."""
    if (named := _named_by_schema(schema)) is not None:
        provider, name = named
        known = [other for other, operation in load(provider).operations.items() if operation.checks is not None]
        return f"its $schema names {provider}/{printable(name)}; the payloads of {provider} are {', '.join(known)}"
    named_so = "give --stdin-filename" if path == STDIN else "call the file"
    return f"it belongs to no operation; name one with --operation, or {named_so} NAME.PROVIDER.OPERATION.json"


def names_operation(schema: Any) -> bool:
    """Return whether a `$schema` is the address of a schema that steplint wrote for an operation."""
    return _named_by_schema(schema) is not None


def _named_by_schema(address: Any) -> tuple[str, str] | None:
    """Return a provider and the name in the address of a schema (`./schemas/lemlist.addStep.schema.json`), or None."""
    match = _SCHEMA_FILE.search(address) if isinstance(address, str) else None
    return (match[1], match[2]) if match and match[1] in providers() else None


def operation_of(path: str) -> str | None:
    """Return the operation that a file belongs to by its name (`x.lemlist.addStep.json`) or its folder, or None."""
    end = max(path.rfind("/"), path.rfind("\\"))
    names = path[end + 1 :].rsplit(".", 3)
    if len(names) >= 3 and (named := _known(names[-3], names[-2])):
        return named
    return _operation_of_folder(path[: max(end, 0)])


@cache
def _operation_of_folder(folder: str) -> str | None:
    parts = re.split(r"[\\/]", folder)
    pairs = (_known(parts[index], parts[index + 1]) for index in range(len(parts) - 2, -1, -1))
    return next((named for named in pairs if named), None)


def _known(provider: str, operation: str) -> str | None:
    if provider in providers() and getattr(load(provider).operations.get(operation), "checks", None):
        return f"{provider}/{operation}"
    return None
