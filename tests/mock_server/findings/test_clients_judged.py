"""Clients that make a mistake, and those that only look like it, for every provider where it can be made."""

import json

import pytest
from fault_client import AT, STEPS, FaultClient, header
from stepmock.contracts import load, providers
from stepmock.contracts.limits import MAX_JOURNAL_ENTRIES
from stepmock.mock_server import Request
from stepmock.mock_server.clock import FrozenClock

LISTS = {
    "lemlist": "/lemlist/api/campaigns/cam_docs0000000000000/sequences",
    "saleshandy": "/saleshandy/v1/sequences/JA5YdAr9wy/steps",
    "smartlead": "/smartlead/api/v1/campaigns",
    "supaglue": "/supaglue/engagement/v2/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae",
}
NEW = {
    "lemlist": (STEPS, {"type": "email", "subject": "A", "message": "B"}),
    "saleshandy": (
        LISTS["saleshandy"],
        {"type": "Custom", "absoluteDays": 1, "variants": [{"payload": {}, "taskNote": "Call"}]},
    ),
    "smartlead": ("/smartlead/api/v1/campaigns/create", {"name": "Spring", "client_id": None}),
    "supaglue": (f"{LISTS['supaglue']}/sequence_steps", {"record": {"type": "call", "interval_seconds": 60}}),
}
NAMES = sorted(NEW)
LIMITED = ["lemlist", "saleshandy", "smartlead"]
WITH_RETRY_AFTER = ["lemlist", "smartlead"]


class Judged(FaultClient):
    """A client that can send what its provider makes something of, and is told what it was found doing."""

    def make(self, fault=None):
        path, payload = NEW[self.provider]
        return self.send("POST", path, payload, fault=fault)

    def read(self, **options):
        return self.send("GET", LISTS[self.provider], **options)

    def advance(self, seconds):
        assert self.control("POST", "clock", {"advance": seconds}).status == 200

    def set_clock(self, time):
        assert self.control("POST", "clock", {"set": time}).status == 200

    def use_up(self):
        for _ in range(load(self.provider).rate_limit.requests):
            assert self.read().status == 200

    def found(self):
        reply = self.control("GET", "findings")
        assert reply.status == 200, reply.body
        return [each for each in reply.json()["findings"] if each["severity"] != "advice"]

    def codes(self):
        return [each["code"] for each in self.found()]


@pytest.fixture(params=NAMES)
def client(request):
    return Judged(request.param).open()


def own_429(seconds):
    return {"status": 429, "headers": {"Retry-After": str(seconds)}}


# FND01: before Retry-After


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_of_a_fault_is_to_be_waited_for_by_all(client, status):
    client.make({"status": status, "headers": {"Retry-After": "30"}})
    client.advance(5)
    client.make()
    assert client.codes() == ["FND01"]


def test_who_waits_for_it_is_right(client):
    for seconds in (2, 5, 1, 30):
        client.make(own_429(seconds))
        client.advance(seconds)
    client.make()
    assert client.codes() == []


def test_a_retry_after_that_comes_with_every_reply_asks_nothing_of_who_was_not_refused():
    client = Judged("lemlist").open()
    assert header(client.make({"status": 503}), "Retry-After")
    client.make()
    assert client.codes() == []


def test_it_says_what_the_header_said_and_how_long_the_client_waited():
    client = Judged("lemlist", rate_limit=True)
    client.use_up()
    client.advance(0.84)
    for pause in (0.3, 0.2, 0.5):
        assert client.make().status == 429
        client.advance(pause)
    client.make()
    [finding, _] = client.found()
    assert finding["message"] == "addStep was refused with Retry-After: 2 and came again after 0.3 s; 3 times too soon."
    assert [each["seen"] for each in finding["evidence"]] == [
        "addStep -> 429, Retry-After: 2",
        "again after 0.3 s, addStep -> 429, Retry-After: 1",
        "again after 0.2 s, addStep -> 429, Retry-After: 1",
        "again after 0.5 s, addStep -> 429, Retry-After: 1",
    ]


@pytest.mark.parametrize("provider", LIMITED)
def test_two_that_share_a_quota_and_both_wait_are_right(provider):
    client = Judged(provider, rate_limit=True)
    client.use_up()
    for _ in range(2):
        client.read()
    client.advance(load(provider).rate_limit.window_seconds)
    for _ in range(2):
        assert client.read().status == 200
    assert client.codes() == []


@pytest.mark.parametrize("provider", WITH_RETRY_AFTER)
def test_of_two_refusals_one_that_nobody_waited_for_is_found(provider):
    client = Judged(provider, rate_limit=True)
    client.use_up()
    for _ in range(2):
        client.read()
    client.advance(load(provider).rate_limit.window_seconds)
    client.read()
    assert client.codes() == ["FND01"]


def test_who_comes_again_much_later_did_not_wait():
    client = Judged("lemlist").open()
    client.read(fault=own_429(3))
    client.read()
    client.advance(20)
    client.read()
    assert client.codes() == ["FND01"]


# FND02: into a used-up quota


@pytest.mark.parametrize("provider", LIMITED)
def test_windows_that_touch_are_two(provider):
    client = Judged(provider, rate_limit=True, clock=FrozenClock(AT + 0.9))
    window = load(provider).rate_limit.window_seconds
    client.use_up()
    client.advance(window - 0.4)
    assert client.make().status in (400, 429)
    client.advance(0.5)
    client.use_up()
    for name in "ab":
        client.send("GET", f"{LISTS[provider]}/{name}")
    assert "FND02" not in client.codes()


@pytest.mark.parametrize("provider", LIMITED)
def test_windows_are_not_counted_together_when_the_clock_is_set_back(provider):
    client = Judged(provider, rate_limit=True)
    for month in (3, 1, 3, 1):
        client.read()
        client.set_clock(f"2026-0{month}-01T00:00:00Z")
        client.use_up()
        client.send("GET", f"{LISTS[provider]}/x")
    assert "FND02" not in client.codes()


# FND03: twice after a lost reply


def test_the_same_in_another_order_is_the_same(client):
    path, payload = NEW[client.provider]
    client.make("lost-reply")
    turned = {name: dict(reversed(each.items())) if isinstance(each, dict) else each for name, each in payload.items()}
    body = json.dumps(dict(reversed(turned.items())), indent=2).encode()
    headers = {**client._headers, "content-type": "application/json"}
    assert client.emulator.handle(Request("POST", path, client._query, headers, body)).status in (200, 201)
    assert client.codes() == ["FND03"]


def test_who_reads_that_it_is_there_and_wants_another_is_right(client):
    client.make("lost-reply")
    client.read()
    client.make()
    assert client.codes() == []


def test_who_reads_something_else_does_not_know_it(client):
    client.make("lost-reply")
    client.send("GET", f"{LISTS[client.provider]}/nothing")
    client.make()
    assert client.codes() == ["FND03"]


def test_what_was_read_in_a_reply_that_was_lost_too_is_not_known(client):
    client.make("lost-reply")
    client.read(fault="lost-reply")
    client.make()
    assert client.codes() == ["FND03"]


def test_an_error_in_the_place_of_the_reply_is_a_lost_reply(client):
    client.make({"status": 502, "after": True})
    client.make()
    client.read()
    assert client.codes() == ["FND03"]


def test_one_that_was_there_before_is_not_the_lost_one(client):
    client.make()
    client.control("DELETE", "journal")
    client.make({"status": 502})
    client.make()
    assert client.codes() == []


@pytest.mark.parametrize("fault", [
    {"fault": "slow-after-commit", "latency": 1e-9}, {"fault": "truncated-body", "bytes": 100_000},
    "wrong-content-type",
])  # fmt: skip
def test_a_reply_that_could_be_read_was_not_lost(client, fault):
    client.make(fault)
    client.make()
    assert client.codes() == []


def test_who_did_not_wait_for_a_slow_reply_has_not_read_it(client):
    client.make({"fault": "slow-after-commit", "latency": 60})
    client.make()
    assert client.codes() == ["FND03"]


@pytest.mark.parametrize(("reads", "expected"), [(False, ["FND03"]), (True, [])])
def test_a_variant_exists_twice_as_a_step_can(reads, expected):
    client = Judged("saleshandy").open()
    email = {"type": "Email", "absoluteDays": 1, "variants": [{"payload": {"subject": "a", "content": "b"}}]}
    path = f"{LISTS['saleshandy']}/{client.send('POST', LISTS['saleshandy'], email).json()['id']}/variants"
    variant = {"type": "Email", "payload": {"subject": "c", "content": "d"}}
    client.send("POST", path, variant, fault="lost-reply")
    if reads:
        client.read()
    assert client.send("POST", path, variant).status == 200
    assert client.codes() == expected


def test_three_that_are_the_same_are_one_finding(client):
    client.make("lost-reply")
    client.make("lost-reply")
    client.make()
    [finding] = client.found()
    assert len(finding["evidence"]) == 3


@pytest.mark.parametrize("between", ["reset", "restore", "clear"])
@pytest.mark.parametrize("fault", ["lost-reply", own_429(60)])
def test_what_was_before_a_world_began_anew_counts_no_more(client, fault, between):
    start = client.control("GET", "snapshot").body
    client.make(fault)
    match between:
        case "reset":
            client.control("POST", "reset")
        case "restore":
            client.control("PUT", "snapshot", start)
        case _:
            client.control("DELETE", "journal")
    client.make()
    assert client.codes() == []


def test_what_was_before_a_fork_counts_in_it_no_more(client):
    client.make("lost-reply")
    client.world = client.control("POST", "fork", {"credential": "another"}).json()["world"]
    assert client.codes() == []


def test_what_fell_off_the_journal_counts_no_more():
    client = Judged("lemlist").open()
    client.make("lost-reply")
    for _ in range(MAX_JOURNAL_ENTRIES):
        client.read()
    client.make()
    assert client.codes() == []


# FND04: no back-off


def pauses(client, *seconds, fault={"status": 503}):  # noqa: B006
    client.declare(fault)
    for pause in seconds:
        client.make()
        client.advance(pause)
    client.make()


@pytest.mark.parametrize("seconds", [(1, 1.2, 0.9, 1.1, 1, 0.9), (0,) * 9, (3, 3, 3, 3)])
def test_a_pace_that_does_not_change_is_found(client, seconds):
    pauses(client, *seconds)
    assert client.codes() == ["FND04"]


@pytest.mark.parametrize("seconds", [
    (1, 2.2, 3.9, 8.3), (0.6, 0.3, 2.9, 1.2, 9), (0, 1, 2, 4), (1, 1, 2, 3, 5), (1, 2, 4, 4, 4, 4, 4, 4),
    (2, 4, 3.7, 4.1, 3.9, 4.4, 4), (5, 1, 2, 4, 8),
])  # fmt: skip
def test_a_pace_that_slows_down_with_some_chance_in_it_is_right(client, seconds):
    pauses(client, *seconds)
    assert client.codes() == []


def test_waiting_for_each_reset_is_right_where_no_reply_has_a_retry_after():
    client = Judged("saleshandy", rate_limit=True)
    for _ in range(7):
        client.use_up()
        assert client.make().status == 400
        client.advance(2)
    assert client.codes() == []


def test_who_goes_by_the_retry_after_of_any_error_is_right():
    client = Judged("lemlist").open()
    pauses(client, 2, 2, 2.1, 2, 2, 2)  # every reply of lemlist has one
    assert client.codes() == []
    client = Judged("lemlist").open()
    pauses(client, 2, 2, 2, 2, 2, fault={"fault": "lost-request"})
    assert client.codes() == ["FND04"]


# Tests are no clients


def test_faults_that_are_tried_one_after_another_are_no_retries(client):
    for fault in ("rate-limited", own_429(9), {"status": 500}, {"status": 502}, {"status": 503}, "lost-request"):
        client.make(fault)
    assert client.codes() == []


@pytest.mark.parametrize("fault", [own_429(60), {"status": 503}])
def test_across_a_clock_that_was_set_back_and_forth_nothing_is_known(client, fault):
    for _ in range(6):
        client.set_clock("2026-02-01T00:00:00Z")
        client.make(fault)
        client.set_clock("2026-01-01T00:00:00Z")
        client.read()
    assert client.codes() == []


@pytest.mark.parametrize("provider", providers())
def test_every_provider_is_judged(provider):
    assert provider in NEW
