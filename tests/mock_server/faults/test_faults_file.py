"""`stepmock serve --faults FILE`: what stands in every new world."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stepmock.mock_server.cli import main

STEPS = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


def test_the_faults_of_a_file_stand_in_each_new_world(
    start_server: Callable[..., Any], session: Any, tmp_path: Path
) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps([{"status": 503, "operation": "getTeam", "nth": 2}, {"fault": "empty-list"}]))
    server = start_server("--faults", str(file))
    for key in ("one", "two"):
        replies = [session.get(f"{server.address}/lemlist/api/team", auth=("", key), timeout=30) for _ in range(3)]
        assert [reply.status_code for reply in replies] == [200, 503, 200]
        world = replies[0].headers["X-Stepmock-World"]
        left = session.get(f"{server.address}/_stepmock/worlds/{world}/faults", timeout=30).json()["faults"]
        assert left == []


def test_a_file_may_hold_one_fault(start_server: Callable[..., Any], session: Any, tmp_path: Path) -> None:
    file = tmp_path / "fault.json"
    file.write_text('{"fault": "rate-limited", "times": 1}')
    server = start_server("--faults", str(file))
    replies = [session.get(f"{server.address}/lemlist/api/team", auth=("", "k"), timeout=30) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [429, 200]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is not JSON"),
        ("\udcff", "not JSON in UTF-8"),
        ('[{"latency": NaN}]', "NaN is no JSON number"),
        ("[" * 100_000, "nested too deeply"),
        ("7", "Fault 1: A fault must be a JSON object."),
        ('{"fault":"rate-limted"}', "Fault 1: There is no fault 'rate-limted'. Did you mean \"rate-limited\"?"),
        ('[{"latency":1},{"fault":"lost-reply","operation":"addStp"}]', "Fault 2: There is no operation 'addStp'."),
        ('{"fault":"lost-reply","provider":"lemlits"}', 'Did you mean "lemlist"?'),
        ('{"fault":"lost-reply","step_type":"emial"}', 'Did you mean "email"?'),
        ('{"fault":"bad-team","provider":"smartlead"}', "There is no fault 'bad-team'."),
        ('{"fault":"media-timeout","operation":"getTeam"}', "getTeam never answers media-timeout."),
        (json.dumps([{"latency": 1}] * 101), "at most 100 faults"),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_start(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "faults.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert main(["serve", "--port", "0", "--faults", str(file)]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith(f"stepmock: {file}: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_file_that_is_not_there_stops_the_start(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    assert main(["serve", "--port", "0", "--faults", str(file)]) == 2
    assert capsys.readouterr().err == (
        f"stepmock: {file}: The file cannot be read: no such file or directory. "
        '--faults is a JSON file with one fault or a list: [{"fault": "rate-limited", "times": 1}].\n'
    )
    assert main(["serve", "--port", "0", "--faults", str(tmp_path)]) == 2
    assert "is a directory" in capsys.readouterr().err
