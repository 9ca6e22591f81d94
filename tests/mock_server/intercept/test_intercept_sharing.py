"""What two intercept() blocks share, and what they never do."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from stepmock.contracts import load
from stepmock.mock_server import Emulator, Settings, intercept
from stepmock.mock_server.interception import sharing

URL = "https://api.lemlist.com/api"


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of all emulators that are built from here on; none are remembered from before."""
    seen: list[Settings] = []

    class Counted(Emulator):
        def __init__(self, settings: Settings) -> None:
            seen.append(settings)
            super().__init__(settings)

    monkeypatch.setattr(sharing, "Emulator", Counted)
    monkeypatch.setattr(sharing, "_built", {})
    return seen


def team(key: str = "k") -> str:
    return str(requests.get(f"{URL}/team", auth=("", key)).json()["_id"])


def test_equal_settings_are_built_once_and_share_no_world(built: list[Settings]) -> None:
    numbers = []
    for _ in range(3):
        with intercept(rate_limit=False, api_keys=["k"]) as mock:
            requests.post(f"{URL}/campaigns", json={"name": "Q"}, auth=("", "k"))
            numbers.append(len(requests.get(f"{URL}/campaigns", auth=("", "k")).json()))
            assert mock.emulator.settings.api_keys == {"k"}
    assert len(set(numbers)) == 1
    assert len(built) == 1


def test_clocks_are_each_blocks_own(built: list[Settings]) -> None:
    seen = []
    for day in (1, 2, 1):
        with intercept(clock=f"2026-01-0{day}T00:00:00Z") as mock:
            team()
            seen.append(mock.world("lemlist", "w").clock.now.day)
    with intercept() as mock:
        seen.append(mock.world("lemlist").clock.now.year > 2025)
    assert seen == [1, 2, 1, True]
    assert len(built) == 1


def test_a_clock_that_the_user_moves_is_the_one_that_is_read(built: list[Settings]) -> None:
    @dataclass
    class Hands:  # equal to any other that shows the same, and unhashable
        at: float

        def now(self) -> float:
            return self.at

    first, second = Hands(1e9), Hands(1e9)
    with intercept(clock=first) as one, intercept(clock=second) as two:
        worlds = one.world("lemlist"), two.world("lemlist")
        second.at += 86400
        assert (worlds[1].clock.now - worlds[0].clock.now).days == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"profile": "documented"}, {"profile": "observed"}),
        ({"seed": 1}, {"seed": 2}),
        ({"world": "docs"}, {"world": "empty"}),
        ({"rate_limit": True}, {"rate_limit": False}),
        ({"api_keys": ["a"]}, {"api_keys": ["b"]}),
        ({"control_token": "a"}, {"control_token": "b"}),
    ],
)
def test_other_settings_are_others(built: list[Settings], one: Any, other: Any) -> None:
    for options in (one, other, one):
        with intercept(**options) as mock:
            name, value = next(iter(options.items()))
            assert getattr(mock.emulator.settings, name) in (value, frozenset(value if name == "api_keys" else ()))
    assert len(built) == 2


def test_numbers_that_are_equal_and_not_the_same_make_ids_of_their_own(built: list[Settings]) -> None:
    ids = []
    for seed in (1, 1.0, 1):
        with intercept(Settings(seed=seed)):  # type: ignore[arg-type]
            ids.append(team())
    assert ids[0] == ids[2] != ids[1]


def test_data_that_somebody_may_change_are_read_anew(built: list[Settings]) -> None:
    faults: list[Any] = [{"fault": "rate-limited", "times": 1}]
    options = Settings(faults=faults)
    statuses = []
    for status in (429, 503):
        faults[0] = {"status": status, "times": 1}
        with intercept(options):
            statuses.append(requests.get(f"{URL}/team", auth=("", "k")).status_code)
    assert statuses == [429, 503]


@pytest.mark.parametrize("unhashable", [{"api_keys": {"k"}}, {"worlds": {"lemlist": None}}])
def test_settings_that_cannot_be_compared_are_not_shared(built: list[Settings], unhashable: Any) -> None:
    for _ in range(2):
        with intercept(Settings(**unhashable)):
            team()
    assert len(built) == 2


def test_a_contract_that_was_loaded_anew_is_not_the_old_one(built: list[Settings]) -> None:
    from stepmock.contracts import loader

    with intercept():
        team()
    loader._loaded.cache_clear()
    with intercept() as mock:
        assert next(each for each in mock.emulator.contracts if each.provider == "lemlist") is load("lemlist")
    assert len(built) == 2


def test_few_are_remembered(built: list[Settings]) -> None:
    for seed in range(40):
        with intercept(seed=seed):
            pass
    assert len(sharing._built) == 16


def test_threads_that_begin_at_once_never_meet(built: list[Settings]) -> None:
    def run(number: int) -> int:
        with intercept(rate_limit=False):
            for _ in range(number):
                requests.post(f"{URL}/campaigns", json={"name": "Q"}, auth=("", "k"))
            return len(requests.get(f"{URL}/campaigns", auth=("", "k")).json())

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(run, range(24)))
    assert [count - counts[0] for count in counts] == list(range(24))
