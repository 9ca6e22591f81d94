"""The contract is an OpenAPI document that other tools accept, and it holds all that the vendor's fragment holds."""

from pathlib import Path

import pytest
import stepmock.contracts
import yaml
from lemlist_page import CONDITION_KEYS, METHODS, TYPES
from openapi_core import OpenAPI
from openapi_spec_validator import OpenAPIV31SpecValidator
from stepmock.contracts import load
from stepmock.contracts.source import read_document, with_overlay

FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENTED = read_document(FOLDER / "lemlist.yaml").data
OBSERVED = with_overlay(read_document(FOLDER / "lemlist.yaml"), FOLDER / "lemlist.observed.yaml").data
BOTH = pytest.mark.parametrize("document", [DOCUMENTED, OBSERVED], ids=["documented", "observed"])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_a_document_reads_the_same_with_another_yaml_reader(path):
    assert yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader) == read_document(path).data


@BOTH
def test_it_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@BOTH
def test_openapi_core_takes_it(document):
    assert OpenAPI.from_dict(document).spec["info"]["title"] == "lemlist sequence steps"


FIELDS = {
    "type": "string",
    "index": "integer",
    "delay": "integer",
    "subject": "string",
    "message": "string",
    "altMessage": "string",
    "title": "string",
    "method": "string",
    "url": "string",
    "conditionKey": "string",
    "delayType": "string",
    "campaignId": "string",
    "images": "array",
    "videos": "array",
    "skillName": "string",
    "endorseAnyFallback": "boolean",
    "recordMode": "string",
}
ENUMS = {
    "type": TYPES,
    "method": METHODS,
    "conditionKey": CONDITION_KEYS,
    "delayType": ["within", "waitUntil"],
    "recordMode": ["manual", "ai"],
}
REPLY = {"_id": "string", "type": "string", "delay": "integer", "emailTemplateId": "string", "message": "string"}


def checks(operation):
    return load("lemlist").operations[operation].checks


def field_schemas(operation, field):
    """Return what each type of step says of a field."""
    branches = checks(operation)["branches"].values()
    found = [branch["schema"]["properties"][field] for branch in branches if field in branch["schema"]["properties"]]
    return [checks(operation)["root"]["schema"]["properties"]["type"]] if field == "type" else found


@pytest.mark.parametrize("operation", ["addStep", "updateStep"])
def test_there_is_one_branch_for_each_of_the_17_types(operation):
    assert list(checks(operation)["branches"]) == TYPES
    for name, branch in checks(operation)["branches"].items():
        assert branch["schema"]["properties"]["type"] == {"const": name}


@pytest.mark.parametrize(("field", "kind"), FIELDS.items())
def test_every_field_of_the_fragment_is_known_with_its_json_type(field, kind):
    schemas = field_schemas("addStep", field)
    assert schemas
    assert {schema["type"] for schema in schemas} == {kind}


@pytest.mark.parametrize(("field", "kind"), [(field, kind) for field, kind in FIELDS.items() if field != "index"])
def test_every_field_but_the_index_is_known_to_updates_with_its_json_type(field, kind):
    assert {schema["type"] for schema in field_schemas("updateStep", field)} == {kind}


def test_updates_know_no_index():
    assert field_schemas("updateStep", "index") == []


def test_no_field_is_known_that_the_fragment_does_not_have():
    assert set(checks("addStep")["fields"]) == set(FIELDS)
    assert set(checks("updateStep")["fields"]) == set(FIELDS) - {"index"}


@pytest.mark.parametrize("operation", ["addStep", "updateStep"])
@pytest.mark.parametrize(("field", "values"), ENUMS.items())
def test_every_enumeration_has_the_values_of_the_fragment_in_their_order(operation, field, values):
    assert [schema["enum"] for schema in field_schemas(operation, field)] == [values]


@pytest.mark.parametrize("field", ["images", "videos"])
def test_media_are_arrays_of_texts(field):
    assert {schema["items"]["type"] for schema in field_schemas("addStep", field)} == {"string"}


def test_the_operation_stands_at_its_path_and_answers_with_the_published_statuses():
    operation = DOCUMENTED["paths"]["/sequences/{sequenceId}/steps"]["post"]
    assert DOCUMENTED["servers"] == [{"url": "https://api.lemlist.com/api"}]
    assert DOCUMENTED["security"] == [{"basicAuth": []}]
    assert {"200", "400", "401", "405"} <= set(operation["responses"])
    assert "404" not in operation["responses"]


def test_a_reply_has_the_published_members():
    plain = DOCUMENTED["components"]["schemas"]["StepReply"]["oneOf"][0]["properties"]
    identifiers = DOCUMENTED["components"]["schemas"]

    def kind(schema):
        schema = identifiers[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        return schema.get("type") or {type(value) for value in schema["enum"]}

    assert {name: kind(schema) for name, schema in plain.items()} == {**REPLY, "type": {str}}


@pytest.mark.parametrize(
    ("status", "text"), [("400", "Bad team"), ("401", "The authentication you supplied is incorrect")]
)
def test_the_published_texts_are_the_examples_of_the_replies(status, text):
    operation = DOCUMENTED["paths"]["/sequences/{sequenceId}/steps"]["post"]
    response = DOCUMENTED["components"]["responses"][operation["responses"][status]["$ref"].rpartition("/")[2]]
    assert response["content"]["text/plain"]["example"] == text
