"""Keeps hostile YAML from exhausting its reader: depth is told from the events, and aliases are counted first."""

from typing import Any

import yaml

from .limits import MAX_NESTING, MAX_VALUES


def is_too_deep(text: str, loader: Any) -> bool:
    """Follow the events of a text, which needs no recursion; composing nodes recurses in C and could overflow it."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_NESTING:
                return True
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return False


def expanded(node: Any, sizes: dict[int, int] | None = None) -> int:
    """Return how many values a node stands for once aliases are written out."""
    sizes = {} if sizes is None else sizes
    if id(node) in sizes:
        return sizes[id(node)]
    sizes[id(node)] = MAX_VALUES + 1  # until known: an alias to its own parent never ends
    children = (
        [child for pair in node.value for child in pair]
        if isinstance(node, yaml.MappingNode)
        else node.value
        if isinstance(node, yaml.SequenceNode)
        else []
    )
    sizes[id(node)] = 1 + sum(expanded(child, sizes) for child in children)
    return sizes[id(node)]
