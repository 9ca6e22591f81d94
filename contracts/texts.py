"""What a contract says about the fields of its request bodies, for schemas that people read in an editor.

Checking needs none of it. So it is compiled into files of its own, and a start does not load them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .references import Resolver
from .skeleton import METHODS
from .source import Document, with_profile


def compile_texts(path: Path, profile: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the descriptions in the contract at `path` as `profile` reads it.

    They go by operation, by branch (the undivided whole has no name), and by place: `variants/*/payload`.
    """
    return dict(_operations(with_profile(path, profile)))


def _operations(document: Document) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    resolver = Resolver(document)
    for item in document.data["paths"].values():
        for method in METHODS:
            if "requestBody" in item.get(method, {}):
                schema = resolver.follow(item[method]["requestBody"]["content"]["application/json"]["schema"])
                branches = {"": schema, **resolver.branches(schema)}
                yield (
                    item[method]["operationId"],
                    {
                        name: dict(_places(resolver, branch, "", is_whole="discriminator" in branch))
                        for name, branch in branches.items()
                    },
                )


def _places(
    resolver: Resolver, schema: Mapping[str, Any], where: str, *, is_whole: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield each described place; the forms of a divided whole are branches, those of any other are part of it."""
    schema = resolver.follow(schema)
    if "description" in schema:
        yield where, schema["description"]
    for name, child in schema.get("properties", {}).items():
        yield from _places(resolver, child, f"{where}/{name}".lstrip("/"))
    if "items" in schema:
        yield from _places(resolver, schema["items"], f"{where}/*".lstrip("/"))
    for choice in () if is_whole else schema.get("oneOf", ()):
        for place, text in _places(resolver, choice, where):
            if place != where:
                yield place, text
