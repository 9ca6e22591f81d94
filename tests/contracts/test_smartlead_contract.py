"""The contract of Smartlead: an OpenAPI document, compiled, complete, and each rule can be broken."""

import json
from pathlib import Path

import pytest
import stepmock.contracts
from openapi_core import OpenAPI
from openapi_spec_validator import OpenAPIV31SpecValidator
from stepmock.contracts import load
from stepmock.contracts.compile import compile_contract
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.validators import check
from stepmock.validators.breakers import breaker, breakers, operations_with_payload, valid_examples

FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENTED = read_document(FOLDER / "smartlead.yaml")
DOCUMENTS = {
    "documented": DOCUMENTED.data,
    "observed": with_overlay(DOCUMENTED, FOLDER / "smartlead.observed.yaml").data,
}
RULES = [(profile, code) for profile in PROFILES for code in load("smartlead", profile).rules]
WITH_PAYLOAD = ("saveSequences", "createCampaign", "setCampaignStatus")


@pytest.mark.parametrize("profile", PROFILES)
def test_it_is_an_openapi_document_that_other_tools_take(profile):
    assert DOCUMENTS[profile]["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(DOCUMENTS[profile]).iter_errors()) == []
    assert OpenAPI.from_dict(DOCUMENTS[profile]).spec["info"]["title"] == "Smartlead campaign sequences"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_compiled_form_is_that_of_the_document(profile):
    compiled = json.loads((FOLDER / "compiled" / f"smartlead.{profile}.json").read_bytes())
    assert compiled == compile_contract(FOLDER / "smartlead.yaml", profile)


def test_it_has_the_seven_operations_at_their_paths():
    found = {name: (entry.method, entry.path) for name, entry in load("smartlead").operations.items()}
    assert found == {
        "saveSequences": ("POST", "/campaigns/{campaign_id}/sequences"),
        "getSequences": ("GET", "/campaigns/{campaign_id}/sequences"),
        "createCampaign": ("POST", "/campaigns/create"),
        "listCampaigns": ("GET", "/campaigns"),
        "getCampaign": ("GET", "/campaigns/{campaign_id}"),
        "deleteCampaign": ("DELETE", "/campaigns/{campaign_id}"),
        "setCampaignStatus": ("POST", "/campaigns/{campaign_id}/status"),
    }


def test_it_knows_its_host_its_base_path_and_its_credential():
    contract = load("smartlead")
    assert (contract.host, contract.paths, contract.mounts) == (
        "server.smartlead.ai",
        ["/api/v1"],
        ["/smartlead/api/v1"],
    )
    assert contract.takes_trailing_slash
    assert contract.credential == {"type": "apiKey", "in": "query", "name": "api_key", "missing": "no-api-key"}


@pytest.mark.parametrize(("profile", "code"), RULES)
def test_every_rule_can_be_broken_by_itself(profile, code):
    broken = breaker("smartlead", code, profile)
    assert broken is not None
    if isinstance(broken.payload, dict) and code not in ("SML003", "SML004", "SML005", "SML086"):
        found = check("smartlead", broken.operation, broken.payload, profile=profile, context=broken.context)
        assert [item.code for item in found] == [code]


@pytest.mark.parametrize("profile", PROFILES)
def test_an_array_in_the_place_of_the_object_breaks_the_rule_about_the_root(profile):
    for operation in WITH_PAYLOAD:
        assert next(breakers("smartlead", operation, "SML002", profile)).body.startswith(b"[")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_example_is_right(profile):
    assert operations_with_payload("smartlead", profile) == WITH_PAYLOAD
    for operation in WITH_PAYLOAD:
        for example in valid_examples("smartlead", operation, profile):
            assert check("smartlead", operation, example, profile=profile) == []


def fields_of(value):
    """Yield each field name in a payload, at any depth."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield name
            yield from fields_of(child)
    elif isinstance(value, list):
        for child in value:
            yield from fields_of(child)


def declared(schema):
    """Yield each field name that a compiled schema declares, at any depth."""
    for name, child in schema.get("properties", {}).items():
        yield name
        yield from declared(child)
    if "items" in schema:
        yield from declared(schema["items"])


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("operation", WITH_PAYLOAD)
def test_the_examples_use_every_field(profile, operation):
    schema = load("smartlead", profile).operations[operation].checks["root"]["schema"]
    assert set(fields_of(valid_examples("smartlead", operation, profile))) == set(declared(schema))


def test_a_field_error_is_422_in_one_profile_and_the_400_of_celebrate_in_the_other():
    found = {profile: load("smartlead", profile).refusals["invalid-payload"] for profile in PROFILES}
    assert (found["documented"].status, found["documented"].body) == (422, {"error": "Invalid parameters provided"})
    assert found["observed"].status == 400
    assert list(found["observed"].body) == ["statusCode", "error", "message", "validation"]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_quota_is_60_requests_in_60_seconds(profile):
    limit = load("smartlead", profile).rate_limit
    assert (limit.requests, limit.window_seconds) == (60, 60)
    assert limit.refusal_headers == {"Retry-After": "retry-after"}
