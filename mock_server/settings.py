"""How an emulator is set up; the options of `stepmock serve` in one value."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .clock import Clock, SystemClock
from .media.policy import OFFLINE, Media

CONTROL_PREFIX = "/_stepmock"
"""The path below which the control plane answers."""

CONTROL_TOKEN_VARIABLE = "STEPMOCK_CONTROL_TOKEN"
"""The environment variable that holds the token of the control plane, for the server and for the commands around it."""


class Settings(NamedTuple):
    """What every world of an emulator shares.

    `profile` is the reading of the providers. `api_keys` lists the keys that are let in; empty lets every key in.
    `world` names the start of each world, `docs` or `empty`; `worlds` gives the start of single providers as data.
    `control_token` is what the control plane asks for; without one it answers only to a Host of this machine, and so it
    does with one on a server that listens `on_loopback` alone.
    `faults` stand in every new world that they are for, in their JSON form.
    `media` says from which hosts the media in payloads are downloaded, as it stands from none.
    """

    profile: str = "documented"
    seed: int = 0
    api_keys: frozenset[str] = frozenset()
    clock: Clock = SystemClock()
    rate_limit: bool = True
    world: str = "docs"
    worlds: Mapping[str, Any] = {}
    control_token: str = ""
    on_loopback: bool = False
    faults: Sequence[Any] = ()
    media: Media = OFFLINE
