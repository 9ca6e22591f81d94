"""`stepmock_server`: one process for a run, which never outlives it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stepmock.mock_server.testing.live import ServerDied, live_server
from stepmock.mock_server.watch import is_alive

SECONDS = 60

NAMES_ITSELF = """
    import os
    import time
    from pathlib import Path

    def server_of(server):
        [line] = Path(server._folder, "pid").read_text().splitlines()
        return int(line)
"""


def wait_for(condition, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def test_a_subprocess_finds_it_by_its_environment(run):
    run(
        """
        import json
        import os
        import subprocess
        import sys

        CLIENT = '''
        import os, urllib.request, base64
        key = base64.b64encode(b":" + os.environ["STEPMOCK_LEMLIST_KEY"].encode()).decode()
        url = os.environ["STEPMOCK_LEMLIST_URL"] + "/team"
        print(urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": "Basic " + key})).status)
        '''

        def test_client(stepmock_server, lemlist):
            assert set(stepmock_server.env) >= {"STEPMOCK_URL", "STEPMOCK_LEMLIST_URL", "STEPMOCK_SUPAGLUE_URL"}
            assert lemlist.base_url == stepmock_server.base_url("lemlist")
            assert lemlist.base_url == stepmock_server.env["STEPMOCK_LEMLIST_URL"]
            env = {**os.environ, **stepmock_server.env, **lemlist.env}
            code = "\\n".join(line.strip() for line in CLIENT.splitlines())
            done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
            assert (done.stdout, done.stderr) == ("200\\n", "")
            lemlist.assert_called("getTeam", times=1)
        """
    ).assert_outcomes(passed=1)


def test_worlds_on_it_are_judged_and_closed(run):
    result = run(
        """
        def test_own(stepmock_server):
            world = stepmock_server.world("lemlist")
            assert add(world, WRONG) == 400

        @pytest.mark.stepmock(transport="server")
        def test_marked(lemlist):
            assert lemlist.base_url.startswith("http://127.0.0.1:")
            assert add(lemlist, WRONG) == 400

        def test_closed(stepmock_server):
            assert len(stepmock_server.watch.ask("GET", "worlds")["worlds"]) == 1  # the one that a test opened itself
        """,
        "--stepmock-strict",
        "-rf",
    )
    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines_random(["FAILED *test_own - *LEM022", "FAILED *test_marked - *LEM022"])


def test_requests_that_its_journal_forgot_are_told(run):
    result = run(
        """
        import http.client

        @pytest.mark.stepmock(transport="server")
        def test_many(lemlist):
            with requests.Session() as session:
                for _ in range(1005):
                    session.get(lemlist.base_url + "/team", headers=lemlist.headers)
        """,
        "-rP",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["5 requests are not judged: *"])


def test_workers_share_one_and_never_meet(run, pytester):
    result = run(
        NAMES_ITSELF
        + """
    @pytest.mark.parametrize("number", range(24))
    def test_alone(stepmock_server, lemlist, number):
        for _ in range(3):
            assert add(lemlist) == 200
        assert len(lemlist.requests) == 3
        with open("servers", "a") as file:
            file.write(f"{server_of(stepmock_server)} {os.environ['PYTEST_XDIST_WORKER']}\\\\n")
        """.replace("\\\\n", "\\n"),
        "-n8",
        apart=True,
    )
    result.assert_outcomes(passed=24)
    lines = [line.split() for line in Path(pytester.path, "servers").read_text().splitlines()]
    [server] = {server for server, _ in lines}
    assert len({worker for _, worker in lines}) > 1
    wait_for(lambda: not is_alive(int(server)))


def test_its_own_options_and_token_are_not_those_of_the_user(run, monkeypatch):
    monkeypatch.setenv("STEPMOCK_CONTROL_TOKEN", "of another server")
    run("def test_it(stepmock_server, lemlist):\n    assert add(lemlist) == 200").assert_outcomes(passed=1)


def test_a_server_that_dies_is_shown_with_its_last_lines(run):
    result = run(
        NAMES_ITSELF
        + """
    import signal

    def test_dies(stepmock_server, lemlist):
        os.kill(server_of(stepmock_server), signal.SIGKILL)
        while stepmock_server.is_alive:
            time.sleep(0.01)
        add(lemlist)
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*ConnectionError*", "*- stepmock server -*", "It ended. The last lines of its log:", "stepmock ready on *"]
    )


def test_a_server_that_does_not_start_is_told_with_its_log_to_all_who_wait(tmp_path):
    for _ in ("the one that starts it", "one that waits for it"):
        block = live_server(tmp_path / "server", "documented", os.getpid(), ["--nonsense"])
        with pytest.raises(ServerDied, match=r"(?s)did not start.*unrecognized arguments: --nonsense"), block:
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("options", [[], ["-n1"]])
def test_nothing_outlives_a_run_that_is_stopped(run, pytester, number, options):
    pytester.makepyfile(
        test_user=NAMES_ITSELF.replace("\n    ", "\n")
        + """
def test_waits(stepmock_server):
    with open("draft", "w") as file:
        file.write(f"{server_of(stepmock_server)} {os.getpid()}")
    os.replace("draft", "pids")
    while True:
        time.sleep(0.05)
"""
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=pytester.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        file = pytester.path / "pids"
        wait_for(lambda: file.exists() or process.poll() is not None)
        pids = [int(text) for text in file.read_text().split()]
        assert all(map(is_alive, pids))
        os.kill(process.pid, number) if number == signal.SIGKILL else os.killpg(process.pid, number)
        process.wait(SECONDS)
        wait_for(lambda: not any(map(is_alive, pids)))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_nothing_that_a_test_sends_to_other_hosts_leaves_the_machine(run):
    run(
        """
        import pytest
        import requests

        def test_a_forgotten_address_is_answered_here(stepmock_server, lemlist):
            assert requests.get("https://api.lemlist.com/api/team", auth=("", "k")).status_code == 200
            lemlist.assert_not_called("getTeam")

        @pytest.mark.stepmock(transport="server")
        def test_another_host_is_refused(lemlist):
            with pytest.raises(requests.ConnectionError, match="stepmock let no request out"):
                requests.get("https://example.com/")
        """
    ).assert_outcomes(passed=2)
