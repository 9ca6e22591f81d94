"""What the journal keeps of requests until somebody looks: as they were, and within its bounds."""

import json

import pytest
from control_client import ControlClient
from drives import Caller
from stepmock.contracts.limits import MAX_JOURNAL_BYTES
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import FrozenClock

STEPS = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
HEADERS = {"authorization": "Basic OmtleQ=="}


@pytest.fixture
def emulator():
    return Emulator(Settings(rate_limit=False, clock=FrozenClock(1_700_000_000)))


@pytest.fixture
def call(emulator):
    return Caller(emulator, "lemlist", "key")


@pytest.fixture
def ask(emulator, call):
    call("GET", "/team")
    return ControlClient(emulator, f"worlds/{call.world}/")


def test_a_body_of_another_buffer_is_shown_as_any_other(emulator, ask):
    emulator.handle(Request("POST", STEPS, "", {**HEADERS, "content-type": "application/json"}, bytearray(b"{}")))
    [_, entry] = ask.get("journal")["entries"]
    assert (entry["request"]["body"], entry["response"]["status"]) == ("{}", 400)
    assert ask.get("findings")["findings"]


def _long_names(number):
    return {f"{'x' * 60_000}{number}": "v"}


def _many_names(number):
    return {f"h{each}": "" for each in range(6000)}


@pytest.mark.parametrize("headers", [_long_names, _many_names])
def test_names_of_headers_count_as_their_values_do(emulator, call, ask, headers):
    for number in range(180):
        emulator.handle(Request("GET", "/lemlist/api/team", "", {**HEADERS, **headers(number)}))
    kept = ask.get("journal?limit=1000")
    held = sum(sum(map(len, entry["request"]["headers"])) for entry in kept["entries"])
    assert len(kept["entries"]) < 160
    assert held <= MAX_JOURNAL_BYTES
    assert len(kept["entries"]) + kept["dropped"] == 181


@pytest.mark.parametrize("effect", [{"body": "z" * 60_000}, {"body": "", "headers": {"X-Long": "z" * 60_000}}])
def test_faults_count_with_the_replies_that_they_make(call, ask, effect):
    ask("POST", "faults", {"status": 503, **effect})
    for _ in range(160):
        call("GET", "/team")
    entries = ask.get("journal?limit=1000")["entries"]
    held = sum(len(json.dumps(entry["fault"])) + len(entry["response"]["body"]) for entry in entries)
    assert len(entries) > 50
    assert held <= MAX_JOURNAL_BYTES
