"""Which texts hold a broken variable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.validators import check
from stepmock.validators.template import broken_variable

RIGHT = {
    "empty": "",
    "plain": "Hello there",
    "one variable": "Hello {{firstName}}",
    "spaces": "Hello {{ firstName }}",
    "two variables": "{{firstName}} of {{companyName}}",
    "variables back to back": "{{firstName}}{{lastName}}",
    "Liquid filter": "{{ firstName | default: 'you' }}",
    "Liquid tag": "{% if a %}yes{% else %}no{% endif %}",
    "Liquid tag and variable": "{% if a %}{{a}}{% endif %}",
    "single braces": "a set {1, 2} and {x}",
    "one brace": "a { b",
    "CSS in a style element": "<style>a{color:red}@media print{b{color:blue}}</style><p>Hi {{firstName}}</p>",
    "CSS in a style element with attributes": '<STYLE type="text/css">@media print{b{c:d}}</STYLE >{{a}}',
    "inline style": '<p style="color:red">{{firstName}}</p>',
    "markup": "<p>Hi {{firstName}},</p><p>how is {{companyName}}?</p>",
    "variable over two lines": "{{first\nName}}",
    "other alphabets": "{{pr\u00e9nom}} \N{GRINNING FACE}",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_right_text_has_no_broken_variable(text):
    assert broken_variable(text) is None


BROKEN = {
    "never closed": ("Hello {{firstName", "never closed"),
    "closed by one brace": ("Hello {{firstName}", "never closed"),
    "never opened": ("Hello firstName}}", "never opened"),
    "opened by one brace": ("Hello {firstName}}", "never opened"),
    "opened twice": ("Hello {{first {{lastName}}", "not closed before the next"),
    "first never closed": ("{{firstName, {{lastName}}", "not closed before the next"),
    "closed twice": ("Hello {{firstName}} }}", "never opened"),
    "no name": ("Hello {{}}", "no name"),
    "blank name": ("Hello {{ \t\n }}", "no name"),
    "after a style element": ("<style>a{b:c}</style>{{firstName", "never closed"),
    "in a second variable": ("{{firstName}} and {{", "never closed"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_variable_is_told_in_words(text, words):
    assert words in broken_variable(text)


@pytest.mark.parametrize("field", ["subject", "message"])
@pytest.mark.parametrize("text", [text for text, _ in BROKEN.values()], ids=BROKEN)
def test_a_broken_variable_is_a_warning_of_the_field_that_holds_it(field, text):
    violations = check("lemlist", "addStep", {"type": "email", "subject": "a", "message": "b", field: text})
    assert [(item.code, item.severity, item.pointer) for item in violations] == [("LEM094", "warning", f"/{field}")]


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_right_text_passes_the_checker(text):
    assert check("lemlist", "addStep", {"type": "sms", "message": text}) == []


@given(st.lists(st.sampled_from(["{{a}}", "{{ b | c }}", "text", " ", "\n"])).map("".join))
def test_a_text_of_whole_variables_has_no_broken_one(text):
    assert broken_variable(text) is None


@given(st.text(alphabet="{} a\n", max_size=200))
def test_any_text_of_braces_is_judged_in_words_or_not_at_all(text):
    problem = broken_variable(text)
    assert problem is None or problem.startswith("a variable ")
