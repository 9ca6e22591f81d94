"""`stepmock findings`: it asks a running server, and its status says whether anything was found."""

import json

import pytest
import requests
from stepmock.mock_server.cli import main

STEPS = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


@pytest.fixture
def running(start_server):
    return start_server("--rate-limit", "off")


def post(server, payload, key="key", **headers):
    with requests.Session() as session:
        session.trust_env = False
        reply = session.post(f"{server.address}{STEPS}", json=payload, auth=("", key), headers=headers, timeout=20)
        assert reply.status_code in (200, 503)
        return reply


def run(server, capsys, *arguments):
    code = main(["findings", "--server", server.address, *arguments])
    return code, *capsys.readouterr()


def test_nothing_but_advice_is_status_0_and_a_finding_status_1(running, capsys):
    world = post(running, {"type": "linkedinVisit"}).headers["X-Stepmock-World"]
    code, out, error = run(running, capsys, "--world", world)
    assert (code, error) == (0, "")
    assert out.startswith("FND08 advice: Never tried with a fault.")
    for _ in range(4):
        post(running, {"type": "phone"}, **{"X-Stepmock-Fault": '{"status":503}'})
    code, out, _ = run(running, capsys)
    assert code == 1
    assert "FND04 warning: No back-off. addStep failed and came 3 times again, with no growing pause." in out
    assert "  request 2: addStep -> 503\n" in out
    code, out, _ = run(running, capsys, "--format", "json")
    assert [each["code"] for each in json.loads(out)["findings"]] == ["FND04"]


def test_which_world_is_meant_must_be_clear(running, capsys):
    code, out, error = run(running, capsys)
    assert (code, out) == (2, "")
    assert error == "stepmock: The server has no world yet: one begins with the first request of a key.\n"
    for key in ("a", "b"):
        post(running, {"type": "phone"}, key)
    code, _, error = run(running, capsys)
    assert code == 2
    assert "The server has 2 worlds (" in error
    code, _, error = run(running, capsys, "--world", "nowhere")
    assert code == 2
    assert error == (
        "stepmock: The server says 404: There is no world 'nowhere'. A world begins with the first request of its "
        "credential; the reply header X-Stepmock-World names it.\n"
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "127.0.0.1:99999", "http://127.0.0.1:x", "http://[::1", "ftp:"])
def test_a_server_that_does_not_answer_is_told_in_one_line(url, capsys):
    assert main(["findings", "--server", url]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("stepmock: ")
    assert error.count("\n") == 1
