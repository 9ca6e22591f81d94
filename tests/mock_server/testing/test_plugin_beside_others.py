"""The plugin beside other libraries that patch the same clients, and beside its own types."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_responses_answers_what_it_was_told_and_stepmock_the_rest(run):
    pytest.importorskip("responses", reason="an optional peer")
    run(
        """
        import responses

        def test_both(lemlist):
            with responses.RequestsMock() as others:
                others.add(responses.GET, "https://crm.example.invalid/", json={"ok": True})
                others.add_passthru("https://api.lemlist.com")
                assert requests.get("https://crm.example.invalid/").json() == {"ok": True}
                assert add(lemlist) == 200
            assert add(lemlist) == 200
            with pytest.raises(requests.ConnectionError, match="crm.example.invalid"):
                requests.get("https://crm.example.invalid/")

        def test_nothing_is_left(lemlist):
            assert add(lemlist) == 200

        def test_alone():
            with responses.RequestsMock() as others:
                others.add(responses.GET, "https://api.lemlist.com/api/team", status=418)
                assert requests.get("https://api.lemlist.com/api/team").status_code == 418
        """
    ).assert_outcomes(passed=3)


def test_a_transport_of_httpx_stays_the_clients_own(run):
    run(
        """
        import httpx

        def test_both(lemlist):
            mock = httpx.MockTransport(lambda request: httpx.Response(418))
            with httpx.Client(transport=mock) as client:
                assert client.get("https://api.lemlist.com/api/team").status_code == 418
            with httpx.Client() as client:
                assert client.get(lemlist.base_url + "/team", headers=lemlist.headers).status_code == 200
        """
    ).assert_outcomes(passed=1)


def test_a_client_that_is_patched_by_the_test_is_left_alone(run):
    run(
        """
        def test_patched(lemlist, monkeypatch):
            monkeypatch.setattr(requests, "post", lambda *args, **options: "mine")
            assert requests.post("https://api.lemlist.com/api/team") == "mine"
        """
    ).assert_outcomes(passed=1)


def test_a_user_can_type_a_suite_strictly(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "test_typed.py").write_text(
        "from stepmock.mock_server.testing import Interception, LiveServer, Recorded, WorldHandle\n\n\n"
        "def test_it(lemlist: WorldHandle, stepmock: Interception, stepmock_server: LiveServer) -> None:\n"
        "    last: Recorded = lemlist.requests[-1]\n"
        "    other: WorldHandle = stepmock.world('lemlist')\n"
        "    lemlist.clock.advance(1)\n"
        "    key: str = stepmock_server.env['STEPMOCK_URL'] + other.api_key + last.operation\n"
        "    wrong: int = lemlist.base_url\n"
    )
    (tmp_path / "path" / "stepmock").mkdir(parents=True)  # checkers do not follow an editable install
    for name in ("contracts", "validators", "mock_server", "fixtures"):
        (tmp_path / "path" / "stepmock" / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "test_typed.py"],
        cwd=tmp_path, env={**os.environ, "MYPYPATH": str(tmp_path / "path")}, capture_output=True, text=True,
    )  # fmt: skip
    assert [line.partition(" error: ")[2] for line in done.stdout.splitlines() if " error: " in line] == [
        'Incompatible types in assignment (expression has type "str", variable has type "int")  [assignment]'
    ]
