"""The schemas for editors: they refuse what the checker refuses, as far as JSON Schema can say it, and nothing else."""

import json
import os
from copy import deepcopy

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.validators.breakers import breakers, operations_with_payload, valid_examples
from stepmock.validators.checker import check, checker
from stepmock.validators.linter.targets import Targets
from stepmock.validators.reading import UNREADABLE
from stepmock.validators.schema_export import EXPRESSED, exported_schema

PARTLY = {"x-http-url", "x-public-url", "x-combined-max-items"}
OPERATIONS = [
    (provider, operation, profile)
    for provider in providers()
    for profile in PROFILES
    for operation in operations_with_payload(provider, profile)
]
every_operation = pytest.mark.parametrize(("provider", "operation", "profile"), OPERATIONS)


def codes_by_keyword(provider, operation, profile):
    """Return the codes of errors that JSON Schema says wholly, and those that it says in part."""
    found = checker(provider, operation, profile)
    rules = found.contract.rules
    whole, part = set(), set()
    for branch in (found.root, *found.branches.values()):
        whole.update(branch.codes.values())
        for keyword, _, parameter, code in branch.checks:
            if keyword in EXPRESSED:
                whole.add(code)
                whole.update(parameter.values() if keyword.endswith("-fields") else ())
            elif keyword in PARTLY:
                part.add(code)
    return tuple({code for code in codes if rules[code].severity == "error"} for codes in (whole, part))


def engines(schema):
    return jsonschema.Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)


@every_operation
def test_a_schema_is_itself_valid_and_refers_to_nothing_outside(provider, operation, profile):
    schema = exported_schema(provider, operation, profile)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert Targets().of("x.json", schema["$id"]) == f"{provider}/{operation}"
    assert all(value.startswith("#/$defs/") for key, value in members(schema) if key == "$ref")
    assert not any(key.startswith("x-") for key, _ in members(schema))


def members(value):
    if isinstance(value, dict):
        for key, child in value.items():
            yield key, child
            yield from members(child)
    elif isinstance(value, list):
        for child in value:
            yield from members(child)


@every_operation
def test_every_field_explains_itself_in_a_hover(provider, operation, profile):
    schema = exported_schema(provider, operation, profile)
    assert schema["title"]
    assert schema["description"]
    for part in (schema, *schema.get("$defs", {}).values()):
        silent = [name for name, field in part.get("properties", {}).items() if not field.get("description")]
        assert silent == []
    assert all(part["title"] for part in schema.get("$defs", {}).values())


def test_a_hover_tells_the_rules_and_those_that_only_steplint_checks():
    email = exported_schema("lemlist", "addStep")["$defs"]["email"]
    subject = email["properties"]["subject"]
    assert subject["description"].startswith("Subject of the email")
    assert "LEM031: A `subject` has at most 400 characters" in subject["description"]
    assert "Also checked by steplint: LEM094 (warning)" in subject["description"]
    assert subject["maxLength"] == 400


@every_operation
def test_valid_examples_are_valid_with_and_without_the_address_of_the_schema(provider, operation, profile):
    schema = exported_schema(provider, operation, profile)
    for engine in engines(schema):
        for example in valid_examples(provider, operation, profile):
            assert engine.is_valid(example)
            assert engine.is_valid({"$schema": f"./{schema['$id']}", **example})


@every_operation
def test_a_broken_rule_of_shape_is_refused_and_a_warning_is_not(provider, operation, profile):
    first, second = engines(exported_schema(provider, operation, profile))
    whole = codes_by_keyword(provider, operation, profile)[0]
    assert whole
    for code, rule in load(provider, profile).rules.items():
        for broken in breakers(provider, operation, code, profile):
            if broken.payload is UNREADABLE:
                continue
            is_valid = first.is_valid(broken.payload)
            assert is_valid == second.is_valid(broken.payload)
            if code in whole:
                assert not is_valid, broken
            elif rule.severity != "error":
                assert is_valid, broken


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 1600),
    st.floats(-2, 1600, allow_nan=False),
    st.sampled_from(["", "email", "Email", "1", "within", "x" * 401, "https://example.com/a.png", "ftp://a"]),
    st.just([]),
    st.lists(st.sampled_from(["a", 1, {}]), max_size=8),
    st.just({}),
    st.fixed_dictionaries({"id": st.just("1")}),
)


def places(value, where=()):
    yield where
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*where, key))


@st.composite
def edited(draw, provider, operation, profile):
    """A valid example with some members changed, removed or added."""
    examples = valid_examples(provider, operation, profile)
    fields = sorted({name for example in examples for name in example} | {"unheardOf", "delayInDays"})
    payload = deepcopy(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(list(places(payload))))
        target = payload
        for token in where[:-1]:
            target = target[token]
        way = draw(st.sampled_from(["change", "remove", "add"]))
        here = target[where[-1]] if where else payload
        if way == "add" and isinstance(here, dict):
            here[draw(st.sampled_from(fields))] = deepcopy(draw(values))
        elif where and way == "remove":
            del target[where[-1]]
        elif where:
            target[where[-1]] = deepcopy(draw(values))
    return payload


@every_operation
def test_the_schema_refuses_a_payload_if_and_only_if_a_rule_of_shape_is_broken(provider, operation, profile):
    first, second = engines(exported_schema(provider, operation, profile))
    whole, part = codes_by_keyword(provider, operation, profile)

    @settings(max_examples=60)
    @given(edited(provider, operation, profile))
    def agrees(payload):
        errors = {item.code for item in check(provider, operation, payload, profile=profile)}
        is_valid = first.is_valid(payload)
        assert is_valid == second.is_valid(payload)
        if is_valid:
            assert not errors & whole
        else:
            assert errors & (whole | part)

    agrees()


def test_unknown_fields_are_refused_only_where_that_is_an_error():
    payload = {"title": "Spring", "heading": 1}
    documented, observed = (exported_schema("saleshandy", "createSequence", profile) for profile in PROFILES)
    assert jsonschema_rs.is_valid(documented, payload)
    assert not jsonschema_rs.is_valid(observed, payload)
    assert jsonschema_rs.is_valid(observed, {"title": "Spring", "$schema": "x"})


def test_a_field_of_another_branch_is_refused_only_where_that_is_an_error():
    payload = {"type": "phone", "altMessage": "Hi"}
    assert jsonschema_rs.is_valid(exported_schema("lemlist", "addStep"), payload)
    assert not jsonschema_rs.is_valid(exported_schema("lemlist", "addStep", "observed"), payload)


def test_an_operation_prints_one_schema_and_a_provider_all_of_its_own(run):
    status, out, err = run("schema", "lemlist/addStep")
    assert (status, err) == (0, "")
    assert json.loads(out) == exported_schema("lemlist", "addStep")
    status, out, _ = run("schema", "supaglue", "--profile", "observed")
    assert status == 0
    assert json.loads(out) == {
        name: exported_schema("supaglue", name, "observed") for name in operations_with_payload("supaglue")
    }


def test_the_schema_of_the_report_is_printed_and_takes_a_report(run, tmp_path):
    status, out, err = run("schema", "--report")
    assert (status, err) == (0, "")
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    path = tmp_path / "x.lemlist.addStep.json"
    path.write_text('{"type": "phone", "delay": -1}')
    report = json.loads(run("check", "--format", "json", "--profile", "both", path)[1])
    assert report["violations"]
    jsonschema.validate(report, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**report, "version": 2}, schema)


def test_all_schemas_are_written_into_a_folder_that_is_made(run, tmp_path):
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        status, out, err = run("schema", "--all", folder)
        assert (status, err) == (0, "")
    expected = {f"{provider}.{operation}.schema.json" for provider, operation, _ in OPERATIONS}
    assert {path.name for path in folder.iterdir()} == expected
    assert out == f"{len(expected)} schemas are in {folder}.\n"
    assert json.loads((folder / "lemlist.addStep.schema.json").read_bytes()) == exported_schema("lemlist", "addStep")


def test_a_payload_that_names_its_schema_relatively_is_checked_by_it(run, tmp_path):
    run("schema", "--all", tmp_path / "schemas")
    address = "./schemas/lemlist.addStep.schema.json"
    for payload, is_right in (({"type": "phone"}, True), ({"type": "phone", "delay": -1}, False)):
        path = tmp_path / "step.json"
        path.write_text(json.dumps({"$schema": address, **payload}))
        named = json.loads((path.parent / json.loads(path.read_bytes())["$schema"]).read_bytes())
        assert [engine.is_valid(json.loads(path.read_bytes())) for engine in engines(named)] == [is_right] * 2
        assert run("check", path)[0] == (0 if is_right else 1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lemlist/addStp"], 'Did you mean "addStep"?'),
        (["lemlist/deleteStep"], "takes no request body"),
        (["lemlsit"], 'Did you mean "lemlist"?'),
        (["lemlist/"], "has no operation"),
        ([], "one of the arguments"),
        (["lemlist", "--all", "x"], "not allowed with"),
        (["lemlist", "--profile", "both"], "invalid choice: 'both'"),
    ],
)
def test_misuse_is_told_on_stderr_with_status_2(run, arguments, words):
    status, out, err = run("schema", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_a_file_in_the_way_is_told_in_one_line(run, tmp_path):
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        status, out, err = run("schema", "--all", folder)
        assert (status, out) == (2, "")
        assert err.startswith(f"steplint: The schemas cannot be written to {folder}: ")
        assert err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_in_the_place_of_a_schema_leaves_no_draft_behind(run, tmp_path):
    (tmp_path / "lemlist.addStep.schema.json").mkdir()
    status, _, err = run("schema", "--all", tmp_path)
    assert status == 2
    assert "lemlist.addStep.schema.json: is a directory" in err
    assert os.listdir(tmp_path) == ["lemlist.addStep.schema.json"]
