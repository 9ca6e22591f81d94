"""No journal keeps a credential, wherever a client puts it."""

import json

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
