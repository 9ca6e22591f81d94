"""What is said of a call that a test misses and that came under another key."""

import pytest
from stepmock.contracts import load
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.control_client import ControlClient
from stepmock.mock_server.testing.transport import in_process
from stepmock.mock_server.testing.worlds import WorldHandle, open_world

KEY = "the other key"


@pytest.fixture
def emulator() -> Emulator:
    return Emulator(Settings(rate_limit=False))


@pytest.fixture
def world(emulator: Emulator) -> WorldHandle:
    return open_world(ControlClient(in_process(emulator)), load("smartlead"), "https://a.test", "own key")


def read(emulator: Emulator, key: str) -> None:
    path = "/smartlead/api/v1/campaigns/1"
    emulator.handle(Request("GET", path, f"api_key={key}" if key else "", {"host": "localhost"}, b""))


def complaint(world: WorldHandle, **wanted: object) -> str:
    with pytest.raises(AssertionError) as caught:
        world.assert_called("getCampaign", **wanted)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_call_under_another_key_is_told_without_the_key(emulator: Emulator, world: WorldHandle) -> None:
    read(emulator, KEY.replace(" ", "+"))
    said = complaint(world)
    assert "Another world of smartlead got such a call" in said
    assert "was it sent under another key" in said
    assert KEY not in said
    assert "own key" not in said


def test_several_are_counted(emulator: Emulator, world: WorldHandle) -> None:
    for number in range(4):
        read(emulator, f"k{number}")
    assert "4 other worlds of smartlead got such a call" in complaint(world)


def test_a_call_that_reached_no_world_is_told(emulator: Emulator, world: WorldHandle) -> None:
    read(emulator, "")
    assert "One call to getCampaign reached no world" in complaint(world)


def test_other_calls_elsewhere_are_no_hint(emulator: Emulator, world: WorldHandle) -> None:
    read(emulator, "k")
    assert "world" not in complaint(world, status=404)


def test_too_many_calls_are_not_sought_elsewhere(emulator: Emulator, world: WorldHandle) -> None:
    read(emulator, "k")
    read(emulator, "own+key")
    with pytest.raises(AssertionError) as caught:
        world.assert_not_called("getCampaign")
    assert "world" not in str(caught.value)
    assert "Another world" in complaint(world, times=2)
