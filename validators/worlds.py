"""The worlds that a provider's servers and breakers start from: where they lie, and what is known in them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from ..contracts import Contract, ContractError
from ..contracts.loader import added_folder
from ..fixtures import FOLDER
from .context import Context


def starting_world(provider: str, name: str) -> Any:
    """Return the world `docs` or `empty` of a provider, in its JSON form; raises ContractError when it is not there."""
    path = (added_folder(provider) or FOLDER) / provider / "worlds" / f"{name}.json"
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContractError(f"The world {name} of {provider} cannot be read: {error}") from None


def docs_context(contract: Contract, stored: Mapping[str, Any] | None = None) -> Context:
    """Return the facts of the world `docs`, with an empty sequence, and `stored` as what an update changes."""
    resources = docs_resources(contract.provider)
    return Context(stored=stored, siblings=[], find=lambda kind, name: resources.get(kind, {}).get(name))


@cache
def docs_resources(provider: str) -> dict[str, dict[str, Any]]:
    """Return the resources of the world `docs` by kind and id."""
    found: dict[str, dict[str, Any]] = starting_world(provider, "docs")["resources"]
    return found
