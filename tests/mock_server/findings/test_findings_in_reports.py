"""The findings of a test's worlds stand in its report, once, and without mere advice."""

import pytest

pytest_plugins = ["pytester"]

TEST = """
import requests
from stepmock.mock_server import intercept

STEPS = "https://api.lemlist.com/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"

def send(key, **headers):
    return requests.post(STEPS, json={"type": "phone"}, auth=("", key), headers=headers)

def test_behaves(lemlist):
    with_key = dict(headers=lemlist.headers)
    requests.get(f"{lemlist.base_url}/team", **with_key)
    raise AssertionError("shown")

def test_repeats_itself(lemlist):
    lemlist.fail_next({"status": 503}, times=4)
    for _ in range(4):
        requests.get(f"{lemlist.base_url}/team", headers=lemlist.headers)
    raise AssertionError("shown")
"""


@pytest.fixture
def report(pytester):
    pytester.makepyfile(TEST)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider").stdout.str()


def test_what_was_found_is_in_the_report_once(report):
    assert "2 failed" in report
    assert report.count("FND04 warning: No back-off.") == 1
    assert "request 1: getTeam -> 503" in report


def test_advice_is_not_in_the_report(report):
    assert "FND08" not in report
