"""Blocks of intercept(): nested, in threads and tasks at once, as decorators; and that they leave nothing behind."""

import asyncio
import http.client
import inspect
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest
import requests
import requests.sessions
import urllib3.connection
from requests.adapters import HTTPAdapter
from scripted import EMAIL, PLAIN, STEPS, TEAM, Scripted
from stepmock.mock_server import Emulator, Response, Settings, intercept
from stepmock.mock_server.interception.entry import Options
from stepmock.mock_server.testing import StepmockError

AUTH = ("", "k")


@pytest.fixture(autouse=True)
def _nothing_is_left_behind():
    before = _patched()
    yield
    assert _patched() == before


def _patched():
    """Return all that a patch could be in the place of."""
    owners = (
        http.client.HTTPConnection,
        http.client.HTTPSConnection,
        urllib3.connection.HTTPConnection,
        urllib3.connection.HTTPSConnection,
        urllib3.HTTPConnectionPool,
        HTTPAdapter,
        requests.sessions,
        requests.Session,
        httpx.HTTPTransport,
        httpx.AsyncHTTPTransport,
        httpx.Client,
    )
    return [{name: id(value) for name, value in vars(owner).items()} for owner in owners], list(sys.meta_path)


def says(text):
    return Scripted(Response(200, PLAIN, text.encode()))


def heard():
    return requests.get(TEAM).text


async def heard_async():
    async with httpx.AsyncClient(verify=False) as client:  # no certificates are read, which takes long
        return (await client.get(TEAM)).text


def test_something_is_patched_inside():
    before = _patched()
    with intercept():
        assert _patched() != before
        inside = _patched()
        with intercept():
            assert _patched() == inside
        assert _patched() == inside


def test_an_exception_inside_ends_the_block():
    before = _patched()
    with suppress(ZeroDivisionError), intercept():
        requests.get(TEAM)
        raise ZeroDivisionError
    assert _patched() == before


def test_the_inner_block_wins_and_the_outer_is_restored():
    with intercept(emulator=says("outer")), intercept(emulator=says("middle")):
        with intercept(emulator=says("inner")), suppress(KeyError):
            assert heard() == "inner"
            raise KeyError
        assert heard() == "middle"


def test_the_inner_block_decides_alone_what_is_reached(server):
    address = f"{server().address}/_stepmock/health"
    with intercept():
        with intercept(allow=False), pytest.raises(requests.ConnectionError):
            requests.get(address)
        assert requests.get(address).ok


def test_each_block_has_a_new_emulator():
    entry = intercept()
    with entry as first:
        requests.post(STEPS, json=EMAIL, auth=AUTH)
        with entry as second:
            requests.post(STEPS, json=EMAIL, auth=AUTH)
        requests.post(STEPS, json=EMAIL, auth=AUTH)
    assert first.emulator is not second.emulator
    assert [_requests_of(each.emulator) for each in (first, second)] == [2, 1]


def _requests_of(emulator):
    (name,) = emulator._store.names()
    with emulator._store.find(name) as world:
        return world.requests


def test_a_shared_emulator_keeps_its_worlds():
    emulator = Emulator()
    for _ in range(2):
        with intercept(emulator=emulator) as mock:
            assert mock.emulator is emulator
            requests.post(STEPS, json=EMAIL, auth=AUTH)
    assert _requests_of(emulator) == 2


def test_a_thread_without_a_block_of_its_own_gets_the_newest():
    with intercept(emulator=says("outer")), intercept(emulator=says("inner")), ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: heard(), range(20))) == {"inner"}


def test_blocks_of_threads_do_not_meet():
    barrier = threading.Barrier(4)

    def one(number):
        with intercept(emulator=says(str(number))):
            barrier.wait(30)
            texts = {heard() for _ in range(10)} | {asyncio.run(heard_async())}
            barrier.wait(30)
        return texts

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(4))) == [{"0"}, {"1"}, {"2"}, {"3"}]


def test_blocks_of_tasks_do_not_meet():
    async def one(number):
        async with intercept(emulator=says(str(number))):
            await asyncio.sleep(0)
            texts = {await heard_async() for _ in range(5)}
            texts |= {await asyncio.to_thread(heard)}
            texts |= {await asyncio.create_task(heard_async())}
        return texts

    async def all_at_once():
        return await asyncio.gather(*map(one, range(4)))

    assert asyncio.run(all_at_once()) == [{"0"}, {"1"}, {"2"}, {"3"}]


def test_blocks_may_end_in_another_order_than_they_began():
    one, two = intercept(emulator=says("one")), intercept(emulator=says("two"))
    one.__enter__()
    two.__enter__()
    one.__exit__(None, None, None)
    assert heard() == "two"
    two.__exit__(None, None, None)


def test_many_threads_share_one_world():
    with intercept(rate_limit=False) as mock, ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: requests.post(STEPS, json=EMAIL, auth=AUTH).json()["_id"], range(80)))
    assert len(set(ids)) == 80
    assert _requests_of(mock.emulator) == 80


def test_it_decorates_functions_of_every_kind():
    @intercept(emulator=says("here"))
    def plain(value, *, more=1):
        """Say."""
        return heard(), value, more

    @intercept(emulator=says("here"))
    async def coroutine(value):
        return await heard_async(), value

    @intercept(emulator=says("here"))
    def generator():
        yield heard()
        return heard()

    @intercept(emulator=says("here"))
    async def async_generator():
        yield await heard_async()

    async def iterated():
        return [item async for item in async_generator()]

    def delegated():
        results.append((yield from generator()))

    results = []
    assert plain(1, more=2) == ("here", 1, 2)
    assert asyncio.run(coroutine(3)) == ("here", 3)
    assert list(delegated()) == results == ["here"]
    assert asyncio.run(iterated()) == ["here"]
    assert (plain.__name__, plain.__doc__) == ("plain", "Say.")
    assert list(inspect.signature(plain).parameters) == ["value", "more"]
    assert inspect.iscoroutinefunction(coroutine)


def test_a_decorated_function_may_call_itself():
    @intercept(rate_limit=False)
    def count(depth):
        if depth:
            count(depth - 1)
        return requests.post(STEPS, json=EMAIL, auth=AUTH).json()["_id"]

    assert count(2) == count(0)  # a new emulator each time, so the first step has the same id


def test_observers_learn_of_each_request_that_reached_a_world():
    seen = []
    emulator = Emulator()

    def observe(*told):
        name = told[1]
        with emulator._store.find(name) as world:
            seen.append((*told, world.journal[-1].operation))

    with intercept(emulator=emulator, observer=observe):
        reply = requests.post(STEPS, json=EMAIL, auth=AUTH)
        requests.post(STEPS, json={}, auth=AUTH)
        requests.get(TEAM)
        httpx.get("https://server.smartlead.ai/api/v1/campaigns?api_key=k")
    requests_outside = list(emulator.observers)
    world = reply.headers["X-Stepmock-World"]
    assert seen[:2] == [("lemlist", world, 1, "addStep"), ("lemlist", world, 2, "addStep")]
    assert [(each[0], each[2]) for each in seen[2:]] == [("smartlead", 1)]
    assert requests_outside == []


def test_options_are_those_of_the_settings():
    assert set(Options.__annotations__) == set(Settings._fields)
    with intercept(Settings(seed=1), seed=2, api_keys=["a"], clock="2026-01-31T09:00:00Z", world="empty") as mock:
        settings = mock.emulator.settings
    assert settings.seed == 2
    assert settings.api_keys == {"a"}
    assert settings.world == "empty"
    assert settings.clock.now() == 1769850000


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: intercept(lambda: None), "write @intercept()"),
        (lambda: intercept(emulator=Emulator(), seed=1), "either emulator= or settings"),
        (lambda: intercept(Settings(), emulator=Emulator()), "either emulator= or settings"),
        (lambda: intercept(sed=1), "no option sed"),
        (lambda: intercept()(Emulator), "decorates functions"),
    ],
)
def test_misuse_is_told(wrong, message):
    with pytest.raises(TypeError) as caught:
        wrong()
    assert message in str(caught.value)


LATE = """
import sys
from stepmock.mock_server import intercept
assert not {"requests", "httpx", "urllib3"} & set(sys.modules), "must not be there yet"
meta_path = list(sys.meta_path)
with intercept():
    import httpx, requests, urllib3, urllib.request
    for call in (httpx.get, requests.get, lambda url: urllib3.request("GET", url, retries=False)):
        try:
            call("https://example.com/")
        except Exception as error:
            assert "stepmock" in str(error), error
            print(type(error).__module__.split(".")[0], type(error).__name__)
    print(httpx.get("https://api.lemlist.com/api/team", auth=("", "k")).status_code)
    print(requests.get("https://api.lemlist.com/api/team", auth=("", "k")).status_code)
for method in (requests.adapters.HTTPAdapter.send, httpx.HTTPTransport.handle_request,
               urllib3.connection.HTTPConnection.connect, urllib3.connection.HTTPSConnection.connect):
    assert "stepmock" not in method.__module__, method
for module in (httpx, requests.adapters, urllib3.connection):
    assert "exec_module" not in vars(module.__loader__)
assert sys.meta_path == meta_path
"""


def test_a_library_that_is_imported_inside_is_patched_too():
    done = subprocess.run([sys.executable, "-W", "error", "-c", LATE], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.split() == [
        "httpx",
        "ConnectError",
        "requests",
        "ConnectionError",
        "urllib3",
        "NewConnectionError",
        "200",
        "200",
    ]


ABSENT = """
import sys
sys.modules.update({"requests": None, "httpx": None, "urllib3": None})
import http.client
from stepmock.mock_server import intercept
with intercept():
    connection = http.client.HTTPSConnection("api.lemlist.com")
    connection.request("GET", "/api/team")
    print(connection.getresponse().status)
"""


def test_it_needs_none_of_the_libraries():
    done = subprocess.run([sys.executable, "-W", "error", "-c", ABSENT], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("400\n", "")


def test_the_package_is_imported_without_it():
    code = "import sys, stepmock.mock_server; print([name for name in sys.modules if 'interception' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rate_limit": "off"}, "rate_limit= takes bool, not 'off'"),
        ({"seed": "a"}, "seed= takes int"),
        ({"seed": True}, "seed= takes int"),
        ({"api_keys": "k"}, "api_keys= takes a collection"),
        ({"media": "fetch"}, "media= takes Media"),
        ({"world": "nope"}, "world= is 'docs' or 'empty', not 'nope'"),
    ],
)
def test_a_value_that_an_option_cannot_have_is_refused_at_once(wrong, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        intercept(**wrong)


def test_a_host_with_the_dot_of_a_full_name_is_answered():
    with intercept(rate_limit=False):
        assert requests.get("https://api.lemlist.com./api/team", auth=("", "k"), timeout=5).status_code == 200


@pytest.mark.parametrize("facts", [{"provider": "hubspot"}, {"provder": "apollo"}])
def test_facts_that_a_credential_has_not_are_refused(facts):
    with intercept() as mock, pytest.raises(StepmockError, match="provider"):
        mock.world("supaglue", facts=facts)
