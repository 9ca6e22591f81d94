"""Where in a text a violation stands."""

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stepmock.contracts.vocabulary import BODY_RULES
from stepmock.validators.positions import Lines, json_spots, nearest_spot, yaml_spots
from stepmock.validators.yaml_reading import read_yaml

KINDS = {kind: kind for kind in BODY_RULES}


def spots_of_yaml(text):
    [(_, node)] = read_yaml(text, KINDS)
    return yaml_spots(node)


def position(text, pointer, spots=json_spots):
    return tuple(Lines(text).position(nearest_spot(spots(text), pointer).begin))


JSON = {
    "root": ('{"a": 1}', "", (1, 1)),
    "root after white space": ('\n  {"a": 1}', "", (2, 3)),
    "member": ('{"a": 1, "b": 2}', "/b", (1, 10)),
    "member on another line": ('{\n  "a": 1,\n  "b": 2\n}', "/b", (3, 3)),
    "lines that end in CRLF": ('{\r\n  "a": 1,\r\n  "b": 2\r\n}', "/b", (3, 3)),
    "lines that end in CR": ('{\r  "a": 1,\r  "b": 2\r}', "/b", (3, 3)),
    "tab is one character": ('{\n\t"a": 1}', "/a", (2, 2)),
    "emoji is one character": ('{"\U0001f600": 1, "b": 2}', "/b", (1, 10)),
    "letters beyond ASCII": ('{"\u00e9\u00e9": "\u00fc", "b": 2}', "/b", (1, 13)),
    "key beyond ASCII": ('{"a": 1, "\u00e9": 2}', "/\u00e9", (1, 10)),
    "key with an escaped quote": ('{"a\\"b": 1, "c": 2}', '/a"b', (1, 2)),
    "member after an escaped quote": ('{"a\\"b": "\\\\\\"", "c": 2}', "/c", (1, 18)),
    "key with a unicode escape": ('{"x": 0, "\\u00e9": 1}', "/\u00e9", (1, 10)),
    "key with a slash": ('{"x": 0, "a/b": 1}', "/a~1b", (1, 10)),
    "key with a tilde": ('{"x": 0, "a~b": 1}', "/a~0b", (1, 10)),
    "empty key": ('{"x": 0, "": 1}', "/", (1, 10)),
    "item": ('{"a": [10, 20]}', "/a/1", (1, 12)),
    "item on another line": ('{"a": [\n  10,\n  20\n]}', "/a/1", (3, 3)),
    "nested arrays": ('{"a": [[1, 2], [3, [4, 5]]]}', "/a/1/1/0", (1, 21)),
    "array of objects": ('{"a": [{"b": 1}, {"b": 2}]}', "/a/1/b", (1, 19)),
    "brackets and braces in text": ('{"a": "]}[{,:", "b": 2}', "/b", (1, 17)),
    "empty containers": ('{"a": {}, "b": [], "c": [ ], "d": { }, "e": 1}', "/e", (1, 40)),
    "missing member stands at its parent": ('{\n "a": {"b": 1}}', "/a/c", (2, 2)),
    "missing member of the root": ('\n {"a": 1}', "/type", (2, 2)),
    "key that stands twice: the last": ('{"a": 1,\n "a": 2}', "/a", (2, 2)),
    "no white space at all": ('{"a":[1,{"b":null}],"c":true}', "/a/1/b", (1, 10)),
    "numbers and words": ('{"a":-1.5e+10,"b":false,"c":null,"d":1}', "/d", (1, 34)),
    "values below a key that stands twice": ('{"a": {"x": 1},\n "a": {"x": 2}}', "/a/x", (2, 8)),
    "items below a key that stands twice": ('{"a": [1],\n "a": [2]}', "/a/0", (2, 8)),
}


@pytest.mark.parametrize(("text", "pointer", "expected"), JSON.values(), ids=JSON)
def test_a_json_pointer_stands_at_this_line_and_column(text, pointer, expected):
    assert position(text, pointer) == expected


YAML = {
    "member": ("a: 1\nb: 2\n", "/b", (2, 1)),
    "member below": ("a:\n  b: 1\n  c: 2\n", "/a/c", (3, 3)),
    "lines that end in CRLF": ("a: 1\r\nb: 2\r\n", "/b", (2, 1)),
    "item of a block list": ("a:\n  - x\n  - y\n", "/a/1", (3, 5)),
    "item of a flow list": ("a: [x, y]\n", "/a/1", (1, 8)),
    "member of a flow mapping": ("a: {b: 1, c: 2}\n", "/a/c", (1, 11)),
    "letters beyond ASCII": ("{\u00e9: 1, \U0001f600: 2, b: 3}\n", "/b", (1, 14)),
    "quoted key": ("a: 1\n'b c': 2\n", "/b c", (2, 1)),
    "key with a slash": ("a: 1\na/b: 2\n", "/a~1b", (2, 1)),
    "after a comment": ("# note\n\na: 1\n", "/a", (3, 1)),
    "after a document mark": ("---\na: 1\n", "/a", (2, 1)),
    "alias stands at its key": ("a: &x [1]\nb: *x\n", "/b", (2, 1)),
    "inside an alias: where the anchor is": ("a: &x\n  - 1\nb: *x\n", "/b/0", (2, 5)),
    "missing member stands at its parent": ("a:\n  b: 1\n", "/a/c", (1, 1)),
    "folded text": ("a: >\n  one\n\n  two\nb: 1\n", "/b", (5, 1)),
    "a mark of Unicode line ends no line": ("a: 'x\u2028y'\nb: 1\n", "/b", (2, 1)),
    "key that stands twice: the last": ("a: 1\nb: 0\na: 2\n", "/a", (3, 1)),
}


@pytest.mark.parametrize(("text", "pointer", "expected"), YAML.values(), ids=YAML)
def test_a_yaml_pointer_stands_at_this_line_and_column(text, pointer, expected):
    assert position(text, pointer, spots_of_yaml) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def pointers(value, pointer=""):
    """Yield each pointer of a value, the key that it ends in, or None, and the value there."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in members:
        below = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
        yield below, key if isinstance(value, dict) else None, child
        yield from pointers(child, below)


@given(VALUES, st.sampled_from([None, 0, 1, 4, "\t"]), st.booleans())
def test_at_each_offset_of_a_json_text_stands_the_key_or_the_value(value, indent, ascii_only):
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    offsets = {pointer: spot.begin for pointer, spot in json_spots(text).items()}
    expected = list(pointers(value))
    assert set(offsets) == {"", *(pointer for pointer, _, _ in expected)}
    decoder = json.JSONDecoder()
    for pointer, key, child in expected:
        if key is not None:
            assert text.startswith(json.dumps(key, ensure_ascii=ascii_only), offsets[pointer])
        else:
            assert decoder.raw_decode(text, offsets[pointer])[0] == child


PLAIN = st.text(alphabet="ab 1:-#,[]{}~/&*!|>'%@`", max_size=6)  # without what JSON escapes otherwise than YAML


@given(
    st.dictionaries(
        PLAIN,
        st.recursive(
            PLAIN | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(PLAIN, inner), max_leaves=8
        ),
    )
)
def test_a_json_text_and_the_same_text_read_as_yaml_agree(value):
    text = json.dumps(value)
    assert spots_of_yaml(text) == json_spots(text)


@given(st.text(alphabet="ab\r\n\t\U0001f600"), st.data())
def test_line_and_column_lead_back_to_the_same_character(text, data):
    offset = data.draw(st.integers(0, len(text)))
    assume(text[offset - 1 : offset + 1] != "\r\n")
    line, column = Lines(text).position(offset)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rest = text[offset:].replace("\r\n", "\n").replace("\r", "\n")
    assert "\n".join([lines[line - 1][column - 1 :], *lines[line:]]) == rest
