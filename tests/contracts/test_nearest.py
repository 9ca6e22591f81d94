"""The name most like a misspelt one is the one that difflib finds."""

from difflib import get_close_matches

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stepmock.contracts.errors import nearest

FIELDS = ["subject", "message", "images", "videos", "delay", "delayType", "index", "type", "title", "method", "url"]


def of_one_size(name, known):
    """Return the known names that are neither much longer than a name nor made of quite other letters."""
    letters = set(name)
    return [
        other
        for other in known
        if abs(len(other) - len(name)) <= max(2, len(name) // 2)
        and 5 * len(letters & set(other)) >= 2 * len(letters | set(other))
    ]


def by_difflib(name, known):
    """Return what difflib makes of the names that can be meant at all."""
    close = get_close_matches(name, of_one_size(name, known), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""


@given(st.text("abc", min_size=1, max_size=12), st.lists(st.text("abcd", min_size=1, max_size=12), max_size=8))
@example("abcab", ["cabab", "ababc"])
@example("ab", ["ba", "abab", "aab"])
@example("aaab", ["baaa", "abaa"])
def test_the_likest_name_is_that_of_difflib(name, known):
    assert nearest(name, known) == by_difflib(name, known)


@pytest.mark.parametrize("field", FIELDS)
def test_every_slip_of_a_field_is_taken_as_difflib_takes_it(field):
    slips = [field[:place] + letter + field[place + gone :] for place in range(len(field)) for letter in ("", "x", "e")
             for gone in (0, 1, 2)]  # fmt: skip
    assert [nearest(slip, FIELDS) for slip in slips] == [by_difflib(slip, FIELDS) for slip in slips]


@pytest.mark.parametrize("known", [[], [""], ["delay"]], ids=str)
@pytest.mark.parametrize("name", ["", "x" * 101, "zzzz"])
def test_nothing_is_suggested_for_what_is_like_nothing(name, known):
    assert nearest(name, known) == ""


def test_the_order_of_the_known_names_does_not_matter():
    assert {nearest("tipe", names) for names in (["type", "time"], ["time", "type"], frozenset({"type", "time"}))} == {
        ' Did you mean "type"?'
    }
