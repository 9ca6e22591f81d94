"""What the user controls holds in every form of report."""

import json
import os
from xml.etree import ElementTree

import pytest
from stepmock.contracts.model import PROFILES
from stepmock.validators.cli import main
from stepmock.validators.reports.formats import FORMATS

FILES = {
    "a.lemlist.addStep.json": '{"type": "phone", "delay": -1, "extra": 1}',
    "b.lemlist.addStep.yaml": "type: phone\ndelay: -1 # steplint: ignore LEM022\nextra: 1\n",
    "c.lemlist.addStep.json": '{"type": "phone", "extra": 1}',
}


def codes_in(form, text):
    """Return the codes that a report tells, with the names of their files."""
    if form == "text":
        lines = [line for line in text.splitlines() if not line.startswith(" ") and ".lemlist." in line]
        return {(line.partition(".")[0], line.split(": ")[1].split()[0]) for line in lines}
    if form == "json":
        return {(item["path"][0], item["code"]) for item in json.loads(text)["violations"]}
    if form == "sarif":
        [run] = json.loads(text)["runs"]
        place = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"][0] for item in run["results"]]
        return set(zip(place, [item["ruleId"] for item in run["results"]], strict=True))
    if form == "junit":
        told = [child.text for case in ElementTree.fromstring(text).iter("testcase") for child in case]
        lines = [line for text in told for line in text.splitlines()]
        return {(line[0], line.split(": ")[1].split()[0]) for line in lines if not line.startswith(" ")}
    lines = [line for line in text.splitlines() if line.startswith("::")]
    return {(line.partition("file=")[2][0], line.partition("title=")[2].partition("::")[0]) for line in lines}


ALL = {("a", "LEM022"), ("a", "LEM090"), ("b", "LEM090"), ("c", "LEM090")}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def run(project, capsys):
    def invoke(form, *options, config=""):
        (project / ".steplint.toml").write_text(config)
        status = main(["check", "--format", form, *options, "."])
        printed = capsys.readouterr()
        return status, codes_in(form, printed.out), printed

    return invoke


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("options", "config", "shown", "status"),
    [
        ([], "", ALL, 1),
        (["--ignore", "LEM09"], "", {("a", "LEM022")}, 1),
        (["--select", "LEM09"], "", ALL - {("a", "LEM022")}, 0),
        (["--select", "LEM09", "--severity", "warning"], "", ALL - {("a", "LEM022")}, 1),
        (["--exclude", "a.*"], "", {("b", "LEM090"), ("c", "LEM090")}, 0),
        ([], 'severity = "advice"\nignore = ["LEM022"]', ALL - {("a", "LEM022")}, 1),
        ([], '[per-file-ignores]\n"a.*" = ["LEM"]', {("b", "LEM090"), ("c", "LEM090")}, 0),
        ([], 'exclude = ["*.json"]\nseverity = "warning"', {("b", "LEM090")}, 1),
    ],
)
def test_every_form_shows_what_counts_and_fails_by_the_same_bar(run, form, options, config, shown, status):
    assert run(form, *options, config=config)[:2] == (status, shown)


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_hides_what_the_baseline_records(run, project, form):
    assert run(form, "--baseline", "known.json", "--write-baseline")[:2] == (0, set())
    (project / "d.lemlist.addStep.json").write_text('{"type": "phone", "delay": 1501}')
    status, shown, printed = run(form, "--baseline", "known.json")
    assert (status, shown) == (1, {("d", "LEM022")})
    assert printed.err == "steplint: known.json: 4 violations hidden.\n"


def test_junit_counts_a_warning_as_a_failure_only_below_the_bar(run):
    for bar, failures in (("error", "1"), ("warning", "3")):
        _, _, printed = run("junit", "--severity", bar)
        assert ElementTree.fromstring(printed.out).get("failures") == failures


def test_the_exit_status_in_sarif_is_that_of_the_command(run):
    for options in (["--severity", "warning"], ["--ignore", "LEM"], ["--select", "LEM09"]):
        status, _, printed = run("sarif", *options)
        [invocation] = json.loads(printed.out)["runs"][0]["invocations"]
        assert invocation["exitCode"] == status


def test_a_baseline_of_both_profiles_hides_what_either_finds(run, project):
    (project / "s.supaglue.createSequenceStep.json").write_text('{"record": {"type": "task", "interval_seconds": 60}}')
    facts = ["--set", "provider=outreach", "--baseline", "known.json"]
    assert run("json", *facts, "--profile", "both", "--write-baseline")[0] == 0
    recorded = {item["code"] for item in json.loads((project / "known.json").read_text())["violations"]}
    assert "SUP030" in recorded
    for profile in ("both", *PROFILES):
        status, shown, printed = run("json", *facts, "--profile", profile)
        assert (status, shown) == (0, set())
        report = json.loads(printed.out)
        assert not report.get("accepted_by_one_profile")


def test_what_is_excluded_keeps_its_entries_and_is_not_told_as_gone(run, project):
    run("text", "--baseline", "known.json", "--write-baseline")
    before = (project / "known.json").read_text()
    assert "no longer" not in run("text", "--baseline", "known.json", "--exclude", "a.*")[2].err
    run("text", "--baseline", "known.json", "--exclude", "a.*", "--write-baseline")
    assert (project / "known.json").read_text() == before
    (project / "a.lemlist.addStep.json").unlink()
    assert "2 of the baseline no longer occur" in run("text", "--baseline", "known.json")[2].err


def test_the_baseline_of_the_configuration_is_named_from_here(run, project, monkeypatch, capsys):
    run("text", "--write-baseline", config='baseline = "known.json"')
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    assert main(["check", ".."]) == 0
    assert capsys.readouterr().err == f"steplint: {os.path.join('..', 'known.json')}: 4 violations hidden.\n"
