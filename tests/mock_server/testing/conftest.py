"""Small test suites of a user's, run by pytest inside of pytest."""

from collections.abc import Callable
from textwrap import dedent

import httpx  # noqa: F401
import pytest
import requests  # noqa: F401
from stepmock.mock_server import Emulator, intercept
from stepmock.mock_server.testing import coverage, live, verdict, watching, worlds  # noqa: F401

# What a run in this process imports is forgotten at its end; what is imported before is not, and classes stay the same.
with intercept(emulator=Emulator()) as mock:
    mock.world("lemlist")

PRELUDE = """
import pytest
import requests

RIGHT = {"type": "email", "subject": "Hi", "message": "Hello"}
WRONG = {"type": "sms", "message": "Hi", "delay": 5000}  # breaks LEM022


def add(world, step=RIGHT):
    path = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
    return requests.post(world.base_url + path, json=step, headers=world.headers).status_code

"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Return a function that runs a test file with these options; `apart` in a process of its own."""

    def ran(code: str, *options: str, apart: bool = False) -> pytest.RunResult:
        pytester.makepyfile(test_user=PRELUDE + dedent(code))
        start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return start("-W", "error", "-p", "no:cacheprovider", *options)

    return ran
