"""The fixtures of the pytest plugin; those of the providers are made in `world_fixtures`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from ...contracts.loader import providers
from .judging import judge_of
from .markers import profiles_of, said

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..interception import Interception
    from .live import LiveServer
    from .worlds import WorldHandle

SERVERS: pytest.StashKey[list[LiveServer]] = pytest.StashKey()
"""The servers that run, kept with the config."""


def profile_of(config: pytest.Config) -> str:
    """Return the reading of the providers that tests run under which say nothing else."""
    return str(config.getoption("stepmock_profile") or config.getini("stepmock_profile"))


@pytest.fixture
def stepmock_profile(request: pytest.FixtureRequest) -> str:
    """The reading of the providers under which the test runs."""
    named = profiles_of(request.node)
    return getattr(request, "param", None) or (named[0] if named else profile_of(request.config))


@pytest.fixture(scope="session")
def _stepmock_emulators() -> Callable[[str], Emulator]:
    """Give an emulator of a profile that has no worlds."""
    from functools import cache

    from ..emulator import Emulator
    from ..settings import Settings

    made = cache(lambda profile: Emulator(Settings(profile=profile)))
    return lambda profile: made(profile).fresh()


@pytest.fixture
def stepmock(
    request: pytest.FixtureRequest, stepmock_profile: str, _stepmock_emulators: Callable[[str], Emulator]
) -> Iterator[Interception]:
    """Answer the test's calls to the providers' real hosts in this process; each test has an emulator of its own."""
    from ..interception import intercept
    from .transport import in_process
    from .watching import Watch

    emulator = _stepmock_emulators(stepmock_profile)
    watch = Watch(in_process(emulator), stepmock_profile)
    judge_of(request.node).add(watch)
    with intercept(emulator=emulator, allow=request.config.getini("stepmock_allow"), observer=watch.observe) as mock:
        mock.ask = watch.ask
        yield mock


@pytest.fixture(scope="session")
def _stepmock_servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], LiveServer]]:
    """Give the server of a profile, one for the whole run."""
    from .live import live_server

    config = request.config
    is_worker = hasattr(config, "workerinput")
    shared = tmp_path_factory.getbasetemp().parent if is_worker else tmp_path_factory.getbasetemp()
    running: dict[str, LiveServer] = {}
    options = [f"--contracts={config.rootpath / folder}"] if (folder := config.getini("stepmock_contracts")) else []
    with ExitStack() as stack:

        def server(profile: str) -> LiveServer:
            if profile not in running:
                owner = os.getppid() if is_worker else os.getpid()
                block = live_server(Path(shared, f"stepmock-{profile}"), profile, owner, options)
                running[profile] = stack.enter_context(block)
                config.stash[SERVERS].append(running[profile])
            return running[profile]

        yield server


@pytest.fixture(scope="session")
def stepmock_server(request: pytest.FixtureRequest, _stepmock_servers: Callable[[str], LiveServer]) -> LiveServer:
    """Give a server as a process of its own, for clients that are no part of this one; one for the whole run."""
    return _stepmock_servers(profile_of(request.config))


def world_fixtures() -> ModuleType:
    """Return a plugin with a fixture for each provider."""
    made = ModuleType("stepmock_worlds", "A fixture for each provider.")
    vars(made).update({name: _world_fixture(name) for name in providers()})
    return made


def _world_fixture(provider: str) -> Any:
    def world(request: pytest.FixtureRequest, stepmock_profile: str) -> Iterator[WorldHandle]:
        key = _key(request.node)
        if _transport(request) == "server":
            here = request.getfixturevalue("stepmock")  # what is sent to a real host shall not leave the machine
            server = request.getfixturevalue("_stepmock_servers")(stepmock_profile)
            judge_of(request.node).add(server.watch)
            handle = server.world(provider, f"{key}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
            handle.beside = here.ask
            yield handle
            if server.is_alive:
                handle.close()
        else:
            yield request.getfixturevalue("stepmock").world(provider, key)

    world.__name__ = provider
    world.__doc__ = f"A fresh world of {provider} under a key of its own, which depends on the test alone."
    return pytest.fixture(name=provider)(world)


def _transport(request: pytest.FixtureRequest) -> str:
    """Return where the worlds of a test are: whoever asks for the server wants them there."""
    named = said(request.node, "transport")
    if named is None and "stepmock_server" in request.fixturenames:
        return "server"
    return str(named or request.config.getini("stepmock_transport"))


def _key(item: pytest.Item) -> str:
    """Return the key of a test: always the same, so that its ids are the same in every run."""
    return f"key-{hashlib.sha256(item.nodeid.encode()).hexdigest()[:16]}"
