"""What a configuration may say, where it is found, and what wrong ones are told."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec
from stepmock.contracts import ContractError
from stepmock.contracts.limits import MAX_CONFIG_BYTES
from stepmock.validators.linter.config import Config, find_config, read_config, size
from stepmock.validators.linter.globs import Globs

ROOT = Path(__file__).parents[2]
GOOD = '{"type": "phone"}'
BAD = '{"type": "phone", "delay": 1501}'


def test_every_key_of_the_file_is_understood(project):
    folder = project(
        {
            ".steplint.toml": """
                profile = "both"
                select = ["LEM"]
                ignore = ["LEM09", "LEM012"]
                severity = "warning"
                max-size = "2 MiB"
                baseline = "known/baseline.json"
                exclude = ["old/"]
                contracts = "contracts"
                operations = {"*.json" = "lemlist/addStep"}
                per-file-ignores = {"intro/*" = ["LEM022"]}
                facts = {provider = "salesloft"}
            """
        }
    )
    assert find_config() == Config(
        ".steplint.toml",
        str(folder),
        "both",
        ("LEM",),
        ("LEM09", "LEM012"),
        "warning",
        2 * 1024**2,
        os.path.join("known", "baseline.json"),
        ("old/",),
        {"*.json": "lemlist/addStep"},
        {"intro/*": ("LEM022",)},
        {"provider": "salesloft"},
        "contracts",
    )


def test_the_nearest_file_that_speaks_of_steplint_counts_and_its_own_file_before_the_project_s(project, monkeypatch):
    project(
        {
            "pyproject.toml": '[tool.steplint]\nprofile = "observed"',
            "a/pyproject.toml": "[project.scripts]\nsteplint = 'x'",
            "a/b/pyproject.toml": '[tool.steplint]\nprofile = "both"',
            "a/b/.steplint.toml": "",
            "a/c/.git": "gitdir: elsewhere",
            "a/c/d/x": "",
        }
    )
    found = {name: find_config(name) for name in (".", "a", "a/b", "a/c", "a/c/d")}
    assert {name: (config.file, config.profile) for name, config in found.items()} == {
        ".": ("pyproject.toml", "observed"),
        "a": ("pyproject.toml", "observed"),
        "a/b": (os.path.join("a", "b", ".steplint.toml"), None),
        "a/c": ("", None),
        "a/c/d": ("", None),
    }


def test_toml_is_not_read_where_no_file_speaks_of_steplint(project, monkeypatch):
    project({"pyproject.toml": "not TOML at all ]"})
    monkeypatch.setitem(sys.modules, "tomllib", None)  # an import would fail
    assert find_config() == Config()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selct = []", 'There is no key "selct". Did you mean "select"?'),
        ("max_size = 1", 'There is no key "max_size". Did you mean "max-size"?'),
        ("quux = 1", 'There is no key "quux". The keys are baseline, contracts, exclude,'),
        ('"a\\u001b[31m" = 1', 'There is no key "a\\x1b[31m".'),
        ("[tool.steplint]", "[tool.steplint] is for pyproject.toml"),
        ('profile = "live"', "profile must be one of documented, observed, both"),
        ("profile = 3", "profile must be one of documented"),
        ("severity = []", "severity must be one of error, warning, advice"),
        ('select = "LEM"', "select must be a list of texts"),
        ("ignore = [1]", "ignore must be a list of texts"),
        ("exclude = {}", "exclude must be a list of texts"),
        ("max-size = true", "max-size must be a size"),
        ('max-size = "64 horses"', "max-size must be a size"),
        ("max-size = 0", "max-size must be a size"),
        ("max-size = -5", "max-size must be a size"),
        ("max-size = 1.5", "max-size must be a size"),
        ("baseline = 1", "baseline must be a text"),
        ('baseline = ""', "baseline must be a text"),
        ("operations = []", "operations must be a table of globs with their operations"),
        ("operations = {x = 1}", "operations must be a table of globs with their operations"),
        ('per-file-ignores = {x = "LEM"}', "per-file-ignores must be a table of globs with lists"),
        ("facts = {provider = 1}", "facts must be a table of names with texts"),
        ('facts = {provder = "x"}', 'There is no fact "provder"'),
        ('facts = {provider = "saleslof"}', "one of apollo, outreach, salesloft. Did you mean"),
        ('operations = {"*.json" = "lemlist/addSteps"}', 'Did you mean "addStep"?'),
        ('operations = {"*.json" = "lemlst/addStep"}', 'Did you mean "lemlist"?'),
        ('operations = {"*.json" = "addStep"}', "write PROVIDER/OPERATION"),
        ('operations = {"!x" = "lemlist/addStep"}', 'operations: the glob "!x" begins with !'),
        ('exclude = ["a\\\\b"]', "holds a backslash"),
        ('exclude = [""]', "is no glob"),
        ('exclude = ["[z-a]"]', "is no glob"),
        ('select = ["LEN012"]', 'select: No rule is called "LEN012"'),
        ('ignore = [""]', 'ignore: No rule is called ""'),
        ('per-file-ignores = {"*" = ["LEM999"]}', 'No rule is called "LEM999"'),
        ('contracts = "nowhere"', "is no folder of contracts"),
        ("a = 1\na = 2", "It is not TOML: Cannot overwrite a value (at "),
        ("x = [", "It is not TOML: Invalid value"),
        pytest.param("x = " + "[" * 100_000, "It is nested too deeply", id="deep"),
        pytest.param("x = " + "1" * 10_000, "It is not TOML: ", id="digits"),
        (b"\x00\x01\xff\xfe", "It is not UTF-8: byte 2 cannot be read"),
        (b"\x00\x01", "It is not TOML: "),
        pytest.param(b"#" * 10_000_000, f"It has more than {MAX_CONFIG_BYTES:,} bytes", id="large"),
    ],
)
def test_a_wrong_file_is_told_in_one_line_with_its_name_and_status_2(project, run, text, words):
    project({".steplint.toml": text, "x.lemlist.addStep.json": GOOD})
    status, out, err = run("check", ".")
    assert (status, out) == (2, "")
    assert err.startswith("steplint: .steplint.toml: ")
    assert err.count("\n") == 1
    assert words in err
    assert run("check", ".", "--no-config")[0] == 0


@pytest.mark.parametrize("text", ["[tool]\nsteplint = 3", "[[tool.steplint]]"])
def test_the_table_of_a_project_must_be_a_table(project, run, text):
    project({"pyproject.toml": text})
    assert run("check", ".") == (2, "", "steplint: pyproject.toml: tool.steplint must be a table.\n")


def test_a_file_that_is_named_is_used_instead(project, run):
    project(
        {
            ".steplint.toml": "broken",
            "ci/lint.toml": '\ufeffignore = ["LEM022"]',
            "ci/pyproject.toml": "[tool.ruff]",
            "x.lemlist.addStep.json": BAD,
        }
    )
    assert run("check", ".", "--config", "ci/lint.toml")[0] == 0
    status, _, err = run("check", ".", "--config", "ci/pyproject.toml")
    assert (status, err) == (2, "steplint: ci/pyproject.toml: There is no table [tool.steplint].\n")
    assert "not allowed with" in run("check", ".", "--config", "ci/lint.toml", "--no-config")[2]


@pytest.mark.parametrize("name", ["gone.toml", "a\0b", "ci", "/dev/null", "loop.toml"])
@pytest.mark.skipif(sys.platform == "win32", reason="links and devices")
def test_a_named_file_that_cannot_be_read_is_misuse(project, run, name):
    folder = project({"ci/x": ""})
    (folder / "loop.toml").symlink_to("loop.toml")
    status, out, err = run("check", ".", "--config", name)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "cannot be read" in err or "no regular file" in err


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
@pytest.mark.parametrize("kind", ["folder", "loop", "pipe", "dangling"])
def test_what_is_found_but_is_no_file_is_told_and_never_passed_over(project, run, kind):
    path = project({}) / ".steplint.toml"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path if kind == "loop" else "gone.toml")
    status, out, err = run("check", ".")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("steplint: .steplint.toml: It ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_told(project, run):
    (project({".steplint.toml": ""}) / ".steplint.toml").chmod(0)
    assert "It cannot be read: permission denied." in run("check", ".")[2]


def test_a_current_directory_that_is_gone_has_no_configuration(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert find_config() == Config()


def test_options_win_over_the_file(project, run):
    project(
        {
            "pyproject.toml": """
                [tool.steplint]
                ignore = ["LEM022"]
                exclude = ["*.json"]
                max-size = 10
                profile = "observed"
                severity = "advice"
            """,
            "x.lemlist.addStep.json": '{"type": "email", "message": "x", "delay": 1501, "dealy": 1}',
        }
    )
    assert run("check", "x.lemlist.addStep.json")[:2] == (0, "No file was checked.\n")
    options = ["check", ".", "--exclude", "*.yaml", "--max-size", "1KB"]
    assert [code for code in ("LEM022", "LEM030", "LEM090") if code in run(*options)[1]] == ["LEM090"]
    assert run(*options)[0] == 1
    assert run(*options, "--severity", "error")[0] == 0
    options += ["--profile", "documented", "--ignore", "LEM090"]
    assert [code for code in ("LEM022", "LEM030", "LEM090") if code in run(*options)[1]] == ["LEM022", "LEM030"]


def test_globs_tell_operations_relative_to_the_file_that_holds_them(project, run, monkeypatch):
    folder = project(
        {
            "api/pyproject.toml": """
                [tool.steplint.operations]
                "update/*.json" = "lemlist/updateStep"
                "**/*.json" = "lemlist/addStep"
                "all/*.json" = "lemlist/updateStep"
            """,
            "api/update/x.json": '{"type": "email"}',
            "api/deep/update/x.json": '{"type": "email"}',
            "api/update/deep/x.json": '{"type": "email"}',
            "api/all/x.json": '{"type": "email"}',
        }
    )
    monkeypatch.chdir(folder / "api" / "update")
    _, out, _ = run("check", "x.json", "deep", "../deep", folder / "api" / "all")
    refused = {line.split(":")[0] for line in out.splitlines() if ": LEM" in line}
    assert refused == {
        os.path.join("deep", "x.json"),
        os.path.join("../deep", "update", "x.json"),
        f"{folder}/api/all/x.json",
    }


def test_facts_of_the_file_are_known_to_the_rules(project, run):
    step = (ROOT / "fixtures/supaglue/createSequenceStep/valid/10.json").read_text()
    project({"x.supaglue.createSequenceStep.json": step})
    without = run("check", ".")[1]
    project({".steplint.toml": 'facts = {provider = "salesloft"}'})
    assert run("check", ".")[1] == run("check", ".", "--no-config", "--set", "provider=salesloft")[1] != without
    assert run("check", ".", "--set", "provider=outreach")[1] != run("check", ".")[1]


@pytest.mark.parametrize(
    ("text", "count"),
    [("1", 1), (7, 7), ("64MB", 64 * 2**20), ("64 mb", 64 * 2**20), ("1KiB", 1024), ("2gb", 2**31), (" 5 B ", 5)],
)
def test_a_size_is_bytes_or_a_number_with_a_unit(text, count):
    assert size(text) == count


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5MB", "MB", "1 TB", "1k", "1e3", "\u0663", "9" * 30, "1_000"])
def test_what_is_no_size_is_misuse(run, text):
    status, out, err = run("check", ".", f"--max-size={text}")
    assert (status, out) == (2, "")
    assert f'--max-size must be a size: bytes, or a number with KB, MB or GB, for example "64MB"; "{text}"' in err


def test_files_over_the_limit_are_not_checked_and_the_others_are(project, run):
    project({"x.lemlist.addStep.json": GOOD, "y.lemlist.addStep.json": BAD + " " * 3_000_000})
    status, out, _ = run("check", ".", "--max-size", "1MB")
    assert status == 2
    assert "y.lemlist.addStep.json: not checked: it has more than 1,048,576 bytes; --max-size raises the limit." in out
    assert out.endswith("1 file checked: all right.\n")
    assert run("check", ".", "--max-size", "999999999GB")[0] == 1


def test_what_is_excluded_is_neither_read_nor_a_mistake_to_name(project, run):
    project({"a/lemlist/addStep/x.json": GOOD, "b/lemlist/addStep/x.json": BAD, "b/deep/x.lemlist.addStep.json": "["})
    assert run("check", ".", "--exclude", "b")[:2] == (0, "1 file checked: all right.\n")
    assert run("check", ".", "--exclude", "/b/lemlist/", "--exclude", "**/deep/**")[0] == 0
    assert run("check", "b", "--exclude", "b/")[:2] == (0, "No file was checked.\n")
    assert run("check", "b/", "--exclude", "b/")[0] == 0
    assert run("check", "b/deep/x.lemlist.addStep.json", "--exclude", "*.json")[0] == 0
    assert run("check", "b", "--exclude", "b/*")[0] == 2  # a folder that then holds nothing


NAMES = st.sampled_from(["a", "b", "ab", "ba", "x.j", "aab", ".a"])
PARTS = st.sampled_from(["a", "b", "*", "**", "*a", "a*", "?", "[ab]", "[!a]", "ab", "a*b", "*.j", "*a*b*", "a**b?"])


SLASH = st.sampled_from(["", "/"])


@pytest.mark.parametrize(
    "pattern", ["a*" * 40 + "b", "**/a/" * 40 + "b", "**/" * 40 + "b", "/".join(["**", "*a" * 9] * 9)]
)
def test_a_pattern_with_very_many_stars_is_answered(pattern):
    assert not Globs([pattern], "root").fit(f"root/{'a/' * 300}{'a' * 300}.json")


@given(st.lists(PARTS, min_size=1, max_size=6), SLASH, SLASH, st.lists(NAMES, min_size=1, max_size=5))
def test_globs_are_those_of_gitignore(parts, before, after, names):
    assume(not (after and parts[-1] == "**"))  # git means folders below; pathspec means all below
    pattern, path = before + "/".join(parts) + after, "/".join(names)
    assert Globs([pattern], "root").fit(f"root/{path}") == GitIgnoreSpec.from_lines([pattern]).match_file(path)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.json", "/elsewhere/x.json", True),
        ("./x.json", "root/x.json", True),
        ("./x.json", "root/a/x.json", False),
        ("../x.json", "x.json", True),
        ("*.json", "root/X.JSON", False),
        ("a.json", "root/aXjson", False),
        ("a", "root/ab", False),
        ("a\nb", "root/a\nb", True),
        ("[", "root/[", True),
        ("[]]", "root/]", True),
        ("{a,b}", "root/a", False),
    ],
)
def test_globs_at_their_edges(pattern, path, fits):
    assert Globs([pattern], "root").fit(path) is fits


def test_a_path_by_way_of_a_link_is_still_below_the_folder(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    assert Globs(["a/*.json"], str(tmp_path / "real")).fit(str(tmp_path / "link/a/x.json"))


def test_a_file_that_is_named_may_have_any_name(tmp_path):
    (tmp_path / "x").write_text("max-size = 5")
    assert read_config(str(tmp_path / "x")).max_size == 5
    with pytest.raises(ContractError, match="It cannot be read"):
        read_config(str(tmp_path / "gone"))
