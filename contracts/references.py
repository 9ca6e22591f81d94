"""Follows `$ref` within one contract document."""

from collections.abc import Mapping
from typing import Any

from .errors import ContractError
from .source import Document


class Resolver:
    """Finds what a reference stands for."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def follow(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a schema itself, or what it refers to; raises ContractError where nothing stands there."""
        while "$ref" in schema:
            target: Any = self._document.data
            for token in schema["$ref"].removeprefix("#/").split("/"):
                if not isinstance(target, dict) or token not in target:
                    raise ContractError(f"Nothing stands at {schema['$ref']}.", file=self._document.file)
                target = target[token]
            schema = target
        return schema

    def branches(self, schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return the branches of a schema by name; one that several names choose is known by its first."""
        targets: dict[str, str] = {}
        for name, target in schema.get("discriminator", {}).get("mapping", {}).items():
            targets.setdefault(target, name)
        return {name: self.follow({"$ref": target}) for target, name in targets.items()}
