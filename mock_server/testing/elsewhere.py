"""Whether a call that a test misses came to another world of the server, or to none: most often, the key was wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..control_client import ControlClient, StepmockError

_MOST_WORLDS = 50
"""Worlds that are asked, the newest: a server that many tests share may have thousands."""


def elsewhere(
    ask: ControlClient, provider: str, own: str, wanted: Mapping[str, Any], verdict: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what to say of calls that are missed in the world `own`; nothing where it got too many of them.

    `wanted` is what the assertion asked for, and `verdict` what the control plane answered to it.
    """
    if verdict["matched"] >= wanted.get("times", 1):
        return
    sought = {**wanted, "times": {"at_least": 1}}
    others = [each for each in ask("GET", "worlds")["worlds"] if each["provider"] == provider and each["id"] != own]
    got = [each["id"] for each in others[-_MOST_WORLDS:] if each["requests"] and _has(ask, each["id"], sought)]
    if got:
        one = len(got) == 1
        yield (
            f"{'Another world' if one else f'{len(got)} other worlds'} of {provider} got such a call "
            f"({', '.join(got[:3])}{', ...' if len(got) > 3 else ''}): was it sent under another key than this world's?"
        )
    strays = ask("GET", "journal/count", operation=wanted["operation"])["count"]
    if strays:
        calls = "One call" if strays == 1 else f"{strays} calls"
        yield f"{calls} to {wanted['operation']} reached no world: the credential was missing, or was refused."


def _has(ask: ControlClient, world: str, sought: Mapping[str, Any]) -> bool:
    try:
        ask("POST", f"worlds/{world}/journal/assert", sought)
    except StepmockError:  # no such call, or the world is gone by now
        return False
    return True
