"""What the markers and settings of the plugin take, and what they say of anything else."""

import pytest

MARKED = "@pytest.mark.stepmock({})\ndef test_it(lemlist):\n    pass"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--stepmock-profile=obsrved"], '*--stepmock-profile must be one of*Did you mean "observed"?'),
        (["-ostepmock_profile=obsrved"], '*stepmock_profile in the configuration*Did you mean "observed"?'),
        (["-ostepmock_strict=eror"], '*stepmock_strict in the configuration*Did you mean "error"?'),
        (["-ostepmock_transport=sever"], '*stepmock_transport in the configuration*Did you mean "server"?'),
        (["-ostepmock_allow=https://a.test/"], "*stepmock_allow in the configuration*hosts only*"),
        (["-ostepmock_contracts=nowhere"], "*stepmock_contracts in the configuration*nowhere is no folder*"),
        (
            ["--stepmock-strict=eror"],
            '*--stepmock-strict must be one of error, warning, advice; *Did you mean "error"?',
        ),
        (["--stepmock-strict="], "*--stepmock-strict must be one of error, warning, advice; '' is not*"),
        (["--stepmock-coverage-min=much"], "*--stepmock-coverage-min * from 0 to 100; 'much' is not*"),
        (["--stepmock-coverage-min=5000"], "*--stepmock-coverage-min * from 0 to 100; '5000' is not*"),
        (["--stepmock-coverage-min=-1"], "*--stepmock-coverage-min * from 0 to 100; '-1' is not*"),
        (["--stepmock-coverage-min=nan"], "*--stepmock-coverage-min * from 0 to 100; 'nan' is not*"),
        (
            ["--stepmock-coverage-json=no/where.json"],
            "*--stepmock-coverage-json: there is no folder */no; make it first*",
        ),
        (["--stepmock-coverage-json=."], "*--stepmock-coverage-json must name a file*is a folder*"),
    ],
)
def test_a_wrong_setting_ends_the_run_with_a_line(run, options, line):
    result = run("def test_nothing():\n    pass", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([line])
    assert "Traceback" not in result.stderr.str()
    assert result.stdout.str() == ""  # before anything is collected


@pytest.mark.parametrize("place", ["environment", "configuration"])
def test_a_wrong_strictness_that_is_not_on_the_command_line_is_told_too(run, monkeypatch, pytester, place):
    if place == "environment":
        monkeypatch.setenv("PYTEST_ADDOPTS", "--stepmock-strict=eror")
    else:
        pytester.makeini("[pytest]\naddopts = --stepmock-strict=eror")
    result = run("def test_nothing():\n    pass", apart=True)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--stepmock-strict must be one of*"])


@pytest.mark.parametrize(
    ("marker", "line"),
    [
        ("expect=['LEM02']", "*(expect): no rule * is called 'LEM02'.*Did you mean*"),
        ("expect='LEM022'", "*(expect) must be a list*"),
        ("expects=['LEM022']", '*expects*Did you mean "expect"?'),
        ("profiles=['observd']", '*(profiles)*Did you mean "observed"?'),
        ("profiles=[]", "*(profiles) must name one at least*"),
        ("transport='sever'", '*(transport)*Did you mean "server"?'),
        ("'observed'", "*takes keywords only*'observed'*"),
        ("profiles=[['observed']]", "*(profiles) must be a list of texts*"),
        ("expect=[['LEM022']]", "*(expect) must be a list of texts*"),
        ("expect=['FND3']", '*no finding is called*Did you mean "FND03"?'),
    ],
)
def test_a_wrong_marker_fails_the_test_that_has_it_and_no_other(run, marker, line):
    result = run(MARKED.format(marker) + "\n\ndef test_other(lemlist):\n    pass")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of test_it*", line])
    assert "Traceback" not in result.stdout.str()


def test_a_wrong_marker_fails_its_test_where_workers_collect(run):
    result = run(MARKED.format("expect=['LEM02']") + "\n\ndef test_other(lemlist):\n    pass", "-n1", apart=True)
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*no rule * is called 'LEM02'*"])


@pytest.mark.parametrize("options", [["-k", "other"], ["-m", "not stepmock"], ["--deselect=test_user.py::test_it"]])
def test_a_wrong_marker_of_a_test_that_does_not_run_says_nothing(run, options):
    code = MARKED.format("expect=['LEM02']") + "\n\ndef test_other(lemlist):\n    pass"
    result = run(code, *options)
    result.assert_outcomes(passed=1, deselected=1)
    assert "LEM02" not in result.stdout.str()


def test_a_wrong_marker_of_a_test_that_is_skipped_says_nothing(run):
    run("@pytest.mark.skip\n" + MARKED.format("expect=['LEM02']")).assert_outcomes(skipped=1)


def test_tests_with_wrong_markers_are_collected(run):
    result = run(MARKED.format("profiles=['observd']"), "--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["test_user.py::test_it*"])


def test_the_plugin_can_be_left_out(run):
    result = run(
        """
        import sys

        def test_nothing(request, pytestconfig):
            with pytest.raises(pytest.FixtureLookupError):
                request.getfixturevalue("lemlist")
            assert not [name for name in sys.modules if name.startswith("stepmock.mock_server.testing")]
            assert not pytestconfig.pluginmanager.has_plugin("stepmock-worlds")
        """,
        "-p",
        "no:stepmock",
        apart=True,
    )
    result.assert_outcomes(passed=1)
    assert "stepmock" not in run("", "-p", "no:stepmock", "--help", apart=True).stdout.str()


def test_a_run_that_does_not_use_the_plugin_imports_nothing_heavy(run):
    run(
        """
        import sys

        def test_nothing():
            heavy = {"flask", "jsonschema_rs", "uvicorn", "yaml", "stepmock.mock_server.emulator"}
            assert not heavy & set(sys.modules)
        """.replace("import requests", ""),
        apart=True,
    ).assert_outcomes(passed=1)


def test_options_and_markers_are_listed(run):
    run("", "--help").stdout.fnmatch_lines(["*--stepmock-strict*", "*--stepmock-coverage-min=PERCENT*"])
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.stepmock(expect=*"])


def test_hosts_can_be_allowed(run, pytester):
    pytester.makeini("[pytest]\nstepmock_allow =\n    *.example.invalid\n    other.test\n")
    run(
        """
        def test_allowed(stepmock):
            assert stepmock.hosts.let_pass("api.example.invalid")
            assert stepmock.hosts.let_pass("other.test")
            assert not stepmock.hosts.let_pass("example.org")
        """
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize("options", [["--stepmock-profile=observed"], ["-ostepmock_profile=observed"]])
def test_the_profile_of_a_run_can_be_chosen(run, options):
    run(
        """
        def test_profile(saleshandy, stepmock_profile):
            assert saleshandy.profile == stepmock_profile == "observed"
        """,
        *options,
    ).assert_outcomes(passed=1)
