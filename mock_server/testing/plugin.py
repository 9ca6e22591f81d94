"""The pytest plugin `stepmock`: fixtures, the verdict of the contracts in each test's report, both readings, coverage.

It is loaded in every run of whoever has stepmock installed, so nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from ...contracts.errors import ContractError
from ...contracts.loader import add_contracts
from ...contracts.model import PROFILES, SEVERITIES
from .fixtures import (
    SERVERS,
    _stepmock_emulators,
    _stepmock_servers,
    stepmock,
    stepmock_profile,
    stepmock_server,
    world_fixtures,
)
from .judging import TALLY, TITLE, begin_anew, judge_of, known_judge_of
from .markers import DESCRIPTION, TRANSPORTS, MarkerCheck, profiles_of, require

__all__ = ["_stepmock_emulators", "_stepmock_servers", "stepmock", "stepmock_profile", "stepmock_server"]

_STRICT = "--stepmock-strict"
_JUDGED = "stepmock_judged"
"""The attribute of a report that holds what would fail its test in a strict run: rules, findings, and idle faults."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of this plugin."""
    _require_severity(pluginmanager)
    group = parser.getgroup("stepmock", "stepmock: the sequence-step APIs of sales-engagement providers")
    group.addoption(
        _STRICT,
        action="store_const",
        const="error",
        dest="stepmock_strict",
        help="fail tests whose requests break a rule that they do not expect to break",
    )
    for severity in SEVERITIES:  # an option each, for an optional value would swallow a path that follows
        group.addoption(
            f"{_STRICT}={severity}",
            action="store_const",
            const=severity,
            dest="stepmock_strict",
            help=f"the same, of severity {severity}" + (" or a graver one" if severity != SEVERITIES[0] else ""),
        )
    group.addoption(
        "--stepmock-profile", metavar="PROFILE", help=f"the reading of the providers: {', '.join(PROFILES)}"
    )
    group.addoption("--stepmock-coverage", action="store_true", help="show which operations, step types and rules ran")
    group.addoption("--stepmock-coverage-json", metavar="FILE", help="write the coverage to FILE as JSON")
    group.addoption("--stepmock-coverage-min", metavar="PERCENT", help="fail the run below this coverage, 0 to 100")
    parser.addini("stepmock_strict", f"the severity that fails tests, as {_STRICT}=SEVERITY", default="")
    parser.addini("stepmock_profile", "as --stepmock-profile", default="documented")
    parser.addini("stepmock_transport", "where worlds are: intercept (this process) or server", default="intercept")
    parser.addini("stepmock_allow", "hosts that interception lets through", type="linelist", default=[])
    parser.addini("stepmock_contracts", "a folder of further contracts; the Python in it is run", default="")


def _require_severity(pluginmanager: pytest.PytestPluginManager) -> None:
    """Refuse `--stepmock-strict=` with anything else behind it, of which argparse would say only that it is ignored."""
    config: Any = pluginmanager.get_plugin("pytestconfig")
    from_environment = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    for given in (*from_environment, *config.getini("addopts"), *config.invocation_params.args):
        name, equals, value = str(given).partition("=")
        if name == _STRICT and equals:
            require(_STRICT, value, SEVERITIES)


def pytest_configure(config: pytest.Config) -> None:
    """Check the settings, and offer a fixture for each provider."""
    config.addinivalue_line("markers", DESCRIPTION)
    for name, known in (
        ("stepmock_strict", ("", *SEVERITIES)),
        ("stepmock_profile", PROFILES),
        ("stepmock_transport", TRANSPORTS),
    ):
        require(f"{name} in the configuration", config.getini(name), known)
    require("--stepmock-profile", config.getoption("stepmock_profile") or PROFILES[0], PROFILES)
    _check_allowed(config.getini("stepmock_allow"))
    if folder := config.getini("stepmock_contracts"):
        try:
            add_contracts(config.rootpath / folder)
        except ContractError as error:
            raise pytest.UsageError(f"stepmock_contracts in the configuration: {error}") from None
    config.stash[SERVERS] = []
    if not hasattr(config, "workerinput"):
        _check_coverage(config)
    if _counts(config):
        from .coverage import Tally

        config.stash[TALLY] = Tally()
    config.pluginmanager.register(world_fixtures(), "stepmock-worlds")
    config.pluginmanager.register(MarkerCheck(), "stepmock-markers")


def _check_allowed(hosts: list[str]) -> None:
    if hosts:
        from ..interception.hosts import Hosts

        try:
            Hosts((), hosts)
        except ValueError as error:
            raise pytest.UsageError(f"stepmock_allow in the configuration: {error}") from None


def _check_coverage(config: pytest.Config) -> None:
    """Refuse what would be found wrong with the coverage at the end of the run only."""
    if (given := config.getoption("stepmock_coverage_min")) is not None and _percent(given) is None:
        raise pytest.UsageError(f"--stepmock-coverage-min must be a number of percent from 0 to 100; {given!r} is not.")
    if file := _coverage_file(config):
        if file.is_dir():
            raise pytest.UsageError(f"--stepmock-coverage-json must name a file; {file} is a folder.")
        if not file.parent.is_dir():
            raise pytest.UsageError(f"--stepmock-coverage-json: there is no folder {file.parent}; make it first.")
        if not os.access(file if file.exists() else file.parent, os.W_OK):
            raise pytest.UsageError(f"--stepmock-coverage-json: {file} may not be written.")


def _percent(text: str) -> float | None:
    """Return a number from 0 to 100; None for any other text."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= 100 else None


def _coverage_file(config: pytest.Config) -> Path | None:
    """Return where the coverage goes, in the folder that pytest was called from wherever tests change to."""
    named = config.getoption("stepmock_coverage_json")
    return None if named is None else config.invocation_params.dir / named


def _counts(config: pytest.Config) -> bool:
    options = ("stepmock_coverage", "stepmock_coverage_json", "stepmock_coverage_min")
    return any(config.getoption(name) not in (None, False) for name in options)


# The marker


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test under each of the profiles that its marker names."""
    profiles = profiles_of(metafunc.definition)
    if profiles:
        if "stepmock_profile" not in metafunc.fixturenames:
            metafunc.fixturenames.append("stepmock_profile")
        metafunc.parametrize("stepmock_profile", profiles, indirect=True, scope="function")


# The verdict


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge what the test sent, with what its fixtures sent before it."""
    try:
        result = yield
    except BaseException:
        if (judge := known_judge_of(item)) is not None:
            judge.look("call")
            judge.begin()
        raise
    if (judge := known_judge_of(item)) is not None:
        judge.look("call")
        judge.fail("call")
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge what fixtures sent, where one of them fails; and read the worlds that a test opens on a server itself."""
    begin_anew(item)
    try:
        result = yield
    except BaseException:
        if (judge := known_judge_of(item)) is not None:
            judge.look("setup")
            judge.begin()
        raise
    if "stepmock_server" in getattr(item, "fixturenames", ()):
        for server in item.config.stash[SERVERS]:
            judge_of(item).add(server.watch)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge what fixtures sent at their end."""
    try:
        result = yield
    except BaseException:
        if (judge := known_judge_of(item)) is not None:
            judge.look("teardown")
            judge.begin()
        raise
    if (judge := known_judge_of(item)) is not None:
        judge.look("teardown")
        judge.fail("teardown")
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the verdict into the report, and beside a failure the log of a server that died."""
    report = yield
    if (judge := known_judge_of(item)) is not None:
        title = TITLE if report.when == "call" else f"{TITLE} {report.when}"
        told = [text for phase, text in judge.said if phase == report.when]
        report.sections.extend((title, text) for text in told)
        # JUnit reports have no sections, but the properties of the last phase.
        properties = report.user_properties if report.when == "teardown" else item.user_properties
        properties.extend((title, text) for text in told)
        if report.when == "call" and (judge.broken or judge.found or judge.unfired):
            setattr(report, _JUDGED, [judge.broken, judge.found, judge.unfired])
    if report.failed:
        report.sections.extend(
            ("stepmock server", server.why_gone()) for server in item.config.stash[SERVERS] if not server.is_alive
        )
    return report


# Coverage


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist counted."""
    if (tally := node.config.stash.get(TALLY, None)) is not None and "stepmock" in getattr(node, "workeroutput", {}):
        tally.add(node.workeroutput["stepmock"])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the coverage, and hold it against the least that is wanted."""
    config = session.config
    if (tally := config.stash.get(TALLY, None)) is None or config.option.collectonly:
        return
    if hasattr(config, "workerinput"):
        config.workeroutput["stepmock"] = tally.data()  # type: ignore[attr-defined]
        return
    from .coverage import as_json

    if file := _coverage_file(config):
        try:
            file.write_text(as_json(tally))
        except OSError as error:
            raise pytest.UsageError(f"--stepmock-coverage-json: cannot write {file}: {error.strerror}.") from None
    if _too_little(config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _too_little(config: pytest.Config) -> str:
    """Return what is wrong with the coverage, "" where nothing is."""
    from .coverage import percent

    least, reached = (
        _percent(config.getoption("stepmock_coverage_min") or "0") or 0,
        percent(config.stash[TALLY].lines()),
    )
    return f"stepmock: the coverage is {reached:.1f} %, less than {least:g} %" if least > reached else ""


def _passed(reports: list[list[list[str]] | None]) -> Iterator[str]:
    """Yield what there is to say of tests that passed, and would not in a strict run."""
    known = [report for report in reports if report]
    for place, what in enumerate(("requests that broke rules", "findings", "faults that never fired")):
        if told := [set(report[place]) for report in known if report[place]]:
            counts = Counter(code for codes in told for code in codes)
            named = ", ".join(f"{code} ({count})" for code, count in sorted(counts.items()))
            names = f": {named}" if place < 2 else ""
            yield f"{len(told)} test{'s' if len(told) > 1 else ''} passed with {what}{names}."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which tests passed that broke rules, and show the coverage as a table."""
    if lines := list(_passed([getattr(each, _JUDGED, None) for each in terminalreporter.stats.get("passed", ())])):
        terminalreporter.section("stepmock")
        terminalreporter.line(" ".join([*lines, "-rP shows where, --stepmock-strict fails them."]))
    if config.stash.get(TALLY, None) is None or config.option.collectonly:
        return
    from .coverage import table

    if config.getoption("stepmock_coverage"):
        terminalreporter.section("stepmock coverage")
        for line in table(config.stash[TALLY]):
            terminalreporter.line(line)
    if complaint := _too_little(config):
        terminalreporter.line(complaint, red=True)
