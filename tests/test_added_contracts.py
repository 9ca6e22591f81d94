"""A fifth provider from a folder: one contract, one folder of worlds, at most one Python file, nothing else."""

import json
import os
import subprocess
import sys
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from jsonschema import Draft202012Validator
from stepmock.contracts import ContractError, add_contracts, load, loader, providers
from stepmock.mock_server import Emulator, Request
from stepmock.validators import check
from stepmock.validators.breakers import breaker
from stepmock.validators.cli import main
from toy_contract import CONTRACT

CODE = """\
from stepmock.mock_server.call import Handler


def add_jump(call):
    jump = {"id": call.new_id("jump"), **call.accepted(with_defaults=True)}
    call.table("jumps")[jump["id"]] = jump
    return {"jumps": len(call.table("jumps")), **jump}


HANDLERS = {"addJump": Handler(add_jump)}
"""
WORLD = {"format": "stepmock-world", "version": 1, "provider": "toy", "resources": {}}
KEY = {"x-toy": "key", "content-type": "application/json"}


@pytest.fixture
def folder(tmp_path):
    """A folder with the contract and its worlds; the provider is forgotten afterwards."""
    (tmp_path / "toy.yaml").write_text(CONTRACT)
    (tmp_path / "toy" / "worlds").mkdir(parents=True)
    for name in ("docs", "empty"):
        (tmp_path / "toy" / "worlds" / f"{name}.json").write_text(json.dumps(WORLD))
    yield tmp_path
    loader._added.clear()
    loader._loaded.cache_clear()


def jump(emulator, body):
    return emulator.handle(Request("POST", "/toy/v9/jumps", "", KEY, json.dumps(body).encode()))


def test_an_added_provider_is_known_served_and_linted(folder):
    (folder / "toy.py").write_text(CODE)
    add_contracts(folder)
    assert "toy" in providers()
    emulator = Emulator()
    first, second = jump(emulator, {"height": 2, "wings": 1}), jump(emulator, {"height": 1})
    assert (first.status, second.json()["jumps"]) == (201, 2)
    assert first.json()["id"].startswith("j-")
    assert dict(second.headers)["X-Left"] == "1"
    refused = jump(emulator, {"height": 4})
    assert (refused.status, refused.json()) == (422, {"why": "height must be at most 3; 4 is not."})
    assert jump(emulator, {"height": 1}).status == 429
    assert [item.code for item in check("toy", "addJump", {})] == ["TOY003"]


def test_an_added_provider_is_answered_at_its_own_host(folder):
    (folder / "toy.py").write_text(CODE)
    add_contracts(folder)
    request = Request("POST", "/v9/jumps", "", {**KEY, "host": "API.toy.example:443"}, b'{"height": 1}')
    assert Emulator().handle(request).status == 201


def test_without_code_an_operation_answers_the_example_of_its_contract(folder):
    add_contracts(folder)
    reply = jump(Emulator(), {"height": 1})
    assert (reply.status, reply.json()) == (201, {"id": "j-12345"})
    assert dict(reply.headers)["X-Stepmock-Confidence"] == "assumed"
    assert jump(Emulator(), {}).status == 422


def test_every_rule_of_an_added_provider_has_a_breaker(folder):
    add_contracts(folder)
    assert [code for code in load("toy").rules if breaker("toy", code) is None] == []


def test_the_linter_knows_an_added_provider(folder, tmp_path, capsys):
    path = tmp_path / "high.toy.addJump.json"
    path.write_text('{"height": 9}')
    assert main(["check", "--contracts", str(folder), str(path)]) == 1
    assert f"{path}:1:2: TOY004 " in capsys.readouterr().out


def test_the_configuration_may_name_the_folder(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".steplint.toml").write_text('contracts = "."\n[operations]\n"high.json" = "toy/addJump"\n')
    (tmp_path / "high.json").write_text('{"height": 9}')
    assert main(["check", "high.json"]) == 1
    assert "high.json:1:2: TOY004 " in capsys.readouterr().out


def test_a_recording_of_an_added_provider_is_checked_and_its_key_is_not_shown(folder, tmp_path, capsys):
    request = {"method": "POST", "url": "https://api.toy.example/v9/jumps", "postData": {"text": '{"height": "KEY77"}'}}
    request["headers"] = [{"name": "X-Toy", "value": "KEY77"}]
    entry = {"startedDateTime": "2024-05-01T10:00:00Z", "request": request, "response": {"status": 422}}
    path = tmp_path / "x.har"
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    assert main(["check", str(path)]) == 2
    assert main(["check", "--contracts", str(folder), str(path)]) == 1
    shown = capsys.readouterr().out
    assert "TOY004" in shown
    assert "KEY77" not in shown


@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_an_added_provider_has_schemas_explanations_and_generated_payloads(folder, tmp_path, capsys, profile):
    options = ["--contracts", str(folder), "--profile", profile]
    assert main(["schema", *options, "toy/addJump"]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid({"height": 3})
    assert not Draft202012Validator(schema).is_valid({"height": 4})
    assert main(["schema", *options, "--all", str(tmp_path / "schemas")]) == 0
    assert json.loads((tmp_path / "schemas/toy.addJump.schema.json").read_text()) == schema
    assert main(["explain", *options, "TOY004"]) == 0
    assert "toy/addJump refuses" in capsys.readouterr().out
    for code in load("toy", profile).rules:
        assert main(["generate", *options, "toy/addJump", "-n", "3", "--breaking", code]) == 0
        (tmp_path / "broken.toy.addJump.jsonl").write_text(capsys.readouterr().out)
        main(["check", *options, "--format", "json", str(tmp_path / "broken.toy.addJump.jsonl")])
        found = json.loads(capsys.readouterr().out)["violations"]
        assert {item["code"] for item in found} == {code}
        assert len({item["line"] for item in found}) == 3


def test_the_server_serves_an_added_provider(folder, tmp_path):
    (folder / "toy.py").write_text(CODE)
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "stepmock.mock_server.cli", "serve", "--port", "0", "--port-file", port_file]
    with subprocess.Popen([*command, "--contracts", folder], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        with urlopen(HttpRequest(f"{address}/toy/v9/jumps", b'{"height": 1}', KEY)) as reply:
            assert (reply.status, json.load(reply)["jumps"]) == (201, 1)
        server.terminate()
        assert server.wait(10) == 0


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "toy.yaml").unlink(), "holds no contract"),
        (lambda folder: (folder / "toy.yaml").rename(folder / "lemlist.yaml"), "is shipped with stepmock"),
        (lambda folder: (folder / "toy.yaml").rename(folder / "game.yaml"), "the file is game.yaml"),
        (lambda folder: (folder / "toy.yaml").write_text("["), "The contract is no YAML"),
        (lambda folder: (folder / "toy.yaml").write_text(CONTRACT.replace("x-rules", "x-ruels")), "toy.yaml:"),
        (lambda folder: (folder / "toy.yaml").write_text("a: &a [*a]"), "aliases expand"),
        (lambda folder: (folder / "toy.yaml").write_text("a: " + "[" * 3000 + "]" * 3000), "nested deeper"),
        (
            lambda folder: (folder / "toy.yaml").write_text(CONTRACT.replace("TOY", "SML")),
            "belongs to another provider",
        ),
        (lambda folder: ((folder / "toy.yaml").unlink(), os.mkfifo(folder / "toy.yaml")), "no regular file"),
    ],
    ids=[
        "none",
        "shipped name",
        "another name",
        "no YAML",
        "misspelt keyword",
        "cycle",
        "depth",
        "codes of another",
        "pipe",
    ],
)
def test_a_wrong_folder_is_told_and_adds_nothing(folder, spoil, words):
    spoil(folder)
    with pytest.raises(ContractError, match=words):
        add_contracts(folder)
    assert "toy" not in providers()


@pytest.mark.parametrize("code", ["1/0", "raise SystemExit(0)", "("])
def test_code_that_cannot_be_run_is_told(folder, code):
    (folder / "toy.py").write_text(code)
    add_contracts(folder)
    with pytest.raises(ContractError, match=r"toy\.py cannot be run: (ZeroDivisionError|SystemExit|SyntaxError)"):
        Emulator()


@pytest.fixture
def step(tmp_path):
    path = tmp_path / "x.supaglue.createSequenceStep.json"
    path.write_text('{"record": {"type": "call"}}')
    return str(path)


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("provder=salesloft", 'There is no fact "provder"; known are customer, provider. Did you mean "provider"?'),
        (
            "provider=salesforce",
            'The fact provider cannot be "salesforce"; it is one of apollo, outreach, salesloft. '
            'Did you mean "salesloft"?',
        ),
        ("provider=", 'The fact provider cannot be ""; it is one of apollo, outreach, salesloft.'),
        ("provider=\x1b[1m", 'The fact provider cannot be "\\x1b[1m"; it is one of apollo, outreach, salesloft.'),
    ],
    ids=["name", "value", "nothing", "control character"],
)
def test_a_fact_that_no_provider_has_or_takes_is_misuse(capsys, step, fact, words):
    assert main(["check", "--set", fact, step]) == 2
    assert capsys.readouterr().err == f"steplint: {words}\n"


@pytest.mark.parametrize("fact", ["provider=salesloft", "customer=anyone"])
def test_a_fact_has_one_of_its_values_or_any_text_where_none_are_listed(step, fact):
    assert main(["check", "--set", fact, step]) == 0


def test_a_fact_that_one_provider_leaves_open_takes_any_text(folder, step):
    open_fact = CONTRACT.replace(
        "name: x-toy", "name: x-toy, x-credential: {facts: {provider: x-toy-place}, missing-facts: unauthorized}"
    )
    (folder / "toy.yaml").write_text(open_fact)
    assert main(["check", "--contracts", str(folder), "--set", "provider=elsewhere", step]) == 0


def test_a_world_that_is_missing_is_told(folder):
    (folder / "toy" / "worlds" / "docs.json").unlink()
    add_contracts(folder)
    with pytest.raises(ContractError, match="world docs of toy"):
        Emulator()
