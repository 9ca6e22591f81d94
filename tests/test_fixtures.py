"""Every payload of the fixtures goes through the library, the command and the emulator."""

import base64
import importlib.util
import json
import sys
from pathlib import Path

import pytest
from stepmock.contracts import load, providers
from stepmock.fixtures import FOLDER
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.validators import check
from stepmock.validators.breakers import operations_with_payload
from stepmock.validators.cli import main
from stepmock.validators.places import pointer_of
from stepmock.validators.reading import read_json
from stepmock.validators.worlds import docs_context

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LEMLIST = load("lemlist")
NEEDS_ANOTHER_STEP = {"LEM012"}
HEADERS = {"authorization": "Basic " + base64.b64encode(b":key").decode(), "content-type": "application/json"}
SEQUENCE = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"

VALID = sorted(FOLDER.glob("*/*/valid/*.json"))
INVALID = sorted(FOLDER.glob("*/*/invalid/*.json"))
OF_LEMLIST = [path for path in (*VALID, *INVALID) if path.parts[-4] == "lemlist"]


def cited(path):
    """Return the path below the fixtures, as the name of a case."""
    return path.relative_to(FOLDER).as_posix()


def expected(path):
    """Return the rules and pointers that a payload breaks, as its `.violations` file says."""
    lines = path.with_suffix(".violations").read_text(encoding="utf-8").splitlines()
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def found(path, context=None):
    """Return the rules and pointers that the library finds, with the facts of a Context."""
    contract = load(path.parts[-4])
    reading = read_json(path.read_bytes(), contract.body_rules, duplicates=True)
    if reading.findings:
        return [(finding.code, pointer_of(finding.where)) for finding in reading.findings]
    violations = check(contract.provider, path.parts[-3], reading.payload, context=context)
    return [(item.code, item.pointer) for item in violations]


def in_docs(path):
    """Return the facts of the world `docs` of a payload's provider."""
    return docs_context(load(path.parts[-4]))


def reply(path):
    """Return the emulator's answer to a payload; for an update, a step of its type is added first."""
    emulator = Emulator(Settings())
    operation, body = path.parts[-3], path.read_bytes()
    method, target = {
        "addStep": ("POST", SEQUENCE),
        "createCampaign": ("POST", "/lemlist/api/campaigns"),
        "updateCampaign": ("PATCH", "/lemlist/api/campaigns/cam_ABC123XYZ456"),
    }.get(operation, ("PATCH", ""))
    if operation == "updateStep":
        payload = read_json(body, LEMLIST.body_rules).payload
        kind = payload.get("type") if isinstance(payload, dict) else None
        stored = FOLDER / "lemlist/addStep/valid" / f"{kind}.json"
        stored = stored if stored.exists() else stored.with_name("email.json")
        added = emulator.handle(Request("POST", SEQUENCE, "", HEADERS, stored.read_bytes()))
        target = f"{SEQUENCE}/{added.json()['_id']}"
    return emulator.handle(Request(method, target, "", HEADERS, body))


def lint(capsys, *arguments):
    status = main(["check", "--format", "json", *map(str, arguments)])
    return status, [(item["code"], item["pointer"]) for item in json.loads(capsys.readouterr().out)["violations"]]


@pytest.mark.parametrize("path", VALID, ids=cited)
def test_a_valid_payload_is_right_in_the_library(path):
    assert found(path) == []


@pytest.mark.parametrize("path", VALID, ids=cited)
def test_a_valid_payload_is_right_for_the_command(path, capsys):
    assert lint(capsys, path) == (0, [])


@pytest.mark.parametrize("path", [path for path in OF_LEMLIST if path in VALID], ids=cited)
def test_a_valid_payload_is_accepted_by_the_emulator(path):
    response = reply(path)
    assert response.status == 200
    assert "X-Stepmock-Violations" not in dict(response.headers)


@pytest.mark.parametrize("path", INVALID, ids=cited)
def test_an_invalid_payload_breaks_the_rule_of_its_name_in_the_library(path):
    assert found(path, in_docs(path)) == expected(path)
    assert [code for code, _ in expected(path)] == [path.stem]


@pytest.mark.parametrize("path", INVALID, ids=cited)
def test_an_invalid_payload_breaks_the_same_rule_for_the_command(path, capsys):
    told = found(path)  # the command knows nothing of a world
    assert set(told) <= set(expected(path))
    status = int(any(load(path.parts[-4]).rules[code].severity == "error" for code, _ in told))
    assert lint(capsys, path) == (status, told)


@pytest.mark.parametrize("path", [path for path in OF_LEMLIST if path in INVALID], ids=cited)
def test_an_invalid_payload_is_refused_by_the_emulator_with_the_same_rule(path):
    rule = LEMLIST.rules[path.stem]
    response = reply(path)
    header = json.loads(dict(response.headers).get("X-Stepmock-Violations", "[]"))
    if rule.severity == "error":
        assert response.status == LEMLIST.refusals[rule.refusal].status
        assert [(item["rule"], item["pointer"]) for item in header] == expected(path)
    else:
        assert (response.status, header) == (200, [])


@pytest.mark.parametrize("provider", providers())
def test_each_folder_of_valid_payloads_lints_clean(provider, capsys):
    for operation in operations_with_payload(provider):
        assert lint(capsys, FOLDER / provider / operation / "valid") == (0, [])


def test_every_rule_has_an_invalid_payload_but_those_that_need_another_step():
    assert {path.stem for path in OF_LEMLIST if path in INVALID} == set(LEMLIST.rules) - NEEDS_ANOTHER_STEP


def test_every_type_of_step_has_a_valid_payload_for_each_operation():
    for operation in ("addStep", "updateStep"):
        payloads = [path for path in OF_LEMLIST if path in VALID and path.parts[-3] == operation]
        types = {json.loads(path.read_bytes())["type"] for path in payloads}
        assert types == set(LEMLIST.operations[operation].checks["branches"])


def test_every_invalid_payload_has_its_violations_and_no_file_is_left_over():
    assert {path.with_suffix(".violations") for path in INVALID} == set(FOLDER.glob("*/*/invalid/*.violations"))


@pytest.fixture
def generate(monkeypatch):
    """The program that writes the fixtures and the tables of the README."""
    monkeypatch.syspath_prepend(ROOT / ".ci")
    spec = importlib.util.spec_from_file_location("generate", ROOT / ".ci" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_fixtures_are_what_the_program_writes(generate, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 0, capsys.readouterr().err


def test_the_program_tells_each_difference_and_mends_it(generate, monkeypatch, tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text(README)
    monkeypatch.setattr(generate, "FIXTURES", tmp_path)
    monkeypatch.setattr(generate, "README", readme)
    generate.write()
    readme.write_text(README.replace("| LEM022 |", "| LEM022 | "))
    folder = tmp_path / "lemlist/addStep/valid"
    (folder / "sms.json").unlink()
    (folder / "email.json").write_text("{}")
    (folder / "fax.json").write_text("{}")
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    assert generate.main() == 1
    assert capsys.readouterr().err.splitlines()[:-1] == [
        "missing: lemlist/addStep/valid/sms.json",
        "not generated: lemlist/addStep/valid/fax.json",
        "out of date: README.md",
        "out of date: lemlist/addStep/valid/email.json",
    ]
    generate.write()
    assert generate.main() == 0


def test_a_wrong_option_of_the_program_is_misuse(generate, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["generate.py", "--chekc"])
    assert generate.main() == 2
    assert "usage" in capsys.readouterr().err
