"""Where the worlds lie that a provider's servers and breakers start from."""

import json
from typing import Any

from ..contracts import ContractError
from ..contracts.loader import added_folder
from ..fixtures import FOLDER


def starting_world(provider: str, name: str) -> Any:
    """Return the world `docs` or `empty` of a provider, in its JSON form; raises ContractError when it is not there."""
    path = (added_folder(provider) or FOLDER) / provider / "worlds" / f"{name}.json"
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContractError(f"The world {name} of {provider} cannot be read: {error}") from None
