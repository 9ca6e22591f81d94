"""What a violation is as a value: readable, comparable, immutable, and good for a pickle."""

import copy
import json
import pickle

import pytest
from stepmock.contracts.model import Refusal
from stepmock.validators import check

PAYLOAD = {"type": "email", "message": "<p>{{firstName</p>", "delay": -1}
FIELDS = [
    "code",
    "severity",
    "pointer",
    "value",
    "expected",
    "hint",
    "source",
    "confidence",
    "status",
    "body",
    "message",
]


def found():
    """Return violations made anew: two errors and a warning."""
    return check("lemlist", "addStep", PAYLOAD)


def test_two_checks_of_one_payload_give_equal_violations():
    assert found() == found()
    assert len({item.code for item in found()}) == 3


def test_violations_that_differ_in_what_the_provider_says_are_not_equal():
    one, other = (check(*place, {}) for place in (("saleshandy", "createStep"), ("saleshandy", "createSequence")))
    assert one[0].reply != other[0].reply
    assert one[0].reply != one[0].body


@pytest.mark.parametrize(
    "again",
    [lambda item: pickle.loads(pickle.dumps(item)), copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deepcopy"],
)
def test_a_copy_says_the_same(again):
    for item in found():
        twin = again(item)
        assert twin == item
        assert (twin.body, twin.reasons, twin.as_json()) == (item.body, item.reasons, item.as_json())
        assert repr(twin) == repr(item)


def test_a_pickle_holds_words_and_no_contract():
    assert all(len(pickle.dumps(item)) < 2000 for item in found())


@pytest.mark.parametrize("name", [*FIELDS, "reasons", "reply"])
def test_a_violation_cannot_be_changed(name):
    with pytest.raises(AttributeError):
        setattr(found()[0], name, None)


def test_a_violation_as_json_has_these_members_in_this_order():
    for item in found():
        assert list(item.as_json()) == FIELDS
        assert list(item._asdict()) == [*FIELDS, "reasons"]
        assert json.loads(json.dumps(item.as_json()))["body"] == item.body


def test_a_warning_has_neither_status_nor_body():
    [warning] = [item for item in found() if item.severity == "warning"]
    assert (warning.status, warning.body) == (None, None)
    assert warning.reasons == ({"message": warning.message, "pointer": "/message"},)


def test_the_words_of_a_reply_are_made_once_and_only_when_asked_for(monkeypatch):
    made = []
    body_with = Refusal.body_with
    monkeypatch.setattr(Refusal, "body_with", lambda *given, **facts: made.append(1) or body_with(*given, **facts))
    item = found()[0]
    assert made == []
    assert item.body == item.body
    assert made == [1]
