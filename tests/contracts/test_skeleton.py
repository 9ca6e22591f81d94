"""A document that is no OpenAPI document is refused as such, wherever it goes wrong; nothing else is ever raised."""

import copy
import datetime
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from stepmock.contracts import ContractError
from stepmock.contracts.compile import compile_contract
from toy_contract import CONTRACT

TOY = yaml.safe_load(CONTRACT)
ODD = [None, 5, "x", "", [], {}, [1], {"a": 1}, True, -1, [None], {1: 2}, "{", datetime.date(2023, 1, 1), float("nan")]
REMOVED = object()


def places(value, path=()):
    """Yield the path to each part of a document but the whole."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def with_part(path, value):
    """Return the toy's contract with another value at a place, or without it."""
    document = copy.deepcopy(TOY)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    if value is REMOVED:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("contracts")


def refusal(folder, text, overlay=""):
    """Return what is said of a contract, or nothing when it is taken."""
    (folder / "toy.yaml").write_text(text)
    (folder / "toy.observed.yaml").write_text(overlay or "actions: [{target: $, update: {}}]")
    try:
        compile_contract(folder / "toy.yaml", "observed" if overlay else "documented")
    except ContractError as error:
        return str(error)
    return ""


@given(path=st.sampled_from(list(places(TOY))), value=st.sampled_from([*ODD, REMOVED]))
@settings(deadline=None, max_examples=200)
def test_whatever_stands_anywhere_is_taken_or_refused_in_one_line(folder, path, value):
    said = refusal(folder, yaml.safe_dump(with_part(path, value), sort_keys=False))
    assert said == "" or re.fullmatch(r"toy\.yaml:\d+: .+", said)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("servers: [{url: https://api.toy.example/v9}]", "servers: []", "(at /servers)"),
        ("https://api.toy.example/v9", "api.toy.example", "(at /servers/0/url)"),
        ("security: [{key: []}]", "security: [{}]", "(at /security/0)"),
        ("security: [{key: []}]", "security: [{kez: []}]", 'There is no security scheme "kez". Did you mean "key"?'),
        ("type: apiKey", "type: oauth2", '"oauth2" is not one of'),
        ("\npaths:", "\nx-paths:", '"paths" is a required property'),
        ("'201':", "201:", "The name 201 must be a text: put it in quotes (at /paths/~1jumps/post/responses/201)"),
        ("'201':", "'2xx':", "(at /paths/~1jumps/post/responses)"),
        ("'201':", "'301':", "The operation has no reply of success"),
        (
            "application/json:\n            schema",
            "text/plain:\n            schema",
            '"application/json" is a required',
        ),
        ("maximum: 3", "maximum: .inf", "inf is no number of JSON"),
        ("{id: j-12345}", "{id: 2023-01-01}", "2023-01-01 is no value of JSON: put it in quotes"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(folder, old, new, words):
    assert old in CONTRACT
    said = refusal(folder, CONTRACT.replace(old, new, 1))
    assert re.match(r"toy\.yaml:?\d*: ", said)
    assert words in said


@pytest.mark.parametrize(
    ("overlay", "words"),
    [
        ("a: b", "toy.observed.yaml:1: An overlay has actions, a list"),
        ("actions: 5", "An overlay has actions"),
        ("actions: {a: b}", "An overlay has actions"),
        ("actions: [5]", "An action has a target"),
        ("actions: [{target: $, remove: true}]", "The whole document can only be updated, with a mapping"),
        ("actions: [{target: $, update: 5}]", "The whole document can only be updated, with a mapping"),
        ("actions: [{target: $.paths, remove: true}]", '"paths" is a required property'),
        ("actions: [{target: $..*, update: 5}]", "toy.yaml:"),
    ],
)
def test_an_overlay_that_breaks_the_document_is_refused(folder, overlay, words):
    assert words in refusal(folder, CONTRACT, overlay)


def test_the_contract_that_these_tests_break_is_right(folder):
    assert refusal(folder, CONTRACT) == refusal(folder, CONTRACT, "actions: [{target: $.info, update: {a: b}}]") == ""
