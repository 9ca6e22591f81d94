"""The journal as HAR 1.2: what the form demands, what browsers open, and what the linter finds in it again."""

import json
from base64 import b64decode

import pytest
from control_client import ControlClient
from drives import Caller, callers, drive
from hario_core.models.har_1_2 import HarLog  # the form, written down by somebody else
from stepmock.contracts import load, providers
from stepmock.contracts.limits import MAX_JOURNAL_BODY_BYTES
from stepmock.contracts.model import PROFILES
from stepmock.fixtures import FOLDER
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.validators import check
from stepmock.validators.cli import main
from stepmock.validators.places import pointer_of
from stepmock.validators.reading import read_json

SEQUENCE = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
PATHS = {
    "addStep": ("POST", SEQUENCE),
    "updateStep": ("PATCH", f"{SEQUENCE}/{{step}}"),
    "createCampaign": ("POST", "/campaigns"),
    "updateCampaign": ("PATCH", "/campaigns/cam_ABC123XYZ456"),
    "createSequence": ("POST", "/sequences"),
    "setSequenceStatus": ("POST", "/sequences/status"),
    "createStep": ("POST", "/sequences/JA5YdAr9wy/steps"),
    "addVariant": ("POST", "/sequences/JA5YdAr9wy/steps/{step}/variants"),
    "updateVariant": ("PATCH", "/sequences/JA5YdAr9wy/steps/{step}/variants/{variant}"),
    "createSequenceStep": ("POST", "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps"),
    "updateSequenceStep": ("PATCH", "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps/{step}"),
    "saveSequences": ("POST", "/campaigns/1/sequences"),
    "setCampaignStatus": ("POST", "/campaigns/1/status"),
}
SMARTLEAD = {"createCampaign": ("POST", "/campaigns/create")}


def emulator(profile="documented"):
    return Emulator(Settings(profile=profile, rate_limit=False, clock=FrozenClock(1_700_000_000)))


def har(call, query=""):
    return ControlClient(call.emulator, f"worlds/{call.world}/").get(f"journal.har{query}")


def fixtures(provider):
    """Return the invalid payloads of a provider with their operations."""
    paths = sorted((FOLDER / provider).glob("*/invalid/*.json"))
    return [(path.parts[-3], path.read_bytes()) for path in paths]


def sent(call, operation, body):
    """Send a payload to where its operation belongs, in the world as it is."""
    method, path = {**PATHS, **(SMARTLEAD if call.provider == "smartlead" else {})}[operation]
    steps = call.resources().get("steps", {}) if "{step}" in path else {}
    step = next(iter(steps), "none")
    variant = steps[step]["variants"][0]["id"] if "{variant}" in path and steps else "none"
    return call(method, path.replace("{step}", str(step)).replace("{variant}", str(variant)), body=body)


def linted(capsys, path, profile):
    main(["check", "--profile", profile, "--format", "json", "--allow-not-checked", str(path)])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("provider", providers())
def test_whatever_a_provider_does_is_valid_har(provider):
    for call in callers(emulator(), provider):
        drive(call)
        data = har(call)
        read = HarLog.model_validate(data["log"])
        assert len(read.entries) == len(
            ControlClient(call.emulator).get(f"worlds/{call.world}/journal?limit=1000")["entries"]
        )
        for entry in data["log"]["entries"]:
            assert entry["request"]["url"].startswith(f"https://{load(provider).host}{load(provider).paths[0]}/")
            assert entry["time"] == sum(entry["timings"].values())


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_the_linter_finds_in_an_export_what_the_journal_has(provider, profile, tmp_path, capsys):
    """Nothing else, and all of it that a payload shows by itself: what stood in the world before, no recording tells.

    A key that stands twice is told by the linter alone.
    """
    twice = load(provider).body_rules["duplicate-key"]
    checked = 0
    for number, (operation, body) in enumerate(fixtures(provider)):
        call = Caller(emulator(profile), provider, key=f"key {number}")
        _prepare(call, operation)
        sent(call, operation, body)
        path = tmp_path / f"{number}.har"
        path.write_text(json.dumps(har(call)))
        found = {(item["code"], item["payload_pointer"]) for item in linted(capsys, path, profile)["violations"]}
        [*_, entry] = ControlClient(call.emulator).get(f"worlds/{call.world}/journal")["entries"]
        expected = {(item["code"], item["pointer"]) for item in entry["violations"]}
        assert {each for each in found if each[0] != twice} <= expected, body
        assert shown_by(provider, operation, body, profile) <= found, body
        checked += bool(expected & found)
    assert checked >= 10


def test_the_linter_follows_an_export_from_request_to_request(tmp_path, capsys):
    call = Caller(emulator(), "saleshandy")
    made = call("POST", "/sequences", {**call.examples("createSequence")[0], "scheduleId": "abcdefghij"}).json()
    step = {**call.examples("createStep")[0], "absoluteDays": 1}
    for _ in range(2):
        call("POST", f"/sequences/{made['payload']['id']}/steps", step)
    entries = ControlClient(call.emulator).get(f"worlds/{call.world}/journal")["entries"]
    expected = [item["code"] for entry in entries for item in entry["violations"]]
    path = tmp_path / "x.har"
    path.write_text(json.dumps(har(call)))
    assert expected
    assert [item["code"] for item in linted(capsys, path, "documented")["violations"]] == expected


def shown_by(provider, operation, body, profile):
    """Return what a payload breaks as far as it shows by itself."""
    reading = read_json(body, load(provider).body_rules)
    if reading.findings:
        return {(finding.code, pointer_of(finding.where)) for finding in reading.findings}
    return {(item.code, item.pointer) for item in check(provider, operation, reading.payload, profile=profile)}


def _prepare(call, operation):
    """Put a step into the world for an operation that needs one."""
    if operation == "updateStep":
        call("POST", SEQUENCE, {"type": "linkedinVisit"})
    elif operation in ("addVariant", "updateVariant"):
        sent(call, "createStep", json.dumps(call.examples("createStep")[0]).encode())
    elif operation == "updateSequenceStep":
        sent(call, "createSequenceStep", b'{"record": {"type": "call"}}')


# Bodies


@pytest.fixture
def call():
    return Caller(emulator(), "lemlist", "very-secret")


def only(call):
    [entry] = har(call)["log"]["entries"]
    HarLog.model_validate(har(call)["log"])
    return entry


def test_a_body_that_was_cut_off_is_marked_and_not_taken_for_a_broken_one(call, tmp_path, capsys):
    call("POST", SEQUENCE, {"type": "email", "subject": "s", "message": "\u00e9" * MAX_JOURNAL_BODY_BYTES})
    entry = only(call)
    data = entry["request"]["postData"]
    assert data["text"] == ""
    assert "kept the first 16,384 of" in data["comment"]
    assert data["_kept"]["text"].startswith('{"type": "email"')
    assert entry["request"]["bodySize"] > MAX_JOURNAL_BODY_BYTES
    path = tmp_path / "x.har"
    path.write_text(json.dumps(har(call)))
    report = linted(capsys, path, "documented")
    assert report["violations"] == []
    size = entry["request"]["bodySize"]
    assert (data["_kept"]["bytes"], data["_kept"]["of"]) == (MAX_JOURNAL_BODY_BYTES, size)
    [not_checked] = report["not_checked"]
    assert f"its body was cut off when it was recorded: of its {size:,} bytes the first 16,384" in not_checked["reason"]


def test_a_reply_that_was_cut_off_is_marked_and_ends_at_a_character(call):
    for _ in range(9):
        call("POST", SEQUENCE, {"type": "phone", "message": "\u00e9" * 2000})
    campaign = next(name for name, each in call.resources()["campaigns"].items() if SEQUENCE[11:32] in str(each))
    call("GET", f"/campaigns/{campaign}/sequences")
    content = har(call)["log"]["entries"][-1]["response"]["content"]
    assert content["size"] > MAX_JOURNAL_BODY_BYTES
    assert "encoding" not in content
    assert content["text"].startswith("{")
    assert "kept the first" in content["comment"]


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b'{"type": "\xe9"}', bytes(range(256))])
def test_what_is_no_text_is_kept_in_base64(call, body):
    call("POST", SEQUENCE, body=body)
    data = only(call)["request"]["postData"]
    assert data["encoding"] == "base64"
    assert b64decode(data["text"]) == body


def test_a_request_without_a_body_has_no_post_data(call):
    call("GET", "/team")
    assert "postData" not in only(call)["request"]


# Addresses


@pytest.mark.parametrize(("path", "host", "expected"), [
    ("/lemlist/api/team", "localhost:1", "https://api.lemlist.com/api/team"),
    ("/api/team", "api.lemlist.com:99", "https://api.lemlist.com/api/team"),
    ("/saleshandy/api/open-api/v1/sequences", "", "https://open-api.saleshandy.com/api/open-api/v1/sequences"),
    ("/lemlist/api/campaigns/\u00e9 ?#\udcff", "", "https://api.lemlist.com/api/campaigns/%C3%A9%20%3F%23%ED%B3%BF"),
])  # fmt: skip
def test_a_request_has_the_address_that_it_has_at_its_provider(path, host, expected):
    core = emulator()
    headers = {"host": host, "authorization": "Basic OmtleQ==", "x-api-key": "key"}
    reply = core.handle(Request("GET", path, "", headers))
    world = dict(reply.headers)["X-Stepmock-World"]
    [entry] = ControlClient(core).get(f"worlds/{world}/journal.har")["log"]["entries"]
    assert entry["request"]["url"] == expected


@pytest.mark.parametrize(("host", "expected"), [
    ("localhost:1", "http://localhost:1/x"), ("[::1]:2", "http://[::1]:2/x"), ("", "http://unknown.invalid/x"),
    ("a b/c?", "http://unknown.invalid/x"),
])  # fmt: skip
def test_a_request_to_nobody_has_the_address_that_it_was_sent_to(host, expected):
    core = emulator()
    core.handle(Request("GET", "/x", "", {"host": host}))
    [entry] = ControlClient(core).get("journal.har")["log"]["entries"]
    assert entry["request"]["url"] == expected


def test_the_query_is_there_without_the_key():
    call = Caller(emulator(), "smartlead", "very-secret")
    call("GET", "/campaigns", query="a=b%20c&d=%C3%A9&e")
    request = only(call)["request"]
    assert request["url"] == "https://server.smartlead.ai/api/v1/campaigns?api_key=(not%20kept)&a=b%20c&d=%C3%A9&e"
    assert {"name": "a", "value": "b c"} in request["queryString"]
    assert "very-secret" not in json.dumps(har(call))


def test_a_filter_holds_for_an_export_too(call):
    call("GET", "/team")
    call("POST", SEQUENCE, {"type": "email"})
    assert [entry["response"]["status"] for entry in har(call, "?status=4xx")["log"]["entries"]] == [400]
