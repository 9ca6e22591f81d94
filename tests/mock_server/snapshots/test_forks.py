"""A fork is the world of another credential that holds the same; both then go their own way."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from drives import CONNECTIONS, Caller
from stepmock.contracts.limits import MAX_WORLDS
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.store import MemoryStore, TooManyWorlds
from world_control import STEPS, control, driven, emulator, lemlist, of_world, snapshot, words


def forked(call: Caller, key: str) -> Caller:
    """Return a client whose world is a fork of another's."""
    reply = of_world(call, "POST", "fork", {"credential": key})
    assert reply.status == 201, reply.body
    other = Caller(call.emulator, call.provider, key, call.connection)
    assert reply.json() == {"world": other.world}
    return other


@pytest.mark.parametrize(
    ("provider", "connection"),
    [("lemlist", ""), ("saleshandy", ""), ("smartlead", ""), *(("supaglue", name) for name in CONNECTIONS)],
)
def test_a_fork_holds_the_same_and_is_opened_by_its_credential(provider: str, connection: str) -> None:
    call = driven(emulator(), provider, connection or "apollo")
    fork = forked(call, "other")
    assert snapshot(fork) == {**snapshot(call), "world": fork.world}
    path = "/campaigns" if provider in ("lemlist", "smartlead") else "/sequences"
    assert fork("GET", path).body == call("GET", path).body
    assert len(of_world(fork, "GET", "journal").json()["entries"]) == 1


def test_both_worlds_change_without_the_other() -> None:
    call = lemlist()
    call("POST", STEPS, {"type": "manual", "title": "both"})
    fork = forked(call, "other")
    again = forked(fork, "third")
    before = snapshot(call)["resources"]
    fork("POST", STEPS, {"type": "manual", "title": "fork"})
    fork("PATCH", f"{STEPS}/{next(iter(before['steps']))}", {"type": "manual", "title": "changed"})
    assert snapshot(call)["resources"] == before == snapshot(again)["resources"]
    call("DELETE", f"{STEPS}/{next(iter(before['steps']))}")
    assert [len(snapshot(each)["resources"]["steps"]) for each in (call, fork, again)] == [0, 2, 1]


def test_the_clock_of_a_fork_is_its_own() -> None:
    call = lemlist()
    of_world(call, "POST", "clock", {"advance": 60})
    fork = forked(call, "other")
    of_world(call, "POST", "clock", {"advance": 60})
    times = [of_world(each, "GET", "clock").json()["now"] for each in (call, fork)]
    assert times == ["2023-11-14T22:15:20.000Z", "2023-11-14T22:14:20.000Z"]


def test_a_fork_of_a_connection_may_be_that_of_another_customer() -> None:
    call = driven(emulator(), "supaglue", "outreach")
    reply = of_world(call, "POST", "fork", {"credential": "k", "facts": {"customer": "second"}})
    assert reply.status == 201
    assert control(call.emulator, "GET", f"worlds/{reply.json()['world']}/snapshot").json()["state"]["facts"] == {
        "customer": "second",
        "provider": "outreach",
    }


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (None, "bad_request"),
        ([], "bad_request"),
        ({}, "bad_request"),
        ({"credential": 5}, "bad_request"),
        ({"credential": None}, "bad_request"),
        ({"credential": "x", "facts": []}, "bad_request"),
        ({"credential": "x", "facts": {"customer": 5}}, "bad_request"),
        ({"credential": "x", "facts": {"custommer": "c"}}, "bad_request"),
        ({"credential": "x", "facts": {"provider": "salesloft"}}, "bad_request"),
        ({"credentail": "x"}, "bad_request"),
        ({"credential": ""}, "refused_credential"),
        ({"credential": "invalid key"}, "refused_credential"),
        ({"credential": "\ud800"}, "refused_credential"),
        ({"credential": "x", "facts": {"customer": ""}}, "refused_credential"),
        ({"credential": "x", "facts": {"customer": "unknown-1"}}, "refused_credential"),
    ],
    ids=str,
)
def test_a_fork_that_no_client_could_open_is_refused(body: Any, code: str) -> None:
    call = driven(emulator(), "supaglue", "apollo")
    raw = b"" if body is None else None
    reply = of_world(call, "POST", "fork", body, raw=raw)
    assert (reply.status, reply.json()["error"]["code"]) == (400, code)
    assert len(control(call.emulator, "GET", "worlds").json()["worlds"]) == 1


def test_a_key_that_is_not_among_the_allowed_ones_is_refused() -> None:
    call = lemlist("one", api_keys=frozenset({"one", "two"}))
    assert of_world(call, "POST", "fork", {"credential": "three"}).status == 400
    assert of_world(call, "POST", "fork", {"credential": "two"}).status == 201


def test_a_credential_that_has_a_world_is_a_conflict_and_keeps_it() -> None:
    call = lemlist("one")
    other = Caller(call.emulator, "lemlist", "two")
    other("POST", STEPS, {"type": "manual", "title": "mine"})
    before = snapshot(other)
    for key in ("one", "two"):
        reply = of_world(call, "POST", "fork", {"credential": key})
        assert (reply.status, reply.json()["error"]["code"]) == (409, "world_exists")
    assert snapshot(other) == before


class _Full(MemoryStore):
    def open(self, name: str, create: Any) -> Any:
        if self.names():
            raise TooManyWorlds
        return super().open(name, create)


def test_a_full_server_takes_no_fork() -> None:
    call = Caller(Emulator(Settings(), _Full()), "lemlist")
    call("GET", "/team")
    reply = of_world(call, "POST", "fork", {"credential": "other"})
    assert (reply.status, reply.json()["error"]["code"]) == (409, "too_many_worlds")
    assert f"{MAX_WORLDS:,}" in reply.json()["error"]["message"]


def test_worlds_that_are_forked_and_compared_crosswise_at_once_wait_for_nobody_for_ever() -> None:
    one = lemlist("one")
    two = Caller(one.emulator, "lemlist", "two")
    two("GET", "/team")
    together = Barrier(8)

    def work(number: int) -> set[int]:
        mine, other = (one, two) if number % 2 else (two, one)
        together.wait(20)
        found = set()
        for turn in range(20):
            found.add(mine("POST", STEPS, {"type": "manual", "title": "t"}).status)
            found.add(of_world(mine, "GET", f"diff?against={other.world}").status)
            found.add(of_world(mine, "POST", "fork", {"credential": f"{number}/{turn}"}).status)
            found.add(of_world(mine, "POST", "fork", {"credential": "shared" if turn else other.world}).status)
        return found

    with ThreadPoolExecutor(8) as pool:
        found = set().union(*pool.map(work, range(8)))
    assert found == {200, 201, 409}
    assert len(one.resources()["steps"]) == len(two.resources()["steps"]) == 80


def test_many_forks_to_one_credential_at_once_make_one_world() -> None:
    call = lemlist()
    together = Barrier(8)

    def work(number: int) -> int:
        together.wait(20)
        return of_world(call, "POST", "fork", {"credential": "same"}).status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(8))) == [201] + [409] * 7


def test_a_fork_has_changed_nothing_since_it_began() -> None:
    fork = forked(driven(emulator(), "lemlist"), "other")
    assert words(fork) == []
    fork("GET", "/team")
    assert words(fork) == []
    fork("POST", STEPS, {"type": "manual", "title": "t"})
    assert len(words(fork)) == 1
