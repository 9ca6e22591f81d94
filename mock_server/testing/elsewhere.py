"""Whether a call that a test misses came to another world of the server, or to none: most often, the key was wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..control_client import ControlClient, StepmockError

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote

_MOST_WORLDS = 50
"""Worlds that are asked, the newest: a server that many tests share may have thousands."""


def under_another_key(ask: ControlClient, provider: str, own: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield what to say of calls such as an assertion asked for that came to other worlds than `own`, or to none."""
    if got := [name for name in worlds_with(ask, provider, wanted) if name != own]:
        yield (
            f"{'Another world' if len(got) == 1 else f'{len(got)} other worlds'} of {provider} got such a call "
            f"({', '.join(got[:3])}{', ...' if len(got) > 3 else ''}): was it sent under another key than this world's?"
        )
    if strays := ask("GET", "journal/count", operation=wanted["operation"])["count"]:
        calls = "One call" if strays == 1 else f"{strays} calls"
        yield f"{calls} to {wanted['operation']} reached no world: the credential was missing, or was refused."


def worlds_with(ask: ControlClient, provider: str, wanted: Mapping[str, Any]) -> list[str]:
    """Return the newest worlds of a provider that got a call such as an assertion asked for."""
    worlds = [each for each in ask("GET", "worlds")["worlds"] if each["provider"] == provider and each["requests"]]
    sought = {**wanted, "times": {"at_least": 1}}
    return [each["id"] for each in worlds[-_MOST_WORLDS:] if _has(ask, each["id"], sought)]


def _has(ask: ControlClient, world: str, sought: Mapping[str, Any]) -> bool:
    try:
        ask("POST", f"worlds/{world}/journal/assert", sought)
    except StepmockError:  # no such call, or the world is gone by now
        return False
    return True
