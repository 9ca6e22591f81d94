"""Reading payloads from bytes: what is refused, by which rule, and what comes out of the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_NESTING
from stepmock.validators import yaml_reading
from stepmock.validators.plain import plain_problems
from stepmock.validators.reading import UNREADABLE, Reading, decoded, read_json

RULES = load("lemlist").body_rules


def read_yaml(data, rules):
    """Read a file with one YAML document, which has to be an object."""
    text = decoded(data, rules)
    if isinstance(text, Reading):
        return text
    [(reading, _)] = yaml_reading.read_yaml(text, rules)
    if reading.payload is UNREADABLE:
        return reading
    return reading._replace(findings=[*reading.findings, *plain_problems(reading.payload, rules)])


def codes(reading):
    return [finding.code for finding in reading.findings]


def nested(levels, text="{}"):
    return text.format("[" * levels + "]" * levels).encode()


UNREADABLE_JSON = {
    "empty": (b"", "LEM001"),
    "white space": (b" \t\r\n", "LEM001"),
    "BOM alone": (b"\xef\xbb\xbf", "LEM001"),
    "cut off": (b'{"type": "phone"', "LEM001"),
    "comma at the end": (b'{"type": "phone",}', "LEM001"),
    "single quotes": (b"{'type': 'phone'}", "LEM001"),
    "comment": (b'{"type": "phone"} // hi', "LEM001"),
    "two texts": (b'{"type": "phone"}{"type": "sms"}', "LEM001"),
    "form": (b"type=phone", "LEM001"),
    "bare newline in a string": (b'{"type": "pho\nne"}', "LEM001"),
    "null byte behind": (b'{"type": "phone"}\x00', "LEM001"),
    "form feed in front": (b'\x0c{"type": "phone"}', "LEM001"),
    "no-break space behind": (b'{"type": "phone"}\xc2\xa0', "LEM001"),
    "number with a leading zero": (b'{"delay": 01}', "LEM001"),
    "number with a plus": (b'{"delay": +1}', "LEM001"),
    "hexadecimal number": (b'{"delay": 0x1}', "LEM001"),
    "NaN": (b'{"delay": NaN}', "LEM003"),
    "Infinity": (b'{"delay": Infinity}', "LEM003"),
    "-Infinity": (b'{"delay": [-Infinity]}', "LEM003"),
    "1e999": (b'{"delay": 1e999}', "LEM003"),
    "-1e999": (b'{"delay": -1e999}', "LEM003"),
    "integer of 5,000 digits": (b'{"delay": ' + b"9" * 5000 + b"}", "LEM003"),
    "invalid UTF-8": (b'{"type": "\xff"}', "LEM005"),
    "UTF-8 cut off": (b'{"type": "\xc3', "LEM005"),
    "UTF-8 of a surrogate": (b'{"type": "\xed\xa0\xbd"}', "LEM005"),
    "overlong UTF-8": (b'{"type": "\xc0\xaf"}', "LEM005"),
    "UTF-16": ('{"type": "phone"}'.encode("utf-16"), "LEM005"),
    "Latin-1": ('{"type": "é"}'.encode("latin-1"), "LEM005"),
    "20,000 brackets": (nested(20_000, '{{"x": {}}}'), "LEM004"),
    "200,000 brackets": (nested(200_000), "LEM004"),
    "20,000 objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "LEM004"),
}


@pytest.mark.parametrize(("data", "code"), UNREADABLE_JSON.values(), ids=UNREADABLE_JSON)
@pytest.mark.parametrize("duplicates", [False, True], ids=["server", "linter"])
def test_a_json_text_that_cannot_be_read_breaks_one_rule(data, code, duplicates):
    reading = read_json(data, RULES, duplicates=duplicates)
    assert codes(reading) == [code]
    assert reading.payload is UNREADABLE


READABLE_JSON = {
    "object": (b'{"type": "phone"}', {"type": "phone"}),
    "white space around": (b' \r\n\t{"a": 1}\n', {"a": 1}),
    "BOM": (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
    "emoji": ('{"a": "\U0001f600"}'.encode(), {"a": "\U0001f600"}),
    "emoji as a surrogate pair": (rb'{"a": "\ud83d\ude00"}', {"a": "\U0001f600"}),
    "escaped null": (rb'{"a": "\u0000"}', {"a": "\x00"}),
    "largest float": (b'{"a": 1.7976931348623157e308}', {"a": 1.7976931348623157e308}),
    "underflow": (b'{"a": 1e-999}', {"a": 0.0}),
    "integer of 4,300 digits": (b'{"a": ' + b"9" * 4300 + b"}", {"a": 10**4300 - 1}),
    "nesting at the limit": (nested(MAX_NESTING - 1, '{{"x": {}}}'), {"x": json.loads(nested(MAX_NESTING - 1))}),
    "empty object": (b"{}", {}),
    "empty key": (b'{"": 1}', {"": 1}),
}


@pytest.mark.parametrize(("data", "payload"), READABLE_JSON.values(), ids=READABLE_JSON)
@pytest.mark.parametrize("duplicates", [False, True], ids=["server", "linter"])
def test_a_json_text_that_can_be_read_gives_its_payload(data, payload, duplicates):
    assert read_json(data, RULES, duplicates=duplicates) == (payload, [], None)


WRONG_JSON = {
    "array": (b"[]", ["LEM002"]),
    "array of steps": (b'[{"type": "phone"}]', ["LEM002"]),
    "text": (b'"phone"', ["LEM002"]),
    "number": (b"1", ["LEM002"]),
    "null": (b"null", ["LEM002"]),
    "true": (b"true", ["LEM002"]),
    "half of a surrogate pair": (rb'{"a": "\ud83d"}', ["LEM005"]),
    "the other half": (rb'{"a": ["\ude00"]}', ["LEM005"]),
    "halves in the wrong order": (rb'{"a": "\ude00\ud83d"}', ["LEM005"]),
    "half as a key": (rb'{"\ud83d": 1}', ["LEM005"]),
    "nesting over the limit": (nested(MAX_NESTING, '{{"x": {}}}'), ["LEM004"]),
    "500 levels": (nested(500, '{{"x": {}}}'), ["LEM004"]),
}


@pytest.mark.parametrize(("data", "expected"), WRONG_JSON.values(), ids=WRONG_JSON)
def test_a_json_text_that_is_no_plain_object_breaks_one_rule(data, expected):
    assert codes(read_json(data, RULES)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a": 1, "a": 2}', [(("a",), "a")]),
        (b'{"a": 1, "a": 2, "a": 3}', [(("a",), "a")]),
        (b'{"x": {"a": 1, "a": 2}}', [(("x", "a"), "a")]),
        (b'{"x": [{}, {"a": 1, "a": 2}]}', [(("x", 1, "a"), "a")]),
        (b'{"a": {"a": 1}, "b": {"a": 1}}', []),
    ],
    ids=["twice", "three times", "below", "in a list", "in different objects"],
)
def test_a_key_that_stands_twice_is_told_with_its_place(data, expected):
    reading = read_json(data, RULES, duplicates=True)
    assert [(finding.code, finding.where, finding.value) for finding in reading.findings] == [
        ("LEM093", where, name) for where, name in expected
    ]


def test_of_two_equal_keys_the_last_wins():
    assert read_json(b'{"a": 1, "a": 2}', RULES, duplicates=True).payload == {"a": 2}
    assert read_json(b'{"a": 1, "a": 2}', RULES).payload == {"a": 2}


def test_the_server_does_not_look_for_equal_keys():
    assert read_json(b'{"a": 1, "a": 2}', RULES).findings == []


@pytest.mark.parametrize(
    ("data", "offset"),
    [(b"", 0), (b'{"type": phone}', 9), (b'{"a": 1,\n}', 9), (b'{"a": 1} x', 9), ('{"é": x}'.encode(), 6)],
)
def test_a_syntax_error_says_at_which_character(data, offset):
    assert read_json(data, RULES).offset == offset


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=10,
        ),
    ),
    st.booleans(),
)
def test_every_plain_object_survives_writing_and_reading(payload, ascii_only):
    data = json.dumps(payload, ensure_ascii=ascii_only).encode()
    assert read_json(data, RULES, duplicates=True) == (payload, [], None)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_reading_and_never_raise(data):
    for reading in (read_json(data, RULES), read_json(data, RULES, duplicates=True), read_yaml(data, RULES)):
        assert isinstance(reading.payload, dict) or reading.findings


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + level, 98 + level, b",".join([b"*%c" % (97 + level)] * 10)) for level in range(9)
)

UNREADABLE_YAML = {
    "empty": (b"", "LEM001"),
    "comment alone": (b"# nothing\n", "LEM001"),
    "tab as indentation": (b"type: phone\n\tmessage: x\n", "LEM001"),
    "bracket left open": (b"type: [phone\n", "LEM001"),
    "alias of nothing": (b"type: *nothing\n", "LEM001"),
    "null character": (b"type: phone\nmessage: \x00\n", "LEM001"),
    "half of a surrogate pair": (b'message: "\\ud83d"\n', "LEM001"),
    "mapping as a key": (b"? {a: 1}\n: 2\n", "LEM001"),
    "list as a key": (b"? [a]\n: 2\n", "LEM001"),
    "python object": (b"type: !!python/object/apply:os.system ['true']\n", "LEM001"),
    "python name": (b"type: !!python/name:os.system\n", "LEM001"),
    "python tuple": (b"type: !!python/tuple [a]\n", "LEM001"),
    "tag of its own": (b"type: !step phone\n", "LEM001"),
    "merge of no mapping": (b"<<: 3\ntype: phone\n", "LEM001"),
    "integer tag on a word": (b"delay: !!int three\n", "LEM001"),
    "integer of 5,000 digits": (b"delay: " + b"9" * 5000 + b"\n", "LEM003"),
    "invalid UTF-8": (b"message: \xff\n", "LEM005"),
    "UTF-16": ("type: phone\n".encode("utf-16"), "LEM005"),
    "bomb of aliases": (BOMB, "LEM004"),
    "alias of its own parent": (b"x: &a [*a]\n", "LEM004"),
    "mapping that holds itself": (b"&a\nx: *a\n", "LEM004"),
    "20,000 flow brackets": (b"x: " + nested(20_000) + b"\n", "LEM004"),
    "20,000 flow braces": (b"x: " + b"{a: " * 20_000 + b"}" * 20_000 + b"\n", "LEM004"),
    "2,000 nested blocks": (b"".join(b" " * level + b"a:\n" for level in range(2_000)), "LEM004"),
    "20,000 lists in one line": (b"x:\n  " + b"- " * 20_000 + b"a\n", "LEM004"),
    "200,000 lists in one line": (b"x:\n  " + b"- " * 200_000 + b"a\n", "LEM004"),
    "200,000 keys in one line": (b"? " * 200_000 + b"a\n", "LEM004"),
    "200,000 brackets left open": (b"x: " + b"[" * 200_000, "LEM004"),
}


@pytest.mark.parametrize(("data", "code"), UNREADABLE_YAML.values(), ids=UNREADABLE_YAML)
def test_a_yaml_text_that_cannot_be_read_breaks_one_rule(data, code):
    reading = read_yaml(data, RULES)
    assert codes(reading) == [code]
    assert reading.payload is UNREADABLE or reading.payload is None


READABLE_YAML = {
    "mapping": (b"type: phone\ndelay: 1\n", {"type": "phone", "delay": 1}),
    "JSON": (b'{"type": "phone"}', {"type": "phone"}),
    "BOM": (b"\xef\xbb\xbftype: phone\n", {"type": "phone"}),
    "date stays text": (b"message: 2021-02-16\n", {"message": "2021-02-16"}),
    "date and time stay text": (b"message: 2021-02-16T08:02:42Z\n", {"message": "2021-02-16T08:02:42Z"}),
    "anchor and alias": (b"message: &text Hi\ntitle: *text\n", {"message": "Hi", "title": "Hi"}),
    "merge": (b"base: &base {type: phone}\n<<: *base\n", {"base": {"type": "phone"}, "type": "phone"}),
    "folded text": (b"message: >\n  one\n  two\n", {"message": "one two\n"}),
    "one document with marks": (b"---\ntype: phone\n...\n", {"type": "phone"}),
    "null": (b"delay: ~\n", {"delay": None}),
    "many brackets in a text": (b"message: '" + b"[ " * 5_000 + b"'\n", {"message": "[ " * 5_000}),
    "many dashes in a text": (b"message: |\n  " + b"- " * 5_000 + b"x\n", {"message": "- " * 5_000 + "x\n"}),
    "nesting at the limit": (b"x: " + nested(MAX_NESTING - 1) + b"\n", {"x": json.loads(nested(MAX_NESTING - 1))}),
}


@pytest.mark.parametrize(("data", "payload"), READABLE_YAML.values(), ids=READABLE_YAML)
def test_a_yaml_text_that_can_be_read_gives_its_payload(data, payload):
    assert read_yaml(data, RULES) == (payload, [], None)


WRONG_YAML = {
    "list": (b"- type: phone\n", ["LEM002"]),
    "word": (b"phone\n", ["LEM002"]),
    "number as a key": (b"type: phone\n1: x\n", ["LEM001"]),
    "boolean as a key": (b"type: phone\nyes: x\n", ["LEM001"]),
    "null as a key": (b"type: phone\n~: x\n", ["LEM001"]),
    "infinity": (b"delay: .inf\n", ["LEM003"]),
    "not a number": (b"delay: .nan\n", ["LEM003"]),
    "overflowing number": (b"delay: 1.0e+999\n", ["LEM003"]),
    "hexadecimal integer of 6,000 digits": (b"delay: 0x" + b"f" * 6000 + b"\n", ["LEM003"]),
    "set": (b"x: !!set {a, b}\n", ["LEM001"]),
    "bytes": (b"x: !!binary aGk=\n", ["LEM001"]),
    "nesting over the limit": (b"x: " + nested(MAX_NESTING) + b"\n", ["LEM004"]),
    "nesting over the limit in blocks": (
        b"".join(b" " * level + b"a:\n" for level in range(MAX_NESTING + 2)),
        ["LEM004"],
    ),
}


@pytest.mark.parametrize(("data", "expected"), WRONG_YAML.values(), ids=WRONG_YAML)
def test_a_yaml_text_that_is_no_plain_object_breaks_one_rule(data, expected):
    assert codes(read_yaml(data, RULES)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: 1\na: 2\n", [(("a",), "a")]),
        (b"x:\n  a: 1\n  a: 2\n", [(("x", "a"), "a")]),
        (b"x: [{}, {a: 1, a: 2}]\n", [(("x", 1, "a"), "a")]),
        (b"x: {a: 1}\ny: {a: 1}\n", []),
        (b"x: &x {a: 1}\ny: {<<: *x, a: 2}\n", []),
    ],
    ids=["twice", "below", "in a list", "in different mappings", "merged and overridden"],
)
def test_a_yaml_key_that_stands_twice_is_told_with_its_place(data, expected):
    reading = read_yaml(data, RULES)
    assert [(finding.code, finding.where, finding.value) for finding in reading.findings] == [
        ("LEM093", where, name) for where, name in expected
    ]


def test_a_yaml_syntax_error_says_at_which_character():
    assert read_yaml(b"type: phone\nmessage: @x\n", RULES).offset == 21


def test_behind_a_byte_order_mark_a_bad_byte_is_told_by_its_place_in_the_file():
    text = decoded(b'\xef\xbb\xbf{"\xff": 1}', RULES)
    assert isinstance(text, Reading)
    assert "byte 5 " in text.findings[0].message
    assert text.offset == 2


def test_a_doubled_key_before_a_syntax_error_does_not_hide_it():
    reading = read_json(b'{"type": "phone", "type": "phone",}', RULES, duplicates=True)
    assert codes(reading) == [RULES["syntax"]]


def test_a_contract_is_loaded_once_whether_or_not_the_default_profile_is_named():
    assert load("lemlist") is load("lemlist", "documented")
