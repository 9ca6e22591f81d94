"""Runs `stepmock timeline` on files that a test writes."""

import json

import pytest
from stepmock.mock_server.cli import main


@pytest.fixture
def write(tmp_path):
    def written(data, name="steps.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        return str(path)

    return written


@pytest.fixture
def told(capsys):
    """Run the command and return the JSON that it prints."""

    def run(*arguments):
        assert main(["timeline", *arguments, "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refused(capsys):
    """Run the command and return the one line that it prints to refuse."""

    def run(*arguments):
        assert main(["timeline", *arguments]) == 2
        out, error = capsys.readouterr()
        assert out == ""
        assert error.count("\n") == 1
        assert error.startswith("stepmock: ")
        return error

    return run
