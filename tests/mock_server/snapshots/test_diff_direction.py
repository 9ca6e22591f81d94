"""Which of two worlds is the old one: the command and the control plane say the same, and say so."""

import json
from pathlib import Path

import pytest
import requests
from stepmock.mock_server import intercept
from stepmock.mock_server.cli import main
from stepmock.mock_server.control_client import ControlClient
from stepmock.mock_server.testing.transport import in_process

README = Path(__file__).parents[3] / "README.md"


def test_the_command_and_the_control_plane_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with intercept() as mock:
        old, new = mock.world("lemlist"), mock.world("lemlist")
        requests.post(f"{new.base_url}/campaigns", json={"name": "Later"}, headers=new.headers)
        ask = ControlClient(in_process(mock.emulator))
        told = ask("GET", f"worlds/{new.id}/diff", against=old.id)["words"]
        for name, world in (("old", old), ("new", new)):
            (tmp_path / f"{name}.json").write_text(json.dumps(world.snapshot()))
    assert main(["snapshot", "diff", str(tmp_path / "old.json"), str(tmp_path / "new.json")]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if "campaign" in line] == [line for line in told if "campaign" in line] != []
    assert any("added" in line for line in said)


def test_the_direction_is_written_down(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["snapshot", "diff", "--help"])
    assert "leads from the snapshot OLD to the snapshot NEW" in " ".join(capsys.readouterr().out.split())
    readme = " ".join(README.read_text(encoding="utf-8").split())
    assert "`diff?against=ID` what leads from world `ID` (old) to this one (new)" in readme
