"""The contract of Supaglue: valid OpenAPI, fresh, and each rule can be broken by itself."""

from pathlib import Path

import pytest
import stepmock.contracts
from openapi_spec_validator import OpenAPIV31SpecValidator
from stepmock.contracts import ContractError, load
from stepmock.contracts.compile import compile_contract
from stepmock.contracts.model import PROFILES, Contract
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server.providers.supaglue.downstream import DOWNSTREAM
from stepmock.validators import check
from stepmock.validators.breakers import breaker, operations_with_payload, valid_examples

FOLDER = Path(stepmock.contracts.__file__).parent
BASE = read_document(FOLDER / "supaglue.yaml")
DOCUMENTS = {"documented": BASE.data, "observed": with_overlay(BASE, FOLDER / "supaglue.observed.yaml").data}
RULES = [(profile, code) for profile in PROFILES for code in load("supaglue", profile).rules]
BODIES = [(profile, name) for profile in PROFILES for name in operations_with_payload("supaglue", profile)]


@pytest.mark.parametrize("profile", PROFILES)
def test_the_document_is_valid_openapi(profile):
    assert list(OpenAPIV31SpecValidator(DOCUMENTS[profile]).iter_errors()) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_the_shipped_form_is_what_the_document_compiles_to(profile):
    fresh = Contract(compile_contract(FOLDER / "supaglue.yaml", profile))
    assert vars(load("supaglue", profile))["_compiled"] == vars(fresh)["_compiled"]


@pytest.mark.parametrize(("profile", "code"), RULES)
def test_each_rule_has_a_breaker_that_breaks_it_alone(profile, code):
    broken = breaker("supaglue", code, profile)
    assert broken is not None
    assert broken.code == code


@pytest.mark.parametrize(("profile", "operation"), BODIES)
def test_each_example_is_right(profile, operation):
    examples = valid_examples("supaglue", operation, profile)
    assert [check("supaglue", operation, example, profile=profile) for example in examples] == [[] for _ in examples]


def members(value, path=""):
    if isinstance(value, dict):
        for name, child in value.items():
            yield f"{path}/{name}"
            if name != "custom_fields":
                yield from members(child, f"{path}/{name}")


def test_the_examples_use_every_field_of_the_seed_page():
    used = {name for example in valid_examples("supaglue", "createSequenceStep") for name in members(example)}
    record = ["name", "interval_seconds", "date", "template", "is_reply", "order", "type", "task_note", "custom_fields"]
    template = ["id", "body", "subject", "name", "to", "cc", "bcc", "custom_fields"]
    assert {f"/record/{name}" for name in record} | {f"/record/template/{name}" for name in template} <= used


def test_the_contract_names_its_host_its_path_and_its_operations():
    contract = load("supaglue")
    assert (contract.host, contract.paths, contract.mounts) == (
        "api.supaglue.io",
        ["/engagement/v2"],
        ["/supaglue/engagement/v2"],
    )
    assert set(contract.operations) == {
        "createSequenceStep", "updateSequenceStep", "createSequence", "getSequence", "listSequences"
    }  # fmt: skip
    assert contract.rate_limit is None


def test_the_profiles_differ_where_the_server_differs_from_its_page():
    documented, observed = load("supaglue"), load("supaglue", "observed")
    assert {code for code, rule in documented.rules.items() if rule != observed.rules[code]} == {"SUP001", "SUP030"}
    assert {name for name, entry in documented.refusals.items() if entry != observed.refusals[name]} == {
        "unreadable-body"
    }
    others = observed.behaviours
    assert {name for name, entry in documented.behaviours.items() if entry.choice != others[name].choice} == {
        "apollo-linkedin-type", "salesloft-step-id", "salesloft-second-step",
        "outreach-without-template", "warnings", "steps-read-back",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rule: SUP022}", "rule: SUP922}", 'There is no rule "SUP922"'),
        ("multiple-of: 86400", "multiple_of: 86400", "x-when-fact"),
        ("multiple-of: 86400", "multiple-of: 0", "x-when-fact"),
        ("fact: provider, is: [outreach]", "fact: povider, is: [outreach]", 'There is no fact "povider"'),
        (
            "fact: provider, is: [outreach]",
            "fact: provider, is: [outrech]",
            'is never "outrech". Did you mean "outreach"?',
        ),
        ("id: {type: string, description: Id of the template.}", "id: {type: string, minLength: 1}", "x-either"),
    ],
)
def test_a_wrong_use_of_the_new_keywords_is_refused(tmp_path, old, new, words):
    text = (FOLDER / "supaglue.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "supaglue.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError, match=words):
        compile_contract(tmp_path / "supaglue.yaml", "documented")


def test_an_overlay_changes_one_of_two_places_that_share_an_anchor(tmp_path):
    (tmp_path / "a.yaml").write_text("one: &x {b: [1]}\ntwo: *x\n")
    (tmp_path / "b.yaml").write_text(
        "actions:\n  - {target: '$.one', update: {c: 2}}\n  - {target: '$.one.b', update: 2}\n"
    )
    assert with_overlay(read_document(tmp_path / "a.yaml"), tmp_path / "b.yaml").data == {
        "one": {"b": [1, 2], "c": 2},
        "two": {"b": [1]},
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_the_values_of_a_fact_are_told_where_they_are_closed(profile):
    assert load("supaglue", profile).fact_values == {"provider": ["apollo", "outreach", "salesloft"]}
    assert load("lemlist", profile).fact_values == {}


def test_the_providers_behind_supaglue_are_those_that_the_contract_lists():
    assert list(DOWNSTREAM) == load("supaglue").fact_values["provider"]
