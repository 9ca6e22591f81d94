"""What the report of a test says of its requests, and when a strict run fails it."""

import pytest

BREAKS = """
    def test_breaks(lemlist):
        assert add(lemlist, WRONG) == 400
"""


def test_a_broken_rule_is_told_in_the_report_with_its_place_and_source(run):
    result = run(BREAKS, "-rP")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "*- stepmock -*",
            "lemlist/addStep: POST /api/sequences/seq_lkCSKd32qSZZTe5Ru/steps -> 400",
            "  LEM022 error at /delay: delay must be at most 1500; 5000 is not.",
            "    value 5000; expected at most 1500",
            "    see Add Step to Sequence, All Request Body Fields (documented)",
        ],
        consecutive=False,
    )


def test_a_test_that_fails_shows_it_unasked(run):
    result = run("def test_fails(lemlist):\n    assert add(lemlist, WRONG) == 200")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- stepmock -*", "*LEM022 error at /delay*"])


def test_a_run_that_is_not_strict_says_in_one_line_what_passed(run):
    result = run(BREAKS)
    result.stdout.fnmatch_lines(["1 test passed with requests that broke rules: LEM022 (1).*--stepmock-strict*"])


def test_right_requests_leave_no_word(run):
    result = run("def test_right(lemlist):\n    assert add(lemlist) == 200", "-rP", "--stepmock-strict")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*- stepmock*")


@pytest.mark.parametrize("options", [["--stepmock-strict"], ["--stepmock-strict=error"], ["-ostepmock_strict=error"]])
def test_a_strict_run_fails_what_was_not_expected(run, options):
    result = run(BREAKS, *options)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["requests broke LEM022", "*delay must be at most 1500*"])
    result.stdout.no_fnmatch_line("*- stepmock -*")  # it stands in the failure already


def test_a_path_may_follow_the_strict_option(run):
    run(BREAKS, "--stepmock-strict", "test_user.py").assert_outcomes(failed=1)


def test_a_strict_run_lets_pass_what_is_expected_and_only_that(run):
    result = run(
        """
        @pytest.mark.stepmock(expect=["LEM022"])
        def test_expected(lemlist):
            add(lemlist, WRONG)

        @pytest.mark.stepmock(expect=["LEM022"])
        def test_one_more(lemlist):
            add(lemlist, WRONG)
            add(lemlist, {"type": "email", "subject": "Hi"})

        @pytest.mark.stepmock(expect=["LEM022"])
        def test_missing(lemlist):
            add(lemlist)

        @pytest.mark.stepmock(expect=["LEM022"])
        class TestClass:
            def test_inherits(self, lemlist):
                add(lemlist, WRONG)

            @pytest.mark.stepmock(expect=[])
            def test_narrows(self, lemlist):
                add(lemlist, WRONG)

        @pytest.mark.parametrize(
            "step", [RIGHT, pytest.param(WRONG, marks=pytest.mark.stepmock(expect=["LEM022"]))]
        )
        def test_parameter(lemlist, step):
            add(lemlist, step)
        """,
        "--stepmock-strict",
        "-rfp",
    )
    result.assert_outcomes(passed=4, failed=3)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED *test_expected",
            "FAILED *test_one_more - Failed: requests broke LEM040",
            "FAILED *test_missing - Failed: no request broke LEM022*",
            "PASSED *test_inherits",
            "FAILED *test_narrows - Failed: requests broke LEM022",
        ]
    )


def test_the_level_says_which_severities_fail(run):
    code = """
        def test_warning(lemlist):
            assert add(lemlist, {"type": "phone", "dealy": 1}) == 200

        def test_advice(smartlead):
            steps = [
                {"id": None, "seq_number": n, "subject": "Hi", "email_body": "Hello",
                 "seq_delay_details": {"delay_in_days": n}}
                for n in (1, 2)
            ]
            url = smartlead.base_url + "/campaigns/1/sequences"
            assert requests.post(url, json={"sequences": steps}, params=smartlead.params).ok
    """
    run(code, "--stepmock-strict").assert_outcomes(passed=2)
    run(code, "--stepmock-strict=warning").assert_outcomes(passed=1, failed=1)
    run(code, "--stepmock-strict=advice").assert_outcomes(failed=2)


def test_requests_under_other_keys_and_those_without_a_world_are_seen(run):
    result = run(
        """
        def test_strays(stepmock):
            base = "https://api.lemlist.com/api"
            requests.post(base + "/sequences/seq_lkCSKd32qSZZTe5Ru/steps", json=WRONG, auth=("", "my own key"))
            requests.get(base + "/team", auth=("", "invalid-key"))
            requests.get(base + "/sequence/seq_lkCSKd32qSZZTe5Ru/steps", auth=("", "my own key"))
            requests.get("https://api.lemlist.com/v9/nothing", auth=("", "my own key"))
        """,
        "-rP",
    )
    result.stdout.fnmatch_lines_random(
        [
            "  LEM022 error at /delay*",
            "lemlist/getTeam: GET /api/team -> 401",
            "  reached no world: the credential is missing or refused",
            "lemlist: no operation: GET /api/sequence/seq_lkCSKd32qSZZTe5Ru/steps -> 404",
            "  nearest is lemlist/addStep, POST /sequences/{sequenceId}/steps",
            "stepmock: no operation: GET /v9/nothing -> 404",
        ]
    )
    result.stdout.no_fnmatch_line("*invalid-key*")


def test_requests_that_say_the_same_are_told_once(run):
    result = run("def test_again(lemlist):\n    for _ in range(3):\n        add(lemlist, WRONG)", "-rP")
    result.stdout.fnmatch_lines(["  LEM022 error at /delay*", "  (3 times)"])
    assert result.stdout.str().count("LEM022 error") == 1


def test_more_requests_than_a_journal_holds_lose_no_violation(run):
    run(
        """
        def test_many(lemlist):
            add(lemlist, WRONG)
            for _ in range(1100):
                requests.get(lemlist.base_url + "/team", headers=lemlist.headers)
            assert not any(entry.rules for entry in lemlist.requests)
        """,
        "--stepmock-strict",
    ).assert_outcomes(failed=1)


@pytest.mark.parametrize("forget", ["reset()", "close()"])
def test_a_world_that_is_made_to_forget_loses_no_violation(run, forget):
    result = run(f"def test_forget(lemlist):\n    add(lemlist, WRONG)\n    lemlist.{forget}", "--stepmock-strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["requests broke LEM022"])


def test_fixtures_are_judged_at_both_ends_of_a_test(run):
    code = """
        @pytest.fixture
        def before(lemlist):
            add(lemlist, WRONG)

        @pytest.fixture
        def breaks_down(lemlist):
            assert add(lemlist, WRONG) == 200

        @pytest.fixture
        def after(lemlist):
            yield
            add(lemlist, WRONG)

        def test_before(before):
            pass

        def test_breaks_down(breaks_down):
            pass

        def test_after(after):
            pass
    """
    result = run(code, "--stepmock-strict", "-rfE")
    result.assert_outcomes(failed=1, errors=2, passed=1)
    result.stdout.fnmatch_lines_random(
        [
            "FAILED *test_before - Failed: requests broke LEM022",
            "*- stepmock setup -*",
            "ERROR *test_breaks_down - *assert 400 == 200",
            "ERROR *test_after - Failed: requests broke LEM022",
        ]
    )


def test_a_test_that_is_expected_to_fail_may_fail_by_the_contract(run):
    code = "@pytest.mark.xfail\ndef test_known(lemlist):\n    add(lemlist, WRONG)"
    run(code, "--stepmock-strict").assert_outcomes(xfailed=1)
