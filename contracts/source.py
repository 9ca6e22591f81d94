"""Reads a contract document, keeps the line of every value, and applies a profile's overlay."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import yaml

from .errors import ContractError
from .limits import MAX_NESTING, MAX_VALUES
from .yaml_limits import expanded, is_too_deep


class Document:
    """A YAML document as data, with the line on which each JSON pointer stands."""

    def __init__(self, file: str, data: dict[str, Any], lines: Mapping[str, int]) -> None:
        self.file = file
        self.data = data
        self._lines = lines

    def line(self, pointer: str) -> int:
        """Return the line, from 1, of a pointer, or of its nearest ancestor that has one."""
        while pointer and pointer not in self._lines:
            pointer = pointer.rpartition("/")[0]
        return self._lines.get(pointer, 1)

    def error(self, pointer: str, message: str) -> ContractError:
        """Return a ContractError at a pointer."""
        return ContractError(f"{message} (at {pointer or '/'})", file=self.file, line=self.line(pointer))


def escape(name: str) -> str:
    """Return a name as one token of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def read_document(path: Path) -> Document:
    """Read a contract from a YAML file; raises ContractError when it cannot be read."""
    if path.exists() and not path.is_file():
        raise ContractError("The contract is no regular file.", file=path.name)
    try:
        text = path.read_text(encoding="utf-8")
        if is_too_deep(text, yaml.CSafeLoader):
            raise ContractError(f"The contract is nested deeper than {MAX_NESTING} levels.", file=path.name, line=1)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        if node is not None and expanded(node) > MAX_VALUES:
            raise ContractError(
                f"The contract's aliases expand to more than {MAX_VALUES} values.", file=path.name, line=1
            )
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"The contract cannot be read: {error}.", file=path.name) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise ContractError(
            f"The contract is no YAML: {problem}.", file=path.name, line=mark.line + 1 if mark else 0
        ) from None
    if not isinstance(data, dict):
        raise ContractError("A contract is a mapping, an OpenAPI document.", file=path.name, line=1)
    lines: dict[str, int] = {}
    _collect_lines(node, "", lines)
    document = Document(path.name, data, lines)
    _require_json(document)
    return document


def _require_json(document: Document) -> None:
    """Raise ContractError at a value that JSON does not have: YAML reads a bare 200 as a number, and so as no name."""
    stack: list[tuple[str, Any]] = [("", document.data)]
    while stack:
        pointer, value = stack.pop()
        if isinstance(value, dict):
            for key, child in value.items():
                if not isinstance(key, str):
                    raise document.error(
                        f"{pointer}/{escape(str(key))}", f"The name {key} must be a text: put it in quotes"
                    )
                stack.append((f"{pointer}/{escape(key)}", child))
        elif isinstance(value, list):
            stack.extend((f"{pointer}/{index}", child) for index, child in enumerate(value))
        elif isinstance(value, float) and not isfinite(value):
            raise document.error(pointer, f"{value} is no number of JSON")
        elif not (value is None or isinstance(value, (str, int, float))):
            raise document.error(pointer, f"{value} is no value of JSON: put it in quotes")


def _collect_lines(node: Any, pointer: str, lines: dict[str, int]) -> None:
    lines.setdefault(pointer, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines[f"{pointer}/{escape(str(key.value))}"] = key.start_mark.line + 1
            _collect_lines(value, f"{pointer}/{escape(str(key.value))}", lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _collect_lines(value, f"{pointer}/{index}", lines)


def with_profile(path: Path, profile: str) -> Document:
    """Read a contract as a profile reads it, with the overlay NAME.PROFILE.yaml beside it, where there is one."""
    document = read_document(path)
    overlay = path.with_name(f"{path.stem}.{profile}.yaml")
    return with_overlay(document, overlay) if overlay.exists() else document


def with_overlay(document: Document, path: Path) -> Document:
    """Return a copy of a document with an OpenAPI Overlay 1.0 applied.

    Targets are RFC 9535 JSONPath. Raises ContractError for a target that matches nothing: such an action would
    silently do nothing.
    """
    from jsonpath_rfc9535 import JSONPathError, find

    overlay = read_document(path)
    data = _unshared(document.data)
    actions = overlay.data.get("actions")
    if not isinstance(actions, list):
        raise overlay.error("/actions", "An overlay has actions, a list")
    for index, action in enumerate(actions):
        at = f"/actions/{index}"
        if not isinstance(action, dict) or not isinstance(action.get("target"), str):
            raise overlay.error(at, "An action has a target, a JSONPath")
        if not action.get("remove") and "update" not in action:
            raise overlay.error(at, "An action has an update, or says remove: true")
        try:
            nodes = list(find(action["target"], data))
        except JSONPathError as error:
            raise overlay.error(at, f"The target is no JSONPath: {error}") from None
        if not nodes:
            raise overlay.error(at, f"The target {action['target']} matches nothing in {document.file}")
        if any(not node.location for node in nodes) and not isinstance(action.get("update"), dict):
            raise overlay.error(at, "The whole document can only be updated, with a mapping")
        for node in reversed(nodes):
            data = _changed(data, node.location, action)
    return Document(document.file, data, document._lines)


def _changed(data: Any, location: Sequence[int | str], action: Mapping[str, Any]) -> Any:
    """Return data with one action done at one place; the root is replaced, all else is changed where it is."""
    if not location:
        return _merged(data, action["update"])
    parent: Any = data
    for key in location[:-1]:
        parent = parent[key]
    if action.get("remove"):
        del parent[location[-1]]
    else:
        parent[location[-1]] = _merged(parent[location[-1]], action["update"])
    return data


def _unshared(value: Any) -> Any:
    """Return a copy in which nothing stands twice, so that changing what an anchor gave changes one place only."""
    if isinstance(value, dict):
        return {key: _unshared(child) for key, child in value.items()}
    return [_unshared(child) for child in value] if isinstance(value, list) else value


def _merged(value: Any, update: Any) -> Any:
    if isinstance(value, dict) and isinstance(update, dict):
        return {
            **value,
            **{key: _merged(value[key], change) if key in value else change for key, change in update.items()},
        }
    return [*value, update] if isinstance(value, list) else update
