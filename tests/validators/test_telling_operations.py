"""The order in which a payload is told to belong to an operation, and what is said of one that is told by nothing."""

import json

import pytest
from stepmock.validators.cli import main
from stepmock.validators.linter.lint import Options, lint, lint_bytes
from stepmock.validators.linter.targets import Targets

ADD, UPDATE, SAVE = "lemlist/addStep", "lemlist/updateStep", "smartlead/saveSequences"


def schema(name):
    return f"https://example.com/schemas/{name.replace('/', '.')}.schema.json"


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(path, payload, *options, config=""):
        (tmp_path / ".steplint.toml").write_text(config)
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(payload if isinstance(payload, str) else json.dumps(payload))
        status = main(["check", "--format", "json", *options, path])
        report = json.loads(capsys.readouterr().out)
        return status, {item["operation"] for item in report["violations"]}, report["not_checked"]

    return run


GLOBS = f'[operations]\n"**/*.json" = "{UPDATE}"'
WRONG = {"type": 7, "sequences": 7}


@pytest.mark.parametrize(
    ("path", "payload", "options", "config", "operation"),
    [
        ("x.lemlist.addStep.json", {"$schema": schema(UPDATE), **WRONG}, ["--operation", SAVE], GLOBS, SAVE),
        ("x.lemlist.addStep.json", {"$schema": schema(SAVE), **WRONG}, [], GLOBS, SAVE),
        ("x.lemlist.addStep.json", WRONG, [], GLOBS, UPDATE),
        ("lemlist/updateStep/x.lemlist.addStep.json", WRONG, [], "", ADD),
        ("lemlist/updateStep/x.json", WRONG, [], "", UPDATE),
        ("lemlist/updateStep/deeper/x.json", WRONG, [], "", UPDATE),
    ],
)
def test_the_first_that_tells_decides(project, path, payload, options, config, operation):
    assert project(path, payload, *options, config=config) == (1, {operation}, [])


def test_the_first_glob_that_fits_decides(project):
    config = f'[operations]\n"a/*.json" = "{ADD}"\n"*.json" = "{UPDATE}"'
    assert project("a/x.json", WRONG, config=config)[1] == {ADD}
    assert project("b/x.json", WRONG, config=config)[1] == {UPDATE}


def test_a_list_is_told_by_its_first_step_and_the_address_is_taken_off_each():
    text = json.dumps([{"$schema": schema(ADD), "type": "phone"}, {"$schema": schema(ADD), "type": "phone"}])
    result = lint_bytes("x.json", text.encode())
    assert (result.payloads, result.located, result.not_checked) == (2, [], [])


def test_each_line_and_each_document_is_told_by_itself():
    lines = [{"$schema": schema(ADD), "delay": -1}, {"$schema": schema(SAVE)}, {"type": "phone"}]
    for path, glue in (("x.jsonl", "\n"), ("x.yaml", "\n---\n")):
        result = lint_bytes(path, glue.join(map(json.dumps, lines)).encode())
        assert {item.operation for item in result.located} == {ADD, SAVE}
        assert [reason.partition(";")[0] for _, reason in result.not_checked] == ["it belongs to no operation"]


def test_the_address_of_a_schema_in_a_recording_does_not_make_it_a_payload():
    request = {"method": "POST", "url": "https://api.lemlist.com/api/sequences/s/steps", "headers": []}
    request["postData"] = {"text": '{"type": "phone", "delay": -1}'}
    entry = {"startedDateTime": "2024-05-01T10:00:00Z", "request": request, "response": {"status": 400}}
    recording = {"$schema": schema(SAVE), "log": {"entries": [entry]}}
    for path in ("x.har", "x.json"):
        [item] = lint_bytes(path, json.dumps(recording).encode()).located
        assert (item.operation, item.violation.code) == (ADD, "LEM022")


def test_what_was_sent_with_an_address_of_a_schema_is_a_payload_with_that_field():
    request = {"method": "POST", "url": "https://api.lemlist.com/api/sequences/s/steps", "headers": []}
    request["postData"] = {"text": json.dumps({"$schema": schema(ADD), "type": "phone"})}
    entry = {"startedDateTime": "2024-05-01T10:00:00Z", "request": request, "response": {"status": 200}}
    [item] = lint_bytes("x.har", json.dumps({"log": {"entries": [entry]}}).encode()).located
    assert (item.violation.code, item.violation.pointer) == ("LEM090", "/$schema")


@pytest.mark.parametrize("name", ["lemlist/addStap", "lemlist/deleteStep"])
def test_an_address_that_names_no_operation_with_payloads_is_told_whatever_the_file_is_called(project, name):
    status, found, [unchecked] = project("x.lemlist.addStep.json", {"$schema": schema(name), "type": "phone"})
    assert (status, found) == (2, set())
    assert unchecked["reason"] == (
        f"its $schema names {name}; the payloads of lemlist are addStep, updateStep, createCampaign, updateCampaign"
    )


@pytest.mark.parametrize(
    "address", ["https://json.schemastore.org/other.thing.schema.json", 7, None, ["x"], "", "x" * 10**5]
)
def test_the_address_of_a_foreign_schema_tells_nothing(project, address):
    assert project("x.lemlist.addStep.json", {"$schema": address, "type": "phone"}) == (0, set(), [])


def test_standard_input_that_belongs_nowhere_can_be_given_a_name(monkeypatch, capsys):
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"3")))
    assert main(["check", "--no-config", "-"]) == 2
    assert "or give --stdin-filename NAME.PROVIDER.OPERATION.json." in capsys.readouterr().out


def test_of_a_file_of_broken_lines_that_belongs_nowhere_one_is_told(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("".join(f"{'x' * number}{{\n" for number in range(50)))
    result = lint([str(path)])
    assert len(result.not_checked) == 1
    assert result.unusable


def test_json_lines_come_by_standard_input_too(monkeypatch, capsys):
    import io

    lines = b'{"type": "phone"}\n{"type": "phone", "delay": -1}\n{"type": \n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert main(["check", "--no-config", "--format", "json", "--operation", ADD, "-"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert [(item["line"], item["code"]) for item in report["violations"]] == [(2, "LEM022"), (3, "LEM001")]
    assert report["summary"]["payloads"] == 3


def test_very_many_documents_of_one_file_are_each_told_at_their_place():
    text = "---\ntype: phone\ndelay: -1\n" * 2000
    result = lint_bytes("x.yaml", text.encode(), Options(Targets(ADD)))
    assert [item.position.line for item in result.located] == list(range(3, 6001, 3))
