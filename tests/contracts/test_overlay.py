"""A profile's overlay: what it changes, and which overlays are refused."""

import json
import re
from pathlib import Path

import pytest
import stepmock.contracts
from stepmock.contracts import ContractError, load
from stepmock.contracts.compile import compile_contract
from stepmock.contracts.source import read_document, with_overlay

FOLDER = Path(stepmock.contracts.__file__).parent


@pytest.fixture
def overlaid(tmp_path):
    """Apply an overlay, given as a list of actions, to a small document."""

    def run(actions, document):
        base, overlay = tmp_path / "base.yaml", tmp_path / "base.observed.yaml"
        base.write_text(json.dumps(document))
        overlay.write_text(json.dumps({"overlay": "1.0.0", "info": {}, "actions": actions}))
        return with_overlay(read_document(base), overlay).data

    return run


@pytest.mark.parametrize(
    ("actions", "document", "expected"),
    [
        ([{"target": "$.a", "update": {"b": 2}}], {"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "c": 1}}),
        ([{"target": "$.a", "update": {"b": {"d": 2}}}], {"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ([{"target": "$.a", "update": 2}], {"a": [1]}, {"a": [1, 2]}),
        ([{"target": "$.a.b", "remove": True}], {"a": {"b": 1, "c": 1}}, {"a": {"c": 1}}),
        ([{"target": "$.a[?@ == 'x']", "remove": True}], {"a": ["x", "y", "x"]}, {"a": ["y"]}),
        ([{"target": "$.*.b", "remove": True}], {"a": {"b": 1}, "c": {"b": 2, "d": 3}}, {"a": {}, "c": {"d": 3}}),
        ([{"target": "$['a-b'].c", "update": {"d": 1}}], {"a-b": {"c": {}}}, {"a-b": {"c": {"d": 1}}}),
        ([{"target": "$.a", "update": {"b": 2}}, {"target": "$.a.b", "remove": True}], {"a": {}}, {"a": {}}),
        ([{"target": "$", "update": {"b": 2}}], {"a": 1}, {"a": 1, "b": 2}),
        ([], {"a": 1}, {"a": 1}),
    ],
    ids=[
        "replace",
        "merge deeply",
        "append",
        "remove a member",
        "remove items",
        "several nodes",
        "quoted name",
        "in order",
        "the root",
        "no action",
    ],
)
def test_an_action_changes_what_its_target_selects(overlaid, actions, document, expected):
    assert overlaid(actions, document) == expected


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"target": "$.nothing", "update": {}}, "matches nothing in base.yaml"),
        ({"target": "$.a[?@ == 'z']", "remove": True}, "matches nothing in base.yaml"),
        ({"target": "a..", "update": {}}, "is no JSONPath"),
        ({"target": "", "update": {}}, "is no JSONPath"),
        ({"target": 7, "update": {}}, ""),
        ({"update": {}}, ""),
        ({"target": "$.a"}, ""),
        ({"target": "$.a", "updte": {}}, ""),
    ],
    ids=[
        "matches nothing",
        "filter matches nothing",
        "no path",
        "empty path",
        "a number",
        "no target",
        "no change",
        "misspelt change",
    ],
)
def test_an_action_that_would_do_nothing_is_refused_with_file_and_line(overlaid, action, words):
    with pytest.raises(ContractError, match=r"^base\.observed\.yaml:\d+: ") as caught:
        overlaid([action], {"a": ["x"]})
    assert words in str(caught.value)


def test_the_base_document_is_left_as_it_is(tmp_path):
    (tmp_path / "base.yaml").write_text("a: {b: 1}\n")
    (tmp_path / "over.yaml").write_text("actions:\n  - {target: $.a, update: {b: 2}}\n")
    document = read_document(tmp_path / "base.yaml")
    assert with_overlay(document, tmp_path / "over.yaml").data == {"a": {"b": 2}}
    assert document.data == {"a": {"b": 1}}


def test_a_mistake_in_the_shipped_overlay_would_be_told(tmp_path):
    for name in ("lemlist.yaml", "lemlist.observed.yaml"):
        text = (FOLDER / name).read_text(encoding="utf-8").replace("schemas.EmailStep\n", "schemas.EmialStep\n")
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=r"^lemlist\.observed\.yaml:\d+: .*matches nothing in lemlist\.yaml"):
        compile_contract(tmp_path / "lemlist.yaml", "observed")


def test_a_keyword_that_only_the_overlay_misspells_is_told(tmp_path):
    for name in ("lemlist.yaml", "lemlist.observed.yaml"):
        text = (FOLDER / name).read_text(encoding="utf-8").replace("x-required-on-first", "x-required-on-frist")
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=re.escape('"x-required-on-frist" is not in the vocabulary')):
        compile_contract(tmp_path / "lemlist.yaml", "observed")


def test_a_profile_without_an_overlay_reads_the_base_document(tmp_path):
    (tmp_path / "lemlist.yaml").write_text((FOLDER / "lemlist.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    documented, observed = (compile_contract(tmp_path / "lemlist.yaml", name) for name in ("documented", "observed"))
    assert observed["rules"] == documented["rules"]
    assert observed["operations"] == documented["operations"]


def test_the_profiles_of_lemlist_differ_in_two_rules_only():
    documented, observed = load("lemlist").rules, load("lemlist", "observed").rules
    assert {code for code in documented if documented[code] != observed[code]} == {"LEM030", "LEM092"}
    assert set(documented) == set(observed)
