"""`@pytest.mark.stepmock(...)`: what it says, and what is wrong with it."""

from typing import Any

import pytest

from ...contracts.errors import nearest
from ...contracts.loader import providers
from ...contracts.model import PROFILES

DESCRIPTION = (
    "stepmock(expect=[], profiles=[], transport=None): rules that the test's requests break on purpose, and findings "
    "of its client; the readings of the providers under which it runs (documented, observed); where its worlds are "
    "(intercept, server)"
)
TRANSPORTS = ("intercept", "server")
_KEYWORDS = ("expect", "profiles", "transport")


def require(what: str, value: Any, known: tuple[str, ...]) -> None:
    """Raise pytest.UsageError for a value that is not known."""
    if value not in known:
        names = ", ".join(filter(None, known))
        raise pytest.UsageError(f"{what} must be one of {names}; {value!r} is not.{nearest(str(value), known)}")


def said(item: pytest.Item | pytest.Function, name: str) -> Any:
    """Return what the nearest marker that has a keyword says, of the function, its class or its module; or None."""
    return next((marker.kwargs[name] for marker in item.iter_markers("stepmock") if name in marker.kwargs), None)


class MarkerCheck:
    """A plugin that refuses what a marker cannot mean: it fails the test that has the marker, and no other."""

    @staticmethod
    def pytest_runtest_setup(item: pytest.Item) -> None:
        """Fail a test by its markers, before any fixture of it begins; one that is skipped has been skipped by now."""
        if mistake := _mistake(item):
            pytest.fail(mistake, pytrace=False)


def _mistake(item: pytest.Item) -> str:
    """Return what is wrong with the markers of a test, "" where nothing is."""
    try:
        check_markers(item)
    except pytest.UsageError as error:
        return str(error)
    return ""


def check_markers(item: pytest.Item) -> None:
    """Raise pytest.UsageError for a marker of a test that cannot mean anything."""
    for marker in item.iter_markers("stepmock"):
        where = "@pytest.mark.stepmock"
        if marker.args:
            told = ", ".join(map(repr, marker.args))
            raise pytest.UsageError(f"{where} takes keywords only, {', '.join(_KEYWORDS)}: {told} has none.")
        for name in marker.kwargs:
            require(f"{where}: the keyword", name, _KEYWORDS)
        if marker.kwargs.get("transport") is not None:
            require(f"{where}(transport)", marker.kwargs["transport"], TRANSPORTS)
        for code in _list_of(marker.kwargs.get("expect", ()), f"{where}(expect)"):
            if code not in (known := _known_codes()):
                raise pytest.UsageError(
                    f"{where}(expect): no rule and no finding is called {code!r}.{nearest(code, known)}"
                )
        if "profiles" in marker.kwargs:
            named = _list_of(marker.kwargs["profiles"], f"{where}(profiles)")
            for name in named:
                require(f"{where}(profiles)", name, PROFILES)
            if not named:
                raise pytest.UsageError(f"{where}(profiles) must name one at least: {', '.join(PROFILES)}.")
    if len(profiles_of(item)) > 1 and "stepmock_profile" not in getattr(item, "callspec", _NoParameters).params:
        raise pytest.UsageError(
            "@pytest.mark.stepmock(profiles): this test cannot run under several: it is a method of a "
            "unittest.TestCase, or its marker is that of a parameter. Mark a function, a class or a module of "
            "pytest's own."
        )


class _NoParameters:
    params: dict[str, Any] = {}


def profiles_of(item: pytest.Item | pytest.Function) -> list[str]:
    """Return the profiles that a test is to run under; none where it does not say."""
    named = said(item, "profiles")
    return list(dict.fromkeys(map(str, named))) if isinstance(named, (list, tuple)) else []


def _list_of(value: Any, what: str) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        raise pytest.UsageError(f"{what} must be a list of texts, not {value!r}.")
    return list(value)


def _known_codes() -> list[str]:
    from ...contracts import load
    from ..findings.model import KINDS

    rules = {code for name in providers() for profile in PROFILES for code in load(name, profile).rules}
    return sorted(rules.union(KINDS))
