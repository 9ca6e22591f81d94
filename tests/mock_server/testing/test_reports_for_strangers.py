"""What a report shows to somebody who knows nothing of the inside: no frames of ours, the verdict of every phase."""

from xml.etree import ElementTree

import pytest


def test_tracebacks_show_what_the_user_wrote(run):
    result = run(
        """
        def test_operation(lemlist):
            lemlist.assert_called("addSteps")

        def test_fault(lemlist):
            lemlist.fail_next("rate-limit")

        def test_same_key(stepmock):
            stepmock.world("lemlist", "k")
            stepmock.world("lemlist", "k")

        def test_host(lemlist):
            requests.get("https://example.org")

        def test_restore(lemlist):
            lemlist.restore(None)

        def test_field(lemlist):
            add(lemlist)
            lemlist.steps[0]["colour"]
        """,
        "--tb=short",
    )
    result.assert_outcomes(failed=6)
    result.stdout.no_fnmatch_line("*mock_server/*.py:*")
    result.stdout.fnmatch_lines_random(
        [
            '*Did you mean "addStep"?*',
            '*Did you mean "rate-limited"?*',
            "*or in a test suite example.org under stepmock_allow *",
            "*has no field 'colour'; it has _id, *",
        ]
    )


def test_a_teardown_that_fails_shows_what_was_sent_in_it(run):
    result = run(
        """
        @pytest.fixture
        def breaks(lemlist):
            yield
            add(lemlist, WRONG)
            raise RuntimeError("teardown")

        def test_it(breaks):
            pass
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*- stepmock teardown -*", "  LEM022 error at /delay*"])


def test_a_junit_report_has_the_verdict_as_a_property(run, pytester):
    run(
        "def test_wrong(lemlist):\n    add(lemlist, WRONG)\n\ndef test_right(lemlist):\n    add(lemlist)",
        "--junitxml=j.xml",
    )
    tree = ElementTree.parse(pytester.path / "j.xml")
    found = {case.get("name"): [each.attrib for each in case.iter("property")] for case in tree.iter("testcase")}
    [verdict] = found["test_wrong"]
    assert verdict["name"] == "stepmock"
    assert "LEM022 error at /delay" in verdict["value"]
    assert found["test_right"] == []


@pytest.mark.parametrize("options", [[], ["-n1"]], ids=["here", "worker"])
def test_collecting_alone_is_not_held_against_the_coverage(run, pytester, options):
    code = "def test_it(lemlist):\n    add(lemlist)"
    result = run(
        code, "--co", "--stepmock-coverage-min=50", "--stepmock-coverage-json=c.json", *options, apart=bool(options)
    )
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*the coverage is*")
    assert not (pytester.path / "c.json").exists()


def test_a_call_to_the_real_host_is_told_where_the_world_is_on_a_server(run):
    result = run(
        """
        @pytest.mark.stepmock(transport="server")
        def test_it(lemlist):
            requests.get("https://api.lemlist.com/api/team", headers=lemlist.headers)
            lemlist.assert_called("getTeam")
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Such a call was sent to the provider's real host; this world is at http://127*"])


def test_a_test_that_is_run_again_is_judged_by_the_last_run(run, pytester):
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            runtestprotocol(item, nextitem=nextitem, log=False)
            item._initrequest()
        """
    )
    result = run(
        """
        runs = []

        def test_it(lemlist):
            runs.append(add(lemlist, RIGHT if runs else WRONG))
            assert len(runs) < 3
        """,
        "--junitxml=j.xml",
        "-rP",
    )
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*LEM022*")
    assert "LEM022" not in (pytester.path / "j.xml").read_text()
