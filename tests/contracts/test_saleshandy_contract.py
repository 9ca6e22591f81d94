"""Saleshandy's contract: valid OpenAPI, fresh when compiled, every rule breakable, every row of the page in it."""

import itertools
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
from stepmock.mock_server.providers.saleshandy import HANDLERS
from stepmock.validators import check
from stepmock.validators.breakers import breaker, breakers, operations_with_payload, valid_examples
from stepmock.validators.reading import read_json

FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENT = read_document(FOLDER / "saleshandy.yaml")
READINGS = {"documented": DOCUMENT, "observed": with_overlay(DOCUMENT, FOLDER / "saleshandy.observed.yaml")}
OPERATIONS = {
    "createStep": ("POST", "/sequences/{sequenceId}/steps"),
    "createSequence": ("POST", "/sequences"),
    "listSequences": ("GET", "/sequences"),
    "listSteps": ("GET", "/sequences/{sequenceId}/steps"),
    "addVariant": ("POST", "/sequences/{sequenceId}/steps/{stepId}/variants"),
    "updateVariant": ("PATCH", "/sequences/{sequenceId}/steps/{stepId}/variants/{variantId}"),
    "setSequenceStatus": ("POST", "/sequences/status"),
}
TYPES = {
    "Email": 1, "LinkedInConnectionRequest": 2, "LinkedInMessage": 3, "LinkedInInMail": 4, "LinkedInViewProfile": 5,
    "LinkedInPostInteration": 6, "Custom": 9, "CallIntroduction": 11, "CallDemo": 12, "CallFollowUp": 13,
    "CallReminder": 14, "CallOther": 15, "WhatsappMessage": 16, "WhatsappVoiceMessage": 17, "WhatsappVoiceCall": 18,
}  # fmt: skip
BY_TYPE = ["createStep", "addVariant", "updateVariant"]


@pytest.mark.parametrize("profile", PROFILES)
def test_it_is_openapi_that_other_tools_take(profile):
    data = READINGS[profile].data
    assert list(OpenAPIV31SpecValidator(data).iter_errors()) == []
    assert OpenAPI.from_dict(data).spec["info"]["title"] == "Saleshandy sequence steps"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_compiled_form_is_up_to_date(profile):
    compiled = json.loads((FOLDER / "compiled" / f"saleshandy.{profile}.json").read_bytes())
    assert compiled == json.loads(json.dumps(compile_contract(FOLDER / "saleshandy.yaml", profile)))


@pytest.mark.parametrize("profile", PROFILES)
def test_it_has_the_operations_of_the_provider_and_each_is_handled(profile):
    found = load("saleshandy", profile).operations
    assert {name: (operation.method, operation.path) for name, operation in found.items()} == OPERATIONS
    assert {operation.status for operation in found.values()} == {200}
    assert HANDLERS.keys() == OPERATIONS.keys()


def test_both_prefixes_are_served():
    assert load("saleshandy").host == "open-api.saleshandy.com"
    assert load("saleshandy").mounts == ["/saleshandy/v1", "/saleshandy/api/open-api/v1"]


@pytest.mark.parametrize("operation", BY_TYPE)
@pytest.mark.parametrize(("name", "code"), TYPES.items())
def test_each_type_has_a_branch_that_its_spellings_choose(operation, name, code):
    documented, observed = (
        load("saleshandy", profile).operations[operation].checks["branches"][name]["schema"]["properties"]["type"]
        for profile in PROFILES
    )
    assert documented == {"enum": [name, code, str(code)]}
    assert observed == {"enum": [code]}


@pytest.mark.parametrize("operation", BY_TYPE)
def test_there_are_the_15_types_and_no_other(operation):
    assert list(load("saleshandy").operations[operation].checks["branches"]) == list(TYPES)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("operation", BY_TYPE)
def test_the_examples_hold_each_type_and_together_each_field(operation, profile):
    examples = valid_examples("saleshandy", operation, profile)
    checks = load("saleshandy", profile).operations[operation].checks
    assert {example["type"] for example in examples if type(example.get("type")) is int} == set(TYPES.values())
    assert set().union(*examples) == set(checks["fields"])
    for example in examples:
        assert check("saleshandy", operation, example, profile=profile) == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("code", load("saleshandy").rules)
def test_each_rule_has_a_body_that_breaks_it_and_nothing_else(code, profile):
    assert breaker("saleshandy", code, profile) is not None
    for operation in operations_with_payload("saleshandy", profile):
        for broken in itertools.islice(breakers("saleshandy", operation, code, profile), 10):
            reading = read_json(broken.body, load("saleshandy").body_rules, duplicates=True)
            found = [finding.code for finding in reading.findings]
            if not found:
                found = [
                    item.code
                    for item in check("saleshandy", operation, broken.payload, profile=profile, context=broken.context)
                ]
            assert found == [code]


def test_the_profiles_differ_where_clients_see_something_else():
    documented, observed = load("saleshandy"), load("saleshandy", "observed")
    assert set(documented.rules) == set(observed.rules)
    assert {code for code in documented.rules if documented.rules[code] != observed.rules[code]} == {"SHY011", "SHY090"}
    assert documented.refusals == observed.refusals
    differing = {
        name for name, entry in documented.behaviours.items() if entry.choice != observed.behaviours[name].choice
    }
    assert differing == {"create-step-reply", "create-sequence-reply"}


def test_bad_keys_and_used_up_quotas_are_400_in_both_profiles():
    for profile in PROFILES:
        refusals = load("saleshandy", profile).refusals
        assert (refusals["unauthorized"].status, refusals["unauthorized"].body) == (
            400, {"code": 1001, "message": "Invalid token"},
        )  # fmt: skip
        assert (refusals["rate-limited"].status, refusals["rate-limited"].body) == (
            400, {"code": 40000, "message": "Rate Limit exceeded"},
        )  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
def test_every_refusal_is_of_the_documented_error_shape(profile):
    codes = READINGS[profile].data["components"]["schemas"]["Error"]["properties"]["code"]["enum"]
    for refusal in load("saleshandy", profile).refusals.values():
        assert refusal.content_type == "application/json; charset=utf-8"
        assert refusal.body.keys() == {"code", "message"}
        assert refusal.body["code"] in codes
