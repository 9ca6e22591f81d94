"""What a quick look passes, no check finds anything in; and it passes what clients usually send."""

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stepmock.contracts import load, providers
from stepmock.validators import Context
from stepmock.validators.breakers import operations_with_payload
from stepmock.validators.checker import checker
from stepmock.validators.keywords import KEYWORDS
from stepmock.validators.occasion import Occasion
from stepmock.validators.quick_look import QuickLook

BUILT_IN = ["first_name", "company_name", "a.b"]
ORDER = {"by": "n", "field": "text"}
PIECES = ["{{", "}}", "{", "}", "a", " ", "\n", "|", "<style>", "</style>", "<b>", "&nbsp;", "\x1c", "\xa0", "\u2003"]
PIECES += [
    "first_name",
    "{{first_name}}",
    "{{ first_name | x }}",
    "{{company_name}}",
    "{{firstname}}",
    "{{own}}",
    "\xe9",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20)
NUMBERS = st.sampled_from([0, 1, 1.0, 2, 3, 4, 1.5, True, None, "1"])
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "n": NUMBERS,
        "text": TEXTS | st.just(7),
        "within": st.lists(st.just(1) | st.fixed_dictionaries({}, optional={"text": TEXTS | st.none()}), max_size=2),
        "wait": st.fixed_dictionaries({}, optional={"days": NUMBERS}) | st.just([]),
    },
)
IN_ORDER = st.integers(0, 3).flatmap(
    lambda size: st.tuples(*(ITEMS.map(lambda item, number=number: item | {"n": number + 1}) for number in range(size)))
)
LISTS = st.lists(ITEMS | st.just("x"), max_size=4) | IN_ORDER.map(list)
SUMS = {"when": {"field": "how", "value": "SHARE"}, "items": "parts", "field": "share", "total": 4, "at-most": 2}
SHARED = st.fixed_dictionaries(
    {},
    optional={
        "how": st.sampled_from(["SHARE", "ALL", 1]),
        "parts": st.lists(st.fixed_dictionaries({}, optional={"share": NUMBERS}), max_size=3) | st.just("x"),
    },
)
FORMS = [
    {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
    {"type": "object", "required": ["text"], "properties": {"to": {"type": "array", "items": {"type": "number"}}}},
]
EITHER = st.fixed_dictionaries({}, optional={"id": TEXTS | NUMBERS, "text": TEXTS, "to": st.lists(NUMBERS) | NUMBERS})
URLS = st.lists(
    st.sampled_from(["http", "https", "://", ":", "/", "@", "a.com", "\\", " ", "\n", "?", "[", "x", "\xe9"])
)
MEDIA = st.fixed_dictionaries({}, optional={"images": st.lists(TEXTS, max_size=3), "videos": st.just([]) | st.none()})

LOOKS = {
    "x-template": ({}, TEXTS),
    "x-known-variables": (BUILT_IN, TEXTS),
    "x-usual-length": ({"minimum": 1, "maximum": 8}, TEXTS),
    "x-http-url": ({}, URLS.map("".join) | TEXTS),
    "x-public-url": ({}, URLS.map("".join)),
    "x-media-types": (["image/png"], URLS.map("".join)),
    "x-either": (FORMS, EITHER),
    "x-combined-max-items": ({"properties": ["images", "videos"], "maximum": 2}, MEDIA),
    "x-numbered": ({"by": "n"}, LISTS),
    "x-first-has": ({**ORDER, "within": "within"}, LISTS),
    "x-max-words": ({**ORDER, "within": "within", "maximum": 2}, LISTS),
    "x-gap": ({"by": "n", "path": ["wait", "days"], "minimum": 2, "maximum": 3}, LISTS),
    "x-sum": (SUMS, SHARED),
}
VALUES = st.sampled_from(sorted(LOOKS)).flatmap(lambda keyword: st.tuples(st.just(keyword), LOOKS[keyword][1]))


def passes(keyword, parameter, value):
    """Return whether a value fits the quick schema of a keyword."""
    return jsonschema_rs.is_valid(KEYWORDS[keyword].quick_schema(parameter), value)


def flaws(keyword, parameter, value):
    """Return what the keyword's own check finds."""
    if not isinstance(value, KEYWORDS[keyword].looks_at):
        return []
    occasion = Occasion({}, Context(stored={"images": ["a"] * 9}), (), frozenset(), frozenset(), "")
    return list(KEYWORDS[keyword].check(parameter, value, occasion))


def test_each_keyword_that_looks_at_the_payload_alone_is_tried_here():
    foreign = {"x-unknown-fields", "x-misplaced-fields", "x-forbidden"}
    assert set(LOOKS) == {name for name, keyword in KEYWORDS.items() if not keyword.fact} - foreign


@given(VALUES)
@example(("x-template", "{{\x1c}}"))
@example(("x-template", "{{a<style>b}}</style>"))
@example(("x-known-variables", "{{first_name}} {{firstname}}"))
@example(("x-known-variables", "{{first_name | {{firstname}} }}"))
@example(("x-max-words", [{"n": 1, "text": "a\xa0b\x1cc"}]))
@example(("x-max-words", [{"n": 1, "text": "<b>a</b>b<b>c</b>"}]))
@example(("x-max-words", [{"n": 1, "text": "a&nbsp;b&nbsp;c"}]))
@example(("x-max-words", [{"n": 2, "text": "a"}, {"n": 1, "text": "a b c d e"}]))
@example(("x-first-has", [{"n": 1, "text": "\x1c"}]))
@example(("x-first-has", [{"n": 1, "within": [{"text": "a"}, {"text": " "}]}]))
@example(("x-gap", [{"n": 1}, {"n": 0, "wait": {"days": 2}}]))
@example(("x-http-url", "http://a.com\n"))
def test_what_passes_a_quick_look_is_right(found):
    keyword, value = found
    parameter = LOOKS[keyword][0]
    if passes(keyword, parameter, value):
        assert flaws(keyword, parameter, value) == []


@given(TEXTS)
def test_what_a_keyword_covers_needs_no_look_of_its_own(text):
    for keyword, (parameter, _) in LOOKS.items():
        if (covered := KEYWORDS[keyword].covers) and passes(keyword, parameter, text):
            assert flaws(covered, LOOKS[covered][0], text) == []


USUAL = {
    "x-template": ["", "Hello", "Hello {{firstName}}", "{{ a | b }} and {{c}}\n\u2014 \xe9", "{{a}}{{b}}"],
    "x-known-variables": ["", "{{first_name}}", "{{ first_name }} of {{company_name|you}}", "no variable"],
    "x-usual-length": ["a", "\U0001f600" * 8],
    "x-http-url": ["http://example.com", "https://example.com/a/b?c=d&e=%20#f"],
    "x-either": [{"id": "1"}, {"text": "a", "to": [1]}],
    "x-combined-max-items": [{}, {"message": "a"}],
    "x-numbered": [[], [{"n": 1}], [{"n": 1}, {"n": 2}]],
    "x-first-has": [[{"n": 1, "text": "a"}, {"n": 2}], [{"n": 1, "within": [{"text": "a"}, {"text": "b"}]}]],
    "x-max-words": [
        [{"n": 1, "text": "several words"}],
        [{"n": 1, "within": [{"text": "a b"}]}, {"n": 2, "text": "a b c"}],
    ],
    "x-gap": [[{"n": 1, "wait": {"days": 0}}, {"n": 2, "wait": {"days": 3}}]],
    "x-sum": [{}, {"how": "ALL", "parts": [{"share": 1}]}],
}


@pytest.mark.parametrize(("keyword", "values"), USUAL.items(), ids=USUAL)
def test_usual_values_pass(keyword, values):
    assert [value for value in values if not passes(keyword, LOOKS[keyword][0], value)] == []


def look_of(branch):
    """Return the quick look of a branch."""
    return QuickLook(branch.schema, [(keyword, where, parameter) for keyword, where, parameter, _ in branch.checks])


@pytest.mark.parametrize("provider", providers())
def test_a_quick_look_passes_most_examples_of_a_contract(provider):
    examples = [
        (checker(provider, operation).branch_of(payload), payload)
        for operation in operations_with_payload(load(provider).provider)
        for payload in checker(provider, operation).examples
    ]
    looks = [look_of(branch).is_right(payload) for branch, payload in examples]
    assert sum(looks) > len(looks) / 2


LOOK = QuickLook(
    {
        "type": "object",
        "required": ["subject"],
        "properties": {"subject": {"type": "string"}, "items": {"items": {"allOf": [{"type": "object"}]}}},
    },
    [
        ("x-template", ("subject",), {}),
        ("x-parent-state", (), {"field": "status", "value": "ACTIVE"}),
        ("x-template", ("items", "*", "allOf"), {}),
        ("x-known-variables", ("items", "*", "allOf"), ["first_name"]),
        ("x-unknown-fields", (), {}),
        ("x-usual-length", ("items", "*", "allOf"), {"maximum": 20}),
        ("x-required-on-first", ("items", "*"), {}),
        ("x-forbidden", ("items", "*", "note"), True),
    ],
)


@pytest.mark.parametrize(
    ("payload", "doubts"),
    [
        ({"subject": "a", "items": [{"allOf": "{{first_name}}"}]}, {}),
        ({"subject": "a", "items": [{"allOf": "{{own}}"}]}, {2: {("items", 0, "allOf")}, 3: {("items", 0, "allOf")}}),
        ({"subject": "{{", "items": [{"allOf": "{{first_name}}"}]}, {0: {("subject",)}}),
        (
            {"subject": "a", "items": [{"allOf": "}}"}, {}, {"allOf": "}}"}]},
            {number: {("items", 0, "allOf"), ("items", 2, "allOf")} for number in (2, 3)},
        ),
        ({"subject": "a", "items": [{"allOf": "a" * 21}]}, {5: {("items", 0, "allOf")}}),
        ({"subject": "a", "subjct": "b"}, {4: {()}}),
        ({"subject": "a", "items": [{"note": None}]}, {7: {("items", 0, "note")}}),
    ],
    ids=["right", "own variable", "open brace", "two items", "long", "unknown field", "forbidden field"],
)
def test_a_look_names_the_checks_in_doubt_and_their_places(payload, doubts):
    assert LOOK.at(payload) == ([], doubts)
    assert LOOK.is_right(payload) == (not doubts)


def test_a_look_tells_the_failed_assertions_of_the_schema_from_its_own():
    failed, doubts = LOOK.at({"items": [7, {"allOf": "{{"}]})
    assert sorted(failed) == [
        ("required", ("required",), (), "subject"),
        ("type", ("properties", "items", "items", "allOf", 0, "type"), ("items", 0), ""),
    ]
    assert doubts == {number: {("items", 1, "allOf")} for number in (2, 3)}
