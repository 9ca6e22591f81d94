"""Finds and loads compiled contracts."""

import json
from functools import cache
from pathlib import Path

from .errors import ContractError, nearest
from .model import PROFILES, Contract

_COMPILED = Path(__file__).parent / "compiled"


@cache
def providers() -> tuple[str, ...]:
    """Return the names of the providers that stepmock knows, in alphabetical order."""
    return tuple(sorted(path.name.split(".")[0] for path in _COMPILED.glob(f"*.{PROFILES[0]}.json")))


@cache
def load(provider: str, profile: str = "documented") -> Contract:
    """Return the contract of a provider as one profile reads it.

    Raises ContractError for a provider or a profile that does not exist.
    """
    if profile not in PROFILES:
        raise ContractError(
            f'There is no profile "{profile}"; the profiles are {" and ".join(PROFILES)}.' + nearest(profile, PROFILES)
        )
    if provider not in providers():
        raise ContractError(
            f'There is no provider "{provider}"; the providers are {", ".join(providers())}.'
            + nearest(provider, providers())
        )
    return Contract(json.loads((_COMPILED / f"{provider}.{profile}.json").read_bytes()))
