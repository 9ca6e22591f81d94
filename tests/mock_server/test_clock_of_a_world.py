"""The time of one world, moved through the control plane."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from stepmock.mock_server.clock import FrozenClock

START = 1_700_000_000


@pytest.fixture
def client(core: Callable[..., Any]) -> Any:
    return core(clock=FrozenClock(START), rate_limit=True)


def ask(client: Any, method: str, body: Any = None) -> Any:
    world = client.get("/team").headers["X-Stepmock-World"]
    path, headers = f"/_stepmock/worlds/{world}/clock", {"Host": "localhost:8377"}
    reply = client.request(method, path, base="", key=None, headers=headers, body=json.dumps(body).encode())
    return reply.status, reply.json()


def test_the_time_is_that_of_the_server_until_it_is_moved(client: Any) -> None:
    assert ask(client, "GET") == (200, {"now": "2023-11-14T22:13:20.000Z", "frozen": False})
    assert ask(client, "POST", {"advance": 90.5})[1]["now"] == "2023-11-14T22:14:50.500Z"
    assert ask(client, "POST", {"resume": True})[1]["now"] == "2023-11-14T22:13:20.000Z"


def test_a_time_that_is_set_stands_still(client: Any) -> None:
    assert ask(client, "POST", {"set": "2026-01-31T09:00:00Z"})[1] == {
        "now": "2026-01-31T09:00:00.000Z",
        "frozen": True,
    }
    assert ask(client, "POST", {"advance": 60})[1] == {"now": "2026-01-31T09:01:00.000Z", "frozen": True}
    assert ask(client, "POST", {"set": "2020-01-31T09:00:00Z"})[1]["now"].startswith("2020")


@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, "advance", {"advance": -1}, {"advance": True}, {"advance": "1"}, {"advance": 1e300},
        {"set": 5}, {"set": "soon"}, {"set": "1969-01-01T00:00:00Z"}, {"set": "9999-12-31T00:00:00Z"},
        {"resume": False}, {"advance": 1, "resume": True}, {"advence": 1},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_order_changes_nothing(client: Any, body: Any) -> None:
    before = ask(client, "GET")
    status, reply = ask(client, "POST", body)
    assert (status, set(reply["error"])) == (400, {"code", "message", "hint"})
    assert ask(client, "GET") == before


def test_the_quota_of_two_seconds_is_waited_for_without_waiting(client: Any) -> None:
    while client.get("/team").status == 200:
        pass
    assert client.get("/team").status == 429
    ask(client, "POST", {"advance": 2})
    assert client.get("/team").status == 200
