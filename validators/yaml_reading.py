"""Loads YAML safely: no tags beyond plain data, dates stay text, and duplicate keys are noted."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from ..contracts.limits import MAX_NESTING, MAX_VALUES
from ..contracts.yaml_limits import expanded, is_too_deep
from .places import Where


class Loaded(NamedTuple):
    """A YAML document as data, or the problem with it."""

    payload: Any
    twice: list[Where]
    problem: str | None = None
    offset: int | None = None
    rule: str = "syntax"


class _PlainLoader(yaml.CSafeLoader):
    """The safe loader without timestamps, which JSON does not have."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def compose(text: str) -> Any:
    """Return the node of the one document of a text; None for an empty text."""
    loader = _PlainLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def load_yaml(text: str) -> Loaded:
    """Load one document. Aliases are counted before anything walks them, so that a bomb is refused in time."""
    try:
        if is_too_deep(text, _PlainLoader):
            return Loaded(None, [], f"it is nested deeper than {MAX_NESTING} levels", rule="nesting")
        node = compose(text)
        if node is None:
            return Loaded(None, [], "it is empty", 0)
        if expanded(node) > MAX_VALUES:
            return Loaded(None, [], f"its aliases expand to more than {MAX_VALUES} values", rule="nesting")
        payload = yaml.load(text, Loader=_PlainLoader)
    except RecursionError:
        return Loaded(None, [], f"it is nested deeper than {MAX_NESTING} levels", rule="nesting")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Loaded(None, [], _words(error), mark.index if mark else None)
    except ValueError as error:
        if "digits" in str(error):
            return Loaded(None, [], "an integer has too many digits", rule="number")
        return Loaded(None, [], "a value does not fit its tag")
    except Exception:  # PyYAML's constructors raise whatever their conversions raise
        return Loaded(None, [], "a value does not fit its tag")
    return Loaded(payload, list(_duplicates(node)))


def _words(error: yaml.MarkedYAMLError) -> str:
    return " ".join(part for part in (error.context, error.problem) if part) or "it cannot be read"


def _duplicates(node: Any) -> Iterator[Where]:
    stack: list[tuple[Where, Any]] = [((), node)]
    walked: set[int] = set()
    while stack:
        where, current = stack.pop()
        if id(current) in walked:
            continue
        walked.add(id(current))
        if isinstance(current, yaml.MappingNode):
            names: set[str] = set()
            for key, value in current.value:
                name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
                if name in names and name != "<<":
                    yield (*where, name)
                names.add(name)
                stack.append(((*where, name), value))
        elif isinstance(current, yaml.SequenceNode):
            stack.extend(((*where, index), value) for index, value in enumerate(current.value))
