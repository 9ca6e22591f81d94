"""The recipes of the README for test suites: each block is run by pytest as the file that it names."""

import re
import shutil
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"```python (test_\w+\.py)\n(.*?)```", README, re.DOTALL))


def test_the_recipes_are_there():
    assert set(RECIPES) == {
        f"test_{name}.py" for name in ("with_requests", "with_httpx", "with_unittest", "with_node", "on_purpose")
    }


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_passes_as_it_stands_there(pytester: pytest.Pytester, name: str):
    if "node" in name and shutil.which("node") is None:
        pytest.skip("node is not installed")
    (pytester.path / name).write_text(RECIPES[name])
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", "--stepmock-strict=warning")
    result.assert_outcomes(passed=2 if "profiles" in RECIPES[name] else 1)


def test_all_of_them_pass_in_workers(pytester: pytest.Pytester):
    for name, code in RECIPES.items():
        if "node" not in name:
            (pytester.path / name).write_text(code)
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", "-n2")
    result.assert_outcomes(passed=len(RECIPES))


def test_the_options_that_the_readme_names_are_those_of_the_plugin(pytester: pytest.Pytester):
    helped = pytester.runpytest_subprocess("--help").stdout.str()
    named = set(re.findall(r"--stepmock-[a-z-]+|stepmock_[a-z]+(?=` \|)", README))
    known = set(re.findall(r"--stepmock-[a-z-]+|^  stepmock_[a-z]+(?= )", helped, re.MULTILINE))
    assert named == {name.strip() for name in known}
