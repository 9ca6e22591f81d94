"""What a fault does to the reply, to the state, to the clock and to the journal."""

import json
from typing import Any

import pytest
from fault_client import AT, EMAIL, STEPS, FaultClient, header
from stepmock.mock_server import Settings
from stepmock.mock_server.clock import LAST, FrozenClock, SystemClock
from stepmock.mock_server.messages import NOTHING_SENT


@pytest.fixture
def client() -> FaultClient:
    return FaultClient().open()


def test_a_lost_request_leaves_the_state_as_it_is(client: FaultClient) -> None:
    reply = client.add(fault="lost-request")
    assert (reply.cut, reply.body) == (NOTHING_SENT, b"")
    assert client.steps() == []
    [entry] = client.control("GET", "journal").json()["entries"][1:-1]
    assert (entry["operation"], entry["response"]["status"], entry["fault"]) == (
        "addStep", 0, {"fault": "lost-request"}
    )  # fmt: skip


def test_a_lost_reply_leaves_the_state_changed(client: FaultClient) -> None:
    reply = client.add(fault="lost-reply")
    assert reply.cut == NOTHING_SENT
    [step] = client.steps()
    [entry] = client.control("GET", "journal").json()["entries"][1:-1]
    assert json.loads(entry["response"]["body"])["_id"] == step["_id"]
    assert entry["fault"] == {"fault": "lost-reply"}


def test_a_reply_that_comes_late_leaves_the_state_changed_at_once(client: FaultClient) -> None:
    reply = client.add(fault={"fault": "slow-after-commit", "latency": 2})
    assert (reply.status, reply.delay, len(client.steps())) == (200, 2, 1)


@pytest.mark.parametrize(("asked", "sent"), [({}, 0.5), ({"bytes": 0}, 0), ({"bytes": 7}, 7), ({"bytes": 10**6}, 1)])
def test_a_truncated_body_promises_all_of_it(client: FaultClient, asked: dict[str, int], sent: float) -> None:
    reply = client.add(fault={"fault": "truncated-body", **asked})
    whole = len(reply.body)
    assert json.loads(reply.body)["type"] == "email"
    assert reply.cut == (int(whole * sent) if sent in (0.5, 1) else sent)


def test_a_wrong_content_type_leaves_the_body(client: FaultClient) -> None:
    page, chosen = (
        client.add(fault=fault)
        for fault in ("wrong-content-type", {"fault": "wrong-content-type", "content_type": "application/xml"})
    )
    assert [header(reply, "content-type") for reply in (page, chosen)] == [
        "text/html; charset=utf-8",
        "application/xml",
    ]
    assert sum(name.lower() == "content-type" for name, _ in page.headers) == 1
    assert page.json()["type"] == "email"


def test_an_effect_comes_over_a_refusal_too(client: FaultClient) -> None:
    reply = client.add({"type": "email"}, fault="wrong-content-type")
    assert (reply.status, header(reply, "X-Stepmock-Fault")) == (400, "wrong-content-type")
    assert header(reply, "X-Stepmock-Violations")


@pytest.mark.parametrize(
    ("fault", "content_type", "body"),
    [
        ({"status": 503}, "text/plain; charset=utf-8", b""),
        ({"status": 503, "body": "Out of order"}, "text/plain; charset=utf-8", b"Out of order"),
        (
            {"status": 503, "body": {"a": [1, None, "\u00e9"]}},
            "application/json; charset=utf-8",
            b'{"a":[1,null,"\xc3\xa9"]}',
        ),
        ({"status": 503, "body": None}, "application/json; charset=utf-8", b"null"),
        ({"status": 503, "body": "<p>", "content_type": "text/html"}, "text/html", b"<p>"),
        ({"status": 204}, "text/plain; charset=utf-8", b""),
    ],
)
def test_a_reply_of_the_users_own(client: FaultClient, fault: Any, content_type: str, body: bytes) -> None:
    reply = client.add(fault=fault)
    assert (reply.status, header(reply, "Content-Type"), reply.body) == (fault["status"], content_type, body)
    assert (header(reply, "X-Stepmock-Fault"), header(reply, "X-Stepmock-Confidence")) == ("status", "assumed")
    assert client.steps() == []


def test_headers_of_a_reply_take_the_place_of_the_providers(client: FaultClient) -> None:
    reply = client.add(fault={"status": 503, "headers": {"retry-after": "120", "X-Own": "\u00fc"}})
    assert [text for name, text in reply.headers if name.lower() == "retry-after"] == ["120"]
    assert header(reply, "X-Own") == "\u00fc"
    assert header(reply, "X-RateLimit-Limit") == "20"


@pytest.mark.parametrize(("after", "steps"), [(True, 1), (False, 0)])
@pytest.mark.parametrize(("fault", "status"), [({"fault": "internal-error"}, 500), ({"status": 502}, 502)])
def test_an_error_comes_before_or_after_the_change(
    client: FaultClient, fault: Any, status: int, after: bool, steps: int
) -> None:
    assert client.add(fault={**fault, "after": after}).status == status
    assert len(client.steps()) == steps


def test_an_error_after_the_change_needs_a_change(client: FaultClient) -> None:
    client.declare({"status": 502, "after": True, "times": 1, "latency": 3, "clock_latency": 60}, {"latency": 1})
    refused = client.add({"type": "email"})
    assert (refused.status, refused.delay, header(refused, "X-Stepmock-Fault")) == (400, 1, "latency")
    assert client.faults_in_journal()[-1] == {"fault": "latency", "latency": 1}
    assert [entry["remaining"] for entry in client.standing()] == [1, None]
    assert client.control("GET", "clock").json()["now"] == "2023-11-14T22:13:20.000Z"
    taken = client.add()
    assert (taken.status, taken.delay) == (502, 4)
    assert client.control("GET", "clock").json()["now"] == "2023-11-14T22:14:20.000Z"


def test_an_error_before_the_check_comes_over_a_wrong_payload_too(client: FaultClient) -> None:
    reply = client.add({"type": "email"}, fault="internal-error")
    assert (reply.status, header(reply, "X-Stepmock-Violations")) == (500, "")


@pytest.mark.parametrize("clock", [FrozenClock(AT), SystemClock()])
@pytest.mark.parametrize("frozen", [True, False])
def test_latency_on_the_clock_moves_the_world_and_no_real_time(clock: Any, frozen: bool) -> None:
    client = FaultClient(clock=clock).open()
    if frozen:
        assert client.control("POST", "clock", {"set": "2030-01-01T00:00:00Z"}).status == 200
    before = client.control("GET", "clock").json()["now"]
    reply = client.add(fault={"clock_latency": 86400 * 3})
    after = client.control("GET", "clock").json()["now"]
    assert reply.delay == 0
    assert (int(after[8:10]) - int(before[8:10])) % 30 in (3, 4)
    assert clock.now() < AT + 1 or isinstance(clock, SystemClock)


def test_latency_on_the_clock_passes_before_the_change_or_after_it() -> None:
    made = []
    for name in ("latency", "slow-after-commit"):
        client = FaultClient().open()
        reply = client.send("POST", "/lemlist/api/campaigns", {"name": "A"}, fault={"fault": name, "clock_latency": 60})
        made.append(reply.json()["createdAt"])
        assert client.control("GET", "clock").json()["now"] == "2023-11-14T22:14:20.000Z"
    assert made == ["2023-11-14T22:14:20.000Z", "2023-11-14T22:13:20.000Z"]


def test_the_clock_stops_before_the_end_of_time() -> None:
    client = FaultClient(clock=FrozenClock(LAST - 10)).open()
    client.declare({"clock_latency": 1000})
    assert [client.add().status for _ in range(3)] == [200] * 3


def test_the_journal_has_what_came_over_each_request(client: FaultClient) -> None:
    client.declare({"fault": "rate-limited", "operation": "addStep", "nth": 2}, {"latency": 1, "operation": "addStep"})
    for _ in range(3):
        client.add()
    assert client.faults_in_journal() == [
        None,
        {"fault": "latency", "latency": 1},
        {"fault": "rate-limited", "latency": 1},
        {"fault": "latency", "latency": 1},
    ]


FAULTS = [
    "rate-limited", "unauthorized", "media-timeout", "lost-request", "lost-reply", "latency", "slow-after-commit",
    {"fault": "truncated-body", "bytes": 5}, "wrong-content-type", {"fault": "internal-error", "after": True},
    {"status": 503, "body": {"a": 1}, "headers": {"Retry-After": "9"}, "latency": 2, "clock_latency": 5},
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_what_the_journal_has_brings_the_same_about_again(fault: Any) -> None:
    first, second = FaultClient().open(), FaultClient().open()
    first.declare(*([{"fault": fault}] if isinstance(fault, str) else [fault]), {"latency": 1, "clock_latency": 1})
    reply = first.add()
    told = first.faults_in_journal()[-1]
    assert second.add(fault=told) == reply
    assert second.faults_in_journal()[-1] == told


def test_a_reset_world_has_the_faults_of_the_server_again() -> None:
    client = FaultClient(faults=[{"status": 503, "operation": "addStep", "times": 1}]).open()
    assert [client.add().status for _ in range(2)] == [503, 200]
    client.declare({"status": 502})
    assert client.control("POST", "reset").status == 204
    assert [entry["status"] for entry in client.standing()] == [503]
    assert [client.add().status for _ in range(2)] == [503, 200]


def test_the_faults_of_a_server_stand_in_the_worlds_that_they_are_for() -> None:
    faults = [
        {"status": 503, "operation": "addStep"},
        {"fault": "rate-limited", "operation": "listSequences", "provider": "smartlead"},
        {"fault": "remote-conflict"},
        {"fault": "latency"},
    ]
    with pytest.raises(ValueError, match="Fault 2: There is no operation 'listSequences'"):
        FaultClient(faults=faults)
    del faults[1]
    names = {}
    for provider, connection in [("lemlist", ""), ("smartlead", ""), ("supaglue", "apollo"), ("supaglue", "outreach")]:
        client = FaultClient(provider, connection=connection)
        client.emulator = FaultClient(provider, faults=faults).emulator
        client.send("GET", {"lemlist": "/lemlist/api/team", "smartlead": "/smartlead/api/v1/campaigns"}.get(
            provider, "/supaglue/engagement/v2/sequences"))  # fmt: skip
        names[provider, connection] = [entry.get("fault", entry.get("status")) for entry in client.standing()]
    assert names == {
        ("lemlist", ""): [503, "latency"],
        ("smartlead", ""): ["latency"],
        ("supaglue", "apollo"): ["latency"],
        ("supaglue", "outreach"): ["remote-conflict", "latency"],
    }


def test_two_worlds_count_by_themselves() -> None:
    one = FaultClient(faults=[{"status": 503, "nth": 2, "operation": "addStep"}])
    two = FaultClient(key="other")
    two.emulator = one.emulator
    assert [one.add().status, two.add().status, one.add().status, two.add().status] == [200, 200, 503, 503]


def test_the_state_of_faults_is_plain_data(client: FaultClient) -> None:
    client.declare({"status": 503, "probability": 0.5}, {"latency": 1})
    client.add()
    with client.emulator._store.find(client.world) as world:
        assert json.loads(json.dumps(world.faults)) == world.faults
        assert "faults" in world.__slots__


def test_settings_without_faults_have_none() -> None:
    assert Settings().faults == ()
    assert FaultClient().open().standing() == []


def test_a_reply_without_a_fault_says_nothing_of_one(client: FaultClient) -> None:
    client.declare({"status": 503, "nth": 9})
    reply = client.send("POST", STEPS, EMAIL)
    assert (reply.status, reply.delay, reply.cut, header(reply, "X-Stepmock-Fault")) == (200, 0, None, "")
