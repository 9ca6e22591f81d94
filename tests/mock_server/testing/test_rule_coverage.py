"""Which operations, step types and rules a suite exercised."""

import json

import pytest

SUITE = """
    def test_right(lemlist):
        add(lemlist)
        add(lemlist)

    def test_wrong(lemlist):
        add(lemlist, WRONG)

    def test_key(stepmock):
        requests.get("https://api.lemlist.com/api/team", auth=("", "invalid"))

    def test_record(supaglue):
        url = supaglue.base_url + "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps"
        step = {"type": "call", "interval_seconds": 86400}
        assert requests.post(url, json={"record": step}, headers=supaglue.headers).status_code == 201
"""


@pytest.fixture
def covered(run, pytester):
    """Return a function that gives the points of the coverage's JSON by provider, kind, operation and name."""

    def measured(*options, apart=False):
        run(SUITE, "--stepmock-coverage-json=coverage.json", *options, apart=apart).assert_outcomes(passed=4)
        whole = json.loads((pytester.path / "coverage.json").read_text())
        return whole, {
            tuple(point[part] for part in ("provider", "kind", "operation", "name")): (
                point["positive"],
                point["negative"],
            )
            for point in whole["points"]
        }

    return measured


def test_each_kind_is_counted_positively_and_negatively(covered):
    whole, points = covered()
    assert (whole["version"], whole["profiles"]) == (1, ["documented"])
    assert points["lemlist", "operation", "addStep", "addStep"] == (2, 1)
    assert points["lemlist", "operation", "getTeam", "getTeam"] == (0, 1)
    assert points["lemlist", "operation", "deleteStep", "deleteStep"] == (0, 0)
    assert points["lemlist", "type", "addStep", "email"] == (2, 0)
    assert points["lemlist", "type", "addStep", "sms"] == (0, 1)
    assert points["lemlist", "rule", "", "LEM022"] == (2, 1)
    assert points["lemlist", "rule", "", "LEM030"] == (2, 0)
    assert points["supaglue", "type", "createSequenceStep", "call"] == (1, 0)
    assert {provider for provider, *_ in points} == {"lemlist", "supaglue"}
    halves = [bool(count) for counts in points.values() for count in counts]
    assert whole["percent"] == round(100 * sum(halves) / len(halves), 2)


def test_a_rule_that_no_request_can_break_is_not_counted(covered):
    _, points = covered()
    assert ("lemlist", "rule", "", "LEM093") not in points  # a key that stands twice: the provider sees the last one
    assert ("lemlist", "rule", "", "LEM001") in points


def test_workers_count_together(covered):
    assert covered("-n2", apart=True) == covered()


def test_the_table_names_every_point(covered, run):
    _, points = covered()
    result = run(SUITE, "--stepmock-coverage")
    result.stdout.fnmatch_lines(
        [
            "*= stepmock coverage =*",
            "lemlist (documented)",
            "  operations: of 11, 1 accepted and 2 refused",
            "    addStep * 2 * 1",
            "  step types: of 34, 1 accepted and 1 refused",
            "  rules: of *",
            "    LEM022 * 2 * 1",
            "supaglue (documented)",
            "operations *, step types *, rules *; together * of both columns",
        ]
    )
    text = result.stdout.str()
    assert [name for *_, name in points if name not in text] == []


@pytest.mark.parametrize(("least", "code"), [("1", pytest.ExitCode.OK), ("99.5", pytest.ExitCode.TESTS_FAILED)])
def test_a_coverage_below_the_least_fails_the_run(run, least, code):
    result = run(SUITE, f"--stepmock-coverage-min={least}")
    assert result.ret == code
    if code:
        result.stdout.fnmatch_lines(["stepmock: the coverage is * %, less than 99.5 %"])
    else:
        result.stdout.no_fnmatch_line("*stepmock: the coverage*")


def test_a_run_that_calls_nobody_says_so(run):
    result = run("def test_nothing():\n    pass", "--stepmock-coverage")
    result.stdout.fnmatch_lines(["no request reached a provider"])


def test_a_file_that_cannot_be_written_is_told(run):
    result = run(SUITE, "--stepmock-coverage-json=nowhere/coverage.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*there is no folder *nowhere; make it first*"])
