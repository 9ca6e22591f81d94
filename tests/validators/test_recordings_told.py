"""What is told of recordings, or of parts of them, that are not checked as they are."""

import gzip
import json
from base64 import b64encode

import pytest
from recorded_traffic import ADD, cassette, checked, entry, har, places, reasons
from stepmock.contracts.limits import MAX_BODY_BYTES
from stepmock.validators.linter.lint import lint

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
