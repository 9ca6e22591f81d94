"""Paths below base paths, and the operations that they lead to."""

import pytest
from stepmock.contracts import load
from stepmock.contracts.routing import Router, below


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/v1/a", "/a"),
        ("/v1", ""),
        ("/v1/", "/"),
        ("/v12/a", None),
        ("/a/v1", None),
        ("", None),
        ("/old/v1/a/b", "/a/b"),
    ],
)
def test_a_path_lies_below_a_base_path_or_not(path, rest):
    assert below(["/v1", "/old/v1"], path) == rest


def test_a_path_leads_to_the_operations_of_its_methods_and_the_values_of_its_parameters():
    match = Router(load("lemlist").operations.values()).match("/sequences/seq_1/steps/stp_1")
    assert {method: operation.name for method, operation in match.operations.items()} == {
        "PATCH": "updateStep",
        "DELETE": "deleteStep",
    }
    assert match.parameters == {"sequenceId": "seq_1", "stepId": "stp_1"}


@pytest.mark.parametrize("path", ["", "/", "/sequences//steps", "/sequences/seq_1/steps/", "/nothing"])
def test_a_path_that_is_none_leads_nowhere(path):
    assert Router(load("lemlist").operations.values()).match(path) is None
