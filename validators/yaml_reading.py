"""Loads YAML safely: no tags beyond plain data, dates stay text, and duplicate keys are noted."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from ..contracts.limits import MAX_EXPANDED_VALUES, MAX_NESTING
from .places import Where


class Loaded(NamedTuple):
    """A YAML document as data, or the problem with it."""

    payload: Any
    twice: list[Where]
    problem: str | None = None
    offset: int | None = None
    too_deep: bool = False


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
        if _is_too_deep(text):
            return Loaded(None, [], f"it is nested deeper than {MAX_NESTING} levels", too_deep=True)
        node = compose(text)
        if node is None:
            return Loaded(None, [], "it is empty", 0)
        if _expanded(node) > MAX_EXPANDED_VALUES:
            return Loaded(None, [], f"its aliases expand to more than {MAX_EXPANDED_VALUES} values", too_deep=True)
        payload = yaml.load(text, Loader=_PlainLoader)
    except RecursionError:
        return Loaded(None, [], f"it is nested deeper than {MAX_NESTING} levels", too_deep=True)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Loaded(None, [], error.problem or error.context or "it cannot be read", mark.index if mark else None)
    except (yaml.YAMLError, ValueError) as error:
        return Loaded(None, [], str(error).splitlines()[0])
    return Loaded(payload, list(_duplicates(node)))


def _is_too_deep(text: str) -> bool:
    """Follow the events of a text, which needs no recursion; composing nodes recurses in C and could overflow it."""
    depth = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_NESTING:
                return True
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return False


def _expanded(node: Any, sizes: dict[int, int] | None = None) -> int:
    """Return how many values a node stands for once aliases are written out."""
    sizes = {} if sizes is None else sizes
    if id(node) in sizes:
        return sizes[id(node)]
    sizes[id(node)] = MAX_EXPANDED_VALUES + 1  # until known: an alias to its own parent never ends
    children = (
        [child for pair in node.value for child in pair]
        if isinstance(node, yaml.MappingNode)
        else node.value
        if isinstance(node, yaml.SequenceNode)
        else []
    )
    sizes[id(node)] = 1 + sum(_expanded(child, sizes) for child in children)
    return sizes[id(node)]


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
