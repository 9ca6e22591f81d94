"""The pytest plugin `stepmock`: fixtures, the verdict of the contracts in each test's report, both readings, coverage.

It is loaded in every run of whoever has stepmock installed, so nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from ...contracts.errors import ContractError, nearest
from ...contracts.loader import add_contracts, providers
from ...contracts.model import PROFILES, SEVERITIES

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..interception import Interception
    from .coverage import Tally
    from .live import LiveServer
    from .transport import ControlClient
    from .verdict import Request
    from .worlds import WorldHandle

_TRANSPORTS = ("intercept", "server")
_MARKER = (
    "stepmock(expect=[], profiles=[], transport=None): rules that the test's requests break on purpose; the readings "
    "of the providers under which it runs (documented, observed); intercept, or server"
)
_Watched = list[tuple["ControlClient", str, "set[str] | None"]]

_watched: pytest.StashKey[_Watched] = pytest.StashKey()
"""The emulators that a test may reach, with their profile and, of one that is shared, the test's own worlds."""

_tally: pytest.StashKey[Tally] = pytest.StashKey()
_servers: pytest.StashKey[list[LiveServer]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this plugin."""
    group = parser.getgroup("stepmock", "stepmock: the sequence-step APIs of sales-engagement providers")
    group.addoption(
        "--stepmock-strict",
        nargs="?",
        const="error",
        choices=SEVERITIES,
        help="fail tests whose requests break a rule of this severity, or a graver one (alone: error)",
    )
    group.addoption("--stepmock-profile", choices=PROFILES, help="which reading of the providers (documented)")
    group.addoption("--stepmock-coverage", action="store_true", help="show which operations, step types and rules ran")
    group.addoption("--stepmock-coverage-json", metavar="FILE", help="write the coverage to FILE as JSON")
    group.addoption("--stepmock-coverage-min", type=float, metavar="PERCENT", help="fail the run below this coverage")
    parser.addini("stepmock_strict", "as --stepmock-strict", default="")
    parser.addini("stepmock_profile", "as --stepmock-profile", default="documented")
    parser.addini("stepmock_transport", "where worlds are: intercept (this process) or server", default="intercept")
    parser.addini("stepmock_allow", "hosts that interception lets through", type="linelist", default=[])
    parser.addini("stepmock_contracts", "a folder of further contracts; the Python in it is run", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Check the settings, and offer a fixture for each provider."""
    config.addinivalue_line("markers", _MARKER)
    for name, known in (
        ("stepmock_strict", ("", *SEVERITIES)),
        ("stepmock_profile", PROFILES),
        ("stepmock_transport", _TRANSPORTS),
    ):
        _require(f"{name} in the configuration", config.getini(name), known)
    if folder := config.getini("stepmock_contracts"):
        try:
            add_contracts(config.rootpath / folder)
        except ContractError as error:
            raise pytest.UsageError(f"stepmock_contracts: {error}") from None
    config.stash[_servers] = []
    if _counts(config):
        from .coverage import Tally

        config.stash[_tally] = Tally()
    worlds = ModuleType("stepmock_worlds", "A fixture for each provider.")
    vars(worlds).update({name: _world_fixture(name) for name in providers()})
    config.pluginmanager.register(worlds, "stepmock-worlds")


def _require(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        names = ", ".join(filter(None, known))
        raise pytest.UsageError(f"{what} must be one of {names}; {value!r} is not.{nearest(value, known)}")


def _counts(config: pytest.Config) -> bool:
    options = ("stepmock_coverage", "stepmock_coverage_json", "stepmock_coverage_min")
    return any(config.getoption(name) not in (None, False) for name in options)


# The marker


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test under each of the profiles that its marker names."""
    marker = metafunc.definition.get_closest_marker("stepmock")
    profiles = marker.kwargs.get("profiles") if marker else None
    if profiles is not None:
        _check_marker(metafunc.definition)
        if "stepmock_profile" not in metafunc.fixturenames:
            metafunc.fixturenames.append("stepmock_profile")
        metafunc.parametrize("stepmock_profile", list(profiles), indirect=True, scope="function")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse markers that cannot mean anything."""
    for item in items:
        _check_marker(item)


def _check_marker(item: pytest.Item) -> None:
    for marker in item.iter_markers("stepmock"):
        where = f"{item.nodeid}: @pytest.mark.stepmock"
        if marker.args:
            raise pytest.UsageError(f"{where} takes keywords only: expect, profiles, transport.")
        for name in marker.kwargs:
            _require(where, name, ("expect", "profiles", "transport"))
        for name in _list_of(marker.kwargs.get("profiles", ()), f"{where}(profiles)"):
            _require(f"{where}(profiles)", name, PROFILES)
        _require(f"{where}(transport)", marker.kwargs.get("transport") or "intercept", _TRANSPORTS)
        for code in _list_of(marker.kwargs.get("expect", ()), f"{where}(expect)"):
            if code not in (known := _known_codes()):
                raise pytest.UsageError(f"{where}(expect): no rule is called {code!r}.{nearest(str(code), known)}")


def _list_of(value: Any, what: str) -> list[Any]:
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise pytest.UsageError(f"{what} must be a list.")
    return list(value)


def _known_codes() -> set[str]:
    from ...contracts import load

    return {code for name in providers() for profile in PROFILES for code in load(name, profile).rules}


def _marked(item: pytest.Item, name: str) -> Any:
    """Return what the nearest marker that has a keyword says."""
    return next((marker.kwargs[name] for marker in item.iter_markers("stepmock") if name in marker.kwargs), None)


# Fixtures


@pytest.fixture
def stepmock_profile(request: pytest.FixtureRequest) -> str:
    """The reading of the providers under which the test runs."""
    return getattr(request, "param", None) or _profile(request.config)


def _profile(config: pytest.Config) -> str:
    return str(config.getoption("stepmock_profile") or config.getini("stepmock_profile"))


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

    emulator = _stepmock_emulators(stepmock_profile)
    with intercept(emulator=emulator, allow=request.config.getini("stepmock_allow")) as mock:
        _watch(request.node, in_process(emulator), stepmock_profile, None)
        yield mock


def _watch(item: pytest.Item, ask: ControlClient, profile: str, worlds: set[str] | None) -> None:
    item.stash.setdefault(_watched, []).append((ask, profile, worlds))


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
                config.stash[_servers].append(running[profile])
            return running[profile]

        yield server


@pytest.fixture(scope="session")
def stepmock_server(request: pytest.FixtureRequest, _stepmock_servers: Callable[[str], LiveServer]) -> LiveServer:
    """Give a server as a process of its own, for clients that are no part of this one; one for the whole run."""
    return _stepmock_servers(_profile(request.config))


def _world_fixture(provider: str) -> Any:
    def world(request: pytest.FixtureRequest, stepmock_profile: str) -> Iterator[WorldHandle]:
        transport = _marked(request.node, "transport") or request.config.getini("stepmock_transport")
        key = _key(request.node)
        if transport == "server":
            server = request.getfixturevalue("_stepmock_servers")(stepmock_profile)
            handle = server.world(provider, f"{key}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
            _watch(request.node, server.control(), stepmock_profile, {handle.id})
            yield handle
            handle.close()
        else:
            yield request.getfixturevalue("stepmock").world(provider, key)

    world.__name__ = provider
    world.__doc__ = f"A fresh world of {provider} under a key of its own, which depends on the test alone."
    return pytest.fixture(name=provider)(world)


def _key(item: pytest.Item) -> str:
    """Return the key of a test: always the same, so that its ids are the same in every run."""
    return f"key-{hashlib.sha256(item.nodeid.encode()).hexdigest()[:16]}"


# The verdict


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge what the test sent, while its worlds are still there."""
    try:
        result = yield
    except BaseException:
        _judge(item)
        raise
    found, text = _judge(item)
    if bar := item.config.getoption("stepmock_strict") or item.config.getini("stepmock_strict"):
        from .verdict import missing, unexpected

        expected = _marked(item, "expect") or ()
        if codes := unexpected(found, bar, expected):
            pytest.fail(f"requests broke {', '.join(codes)}\n\n{text}", pytrace=False)
        if codes := missing(found, expected):
            pytest.fail(f"no request broke {', '.join(codes)}, which the test expects", pytrace=False)
    return result


def _judge(item: pytest.Item) -> tuple[list[Request], str]:
    if not (watched := item.stash.get(_watched, None)):
        return [], ""
    from .transport import StepmockError
    from .verdict import report, requests_of

    try:
        found = [each for ask, profile, worlds in watched for each in requests_of(ask, profile, worlds)]
    except StepmockError as error:
        item.add_report_section("call", "stepmock", str(error))
        return [], ""
    if (tally := item.config.stash.get(_tally, None)) is not None:
        for each in found:
            tally.note(each)
    if text := report(found):
        item.add_report_section("call", "stepmock", text)
    return found, text


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the log of a server that died beside the failure that it caused."""
    report = yield
    if report.failed:
        report.sections.extend(
            ("stepmock server", server.why_gone()) for server in item.config.stash[_servers] if not server.is_alive
        )
    return report


# Coverage


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist counted."""
    if _counts(node.config):
        node.config.stash[_tally].add(getattr(node, "workeroutput", {}).get("stepmock_coverage", []))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the coverage, and hold it against the least that is wanted."""
    config = session.config
    if (tally := config.stash.get(_tally, None)) is None:
        return
    if hasattr(config, "workerinput"):
        config.workeroutput["stepmock_coverage"] = tally.data()  # type: ignore[attr-defined]
        return
    from .coverage import as_json, lines, percent

    found = lines(tally, _profile(config))
    if file := config.getoption("stepmock_coverage_json"):
        Path(file).write_text(as_json(found))
    least = config.getoption("stepmock_coverage_min")
    if least is not None and percent(found) < least and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the coverage as a table."""
    if (tally := config.stash.get(_tally, None)) is None:
        return
    from .coverage import lines, percent, table

    found = lines(tally, _profile(config))
    least = config.getoption("stepmock_coverage_min")
    if config.getoption("stepmock_coverage"):
        terminalreporter.section("stepmock coverage")
        for line in table(found):
            terminalreporter.line(line)
    if least is not None and percent(found) < least:
        terminalreporter.line(f"stepmock: the coverage of {percent(found):.1f} % is below {least:g} %", red=True)
