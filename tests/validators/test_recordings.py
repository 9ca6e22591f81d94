"""Recorded traffic: which requests are checked, where their mistakes stand, and that no credential is ever shown."""

import copy
import gzip
import io
import json
import re
import subprocess
import sys
import zlib
from base64 import b64encode
from contextlib import redirect_stdout

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from stepmock.contracts.limits import MAX_BODY_BYTES
from stepmock.fixtures import FOLDER
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import parse_clock
from stepmock.validators.cli import main
from stepmock.validators.linter.lint import Options, lint, lint_bytes
from stepmock.validators.linter.targets import Targets
from stepmock.validators.reports.formats import FORMATS

ADD = "https://api.lemlist.com/api/sequences/seq_a/steps"
BAD = '{"type": "phone",\n "delay": -1}'
RECORDINGS = sorted((FOLDER / "recordings").glob("*/*"))
VALID = [path for path in RECORDINGS if path.parent.name == "valid"]
INVALID = [path for path in RECORDINGS if path.parent.name == "invalid"]


def named(path):
    return f"{path.parent.name}/{path.name}"


def entry(text=BAD, url=ADD, method="POST", *, time="2024-05-01T10:00:00Z", status=200, reply="", headers=(), **data):
    """Return an entry of a HAR."""
    request = {"method": method, "url": url, "headers": [{"name": name, "value": value} for name, value in headers]}
    if text is not None:
        request["postData"] = {"mimeType": "application/json", "text": text, **data}
    answer = {"status": status, "headers": [], "content": {"text": reply}}
    return {"startedDateTime": time, "request": request, "response": answer}


def har(*entries, **style):
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, **style)


def interaction(body=BAD, uri=ADD, method="POST", *, status=200, reply="", headers=None):
    """Return an interaction of a cassette."""
    return {
        "request": {"method": method, "uri": uri, "headers": headers or {}, "body": body},
        "response": {"status": {"code": status, "message": ""}, "headers": {}, "body": {"string": reply}},
    }


def cassette(*interactions):
    return {"interactions": list(interactions), "version": 1}


def checked(text, path="x.har", operation=None):
    data = text.encode() if isinstance(text, str) else text
    return lint_bytes(path, data, Options(Targets(operation)))


def places(result):
    return [(item.violation.code, item.pointer, tuple(item.position)) for item in result.located]


def reasons(result):
    return [reason for _, reason in result.not_checked]


def character(text, found):
    """Return the rest of the line at which a violation stands."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[found.position.line - 1][found.position.column - 1 :]


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


WITHOUT_BODY = {
    "no postData": (entry(None), "it was recorded without a body"),
    "null": ({**entry(), "request": {"method": "POST", "url": ADD, "postData": None}}, "without a body"),
    "empty": (entry(""), "it was recorded without a body"),
    "blank": (entry(" \n"), "it was recorded without a body"),
    "null text": (
        entry() | {"request": {"method": "POST", "url": ADD, "postData": {"text": None}}},
        "without",
    ),
    "fields of a form": (entry("", params=[{"name": "type", "value": "email"}]), "a form, not JSON"),
    "form": (entry("type=email", mimeType="application/x-www-form-urlencoded"), "a form, not JSON"),
    "multipart": (entry("--x", mimeType="multipart/form-data; boundary=x"), "a form, not JSON"),
    "no base64": (entry("%%%", encoding="base64"), "its body is not base64"),
    "cut gzip": (
        entry(
            b64encode(gzip.compress(b"x" * 99)[:-9]).decode(), encoding="base64", headers=[("content-encoding", "gzip")]
        ),
        "its compressed body is cut off",
    ),
    "damaged gzip": (
        entry(b64encode(b"\x1f\x8b" + bytes(30)).decode(), encoding="base64", headers=[("content-encoding", "gzip")]),
        "its compressed body is damaged",
    ),
    "brotli": (
        entry(b64encode(b"\x8b\xff\xfe").decode(), encoding="base64", headers=[("content-encoding", "br")]),
        "compressed by 'br'",
    ),
    "bomb": (
        entry(
            b64encode(gzip.compress(bytes(MAX_BODY_BYTES + 1))).decode(),
            encoding="base64",
            headers=[("content-encoding", "gzip")],
        ),
        "once it is decompressed",
    ),
    "wrong headers": (
        entry() | {"request": {**entry()["request"], "headers": 5}},
        "its request.headers is of the wrong",
    ),
    "wrong header": (
        entry() | {"request": {**entry()["request"], "headers": [5]}},
        "its request.headers is of the wrong",
    ),
    "wrong text": (entry(5), "its request.postData.text is of the wrong type"),
    "wrong status": (entry(status="200"), "its response.status is of the wrong type"),
    "wrong response": (entry() | {"response": []}, "its response is of the wrong type"),
}


@pytest.mark.parametrize("name", WITHOUT_BODY)
def test_a_request_that_cannot_be_checked_is_told_and_the_others_are_checked(name):
    value, words = WITHOUT_BODY[name]
    result = checked(har(value, entry()))
    assert [item.about for item in result.located] == ["POST /sequences/{sequenceId}/steps (entry 2)"]
    [reason] = reasons(result)
    assert reason.startswith("entry 1 (POST /sequences/{sequenceId}/steps): ")
    assert words in reason
    assert result.unusable


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "its entry is missing"),
        (5, "its entry is of the wrong type"),
        ({}, "its request is missing"),
        ({"request": {"url": 5}}, "its request.url is of the wrong type"),
        ({"request": {"url": "http://[x/"}}, "its URL cannot be read"),
        ({"request": {"url": "http://user:pa/ss@host/"}}, "its URL cannot be read"),
    ],
)
def test_an_entry_that_is_none_is_told_by_its_number(value, words):
    result = checked(har(entry(), value))
    assert reasons(result) == [f"entry 2: {words}"]
    assert (len(result.located), result.unusable) == (1, True)


def test_requests_to_other_hosts_are_told_once_for_each_host():
    urls = ["https://a.example/x", "https://a.example/y", "https://b.example/", "data:text/plain,x"]
    result = checked(har(*(entry(None, url, "GET") for url in urls), entry('{"type": "phone"}')))
    assert reasons(result) == [
        "2 requests to a.example, which is no known provider",
        "1 request to b.example, which is no known provider",
        "1 request to no host, which is no known provider",
    ]
    assert (result.unusable, result.checked, result.payloads) == (False, 1, 1)


def test_of_very_many_hosts_only_some_are_told_one_by_one():
    result = checked(har(*(entry(None, f"https://h{number}.example/", "GET") for number in range(50)), entry()))
    assert len(reasons(result)) == 21
    assert reasons(result)[-1] == "30 requests to 30 other hosts, which are no known providers"


@pytest.mark.parametrize("text", [har(), har(entry(url="https://example.com/")), json.dumps(cassette())])
def test_a_recording_without_a_request_to_a_provider_belongs_to_no_operation(text, tmp_path):
    path = tmp_path / "x.json"
    path.write_text(text)
    result = lint([str(path)])
    assert reasons(result)[-1] == "the recording has no request to a provider that steplint knows"
    assert (result.unusable, result.checked) == (True, 0)
    (tmp_path / "y.lemlist.addStep.json").write_text('{"type": "phone"}')
    assert lint([str(tmp_path)]).unusable is False


def test_an_unknown_path_of_a_known_host_is_told_with_the_nearest():
    urls = ["https://api.lemlist.com/api/sequences/seq_1/step"] * 2 + [
        "https://api.lemlist.com/api/leads/joe@x.example"
    ]
    result = checked(har(*(entry("{}", url) for url in urls), entry('{"type": "phone"}')))
    assert reasons(result)[0] == (
        "entry 1 and 1 more (POST /sequences/*/step): lemlist has no such operation here; "
        "the nearest is POST /sequences/{sequenceId}/steps"
    )
    assert reasons(result)[1].startswith("entry 3 (POST /leads/*): lemlist has no such operation here; the nearest is ")
    assert result.unusable is False


def test_an_unknown_method_of_a_known_path_is_told():
    result = checked(har(entry("{}", method="PUT"), entry("{}", method="SECRET WORD")))
    assert [reason.partition(":")[0] for reason in reasons(result)] == [
        "entry 1 (PUT /sequences/{sequenceId}/steps)",
        "entry 2 (a request /sequences/{sequenceId}/steps)",
    ]


def test_a_preflight_is_passed_over():
    result = checked(har(entry(None, method="OPTIONS"), entry('{"type": "phone"}')))
    assert (result.located, result.not_checked, result.unusable) == ([], [], False)


def test_a_request_without_a_payload_counts_as_seen():
    result = checked(har(entry(None, "https://api.lemlist.com/api/team", "GET")))
    assert (result.not_checked, result.unusable, result.checked, result.payloads) == ([], False, 1, 0)


def test_an_operation_restricts_what_is_checked():
    text = har(entry(), entry('{"type": "phone", "delay": -1}', f"{ADD}/stp_1", "PATCH"), entry(None))
    result = checked(text, operation="lemlist/updateStep")
    assert {item.operation for item in result.located} == {"lemlist/updateStep"}
    assert (result.payloads, result.not_checked, result.unusable) == (1, [], False)
    result = checked(text, operation="lemlist/createCampaign")
    assert reasons(result) == ["the recording has no request to lemlist/createCampaign that could be checked"]
    assert result.unusable


@pytest.mark.parametrize("operation", [None, "lemlist/addStep"])
@pytest.mark.parametrize(
    "text", ["", har(entry())[:-40], '{"log": {}}', '{"log": {"entries": {}}}', "[]", "5", "[" * 100_000, "\ufeff{"]
)
def test_a_har_that_cannot_be_read_is_told_in_one_line(text, operation):
    result = checked(text, operation=operation)
    [reason] = reasons(result)
    assert reason.startswith("it is no recording that can be read. ")
    assert (result.located, result.unusable, result.checked) == ([], True, 0)


def test_a_har_that_is_no_utf8_is_told_in_one_line():
    [reason] = reasons(checked(har(entry("\u00e9")).encode().replace(b"\\u00e9", b"\xe9")))
    assert "not UTF-8" in reason


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[" * 10_000 + "]" * 10_000, "LEM004"),
        ('{"type": "phone", "type": "phone"}', "LEM093"),
        ("[]", "LEM002"),
        ('{"type": "phone", "delay": 1e999}', "LEM003"),
        ('{"type": "phone", "message": "\\ud83d"}', "LEM005"),
        ('{"$schema": "x", "type": "phone"}', "LEM090"),
        ("not json", "LEM001"),
    ],
    ids=["deep", "doubled key", "root", "number", "half a pair", "$schema", "no JSON"],
)
def test_a_body_is_read_as_the_provider_reads_it(body, code):
    assert [found for found, _, _ in places(checked(har(entry(body))))] == [code]


def test_a_body_that_is_no_utf8_breaks_a_rule():
    text = har(entry(b64encode(b'{"type": "\xff"}').decode(), encoding="base64"))
    assert [code for code, _, _ in places(checked(text))] == ["LEM005"]


def test_entries_are_followed_in_the_order_of_time():
    campaign = "https://server.smartlead.ai/api/v1/campaigns/5"
    save = '{"sequences": []}'
    late = entry('{"status": "START"}', f"{campaign}/status", time="2024-05-01T12:00:00+02:00")
    early = entry(save, f"{campaign}/sequences", time="2024-05-01T09:00:00Z")
    later = entry(save, f"{campaign}/sequences", time="2024-05-01T10:00:01Z")
    abouts = [item.about for item in checked(har(later, late, early)).located]
    assert abouts == ["POST /campaigns/{campaign_id}/sequences (entry 1)"]


@pytest.mark.parametrize("time", [None, 5, "", "yesterday", {}, "9999-99-99T00:00:00Z"])
def test_an_entry_without_a_time_keeps_its_place(time):
    campaign = "https://server.smartlead.ai/api/v1/campaigns/5"
    start = entry('{"status": "START"}', f"{campaign}/status")
    save = entry('{"sequences": []}', f"{campaign}/sequences", time=time)
    assert len(checked(har(start, save)).located) == 1
    assert checked(har(save, start)).located == []


SECRETS = [
    "KEYINBASIC77",
    b64encode(b":KEYINBASIC77").decode(),
    "KEYINHEADER77",
    "KEYINQUERY77",
    "TOKENINQUERY77",
    "COOKIEVALUE77",
    "USERINURL77",
    "PASSINURL77",
    "BEARER77TOKEN",
    "HOOKUSER77",
    "HOOKKEY77",
    "SETCOOKIE77",
]
SECRET_HEADERS = [
    ("Authorization", "Basic " + b64encode(b":KEYINBASIC77").decode()),
    ("Proxy-Authorization", "Bearer BEARER77TOKEN"),
    ("X-API-Key", "KEYINHEADER77"),
    ("Cookie", "a=1; session=COOKIEVALUE77"),
]
SECRET_BODIES = [
    '{"type": "phone", "delay": -1}',
    '{"type": "KEYINBASIC77", "delay": -1}',
    '{"type": "phone", "KEYINHEADER77": 1, "KEYINHEADER77": 2}',
    '{"type": "phone", "api_key": "HOOKKEY77", "delay": "KEYINHEADER77"}',
    '{"type": "api", "method": "POST", "url": "ftp://HOOKUSER77:x@h.example/?api_key=HOOKKEY77", "delay": -1}',
    '{"type": "phone", "message": "x-api-key: HOOKKEY77", "delay": -1, "x": ["COOKIEVALUE77"]}',
    '{"type": "phone", "message": "KEYINQUERY77 \\ud83d"}',
    '{"type": "phone", "authorization": {"x": "KEYINBASIC77 {{", "y": "BEARER77TOKEN"}, "access_token": HOOKKEY77}',
    '{"api_key": "HOOKKEY77", ',
    "api_key=HOOKKEY77",
    '"KEYINHEADER77"',
    '["SETCOOKIE77"]',
]
SECRET_URLS = [
    "https://USERINURL77:PASSINURL77@api.lemlist.com/api/sequences/seq_a/steps?api_key=KEYINQUERY77&access_token=TOKENINQUERY77",
    "https://api.lemlist.com/api/KEYINHEADER77/COOKIEVALUE77?api_key=KEYINQUERY77",
    "https://USERINURL77:PASSINURL77@other.example/KEYINBASIC77?api_key=KEYINQUERY77",
    "https://USERINURL77:PASSINURL77@api.lemlist.com:bad/api/team",
    "https://server.smartlead.ai/api/v1/campaigns/1/sequences?api_key=KEYINQUERY77",
    "https://open-api.saleshandy.com/v1/sequences/a/steps/b",
]


def secret_recordings():
    """Return recordings full of credentials, by file name."""
    entries = [
        {
            **entry(body, url, method, headers=SECRET_HEADERS),
            "response": {"headers": [{"name": "Set-Cookie", "value": "s=SETCOOKIE77"}]},
        }
        for url in SECRET_URLS
        for body in SECRET_BODIES
        for method in ("POST", "KEYINHEADER77")
    ]
    headers = {name: [value] for name, value in SECRET_HEADERS}
    tape = cassette(
        *(interaction(body, url, headers=headers) for url in SECRET_URLS for body in SECRET_BODIES),
        *(
            interaction({"string": body.encode()}, url, headers=headers)
            for url in SECRET_URLS
            for body in SECRET_BODIES
        ),
    )
    tape["interactions"] = [
        {**each, "response": {"headers": {"set-cookie": ["s=SETCOOKIE77"]}}} for each in tape["interactions"]
    ]
    broken = copy.deepcopy(entries)
    for each in broken:
        each["request"]["headers"].append({"name": "x", "value": None})
    whole, text = har(*entries), yaml.dump(tape)
    return {
        "a.har": whole,
        "b.json": har(*entries, indent=1),
        "broken.har": har(*broken),
        "cut.har": whole[:5_000],
        "cut.json": whole[:5_000],
        "cut.lemlist.addStep.json": whole[:5_000],
        "strange.lemlist.addStep.json": json.dumps({"log": {"entries": {"x": entries[0]}}}),
        "c.yaml": text,
        "cut.yaml": text[:3_000] + "\n'",
        "cut.lemlist.addStep.yaml": text[:3_000] + "\n'",
    }


@pytest.fixture(scope="module")
def secret_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    for name, text in secret_recordings().items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("operation", [None, "lemlist/addStep"])
@pytest.mark.parametrize("name", [*secret_recordings(), "."])
def test_no_credential_is_ever_printed(secret_folder, capfd, format_, operation, name):
    options = ["--operation", operation] if operation else []
    main(["check", "--profile", "both", "--format", format_, *options, str(secret_folder / name)])
    shown = "".join(capfd.readouterr())
    assert shown
    assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("operation", [None, "smartlead/saveSequences"])
def test_no_credential_is_printed_or_recorded_whatever_is_asked_for(secret_folder, tmp_path, capfd, format_, operation):
    baseline = tmp_path / "known.json"
    options = ["--format", format_, "--profile", "both", "--severity", "advice", "--baseline", str(baseline)]
    options += ["--operation", operation] if operation else []
    for mode in (["--write-baseline"], ["--ignore", "LEM0"], ["--fix", "--diff"]):
        main(["check", *options, *mode, str(secret_folder)])
        shown = "".join(capfd.readouterr()) + baseline.read_text()
        assert "known.json" in shown
        assert [secret for secret in SECRETS if secret in shown] == []
    assert {path.name: path.read_text() for path in secret_folder.iterdir()} == secret_recordings()


@pytest.mark.parametrize("name", [*secret_recordings()])
def test_no_credential_stands_in_what_linting_gives(secret_folder, name):
    shown = repr(lint([str(secret_folder / name)]))
    assert [secret for secret in SECRETS if secret in shown] == []


def test_the_recordings_of_credentials_have_something_to_show(secret_folder):
    assert len(lint([str(secret_folder / "a.har")]).located) > 20
    assert len(lint([str(secret_folder / "c.yaml")]).located) > 20


def test_an_excerpt_shows_nothing_but_the_body():
    [found] = checked(har(entry(headers=[("X-Other", "next door")]))).located
    assert found.excerpt.text == json.dumps(BAD)
    assert found.excerpt.text[found.excerpt.start :].startswith('\\"delay')


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 700)
    | st.sampled_from(["", "x", "gzip", "base64", "POST", ADD, "{", "\ud83d"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["string", "text", "name", "value", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def mutated(draw):
    """Return a right recording in which some places hold anything."""
    path = draw(st.sampled_from(VALID))
    loaded = copy.deepcopy(LOADED[path])
    for _ in range(draw(st.integers(1, 4))):
        spot, key = loaded, None
        for _ in range(draw(st.integers(1, 8))):
            below = spot if key is None else spot[key]
            if not isinstance(below, (dict, list)) or not below:
                break
            spot = below
            key = draw(st.sampled_from(list(spot) if isinstance(spot, dict) else range(len(spot))))
        if key is not None:
            spot[key] = draw(ANYTHING)
    return loaded


LOADED = {
    path: json.loads(path.read_bytes()) if path.suffix == ".har" else yaml.safe_load(path.read_bytes())
    for path in VALID
}


@given(mutated(), st.sampled_from(["x.har", "x.json"]))
def test_whatever_stands_in_a_recording_is_told_and_never_fails(loaded, name):
    result = checked(json.dumps(loaded), name)
    assert result.checked or result.not_checked


@given(st.sampled_from(VALID), st.data())
def test_a_truncated_recording_never_fails(path, data):
    content = path.read_bytes()
    result = checked(content[: data.draw(st.integers(0, len(content) - 1))], path.name)
    assert result.checked or result.not_checked


@given(st.text() | st.text().map(lambda text: f"https://api.lemlist.com/api/{text}"))
def test_whatever_the_address_a_line_is_one_line(url):
    result = checked(har(entry(url=url), entry()))
    with redirect_stdout(io.StringIO()):
        assert all("\n" not in reason and len(reason) < 400 for reason in reasons(result))
    assert all(item.about.isprintable() for item in result.located)


def test_a_large_recording_takes_at_most_ten_times_its_size(tmp_path):
    whole = json.loads((FOLDER / "recordings/invalid/lemlist.har").read_bytes())
    whole["log"]["entries"] *= 1_000
    path = tmp_path / "large.har"
    path.write_text(json.dumps(whole))
    program = (
        "import resource, sys; from stepmock.validators.linter.lint import lint;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024;"
        "before = peak(); lint([sys.argv[1]]); print(peak() - before)"
    )
    found = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert int(found.stdout) <= 10 * path.stat().st_size
