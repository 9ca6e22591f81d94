"""What is no fault gets 400 with a message that says why, and changes nothing."""

import json

import pytest
from fault_client import FaultClient
from stepmock.contracts.limits import MAX_BODY_BYTES, MAX_FAULT_BYTES, MAX_FAULTS, MAX_LATENCY_SECONDS
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.faults import FaultError, read_fault

NESTED: list[object] = []
for _ in range(150):
    NESTED = [NESTED]

NO_FAULTS = [
    ("a list in a list", [], "must be a JSON object"),
    ("a name alone", "rate-limited", "must be a JSON object"),
    ("an empty object", {}, "The fault does nothing"),
    ("a misspelt member", {"fault": "latency", "probabilty": 1}, 'Did you mean "probability"?'),
    ("a misspelt name", {"fault": "rate-limted"}, 'Did you mean "rate-limited"?'),
    ("a misspelt effect", {"fault": "lost-replay"}, 'Did you mean "lost-reply"?'),
    ("a status as a name", {"fault": "429"}, "Errors with that status: rate-limited."),
    ("a misspelt operation", {"fault": "lost-reply", "operation": "addStp"}, 'Did you mean "addStep"?'),
    ("an operation of another provider", {"fault": "lost-reply", "operation": "saveSequences"}, "no operation"),
    ("an error of another provider", {"fault": "empty-list"}, "There is no fault"),
    ("an error of another operation", {"fault": "media-timeout", "operation": "getTeam"}, "never answers"),
    ("a misspelt step type", {"fault": "lost-reply", "step_type": "emial"}, 'Did you mean "email"?'),
    ("a step type of no step", {"fault": "lost-reply", "operation": "getTeam", "step_type": "email"}, "no step_type"),
    ("another provider", {"fault": "lost-reply", "provider": "smartlead"}, "There is no provider"),
    ("a name that is a number", {"fault": 429}, "fault must be a text"),
    ("an empty name", {"fault": ""}, "fault must be a text"),
    ("no time at all", {"fault": "lost-reply", "times": 0}, "times must be a whole number from 1"),
    ("negative times", {"fault": "lost-reply", "times": -1}, "times must be"),
    ("a fraction of times", {"fault": "lost-reply", "times": 1.5}, "times must be"),
    ("times as a text", {"fault": "lost-reply", "times": "1"}, "times must be"),
    ("times as a boolean", {"fault": "lost-reply", "times": True}, "times must be"),
    ("the call before the first", {"fault": "lost-reply", "nth": 0}, "nth must be"),
    ("negative seconds", {"latency": -0.1}, "latency must be a number of seconds from 0"),
    ("too many seconds", {"latency": MAX_LATENCY_SECONDS + 1}, "latency must be"),
    ("seconds as a text", {"latency": "2"}, "latency must be"),
    ("seconds as a boolean", {"latency": True}, "latency must be"),
    ("negative seconds on the clock", {"clock_latency": -1}, "clock_latency must be"),
    ("a thousand years on the clock", {"clock_latency": 3.2e10}, "clock_latency must be"),
    ("an impossible chance", {"fault": "lost-reply", "probability": 1.1}, "probability must be a number from 0 to 1"),
    ("a negative chance", {"fault": "lost-reply", "probability": -0.1}, "probability must be"),
    ("a status that is no reply", {"status": 100}, "status must be a whole number from 200 to 599"),
    ("a status that is none", {"status": 600}, "status must be"),
    ("a status as a text", {"status": "503"}, "status must be"),
    ("a body where none can be", {"status": 204, "body": "x"}, "has no body"),
    ("a body without a status", {"body": "x", "latency": 1}, "body stands without a status"),
    ("headers without a status", {"fault": "lost-reply", "headers": {}}, "headers stands without a status"),
    ("a type without a reply", {"fault": "lost-reply", "content_type": "text/plain"}, "content_type stands without"),
    ("name and status", {"fault": "rate-limited", "status": 429}, "either a name or a status"),
    ("bytes of a whole body", {"fault": "lost-reply", "bytes": 3}, "bytes says how much"),
    ("negative bytes", {"fault": "truncated-body", "bytes": -1}, "bytes must be"),
    ("after an effect", {"fault": "lost-reply", "after": True}, "after says when"),
    ("after as a number", {"status": 500, "after": 1}, "after must be true or false"),
    ("headers as a list", {"status": 500, "headers": []}, "headers must be an object"),
    (
        "a split header",
        {"status": 500, "headers": {"X": "a\r\nSet-Cookie: b"}},
        "must be a text that a header can hold",
    ),
    ("a split header name", {"status": 500, "headers": {"X: a\r\nY": "a"}}, "There can be no header"),
    ("the length", {"status": 500, "headers": {"Content-Length": "7"}}, "There can be no header"),
    ("a split content type", {"status": 500, "content_type": "a/b\n"}, "must be a text that a header can hold"),
    ("a deep body", {"status": 500, "body": NESTED}, "no plain JSON"),
    ("half a character", {"status": 500, "body": "\ud800"}, "no plain JSON"),
    ("a large body", {"status": 500, "body": "x" * MAX_FAULT_BYTES}, "more than 65,536 bytes"),
]


@pytest.fixture
def client() -> FaultClient:
    return FaultClient().open()


@pytest.mark.parametrize(("fault", "message"), [case[1:] for case in NO_FAULTS], ids=[case[0] for case in NO_FAULTS])
def test_what_is_no_fault_is_refused_and_changes_nothing(client: FaultClient, fault: object, message: str) -> None:
    [before] = client.declare({"fault": "lost-reply"})
    reply = client.control("POST", body=[{"fault": "latency"}, fault])
    error = reply.json()["error"]
    assert (reply.status, error["code"]) == (400, "bad_request")
    assert message in error["message"]
    assert error["hint"]
    assert client.standing() == [before]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"latency": NaN}', b'{"latency": 1e999}', b'{"probability": -Infinity}', b"[" * 100_000],
)
def test_what_is_no_json_is_refused(client: FaultClient, body: bytes) -> None:
    reply = client.control("POST", body=body)
    assert reply.status == 400
    assert reply.json()["error"]["message"]
    assert client.standing() == []


def test_a_body_over_the_limit_is_refused(client: FaultClient) -> None:
    assert client.control("POST", body=b" " * (MAX_BODY_BYTES + 1)).status == 413


def test_a_world_holds_so_many_faults(client: FaultClient) -> None:
    client.declare(*[{"fault": "lost-reply"}] * (MAX_FAULTS - 1))
    reply = client.control("POST", body=[{"fault": "lost-reply"}] * 2)
    assert reply.status == 400
    assert "at most 100 faults" in reply.json()["error"]["message"]
    assert len(client.standing()) == MAX_FAULTS - 1
    client.declare({"fault": "lost-reply"})


@pytest.mark.parametrize("fault", [{"fault": "rate-limted"}, {"latency": float("nan")}, {"latency": -1}, "lost-reply"])
def test_python_gets_an_error_that_names_the_fault(fault: object) -> None:
    with pytest.raises(FaultError, match=r"^Fault 2: .+\. .+\."):
        Emulator(Settings(faults=[{"fault": "lost-reply"}, fault]))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"fault": "latency"}, {"fault": "latency", "latency": 1.0}),
        ({"latency": 2}, {"fault": "latency", "latency": 2}),
        ({"clock_latency": 2}, {"fault": "latency", "clock_latency": 2}),
        ({"fault": "slow-after-commit"}, {"fault": "slow-after-commit", "latency": 30.0}),
        ({"fault": "lost-reply", "nth": 3}, {"fault": "lost-reply", "nth": 3, "times": 1}),
        ({"fault": "lost-reply", "nth": 3, "times": 2}, {"fault": "lost-reply", "nth": 3, "times": 2}),
        ({"status": 503, "latency": 0}, {"status": 503, "latency": 0}),
    ],
)
def test_what_goes_without_saying_is_said(given: dict[str, object], read: dict[str, object]) -> None:
    assert read_fault(given) == read
    assert json.dumps(read_fault(read)) == json.dumps(read_fault(given))
