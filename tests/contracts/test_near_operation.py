"""The operation that a request to no operation may have meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts import load, providers
from stepmock.contracts.near_operation import nearest_of, nearest_operation

CONTRACTS = [load(name) for name in providers()]


@pytest.mark.parametrize(("method", "path", "expected"), [
    ("POST", "/sequence/seq_1/step", "addStep"),
    ("POST", "/sequences/seq_1/steps/", "addStep"),
    ("POST", "/v2/sequences/seq_1/steps", "addStep"),
    ("POST", "/lemlist/api/sequences/seq_1/step", "addStep"),
    ("POST", "/lemlist/sequences/seq_1/steps", "addStep"),
    ("POST", "/api/Sequences/seq_1/Steps", "addStep"),
    ("PUT", "/sequences/seq_1/steps/stp_1", "updateStep"),
    ("PATCH", "/sequences/seq_1/step/stp_1", "updateStep"),
    ("DELETE", "/sequence/seq_1/steps/stp_1", "deleteStep"),
    ("GET", "/campaign/cam_1/sequences", "listSequences"),
    ("POST", "/campaigns/cam_1/stop", "startCampaign"),
    ("GET", "/teams", "getTeam"),
])  # fmt: skip
def test_a_slip_in_a_path_or_a_method_leads_to_what_was_meant(method, path, expected):
    found = nearest_operation(load("lemlist"), method, path)
    assert found is not None
    assert (found.provider, found.operation) == ("lemlist", expected)
    operation = load("lemlist").operations[expected]
    assert (found.method, found.path) == (operation.method, operation.path)


@pytest.mark.parametrize("path", ["", "/", "/favicon.ico", "/robots.txt", "/nothing/at/all", "/" * 50, "/a/b/c/d/e/f"])
def test_what_is_like_nothing_has_no_nearest(path):
    assert nearest_of(CONTRACTS, "GET", path) is None


@pytest.mark.parametrize("contract", CONTRACTS, ids=providers())
def test_every_operation_is_the_nearest_to_itself(contract):
    for operation in contract.operations.values():
        for path in (operation.path, contract.mounts[0] + operation.path):
            found = nearest_operation(contract, operation.method, path)
            assert found is not None
            assert found.operation == operation.name


def test_among_all_providers_the_one_that_a_path_begins_with_wins():
    for name in ("lemlist", "saleshandy"):
        found = nearest_of(CONTRACTS, "POST", f"/{name}/sequences/x/steps")
        assert found is not None
        assert found.provider == name


@given(st.text(max_size=5), st.text(max_size=200))
def test_any_text_is_taken(method, path):
    nearest_of(CONTRACTS, method, path)


@pytest.mark.parametrize("path", ["/" + "a" * 1_000_000, "/a" * 500_000, "/sequences" * 100_000], ids=len)
def test_a_hostile_path_is_looked_at_in_part_only(path):
    for contract in CONTRACTS:
        nearest_operation(contract, "POST", path)
