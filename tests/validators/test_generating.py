"""Generated payloads: right ones of every form, and ones that break exactly one rule."""

import io
import json
import os
import subprocess
import sys
from itertools import islice

import jsonschema_rs
import pytest
from stepmock.contracts import ContractError, load, providers
from stepmock.contracts.model import PROFILES
from stepmock.validators.breakers import breakers, operations_with_payload
from stepmock.validators.checker import checker
from stepmock.validators.context import Context
from stepmock.validators.generator.adjust import adjusted
from stepmock.validators.generator.breaking import breaking
from stepmock.validators.generator.draw import RandomDraw
from stepmock.validators.generator.material import Material
from stepmock.validators.generator.payloads import Generator, Siblings, payloads
from stepmock.validators.generator.values import Values
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.targets import Targets
from stepmock.validators.schema_export import exported_schema

OPERATIONS = [
    (provider, operation, profile)
    for provider in providers()
    for profile in PROFILES
    for operation in operations_with_payload(provider, profile)
]
every_operation = pytest.mark.parametrize(("provider", "operation", "profile"), OPERATIONS)
HANG_ON_MORE = {"LEM012", "SHY013", "SHY023", "SHY032", "SHY033", "SML052", "SML070"}
NOT_IN_WORLD_DOCS = {"SHY085"}


@pytest.fixture
def run(run, monkeypatch):
    """Run the command with a standard input, and return its exit status, its output and its complaints."""

    def invoke(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        return run(*arguments)

    return invoke


def linted(operation, profile, lines, settings=None):
    data = "".join(f"{line}\n" for line in lines).encode()
    return lint_bytes("-", data, Options(Targets(operation), (profile,), settings))


@every_operation
def test_what_is_generated_is_clean_when_checked_as_one_file(provider, operation, profile):
    made = list(islice(payloads(provider, operation, profile=profile), 150))
    assert len(made) == 150
    result = linted(f"{provider}/{operation}", profile, map(json.dumps, made))
    assert [(item.violation.code, item.violation.message) for item in result.located] == []
    assert result.payloads == 150


@every_operation
def test_every_branch_and_every_field_that_is_taken_is_generated(provider, operation, profile):
    check = checker(provider, operation, profile)
    made = list(islice(payloads(provider, operation, profile=profile), 40 * (len(check.branches) + 1)))
    seen = {name: [item for item in made if check.branch_of(item).name == name] for name in ["", *check.branches]}
    for name, branch in check.branches.items() or {"": check.root}.items():
        forbidden = {where[0] for keyword, where, _, _ in branch.checks if keyword == "x-forbidden" and len(where) == 1}
        assert {field for item in seen[name] for field in item} == branch.own_fields - forbidden
        assert any(len(item) < len(branch.own_fields - forbidden) for item in seen[name]) or (
            branch.own_fields - forbidden == {*branch.schema.get("required", ())}
        )


def test_values_reach_their_bounds():
    made = list(islice(payloads("lemlist", "addStep"), 3000))
    assert {min(item["delay"] for item in made if "delay" in item)} == {0}
    assert {max(item["delay"] for item in made if "delay" in item)} == {1500}
    assert {len(item["title"]) for item in made if "title" in item} >= {0, 400}
    assert {item["method"] for item in made if "method" in item} == {"GET", "POST", "PUT", "DELETE", "PATCH"}
    steps = list(islice(payloads("saleshandy", "createStep"), 3000))
    assert max(len(step["variants"]) for step in steps) == 26
    assert {type(step["type"]) for step in steps} == {int, str}


def test_an_email_has_a_day_of_its_own_however_many_there_are():
    siblings = Siblings(checker("saleshandy", "createStep"))
    days = []
    for step in islice(payloads("saleshandy", "createStep"), 20_000):
        siblings.add(step)
        if step["type"] in ("Email", 1, "1"):
            days.append(step["absoluteDays"])
    assert sorted(days) == list(range(1, 1000))
    assert len(siblings.context().siblings) < 1020


@every_operation
def test_nearly_every_drawn_payload_is_right_at_once(provider, operation, profile):
    check = checker(provider, operation, profile)
    make, draw = Generator(check), RandomDraw("any")
    made = [make.payload(draw, branch) for branch in make.branches for _ in range(30)]
    assert None not in made
    assert make.attempts <= 1.02 * len(made)


@every_operation
def test_the_exported_schema_takes_what_is_generated(provider, operation, profile):
    schema = jsonschema_rs.Draft202012Validator(exported_schema(provider, operation, profile))
    assert all(schema.is_valid(item) for item in islice(payloads(provider, operation, profile=profile, seed=5), 100))


@every_operation
def test_each_rule_is_broken_alone_or_it_is_told_why_not(provider, operation, profile):
    target = f"{provider}/{operation}"
    refused = set()
    for code in load(provider, profile).rules:
        can = next(breakers(provider, operation, code, profile), None) is not None
        try:
            found = breaking(provider, operation, code, profile=profile)
        except ContractError:
            refused.add((code, can))
            continue
        bodies = list(islice(found.bodies, 4))
        assert len(bodies) == 4
        lines = [broken.body.decode() for broken in bodies]
        assert all("\n" not in line for line in lines)
        if not found.world:
            result = linted(target, profile, lines, found.settings)
            assert {item.violation.code for item in result.located} == {code}, lines
            if code != load(provider, profile).body_rules["syntax"]:
                assert {item.position.line for item in result.located} == {1, 2, 3, 4}
    unexplained = {code for code, can in refused if can} - HANG_ON_MORE - NOT_IN_WORLD_DOCS
    assert unexplained <= ({"LEM030"} if profile == "observed" else set())


@pytest.mark.parametrize("operation", ["lemlist/addStep", "smartlead/saveSequences", "supaglue/createSequenceStep"])
def test_the_output_of_generate_is_an_input_of_check(run, operation):
    status, out, err = run("generate", operation, "-n", 60, "--seed", 3)
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == 60
    assert run("check", "--operation", operation, "-", stdin=out)[0] == 0


def test_the_facts_that_a_rule_needs_are_told(run):
    status, out, err = run("generate", "supaglue/createSequenceStep", "--breaking", "SUP021", "-n", 3)
    assert (status, err) == (0, "steplint: SUP021 is seen by `steplint check --set provider=salesloft`.\n")
    target = ("check", "--operation", "supaglue/createSequenceStep", "-")
    assert run(*target, stdin=out)[0] == 0
    assert run(*target, "--set", "provider=salesloft", stdin=out)[1].count(": SUP021 ") == 3
    _, out, err = run("generate", "lemlist/addStep", "--breaking", "lem066")
    assert json.loads(out)["campaignId"] == "cam_archived000000000"
    assert "in the world docs" in err


def test_a_longer_output_begins_with_a_shorter_one_and_a_seed_changes_it(run):
    for extra in ([], ["--breaking", "SHY022"]):
        short, long, other = (
            run("generate", "saleshandy/createStep", "-n", count, "--seed", seed, *extra)[1]
            for count, seed in ((5, 1), (10, 1), (10, 2))
        )
        assert long.startswith(short)
        assert len(long.splitlines()) == 10
        assert long != other


def test_the_same_seed_gives_the_same_bytes_in_every_process():
    def output(hash_seed, *extra):
        command = [sys.executable, "-m", "stepmock.validators.cli", "generate", "smartlead/saveSequences", "-n", "8"]
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        return subprocess.run([*command, *extra], env=environment, capture_output=True, check=True).stdout

    for extra in ([], ["--breaking", "SML011"]):
        assert output("1", *extra) == output("2", *extra)


def test_a_reader_that_has_seen_enough_ends_an_endless_output_quietly():
    command = [sys.executable, "-m", "stepmock.validators.cli", "generate", "lemlist/addStep", "-n", "1000000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "PROVIDER/OPERATION"),
        (["lemlist"], "write PROVIDER/OPERATION"),
        (["lemlist/addStp"], 'Did you mean "addStep"?'),
        (["lemlist/deleteStep"], "takes no request body"),
        (["lemlist/addStep", "-n", "0"], "'0' is no whole number from 1 on"),
        (["lemlist/addStep", "-n", "-3"], "'-3' is no whole number"),
        (["lemlist/addStep", "-n", "1e9"], "'1e9' is no whole number"),
        (["lemlist/addStep", "--seed", "x"], "'x' is no whole number"),
        (["lemlist/addStep", "--breaking", "LEM0311"], 'Did you mean "LEM031"?'),
        (["lemlist/addStep", "--breaking", "SHY023"], "SHY023 is a rule of saleshandy, not of lemlist"),
        (["lemlist/updateStep", "--breaking", "LEM100"], "one of lemlist/createCampaign can."),
        (["lemlist/updateStep", "--breaking", "LEM012"], "on the stored step that the request changes"),
        (["saleshandy/createStep", "--breaking", "SHY023"], "on the other steps of the sequence"),
        (["smartlead/saveSequences", "--breaking", "SML070"], "on the state of the campaign"),
        (["saleshandy/setSequenceStatus", "--breaking", "SHY085"], "in the world docs"),
    ],
)
def test_misuse_is_told_on_stderr_with_status_2(run, arguments, words):
    status, out, err = run("generate", *arguments)
    assert (status, out) == (2, "")
    assert words in err


@pytest.mark.parametrize("provider", ["apollo", "outreach", "salesloft"])
def test_known_facts_are_kept_to(provider):
    check = checker("supaglue", "createSequenceStep")
    make, draw, context = Generator(check), RandomDraw("facts"), Context(settings={"provider": provider})
    made = [make.payload(draw, check.root, context) for _ in range(50)]
    assert None not in made
    assert all(check.check(item, context) == [] for item in made)


def test_a_rule_to_be_broken_is_not_mended():
    check = checker("smartlead", "saveSequences")
    values, draw = Values("smartlead", check.root, Material(check.examples)), RandomDraw("any")
    numbers = [{"seq_number": 7, "seq_delay_details": {"delay_in_days": 1}}]
    payload = {"sequences": numbers}
    assert adjusted(payload, check.root, values, Context(), draw, sparing="SML080")["sequences"][0]["seq_number"] == 7
    assert adjusted(payload, check.root, values, Context(), draw)["sequences"][0]["seq_number"] == 1
