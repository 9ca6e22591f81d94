"""Recorded traffic: which requests are checked, and where their mistakes stand."""

import gzip
import json
import re
import zlib
from base64 import b64encode

import pytest
import yaml
from recorded_traffic import (
    ADD,
    BAD,
    INVALID,
    RECORDINGS,
    VALID,
    cassette,
    character,
    checked,
    entry,
    har,
    interaction,
    named,
    places,
    reasons,
)
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import parse_clock
from stepmock.validators.linter.lint import lint


@pytest.mark.parametrize("path", VALID, ids=named)
def test_a_right_recording_is_clean(path):
    result = lint([str(path)])
    assert (result.located, result.not_checked, result.unusable) == ([], [], False)
    assert result.payloads > 0


@pytest.mark.parametrize("path", INVALID, ids=named)
def test_of_a_wrong_recording_exactly_the_refused_requests_are_wrong(path):
    result = lint([str(path)])
    refused = set()
    if path.suffix == ".har":
        for number, each in enumerate(json.loads(path.read_bytes())["log"]["entries"], 1):
            refused |= {number} if each["response"]["status"] >= 400 else set()
    else:
        for number, each in enumerate(yaml.safe_load(path.read_bytes())["interactions"], 1):
            refused |= {number} if each["response"]["status"]["code"] >= 400 else set()
    wrong = {int(re.search(r"\(entry (\d+)\)$", item.about)[1]) for item in result.located}
    assert wrong == refused
    assert refused


@pytest.mark.parametrize("path", [path for path in RECORDINGS if path.suffix == ".har"], ids=named)
def test_a_recording_is_what_the_emulator_answers(path):
    emulator = Emulator(Settings(clock=parse_clock("2024-05-01T10:00:00Z")))
    for each in json.loads(path.read_bytes())["log"]["entries"]:
        request = each["request"]
        host, _, rest = request["url"].removeprefix("https://").partition("/")
        target, _, query = rest.partition("?")
        headers = {header["name"].lower(): header["value"] for header in request["headers"]} | {"host": host}
        body = request.get("postData", {}).get("text", "").encode()
        reply = emulator.handle(Request(request["method"], f"/{target}", query, headers, body))
        assert (reply.status, reply.body.decode()) == (each["response"]["status"], each["response"]["content"]["text"])


def test_both_forms_of_a_recording_show_the_same():
    for path in INVALID:
        other = path.with_suffix(".yaml" if path.suffix == ".har" else ".har")
        found, same = ([(item.about, item.violation) for item in lint([str(each)]).located] for each in (path, other))
        assert found == same


@pytest.mark.parametrize("name", ["x.har", "x.json", "traffic.lemlist.updateStep.json"])
def test_a_har_is_known_by_what_it_holds(name):
    assert [code for code, _, _ in places(checked(har(entry()), name))] == ["LEM022"]


@pytest.mark.parametrize("name", ["x.json", "x.yaml", "x.yml"])
def test_a_cassette_is_known_by_what_it_holds(name):
    assert [code for code, _, _ in places(checked(json.dumps(cassette(interaction())), name))] == ["LEM022"]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.lemlist.com/api/sequences/seq_a/steps",
        "https://API.lemlist.com:443/api/sequences/seq_a/steps?x=1#y",
        "http://127.0.0.1:8377/lemlist/api/sequences/seq_a/steps",
        "http://[::1]:8377/lemlist/api/sequences/seq_a/steps",
        "http://stepmock/lemlist/api/sequences/seq%5Fa/steps",
    ],
)
def test_a_request_is_told_by_its_address(url):
    result = checked(har(entry(url=url)))
    assert [(item.operation, item.about) for item in result.located] == [
        ("lemlist/addStep", "POST /sequences/{sequenceId}/steps (entry 1)")
    ]


def test_a_trailing_slash_is_taken_where_the_provider_takes_it():
    url = "https://server.smartlead.ai/api/v1/campaigns/1/sequences/"
    assert {item.operation for item in checked(har(entry("{}", url))).located} == {"smartlead/saveSequences"}


@pytest.mark.parametrize("style", [{}, {"indent": 2}, {"ensure_ascii": False}], ids=["one line", "indented", "unicode"])
@pytest.mark.parametrize("before", ["", 'é😀 \t\\ " / \u2028', "\\ud83d\\ude00 \\u00e9"])
def test_a_place_in_a_body_is_found_in_the_file(style, before):
    message = before if "\\u" in before else json.dumps(before)[1:-1]
    body = f'{{"type": "phone", "message": "{message}", "delay": -1}}'
    text = har(entry(None, method="GET"), entry(body), **style)
    [found] = checked(text).located
    assert found.pointer == "/delay"
    assert character(text, found).startswith('\\"delay\\": -1}"')


def test_surrogate_pairs_in_the_file_count_as_one_character_of_the_body():
    text = har(entry('{"message": "\U0001f600\U0001f600", "type": "phone", "delay": -1}'))
    assert "\\ud83d\\ude00" in text
    [found] = checked(text).located
    assert character(text, found).startswith('\\"delay')


def test_a_syntax_error_in_a_body_stands_where_reading_stopped():
    text = har(entry('{"type": "é",\n "delay": }'))
    [found] = checked(text).located
    assert found.violation.code == "LEM001"
    assert character(text, found).startswith('}"')


@pytest.mark.parametrize(
    ("style", "width"),
    [("'", 10_000), ('"', 10_000), ("'", 40), ('"', 40)],
    ids=["single", "double", "folded single", "folded double"],
)
def test_a_place_in_a_quoted_body_of_a_yaml_cassette_is_exact(style, width):
    body = json.dumps(
        {"type": "phone", "message": "it's \\ a 'long' one, " * 5 + "é \U0001f600 end", "delay": -1}, ensure_ascii=False
    )
    text = yaml.dump(cassette(interaction(body)), default_style=style, width=width, allow_unicode=True)
    [found] = checked(text, "x.yaml").located
    assert character(text, found).lstrip("\\").startswith('"delay' if style == "'" else '"delay\\"')


@pytest.mark.parametrize("written", ['|-\n      {"type": "phone",\n      "delay": -1}', "!!binary |\n      e30="])
def test_a_place_that_is_not_worth_the_while_is_the_start_of_the_body(written):
    text = f"interactions:\n- request:\n    method: POST\n    uri: {ADD}\n    body: {written}\n"
    result = checked(text, "x.yaml")
    assert {tuple(item.position) for item in result.located} == {(5, 11)}


def compressed(text, encoding):
    if encoding == "gzip":
        return gzip.compress(text.encode())
    data = zlib.compress(text.encode())
    return data if encoding == "deflate" else data[2:-4]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
def test_a_compressed_body_is_read(encoding):
    header, data = encoding.removeprefix("raw "), compressed(BAD, encoding)
    text = b64encode(data).decode()
    headers = [("Content-Encoding", header)]
    assert [code for code, _, _ in places(checked(har(entry(text, headers=headers, encoding="base64"))))] == ["LEM022"]
    kept = {"content-encoding": [header]}
    for body in ({"base64_string": text}, {"string": data}, data):
        tape = yaml.dump(cassette(interaction(body, headers=kept)))
        assert [code for code, _, _ in places(checked(tape, "x.yaml"))] == ["LEM022"]


def test_a_compressed_body_in_a_text_is_read():
    text = compressed(BAD, "gzip").decode("latin-1")
    assert places(checked(har(entry(text, headers=[("content-encoding", "gzip")]))))[0][0] == "LEM022"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity", ""])
def test_a_body_that_was_kept_uncompressed_is_read_as_it_is(encoding):
    headers = {"content-encoding": [encoding]}
    for body in (BAD, {"base64_string": b64encode(BAD.encode()).decode()}):
        assert places(checked(json.dumps(cassette(interaction(body, headers=headers))), "x.json"))[0][0] == "LEM022"


def test_an_encoded_body_has_the_place_of_its_member():
    text = har(entry(b64encode(BAD.encode()).decode(), encoding="base64"))
    [found] = checked(text).located
    assert character(text, found).startswith('"eyJ0eXBlIjog')


@pytest.mark.parametrize(("request_", "reason"), [
    ({"bodySize": 70000}, "it was recorded without its body of 70,000 bytes"),
    ({"bodySize": 70000, "postData": {"mimeType": "application/json"}}, "without its body of 70,000 bytes"),
    ({"bodySize": 9, "postData": {"text": "", "_kept": {"bytes": 4, "of": 9}}}, "of its 9 bytes the first 4 were kept"),
    ({"bodySize": 9, "postData": {"text": "", "_kept": {"bytes": "4"}}}, "without its body of 9 bytes"),
    ({"bodySize": 9, "postData": {"text": "", "_kept": [1]}}, "without its body of 9 bytes"),
    ({"bodySize": 2, "postData": {"text": " \n"}}, "it was recorded without a body"),
    ({"bodySize": True}, "it was recorded without a body"),
    ({"bodySize": -1}, "it was recorded without a body"),
    ({"bodySize": "9"}, "it was recorded without a body"),
])  # fmt: skip
def test_a_body_that_was_there_and_was_not_recorded_is_told_so(request_, reason):
    [told] = reasons(checked(har({**entry(None), "request": {"method": "POST", "url": ADD, **request_}})))
    assert reason in told
