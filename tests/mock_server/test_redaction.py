"""No journal keeps a credential, wherever a client puts it."""

import json
from urllib.parse import quote

import pytest
from drives import Caller
from stepmock.contracts import load, providers
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.redaction import Redaction

NAMES = {
    "lemlist": ["authorization", "access_token"],
    "saleshandy": ["x-api-key"],
    "smartlead": ["api_key"],
    "supaglue": ["x-api-key"],
}
CASES = [(provider, name) for provider in providers() for name in NAMES[provider]]


def kept(provider, body):
    return Redaction([load(provider).credential])(body)


@pytest.mark.parametrize(("provider", "name"), CASES)
def test_a_credential_among_the_members_of_an_object_is_masked_and_the_rest_stays(provider, name):
    for value in ("very-secret", 1234567890123, ["very-secret"], {"a": "very-secret"}):
        for key in (name, name.upper()):
            sent = {"a": "Zo\u00eb", key: value, "b": [1, {"c": None}]}
            body = kept(provider, json.dumps(sent).encode())
            assert b"secret" not in body
            assert b"1234567890123" not in body
            assert json.loads(body) == {**sent, key: "(not kept)"}


@pytest.mark.parametrize(("provider", "name"), CASES)
@pytest.mark.parametrize(
    "form",
    ["{}=very-secret&a=1", "a=1&{}=very-secret", '{{"{}": "very-secret", ', '{{"{}":"very-secret', "{}: very-secret",
     '[{{"{}": "very-secret"}}]', "{{'{}': 'very-secret'}}", '{{"{}" : "very \\" secret"'],
)  # fmt: skip
def test_a_credential_in_a_text_that_is_no_object_is_masked(provider, name, form):
    body = kept(provider, form.format(name).encode())
    assert b"secret" not in body
    assert name.encode() in body


@pytest.mark.parametrize("body", [b"", b"{}", b'{"name": "N"}', b"\xff\xfe", b"[" * 10_000, b'{"note":"the key"}'])
@pytest.mark.parametrize("provider", providers())
def test_a_body_without_a_credential_is_kept_as_it_came(provider, body):
    assert kept(provider, body) is body


@pytest.mark.parametrize(
    "body",
    [b"api_key" * 100_000, b"api_key " * 100_000, b'"api_key":"' * 100_000, b'{"api_key":' * 50_000],
    ids=len,
)  # fmt: skip
def test_a_hostile_body_takes_no_long_time(body):
    assert b"api_key" in kept("smartlead", body)


@pytest.mark.parametrize("body", [b'{"sequences": [], "api_key": "other-secret"}', b"api_key=other-secret"])
def test_a_key_in_a_body_is_refused_and_not_kept_in_the_journal(body):
    emulator = Emulator(Settings())
    call = Caller(emulator, "smartlead", "very-secret")
    assert call("POST", "/campaigns/1/sequences", body=body).status == 422 - 22 * (body[:1] != b"{")
    with emulator._store.find(call.world) as world:
        [entry] = world.journal
    assert b"api_key" in entry.request_body
    assert "secret" not in repr(entry)


def test_a_key_behind_the_part_that_is_kept_is_not_kept_either():
    emulator = Emulator(Settings())
    call = Caller(emulator, "smartlead")
    call("POST", "/campaigns/1/sequences", {"sequences": [], "api_key": "very-secret" * 3000, "name": "x" * 40_000})
    with emulator._store.find(call.world) as world:
        assert "secret" not in repr(world.journal[0])


@pytest.mark.parametrize(("provider", "name"), CASES)
@pytest.mark.parametrize("gap", ["", "_", "-", " "])
def test_a_name_is_known_whatever_stands_between_its_words(provider, name, gap):
    name = name.replace("_", gap).replace("-", gap)
    redact = Redaction([load(provider).credential])
    for key in (name, name.title(), f"{name}[]", f"{name}[0]"):
        assert (
            redact(json.dumps({"a": {key: "very-secret"}}).encode())
            == json.dumps({"a": {key: "(not kept)"}}, separators=(",", ":")).encode()
        )
        assert "secret" not in redact.text(f"{key}=very-secret")
        assert "secret" not in redact.query(f"a=1&{quote(key)}=very-secret")
        assert "secret" not in redact.query(f"u={quote(f'http://x/?{key}=very-secret')}")


@pytest.mark.parametrize(
    "body",
    ['{"api_key": ["very-secret"', '{"api_key": {"a": "very-secret"}', '{"api_key":{ "a":\n "very-secret"',
     r'{"a": "{\\\"api_key\\\":\\\"very-secret\\\"}"', r'{"a":"\\\\\"api_key\\\\\": \\\\\"very-secret'],
)  # fmt: skip
def test_a_credential_is_found_in_what_is_left_of_a_json_text(body):
    shown = kept("smartlead", body.encode())
    assert b"secret" not in shown
    assert b"api_key" in shown


@pytest.mark.parametrize(
    "text", ["api_key: very-secret", 'x "api_key":"very-secret" y', "Authorization: Basic abc def"]
)
def test_what_was_masked_is_masked_no_further(text):
    redact = Redaction(load(name).credential for name in providers())
    shown = redact.text(text)
    assert redact.text(shown) == shown != text
    body = redact(json.dumps({"note": text, "api_key": 1}).encode())
    assert redact(body) == body


def test_headers_of_any_credential_are_dropped_and_others_stay():
    redact = Redaction([load("lemlist").credential])
    secret = ["x-apikey", "x_api_key", "token", "x-access-token", "authentication", "x-auth", "x-client-secret",
              "cookie2", "x-authorization", "authorisation", "password"]  # fmt: skip
    plain = {
        "host": "x",
        "x-author": "Zo\u00eb",
        ":authority": "x",
        "user-agent": "x",
        "x-keyboard": "x",
        "accept": "*/*",
    }
    assert redact.headers({**dict.fromkeys(secret, "very-secret"), **plain}) == plain
    assert redact.reply_headers([("X-Api-Key", "very-secret"), ("A", "b")]) == [("X-Api-Key", "(not kept)"), ("A", "b")]


def test_only_members_are_masked_in_what_is_read_again():
    redact = Redaction([load("smartlead").credential])
    state = {"steps": {"1": {"message": "Send api_key=x \u20ac", "API_Key": "very-secret", "n": 1.0}}}
    state["steps"]["2"] = {"message": 'write "api_key": 1'}
    shown = json.loads(redact.members(json.dumps(state).encode()))
    state["steps"]["1"]["API_Key"] = "(not kept)"
    assert shown == state
    for body in (b'{"a": "api_key"}', b"{}"):
        assert redact.members(body) is body


def test_a_fault_in_a_journal_quotes_no_credential():
    call = Caller(Emulator(Settings(rate_limit=False)), "lemlist")
    for fault in (
        {"status": 418, "body": {"api_key": "very-secret"}},
        {"status": 418, "headers": {"X-Api-Key": "very-secret"}},
    ):
        call._headers["x-stepmock-fault"] = json.dumps(fault)
        assert call("GET", "/team").status == 418
    with call.emulator._store.find(call.world) as world:
        for entry in world.journal:
            assert "secret" not in repr(entry)
            assert entry.fault_name == "status"
            assert "(not kept)" in entry.fault
