"""What is refused says what to do: who has only the message in front of them need not guess."""

import json

import pytest
from control_client import ControlClient
from drives import Caller
from stepmock.mock_server import Emulator, Settings, intercept
from stepmock.mock_server.cli import main
from world_control import lemlist, of_world

STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


@pytest.fixture
def call():
    return Caller(Emulator(Settings(rate_limit=False)), "lemlist")


@pytest.fixture
def ask(call):
    call("GET", "/team")
    return ControlClient(call.emulator, f"worlds/{call.world}/")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("fork", "Send a JSON object in UTF-8; its members are credential, facts."),
        ("clock", "Send a JSON object in UTF-8; its members are advance, set, resume."),
        ("journal/assert", 'Send {"operation": "NAME", "times": 1, "json": {...}}; each member may be left out.'),
        ("faults", 'Send {"fault": "NAME"}, or a list of such; operation, nth and times may stand beside it.'),
    ],
)
@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_body_is_called_empty_and_what_belongs_there_is_told(ask, path, hint, body):
    status, error = ask.refusal("POST", path, body=body)
    assert (status, error["message"], error["hint"]) == (400, "The body is not JSON: it is empty.", hint)


def test_a_world_with_several_sequences_says_how_to_name_one(ask):
    _, error = ask.refusal("GET", "timeline")
    assert error["message"] == "Which sequence?"
    assert error["hint"].endswith(" Say it with sequence=ID.")


def test_a_file_with_several_sequences_says_how_to_name_one(call, ask, tmp_path, capsys):
    path = tmp_path / "world.json"
    path.write_bytes(ask("GET", "snapshot").body)
    assert main(["timeline", str(path)]) == 2
    assert capsys.readouterr().err.endswith(" Say it with --sequence ID.\n")


@pytest.mark.parametrize(("method", "path", "payload"), [
    ("GET", "journal?since=yesterday", None), ("POST", "journal/assert", {"since": "yesterday"}),
])  # fmt: skip
def test_since_says_that_it_is_the_number_of_a_request(ask, method, path, payload):
    _, error = ask.refusal(method, path, payload)
    assert error["hint"] == "It is a number from 0. Requests with a higher one are meant."


@pytest.mark.parametrize(("expected", "hint"), [
    ({"operation": "getTeam", "times": 0}, "numbers names the requests that matched."),
    ({"operation": "addStep", "since": 1}, "There is no request to compare."),
    ({"operation": "addStep"}, "nearest holds the requests that came near, each with what differs."),
])  # fmt: skip
def test_a_failed_assertion_points_at_what_there_is_to_look_at(ask, expected, hint):
    reply = ask("POST", "journal/assert", expected)
    assert (reply.status, reply.json()["error"]["hint"]) == (409, hint)


def test_an_error_of_another_provider_says_whose_it_is(ask):
    _, error = ask.refusal("POST", "faults", {"fault": "empty-list"})
    assert error["message"] == "There is no fault 'empty-list'. It is an error of Smartlead."


def test_a_file_of_faults_knows_operations_of_other_providers(tmp_path, capsys):
    path = tmp_path / "faults.json"
    path.write_text('{"fault": "empty-list", "operation": "addStep"}')
    assert main(["serve", "--port", "0", "--faults", str(path)]) == 2
    assert "Fault 1: addStep never answers empty-list. It is an error of getSequences." in capsys.readouterr().err


def test_a_replay_of_nothing_does_not_say_that_all_is_the_same(tmp_path, capsys):
    call = lemlist()
    call("POST", STEPS, {"type": "phone"})
    world = of_world(call, "GET", "snapshot").body
    of_world(call, "PUT", "snapshot", json.loads(world))
    path = tmp_path / "run.json"
    path.write_bytes(of_world(call, "GET", "recording").body)
    assert main(["replay", str(path)]) == 0
    assert capsys.readouterr().out == (
        "There is no request in it, so nothing was compared: a recording begins anew at a reset or a load.\n"
    )


def test_a_clock_that_is_advanced_by_no_number_says_what_it_takes(capsys):
    with pytest.raises(SystemExit):
        main(["clock", "advance", "1h"])
    assert "'1h' is no number of seconds such as 3600" in capsys.readouterr().err


def test_a_fault_that_is_a_number_is_shown_its_form():
    with intercept() as mock, pytest.raises(TypeError, match=r'such as \{"status": 503\}, not 503'):
        mock.world("lemlist").fail_next(503)
