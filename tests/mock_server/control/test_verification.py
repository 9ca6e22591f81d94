"""What a test expects of the requests: in Python, and over the control plane."""

import json

import pytest
from control_client import ControlClient
from drives import Caller
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts import load
from stepmock.contracts.limits import (
    MAX_COUNTED_DIFFERENCES,
    MAX_DIFFERENCES,
    MAX_JOURNAL_BODY_BYTES,
    MAX_JOURNAL_ENTRIES,
    MAX_NEAREST_ENTRIES,
)
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.selection import Selection
from stepmock.mock_server.verification import ABSENT, Difference, Expectation, Times, differences, verify

SEQUENCE = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
LEMLIST = load("lemlist")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda child: st.lists(child, max_size=3) | st.dictionaries(st.text(max_size=3), child, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def call():
    return Caller(Emulator(Settings(rate_limit=False)), "lemlist")


@pytest.fixture
def ask(call):
    return ControlClient(call.emulator, f"worlds/{call.world}/")


@pytest.fixture
def traffic(call):
    call("POST", SEQUENCE, {"type": "linkedinVisit", "delay": 2})
    call("POST", SEQUENCE, {"type": "email", "delay": -1, "subject": "s", "message": "m"})
    call("POST", "/sequence/seq_1/step", {"type": "phone", "delay": 1})
    call("GET", "/campaigns", query="version=v2")


def told(expected, actual):
    return [(each.pointer, each.expected, each.actual) for each in differences(expected, actual)]


@pytest.mark.parametrize(("expected", "actual", "found"), [
    ({}, {"a": 1}, []),
    ({"a": 1}, {"a": 1, "b": 2}, []),
    ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, []),
    ({"a": 1}, {"a": 1.0}, []),
    ({"a": 1}, {"a": True}, [("/a", 1, True)]),
    ({"a": False}, {"a": 0}, [("/a", False, 0)]),
    ({"a": None}, {}, [("/a", None, ABSENT)]),
    ({"a": None}, {"a": None}, []),
    ({"a": "1"}, {"a": 1}, [("/a", "1", 1)]),
    ([1, 2], [1, 2], []),
    ([1, 2], [1, 2, 3], [("/2", ABSENT, 3)]),
    ([1, 2], [1], [("/1", 2, ABSENT)]),
    ([1, 2], [2, 1], [("/0", 1, 2), ("/1", 2, 1)]),
    ([{"a": 1}], [{"a": 1, "b": 2}], [("/0/b", ABSENT, 2)]),
    ([[True]], [[1]], [("/0/0", True, 1)]),
    ({"a/b": {"~": 1}}, {"a/b": {"~": 2}}, [("/a~1b/~0", 1, 2)]),
    ({}, [], [("", {}, [])]),
    ({"a": [1]}, {"a": {"0": 1}}, [("/a", [1], {"0": 1})]),
    (1, 1, []),
])  # fmt: skip
def test_a_json_value_is_expected_in_part(expected, actual, found):
    assert told(expected, actual) == found


@given(JSON)
def test_every_value_is_what_is_expected_of_itself(value):
    assert told(value, json.loads(json.dumps(value))) == []
    assert told({}, {"more": value}) == []
    assert told([value], [value, value])[0][1:] == (ABSENT, value)


@pytest.mark.parametrize(("expected", "matched", "ok"), [
    ({}, 4, True),
    ({"operation": "addStep"}, 2, True),
    ({"operation": "addStep", "times": 2}, 2, True),
    ({"operation": "addStep", "times": 1}, 2, False),
    ({"operation": "addStep", "times": {"at_least": 3}}, 2, False),
    ({"operation": "addStep", "times": {"at_most": 2}}, 2, True),
    ({"operation": "addStep", "times": {"at_least": 1, "at_most": 1}}, 2, False),
    ({"operation": "deleteStep"}, 0, False),
    ({"operation": "deleteStep", "times": 0}, 0, True),
    ({"operation": "", "times": 1}, 1, True),
    ({"operation": "addStep", "json": {"type": "email"}, "times": 1}, 1, True),
    ({"operation": "addStep", "json": {"delay": 2}, "status": 200, "times": 1}, 1, True),
    ({"operation": "addStep", "status": "4xx", "times": 1}, 1, True),
    ({"rule": "LEM022", "times": 1}, 1, True),
    ({"type": "linkedinVisit", "times": 1}, 1, True),
    ({"method": "get", "since": 2, "times": 1}, 1, True),
    ({"operation": "addStep", "since": 2}, 0, False),
    ({"json": {}, "times": 3}, 3, True),
    ({"fault": "lost-reply", "times": 0}, 0, True),
])  # fmt: skip
def test_an_assertion_holds_or_fails_with_409(ask, traffic, expected, matched, ok):
    reply = ask("POST", "journal/assert", expected)
    body = reply.json()
    assert (reply.status, body["ok"], body["matched"]) == (200 if ok else 409, ok, matched)
    assert len(body["numbers"]) == matched
    assert ("error" in body) is not ok


def test_a_failed_assertion_shows_what_came_near_and_what_differs(ask, traffic):
    expected = {"operation": "addStep", "json": {"type": "email", "delay": 2}, "status": 200}
    body = ask("POST", "journal/assert", expected).json()
    assert [miss["entry"]["number"] for miss in body["nearest"]] == [1, 2, 3]
    assert body["nearest"][0]["differences"] == [
        {"what": "json", "pointer": "/type", "expected": "email", "actual": "linkedinVisit"}
    ]
    assert body["nearest"][1]["differences"] == [
        {"what": "status", "pointer": "", "expected": "200", "actual": 400},
        {"what": "json", "pointer": "/delay", "expected": 2, "actual": -1},
    ]
    assert body["nearest"][2]["entry"]["nearest"]["operation"] == "addStep"
    assert body["message"].splitlines() == [
        'Expected a request with operation addStep, status 200, json {"type": "email", "delay": 2}, at least once: '
        "0 of 4 requests matched.",
        "Nearest:",
        f"request 1, POST /lemlist/api{SEQUENCE} (addStep, 200)",
        '  json /type: expected "email", got "linkedinVisit"',
        f"request 2, POST /lemlist/api{SEQUENCE} (addStep, 400)",
        "  status: expected 200, got 400",
        "  json /delay: expected 2, got -1",
        "request 3, POST /lemlist/api/sequence/seq_1/step (no operation, 404)",
        "  operation: expected addStep, got none",
        "  status: expected 200, got 404",
        '  json /type: expected "email", got "phone"',
        "  json /delay: expected 2, got 1",
        "  no operation has this method and path; the nearest is addStep, POST /sequences/{sequenceId}/steps",
    ]


def test_a_missing_member_has_no_actual(ask, traffic):
    body = ask("POST", "journal/assert", {"operation": "addStep", "json": {"title": "t"}}).json()
    assert body["nearest"][0]["differences"] == [{"what": "json", "pointer": "/title", "expected": "t"}]


def test_too_many_are_told_by_their_numbers(ask, traffic):
    body = ask("POST", "journal/assert", {"operation": "addStep", "times": 1}).json()
    assert (body["numbers"], body["nearest"]) == ([1, 2], [])
    assert body["message"].endswith("Those that matched: 1, 2.")


def test_an_empty_journal_has_nothing_near(ask, call):
    call("GET", "/team")
    ask("DELETE", "journal")
    body = ask("POST", "journal/assert", {"operation": "addStep"}).json()
    assert (body["ok"], body["matched"], body["nearest"]) == (False, 0, [])
    assert ask("POST", "journal/assert", {"operation": "addStep", "times": 0}).status == 200


def test_what_fell_off_the_ring_cannot_be_denied(ask, call):
    for _ in range(MAX_JOURNAL_ENTRIES + 5):
        call("GET", "/team")
    body = ask("POST", "journal/assert", {"operation": "addStep", "times": 0}).json()
    assert (body["ok"], body["matched"], body["dropped"]) == (False, 0, 5)
    assert "5 requests before these fell off" in body["message"]
    assert ask("POST", "journal/assert", {"operation": "addStep", "times": 0, "since": 5}).status == 200
    assert ask("POST", "journal/assert", {"operation": "getTeam", "times": {"at_least": 1000}}).status == 200
    ask("DELETE", "journal")
    assert ask("POST", "journal/assert", {"operation": "addStep", "times": 0}).status == 200


def test_a_body_that_was_cut_off_or_is_no_json_is_told_as_such(ask, call):
    call("POST", SEQUENCE, {"type": "email", "message": "m" * MAX_JOURNAL_BODY_BYTES})
    call("POST", SEQUENCE, body=b"{")
    call("GET", "/team")
    body = ask("POST", "journal/assert", {"json": {"type": "email"}}).json()
    found = {miss["entry"]["number"]: miss["differences"][0]["reason"] for miss in body["nearest"]}
    assert set(found) == {1, 2, 3}
    assert "cut off" in found[1]
    assert found[2] == "a body that is not JSON"
    assert found[3] == "no body"
    assert '  json: expected {"type": "email"}, got no body' in body["message"].splitlines()


@pytest.mark.parametrize("number", [b"NaN", b"-Infinity", b"1e999"])
def test_a_body_with_a_number_that_is_none_is_no_json(ask, call, number):
    call("POST", SEQUENCE, body=b'{"type": "email", "delay": %b}' % number)
    reply = ask("POST", "journal/assert", {"json": {"delay": 1}})
    [difference] = reply.json()["nearest"][0]["differences"]
    assert difference == {"what": "json", "pointer": "", "expected": {"delay": 1}, "reason": "a body that is not JSON"}


def test_a_request_with_a_payload_is_nearer_than_one_without(ask, call):
    call("POST", SEQUENCE, {"type": "email"})
    call("GET", "/team")
    call("POST", SEQUENCE, {"type": "email", "message": "m" * MAX_JOURNAL_BODY_BYTES})
    body = ask("POST", "journal/assert", {"json": {"type": "sms", "delay": 3}}).json()
    assert [miss["entry"]["number"] for miss in body["nearest"]] == [1, 3, 2]


def test_what_a_condition_is_about_is_told_in_words(ask, traffic):
    expected = {"rule": "LEM030", "fault": "lost-reply", "operation": "addStep"}
    lines = ask("POST", "journal/assert", expected).json()["message"].splitlines()
    assert "  rule: expected LEM030, got LEM022" in lines
    assert "  fault: expected lost-reply, got none" in lines


def test_an_answer_is_short_however_long_the_question_is(ask, traffic):
    for expected in ({f"k{number}": "v" * 20 for number in range(40_000)}, {"k" * 1_000_000: 1}):
        reply = ask("POST", "journal/assert", {"json": expected})
        assert reply.status == 409
        assert len(reply.body) < 100_000
        assert len(reply.json()["message"]) < 5_000


def test_no_more_is_shown_than_the_limits_say(ask, call):
    for _ in range(MAX_NEAREST_ENTRIES + 2):
        call("POST", SEQUENCE, {"type": "email"})
    wanted = {f"field{number}": number for number in range(MAX_DIFFERENCES + 5)}
    body = ask("POST", "journal/assert", {"json": wanted}).json()
    assert [len(miss["differences"]) for miss in body["nearest"]] == [MAX_DIFFERENCES] * MAX_NEAREST_ENTRIES


@pytest.mark.parametrize(("body", "part"), [
    ([], "must be a JSON object"),
    ({"operations": "addStep"}, 'Did you mean "operation"?'),
    ({"operation": "addSteps"}, 'Did you mean "addStep"?'),
    ({"operation": 1}, "operation must be a text"),
    ({"rule": "LEM02"}, "There is no rule"),
    ({"type": "emaill"}, 'Did you mean "email"?'),
    ({"status": 99}, "status cannot be"),
    ({"status": True}, "status must be a text or a number"),
    ({"since": -1}, "since must be"),
    ({"since": True}, "since must be"),
    ({"times": -1}, "times must be"),
    ({"times": 1.5}, "times must be"),
    ({"times": "1"}, "times must be"),
    ({"times": True}, "times must be"),
    ({"times": None}, "times must be"),
    ({"times": {}}, "times is empty"),
    ({"times": {"at_least": 2, "at_most": 1}}, "times.at_least is more than times.at_most"),
    ({"json": [0] * 50_001}, "No payload can have this json"),
    ({"json": "\ud800"}, "No payload can have this json"),
    ({"fault": "lost-repy"}, 'Did you mean "lost-reply"?'),
    ({"method": "PSOT"}, 'Did you mean "POST"?'),
    ({"times": {"atleast": 2}}, 'Did you mean "at_least"?'),
    ({"times": {"at_most": None}}, "times.at_most must be"),
])  # fmt: skip
def test_an_assertion_that_cannot_be_meant_is_refused(ask, traffic, body, part):
    status, error = ask.refusal("POST", "journal/assert", body)
    assert (status, error["code"]) == (400, "bad_request")
    assert part in error["message"]


@pytest.mark.parametrize(("body", "part"), [
    (b"", "not JSON"), (b"{", "not JSON"), (b"\xff", "not JSON"), (b'{"json": NaN}', "NaN is no JSON number"),
    (b'{"json": -1e999}', "-1e999 is too large a number"), (b'{"json": ' + b"1" * 5000, "too many digits."),
    (b'{"json": ' + b"[" * 100_000, "nested too deeply"),
    (b'{"json": %b}' % (b"[" * 200 + b"]" * 200), "No payload can have this json"),
])  # fmt: skip
def test_an_assertion_that_is_no_json_is_refused(ask, traffic, body, part):
    status, error = ask.refusal("POST", "journal/assert", body=body)
    assert status == 400
    assert part in error["message"]


def test_an_expectation_nested_deeply_gets_an_answer(ask, call):
    deep = b'{"a":' * 480 + b"1" + b"}" * 480
    call("POST", SEQUENCE, body=deep)
    assert ask("POST", "journal/assert", body=b'{"json": %b}' % deep).status in (200, 400)


def test_the_same_is_there_for_python(call, traffic):
    with call.emulator._store.find(call.world) as world:
        entries = list(world.journal)
    found = verify(entries, LEMLIST, Expectation(Selection(operation="addStep"), {"delay": 2}, Times(1, 1)))
    assert (found.ok, found.numbers, found.nearest) == (True, [1], [])
    missed = verify(entries, LEMLIST, Expectation(Selection(operation="updateStep")))
    assert not missed.ok
    assert [(miss.entry.number, miss.meant and miss.meant.operation) for miss in missed.nearest] == [
        (4, None), (3, "addStep"), (2, None)
    ]  # fmt: skip


@pytest.mark.parametrize("expected", [
    {f"member{number}": 1 for number in range(5_000)}, {"list": list(range(5_000))},
])  # fmt: skip
def test_who_expects_very_much_keeps_nobody_waiting(monkeypatch, call, expected):
    made = []

    def counted(*parts):
        made.append(Difference(*parts))
        return made[-1]

    monkeypatch.setattr("stepmock.mock_server.verification.Difference", counted)
    for _ in range(3):
        call("POST", SEQUENCE, {"list": [None]})
    with call.emulator._store.find(call.world) as world:
        found = verify(world.journal, LEMLIST, Expectation(Selection(operation="addStep"), expected))
    assert len(made) == 3 * MAX_COUNTED_DIFFERENCES
    assert [len(miss.differences) for miss in found.nearest] == 3 * [MAX_DIFFERENCES]
