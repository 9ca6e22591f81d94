"""What is said of faults that a test set and that never fired, and when they and findings fail a strict run."""

import pytest

IDLE = """
    def get(world):
        return requests.get(world.base_url + "/team", headers=world.headers)

    def test_no_call(lemlist):
        lemlist.fail_next("rate-limited", "addStep")

    def test_other_call(lemlist):
        lemlist.fail_next("rate-limited", "addStep")
        get(lemlist)

    def test_not_yet(lemlist):
        lemlist.fail_next("rate-limited", nth=3)
        get(lemlist)

    def test_behind_another(lemlist):
        lemlist.fail_next("rate-limited", times=2)
        lemlist.fail_next("lost-reply")
        assert get(lemlist).status_code == 429
"""
NOT_IDLE = """
    def get(world):
        return requests.get(world.base_url + "/team", headers=world.headers)

    def test_fired(lemlist):
        lemlist.fail_next("rate-limited")
        assert get(lemlist).status_code == 429

    def test_fired_in_part(lemlist):
        lemlist.fail_next("rate-limited", times=5)
        assert get(lemlist).status_code == 429

    def test_by_chance(lemlist):
        lemlist.fail_next("rate-limited", probability=0.0001)
        assert get(lemlist).status_code == 200

    def test_taken_back(lemlist):
        lemlist.fail_next("rate-limited")
        assert lemlist.faults[0]["fault"] == "rate-limited"
        lemlist.clear_faults()
        assert lemlist.faults == []

    def test_reset(lemlist):
        lemlist.fail_next("rate-limited")
        lemlist.reset()

    def test_closed(lemlist):
        lemlist.fail_next("rate-limited")
        lemlist.close()

    def test_restored(lemlist):
        saved = lemlist.snapshot()
        lemlist.fail_next("rate-limited")
        lemlist.restore(saved)
"""
TWICE = """
    def twice(world):
        world.fail_next("lost-reply", "addStep")
        with pytest.raises(requests.ConnectionError):
            add(world)
        add(world)

    def test_twice(lemlist):
        twice(lemlist)

    @pytest.mark.stepmock(expect=["FND03"])
    def test_twice_on_purpose(lemlist):
        twice(lemlist)

    @pytest.mark.stepmock(expect=["FND03"])
    def test_once(lemlist):
        add(lemlist)

    @pytest.mark.stepmock(expect=["SML070"])
    def test_edit_while_live(smartlead):
        url = smartlead.base_url + "/campaigns/1"
        steps = [{"id": None, "seq_number": 1, "subject": "Hi", "email_body": "Hello",
                  "seq_delay_details": {"delay_in_days": 0}}]
        requests.post(url + "/sequences", json={"sequences": steps}, params=smartlead.params)
        requests.post(url + "/status", json={"status": "START"}, params=smartlead.params)
        requests.post(url + "/sequences", json={"sequences": steps}, params=smartlead.params)
"""


def test_a_fault_that_never_fired_is_told_with_the_reason(run):
    result = run(IDLE, "-rP")
    result.assert_outcomes(passed=4)
    rate_limited = '"fault": "rate-limited"'
    result.stdout.fnmatch_lines_random(
        [
            f'lemlist: the fault {{{rate_limited}*"addStep"*}} never fired: no call came that it is for.',
            f"lemlist: the fault {{{rate_limited}*}} never fired: 1 call came that it is for, and it waits for *",
            'lemlist: the fault {"fault": "lost-reply"*} never fired: 1 call came that it is for; another fault came *',
            "4 tests passed with faults that never fired. -rP shows where, --stepmock-strict fails them.",
        ]
    )


def test_a_strict_run_fails_a_test_whose_fault_never_fired(run):
    result = run(IDLE, "--stepmock-strict")
    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(["a fault that the test set never fired", "", "lemlist: the fault *"])


def test_a_fault_that_fired_or_was_taken_back_is_not_told(run):
    result = run(NOT_IDLE, "--stepmock-strict", "-rP")
    result.assert_outcomes(passed=7)
    result.stdout.no_fnmatch_line("*never fired*")


def test_faults_of_worlds_on_a_server_are_told_in_the_test_that_set_them(run):
    code = """
        def test_idle(stepmock_server, lemlist):
            lemlist.fail_next("rate-limited")

        def test_next(stepmock_server, lemlist):
            pass
    """
    run(code, "--stepmock-strict").assert_outcomes(failed=1, passed=1)


@pytest.mark.parametrize(
    ("option", "line"),
    [("-rP", "1 test passed with findings: FND03 (1).*"), ("--stepmock-strict", "findings: FND03")],
)
def test_findings_that_are_errors_fail_a_strict_run_unless_they_are_expected(run, option, line):
    result = run(TWICE, option)
    strict = option == "--stepmock-strict"
    result.assert_outcomes(passed=2 if strict else 4, failed=2 if strict else 0)
    result.stdout.fnmatch_lines_random([line, "FND03 error: Created twice after a lost reply.*"])
    if strict:
        result.stdout.fnmatch_lines(["there is no finding FND03, which the test expects"])


def test_findings_of_lower_severity_fail_where_the_level_says_so(run):
    code = """
        def test_empty_branches(lemlist):
            add(lemlist, {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "waitUntil"})
    """
    run(code, "--stepmock-strict").assert_outcomes(passed=1)
    result = run(code, "--stepmock-strict=warning")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["findings: FND07"])
    run(code, "--stepmock-strict=advice").stdout.no_fnmatch_line("*FND08*")
