"""`@pytest.mark.stepmock(profiles=[...])`."""

import pytest

BOTH = '@pytest.mark.stepmock(profiles=["documented", "observed"])\n'


def test_a_test_runs_under_each_reading(run):
    result = run(
        BOTH
        + """
        def test_type_by_name(saleshandy, stepmock_profile):
            step = {"type": "Email", "absoluteDays": 3, "variants": [{"payload": {"subject": "Hi", "content": "Yes"}}]}
            url = saleshandy.base_url + "/sequences/JA5YdAr9wy/steps"
            status = requests.post(url, json=step, headers=saleshandy.headers).status_code
            assert status == {"documented": 200, "observed": 400}[stepmock_profile]
        """.replace("\n        ", "\n"),
        "-v",
    )
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*test_type_by_name?documented? PASSED*", "*test_type_by_name?observed? PASSED*"])


def test_classes_and_modules_are_marked_too(run):
    run(
        """
        pytestmark = pytest.mark.stepmock(profiles=["documented", "observed"])

        def test_module(lemlist):
            pass

        @pytest.mark.stepmock(profiles=["observed"])
        class TestClass:
            def test_nearer(self, lemlist):
                assert lemlist.profile == "observed"

            @pytest.mark.stepmock(expect=["LEM022"])
            def test_another_keyword(self, lemlist):
                assert lemlist.profile == "observed"
                add(lemlist, WRONG)
        """,
        "--stepmock-strict",
    ).assert_outcomes(passed=4)


def test_parameters_multiply_and_names_stay_readable(run):
    result = run(
        """
        @pytest.mark.stepmock(profiles=["documented", "observed"])
        @pytest.mark.parametrize("kind", ["phone", "manual"])
        def test_kind(lemlist, kind):
            pass
        """,
        "-v",
    )
    result.assert_outcomes(passed=4)
    names = {line.split()[0].rpartition("[")[2] for line in result.outlines if "::test_kind" in line}
    assert {frozenset(name.rstrip("]").split("-")) for name in names} == {
        frozenset((kind, profile)) for kind in ("phone", "manual") for profile in ("documented", "observed")
    }


def test_it_holds_for_fixtures_that_are_asked_for_late_and_for_none(run):
    run(
        """
        @pytest.mark.stepmock(profiles=["documented", "observed"])
        def test_late(request):
            print("profile", request.getfixturevalue("lemlist").profile)

        @pytest.mark.stepmock(profiles=["documented", "observed"])
        def test_none():
            pass
        """,
        "-rP",
    ).assert_outcomes(passed=4)


def test_a_rule_that_only_one_reading_has_is_not_missed_under_the_other(run):
    run(
        """
        @pytest.mark.stepmock(profiles=["documented", "observed"], expect=["LEM092"])
        def test_message(lemlist):
            add(lemlist, {"type": "phone", "altMessage": "x"})
        """,
        "--stepmock-strict",
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "code",
    [
        f"import unittest\n{BOTH}class TestCase(unittest.TestCase):\n    def test_it(self):\n        pass",
        f"MARK = {BOTH[1:]}\n@pytest.mark.parametrize('x', [pytest.param(1, marks=MARK)])\ndef test_it(x):\n    pass",
    ],
)
def test_a_test_that_cannot_run_twice_is_refused(run, code):
    result = run(code)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of *test_it*", "*(profiles): this test cannot run under several*"])


def test_one_profile_is_fine_for_a_test_case_of_unittest(run):
    run(
        """
        import unittest

        @pytest.mark.stepmock(profiles=["observed"])
        class TestCase(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _world(self, lemlist):
                assert lemlist.profile == "observed"

            def test_it(self):
                pass
        """
    ).assert_outcomes(passed=1)
