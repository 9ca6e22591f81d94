"""The shipped contracts: compiled, complete, and each rule can be broken."""

import re
import sys
from pathlib import Path

import pytest
import stepmock.contracts
from stepmock.contracts import ContractError, compile, load, providers
from stepmock.contracts.model import CONFIDENCES, PROFILES, SEVERITIES, Contract, weakest
from stepmock.contracts.source import read_document
from stepmock.contracts.vocabulary import VOCABULARY
from stepmock.mock_server.identifiers import identifier
from stepmock.validators import check
from stepmock.validators.breakers import breaker, valid_examples
from stepmock.validators.keywords import KEYWORDS

FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENTS = [path for path in sorted(FOLDER.glob("*.yaml")) if "." not in path.stem]
BOTH = [(provider, profile) for provider in providers() for profile in PROFILES]


def test_the_compiled_contracts_are_up_to_date(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["compile", "--check"])
    assert compile.main() == 0, capsys.readouterr().err


@pytest.mark.parametrize(("provider", "profile"), BOTH)
def test_what_is_loaded_is_what_the_document_compiles_to(provider, profile):
    fresh = Contract(compile.compile_contract(FOLDER / f"{provider}.yaml", profile))
    loaded = load(provider, profile)
    for part in ("rules", "refusals", "behaviours", "operations", "identifiers", "rate_limit", "body_rules", "mounts"):
        assert getattr(loaded, part) == getattr(fresh, part)


def test_every_document_is_loaded_and_nothing_else():
    assert [path.stem for path in DOCUMENTS] == list(providers())
    for folder in (FOLDER / "compiled", FOLDER / "compiled" / "texts"):
        assert sorted(path.name for path in folder.iterdir() if path.is_file()) == sorted(
            f"{provider}.{profile}.json" for provider, profile in BOTH
        )


def keys(value):
    """Yield each key of a document."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield key
            yield from keys(child)
    elif isinstance(value, list):
        for child in value:
            yield from keys(child)


@pytest.fixture(scope="module")
def documents():
    """Every contract and overlay as data, by file name."""
    return {path.name: read_document(path).data for path in FOLDER.glob("*.yaml")}


@pytest.mark.parametrize("keyword", VOCABULARY)
def test_every_keyword_of_the_vocabulary_is_used_by_some_contract(documents, keyword):
    assert any(keyword == key for document in documents.values() for key in keys(document))


def test_every_keyword_that_asserts_something_has_a_check():
    assert {name for name, keyword in VOCABULARY.items() if keyword.needs_rule} == set(KEYWORDS)


RULES = [(provider, profile, code) for provider, profile in BOTH for code in load(provider, profile).rules]


@pytest.mark.parametrize(("provider", "profile", "code"), RULES)
def test_every_rule_can_be_broken_by_itself(provider, profile, code):
    broken = breaker(provider, code, profile)
    assert broken is not None
    assert broken.code == code


@pytest.mark.parametrize(("provider", "profile", "code"), RULES)
def test_every_rule_is_a_sentence_with_a_source_and_a_hint(provider, profile, code):
    rule = load(provider, profile).rules[code]
    assert re.fullmatch(r"[A-Z].*\.", rule.meaning)
    assert re.fullmatch(r"\S.*\.", rule.hint)
    assert rule.source.page
    assert rule.source.section
    assert rule.severity in SEVERITIES
    assert rule.confidence in CONFIDENCES
    assert rule.refusal in load(provider, profile).refusals


@pytest.mark.parametrize(
    ("provider", "profile", "operation"),
    [
        (provider, profile, name)
        for provider, profile in BOTH
        for name, operation in load(provider, profile).operations.items()
        if operation.checks
    ],
)
def test_every_example_of_the_contract_is_right(provider, profile, operation):
    examples = valid_examples(provider, operation, profile)
    assert examples
    assert [check(provider, operation, example, profile=profile) for example in examples] == [[] for _ in examples]


@pytest.mark.parametrize("operation", ["addStep", "updateStep"])
@pytest.mark.parametrize("profile", PROFILES)
def test_the_examples_use_every_field_of_every_type(operation, profile):
    branches = load("lemlist", profile).operations[operation].checks["branches"]
    used = {name: set() for name in branches}
    for example in valid_examples("lemlist", operation, profile):
        used[example["type"]] |= set(example)
    assert used == {name: set(branch["fields"]) for name, branch in branches.items()}


@pytest.mark.parametrize("kind", load("lemlist").identifiers)
def test_a_made_id_has_the_form_that_replies_promise(documents, kind):
    schemas = documents["lemlist.yaml"]["components"]["schemas"]
    [pattern] = [schema["pattern"] for schema in schemas.values() if schema.get("x-identifier", {}).get("kind") == kind]
    form = load("lemlist").identifiers[kind]
    made = [identifier(form, seed, "0123456789abcdef", counter) for seed in range(3) for counter in range(200)]
    assert all(re.fullmatch(pattern, name) for name in made)
    assert len(set(made)) == len(made)


def test_a_contract_knows_where_it_is_mounted_and_how_much_it_takes():
    contract = load("lemlist")
    assert (contract.host, contract.paths, contract.mounts) == ("api.lemlist.com", ["/api"], ["/lemlist/api"])
    assert tuple(contract.rate_limit)[:2] == (20, 2)
    assert contract.credential == {"type": "http", "scheme": "basic", "user": "empty", "legacy_query": "access_token"}


def test_the_operations_have_their_published_names():
    assert set(load("lemlist").operations) == {
        "addStep",
        "updateStep",
        "deleteStep",
        "listSequences",
        "listCampaigns",
        "createCampaign",
        "getCampaign",
        "updateCampaign",
        "startCampaign",
        "pauseCampaign",
        "getTeam",
    }


@pytest.mark.parametrize(
    ("confidences", "expected"),
    [((), "documented"), (("documented", "assumed", "observed"), "assumed"), (("observed", "documented"), "observed")],
)
def test_the_weakest_of_some_confidences_is_the_least_sure(confidences, expected):
    assert weakest(*confidences) == expected


def test_an_unknown_provider_is_refused_with_the_known_ones():
    with pytest.raises(ContractError, match=r"the providers are .*lemlist"):
        load("nobody")


@pytest.mark.parametrize("profile", ["Documented", "", "both"])
def test_an_unknown_profile_is_refused_with_the_known_ones(profile):
    with pytest.raises(ContractError, match="the profiles are documented and observed"):
        load("lemlist", profile)
