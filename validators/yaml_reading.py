"""Loads YAML safely: no tags beyond plain data, dates stay text, and duplicate keys are noted."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from ..contracts.limits import MAX_NESTING, MAX_VALUES
from ..contracts.yaml_limits import expanded, is_too_deep
from .places import Where
from .reading import UNREADABLE, Reading, duplicate_findings
from .violation import Finding


class YamlReading(NamedTuple):
    """One document of a YAML text: what was read, and the node that knows where it stands; None without one."""

    reading: Reading
    node: Any


class _PlainLoader(yaml.CSafeLoader):
    """The safe loader without timestamps, which JSON does not have."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def read_yaml(text: str, rules: Mapping[str, str]) -> list[YamlReading]:
    """Read the documents of a YAML text, values of any type; an empty one counts only where it is alone.

    Aliases are counted before anything walks them, so that a bomb is refused in time. A text that is not YAML gives one
    reading with the problem.
    """
    try:
        if is_too_deep(text, _PlainLoader):
            return _refused(rules["nesting"], f"it is nested deeper than {MAX_NESTING} levels")
        loader = _PlainLoader(text)
        try:
            found = list(_documents(loader, rules))
        finally:
            loader.dispose()
    except RecursionError:
        return _refused(rules["nesting"], f"it is nested deeper than {MAX_NESTING} levels")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return _refused(rules["syntax"], _words(error), mark.index if mark else None)
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")  # it counts bytes
        return _refused(rules["syntax"], "it holds a character that YAML does not allow", len(before))
    except ValueError as error:
        if "digits" in str(error):
            return _refused(rules["number"], "an integer has too many digits")
        return _refused(rules["syntax"], "a value does not fit its tag")
    except Exception:  # PyYAML's constructors raise whatever their conversions raise
        return _refused(rules["syntax"], "a value does not fit its tag")
    full = [item for item in found if item.reading.payload is not None]
    return full or found[:1] or _refused(rules["syntax"], "it is empty", 0)


def _documents(loader: _PlainLoader, rules: Mapping[str, str]) -> Iterator[YamlReading]:
    while loader.check_node():
        node = loader.get_node()
        sizes: dict[int, int] = {}
        if (count := expanded(node, sizes)) > MAX_VALUES and count > 2 * len(sizes):
            [refused] = _refused(rules["nesting"], f"its aliases expand to more than {MAX_VALUES} values")
            yield refused
        else:
            findings = duplicate_findings(list(_duplicates(node)), rules)  # before merges are written into the node
            yield YamlReading(Reading(loader.construct_document(node), findings), node)


def _refused(code: str, problem: str, offset: int | None = None) -> list[YamlReading]:
    finding = Finding(code, (), None, "YAML", f"The text is not YAML: {problem}.")
    return [YamlReading(Reading(UNREADABLE, [finding], offset), None)]


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
