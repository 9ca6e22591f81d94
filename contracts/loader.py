"""Finds and loads contracts: the shipped ones, compiled, and those of folders that a user adds."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .errors import ContractError, nearest
from .model import PROFILES, Contract

_COMPILED = Path(__file__).parent / "compiled"
_added: dict[str, Path] = {}


def providers() -> tuple[str, ...]:
    """Return the names of the providers that stepmock knows, in alphabetical order."""
    return _in_order(*_added)


def load(provider: str, profile: str = "documented") -> Contract:
    """Return the contract of a provider as one profile reads it.

    Raises ContractError for a provider or a profile that does not exist, and for an added contract that is wrong.
    """
    return _loaded(provider, profile)


@cache
def _loaded(provider: str, profile: str) -> Contract:
    """Load a contract once, whether or not the profile was left out: to the cache, these are two sets of arguments."""
    if profile not in PROFILES:
        raise ContractError(
            f'There is no profile "{profile}"; the profiles are {" and ".join(PROFILES)}.' + nearest(profile, PROFILES)
        )
    if provider in _added:
        from .compile import compile_contract  # YAML is only read for what is not shipped

        return Contract(compile_contract(_added[provider] / f"{provider}.yaml", profile))
    if provider not in _shipped():
        raise ContractError(
            f'There is no provider "{provider}"; the providers are {", ".join(providers())}.'
            + nearest(provider, providers())
        )
    return Contract(json.loads((_COMPILED / f"{provider}.{profile}.json").read_bytes()))


def load_texts(provider: str, profile: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Return what a contract that is loaded says about fields: by operation, branch and place (`steps/*/name`)."""
    if provider in _added:
        from .texts import compile_texts

        return compile_texts(_added[provider] / f"{provider}.yaml", profile)
    texts: dict[str, dict[str, dict[str, str]]] = json.loads(
        (_COMPILED / "texts" / f"{provider}.{profile}.json").read_bytes()
    )
    return texts


def add_contracts(folder: Path) -> None:
    """Make the contracts of a folder known: each `NAME.yaml` in it, with `NAME.py` and `NAME/worlds/` beside it.

    Every contract is compiled at once, so that a wrong one is told before anything starts. Raises ContractError.
    """
    if not folder.is_dir():
        raise ContractError(f"{folder} is no folder of contracts.")
    names = sorted(path.stem for path in folder.glob("*.yaml") if "." not in path.stem)
    if not names:
        raise ContractError(f"{folder} holds no contract; a contract is a file NAME.yaml.")
    for name in names:
        if name in _shipped():
            raise ContractError(f'The provider "{name}" is shipped with stepmock; give the contract another name.')
        _added[name] = folder
        _loaded.cache_clear()
        try:
            found = {load(name, profile).provider for profile in PROFILES}
            known = {code for other in providers() if other != name for code in load(other).rules}
            if taken := sorted(known & set(load(name).rules)):
                raise ContractError(
                    f"The rule code {taken[0]} belongs to another provider; take a rule-prefix of your own."
                )
            if found != {name}:
                raise ContractError(f"The contract calls its provider {found.pop()}; the file is {name}.yaml.")
        except ContractError:
            del _added[name]
            raise


def added_folder(provider: str) -> Path | None:
    """Return the folder that an added provider comes from; None for a shipped one."""
    return _added.get(provider)


@cache
def _in_order(*added: str) -> tuple[str, ...]:
    return tuple(sorted({*_shipped(), *added}))


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(path.name.split(".")[0] for path in _COMPILED.glob(f"*.{PROFILES[0]}.json"))
