"""intercept() and requests: the short way of the usual call, and the long way of all others."""

import io
import json
import time
from datetime import timedelta

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from scripted import EMAIL, PLAIN, STEPS, TEAM, Scripted
from stepmock.mock_server import Response, Settings, intercept
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.messages import NOTHING_SENT
from urllib3.util.retry import Retry

AUTH = ("", "k")


class OwnAdapter(HTTPAdapter):
    """Any subclass makes requests take the long way."""


@pytest.fixture(params=["short way", "long way"])
def session(request):
    with requests.Session() as opened:
        if request.param == "long way":
            opened.mount("https://", OwnAdapter())
            opened.mount("http://", OwnAdapter())
        yield opened


def test_a_step_is_added_and_is_there(session):
    session.auth = AUTH
    with intercept():
        step = session.post(STEPS, json=EMAIL).json()
        assert session.delete(f"{STEPS}/{step['_id']}").status_code == 200
        assert session.delete(f"{STEPS}/{step['_id']}").status_code == 404


def test_a_refusal_is_the_providers(session):
    with intercept():
        reply = session.post(STEPS, json={"type": "email"}, auth=AUTH)
    assert reply.status_code == 400
    assert json.loads(reply.headers["X-Stepmock-Violations"])


@pytest.mark.parametrize(
    "url",
    [
        TEAM,
        "http://api.lemlist.com/api/team",
        "https://api.lemlist.com:443/api/team",
        "http://api.lemlist.com:8080/api/team",
        "https://API.lemlist.com/api/team",
    ],
)
def test_every_form_of_the_address_is_answered(session, url):
    with intercept():
        assert session.get(url, auth=AUTH).json()["_id"].startswith("tea_")


def test_the_reply_is_as_requests_gives_it(session):
    with intercept():
        reply = session.get(TEAM, auth=AUTH)
    assert reply.ok
    assert reply.reason == "OK"
    assert reply.url == TEAM
    assert reply.encoding == "utf-8"
    assert reply.request.method == "GET"
    assert reply.request.headers["Authorization"].startswith("Basic ")
    assert timedelta(0) < reply.elapsed < timedelta(minutes=1)
    assert isinstance(reply.raw, urllib3.HTTPResponse)
    assert reply.raw.version == 11
    assert reply.raw.read() == b""
    assert isinstance(reply.connection, HTTPAdapter)
    assert reply.history == []
    assert reply.headers["content-length"] == str(len(reply.content))


def test_a_streamed_reply_is_read_in_pieces(session):
    script = Scripted(Response(200, PLAIN, b"one\ntwo\nthree"))
    with intercept(emulator=script):
        with session.get(TEAM, stream=True) as reply:
            assert b"".join(reply.iter_content(2)) == b"one\ntwo\nthree"
        with session.get(TEAM, stream=True) as reply:
            assert list(reply.iter_lines()) == [b"one", b"two", b"three"]
        with session.get(TEAM, stream=True) as reply:
            assert reply.raw.read(3) == b"one"


def _pieces():
    yield b'{"a":'
    yield b""
    yield b" 1}"


@pytest.mark.parametrize(
    ("options", "body"),
    [
        ({"data": b'{"a": 1}'}, b'{"a": 1}'),
        ({"data": '{"a": 1}'}, b'{"a": 1}'),
        ({"data": "é"}, "é".encode()),
        ({"data": {"a": "1 2"}}, b"a=1+2"),
        ({"json": {"a": 1}}, b'{"a": 1}'),
        ({"data": io.BytesIO(b'{"a": 1}')}, b'{"a": 1}'),
        ({"data": _pieces()}, b'{"a": 1}'),
        ({}, b""),
    ],
    ids=["bytes", "text", "text beyond ASCII", "form", "json", "file", "generator", "nothing"],
)
def test_a_body_of_any_form_arrives_whole(session, options, body):
    script = Scripted(Response(200, PLAIN, b""))
    if hasattr(options.get("data"), "seek"):
        options["data"].seek(0)
    if hasattr(options.get("data"), "__next__"):
        options = {"data": _pieces()}
    with intercept(emulator=script):
        session.post(STEPS, **options)
    assert script.asked[0].body == body


def test_a_form_with_a_file_arrives_whole(session):
    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script):
        session.post(STEPS, files={"file": ("a.json", b"content of the file")}, data={"name": "value"})
    (asked,) = script.asked
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b"content of the file" in asked.body
    assert int(asked.headers["content-length"]) == len(asked.body)


def test_a_body_over_the_limit_is_refused_as_by_the_server(session):
    with intercept():
        reply = session.post(STEPS, data=b" " * 20_000_000, headers={"Content-Type": "application/json"}, auth=AUTH)
    assert reply.status_code == 413


def test_both_ways_ask_the_same():
    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script), requests.Session() as opened:
        for _ in range(2):
            opened.put(f"{STEPS}/a%20b?c=%C3%A9&d", json=EMAIL, auth=AUTH, headers={"X-A": "b "}, cookies={"e": "f"})
            opened.request("HEAD", "http://api.lemlist.com:81/api/team#fragment")
            opened.get("https://open-api.saleshandy.com:443")
            opened.mount("https://", OwnAdapter())
            opened.mount("http://", OwnAdapter())
    short, long = script.asked[:3], script.asked[3:]
    assert [(each._replace(headers={}), dict(each.headers)) for each in short] == [
        (each._replace(headers={}), dict(each.headers)) for each in long
    ]
    assert short[0].path.endswith("/steps/a b")
    assert short[0].query == "c=%C3%A9&d"
    assert [each.method for each in short] == ["PUT", "GET", "GET"]
    assert [each.headers["host"] for each in short] == [
        "api.lemlist.com",
        "api.lemlist.com:81",
        "open-api.saleshandy.com",
    ]


@pytest.mark.parametrize(
    "headers", [{"Accept-Encoding": None}, {"User-Agent": None}, {"X-Name": b"bytes"}, {"X-Name": "é".encode()}]
)
def test_unusual_headers_arrive_as_urllib3_sends_them(session, headers):
    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script):
        session.get(TEAM, headers=headers)
    sent = script.asked[0].headers
    assert sent["accept-encoding"]
    assert sent["user-agent"].startswith("python-")
    assert sent.get("x-name", "bytes") in ("bytes", "Ã©")


def test_a_redirect_is_followed(session):
    there = "https://server.smartlead.ai/api/v1/campaigns"
    script = Scripted(Response(302, [*PLAIN, ("Location", there)], b""), Response(200, PLAIN, b"here"))
    with intercept(emulator=script):
        reply = session.get(TEAM)
    assert (reply.text, reply.url, len(reply.history)) == ("here", there, 1)


def test_a_redirect_to_a_host_that_is_not_allowed_is_refused(session):
    script = Scripted(Response(302, [*PLAIN, ("Location", "https://example.com/")], b""))
    with intercept(emulator=script), pytest.raises(requests.ConnectionError, match=r"example\.com"):
        session.get(TEAM)


def test_cookies_are_kept_and_sent_back(session):
    script = Scripted(Response(200, [*PLAIN, ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")], b""))
    with intercept(emulator=script):
        reply = session.get(TEAM)
        session.get(TEAM)
    assert reply.cookies.get_dict() == {"a": "1", "b": "2"}
    assert len(script.asked) == 2
    assert script.asked[1].headers["cookie"] == "a=1; b=2"


def test_hooks_are_called(session):
    seen = []
    session.hooks["response"].append(lambda reply, **options: seen.append(reply.status_code))
    with intercept():
        session.get(TEAM, auth=AUTH)
    assert seen == [200]


def test_a_head_request_has_no_body(session):
    with intercept():
        got, head = session.get(TEAM, auth=AUTH), session.head(TEAM, auth=AUTH)
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"] != "0"


@pytest.mark.parametrize("status", [204, 304, 599])
def test_an_unusual_status_comes_through(session, status):
    with intercept(emulator=Scripted(Response(status, [], b""))):
        reply = session.get(TEAM)
    assert (reply.status_code, reply.content) == (status, b"")


@pytest.mark.parametrize("timeout", [0.01, (None, 0.01), urllib3.Timeout(read=0.01)], ids=str)
def test_a_delay_beyond_the_timeout_is_a_read_timeout(session, timeout):
    script = Scripted(Response(200, PLAIN, b"late", delay=3600))
    with intercept(emulator=script), pytest.raises(requests.ReadTimeout):
        session.get(TEAM, timeout=timeout)
    assert len(script.asked) == 1


def test_a_delay_within_the_timeout_is_waited_for(session):
    with intercept(emulator=Scripted(Response(200, PLAIN, b"late", delay=0.02))):
        reply = session.get(TEAM, timeout=60)
    assert reply.text == "late"
    assert reply.elapsed >= timedelta(seconds=0.02)


def test_a_connection_that_breaks_at_once_is_a_connection_error(session):
    script = Scripted(Response(200, PLAIN, b"never", cut=NOTHING_SENT))
    with intercept(emulator=script), pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        session.get(TEAM)
    assert len(script.asked) == 1


@pytest.mark.parametrize("cut", [0, 3])
def test_a_body_that_breaks_off_is_a_chunked_encoding_error(session, cut):
    with intercept(emulator=Scripted(Response(200, PLAIN, b"never whole", cut=cut))):
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            session.get(TEAM)
        reply = session.get(TEAM, stream=True)
        assert reply.status_code == 200
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            reply.content  # noqa: B018


def test_what_requests_refuses_is_refused(session):
    with intercept():
        with pytest.raises(ValueError, match="timeout"):
            session.get(TEAM, timeout=(1, 2, 3))
        with pytest.raises(OSError, match="certificate"):
            session.get(TEAM, verify="/no/such/file")
        with pytest.raises(requests.exceptions.InvalidHeader):
            session.get(TEAM, headers={"X-Name": "a\r\nb"})


def test_retries_wait_as_the_provider_says(monkeypatch):
    clock = FrozenClock(1_800_000_000)
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        clock.advance(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    with intercept(clock=clock) as mock, requests.Session() as opened:
        opened.mount("https://", HTTPAdapter(max_retries=Retry(3, allowed_methods=None)))
        assert [opened.get(TEAM, auth=AUTH).status_code for _ in range(21)] == [200] * 21
    assert slept == [2]
    assert mock.emulator.settings.clock is clock


def test_without_retries_a_429_is_seen(session):
    with intercept(clock="2026-01-31T09:00:00Z"):
        statuses = [session.get(TEAM, auth=AUTH).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


def test_a_forced_status_is_retried_and_then_an_error():
    script = Scripted(Response(503, PLAIN, b""))
    with intercept(emulator=script), requests.Session() as opened:
        opened.mount("https://", HTTPAdapter(max_retries=Retry(2, status_forcelist=[503])))
        with pytest.raises(requests.exceptions.RetryError):
            opened.get(TEAM)
        opened.mount("https://", HTTPAdapter(max_retries=Retry(0, status_forcelist=[503])))
        with pytest.raises(requests.exceptions.RetryError):
            opened.get(TEAM)
    assert len(script.asked) == 4


def test_retries_ask_again_after_a_broken_connection():
    script = Scripted(Response(200, PLAIN, b"", cut=NOTHING_SENT), Response(200, PLAIN, b"here"))
    with intercept(emulator=script), requests.Session() as opened:
        opened.mount("https://", HTTPAdapter(max_retries=1))
        assert opened.get(TEAM).text == "here"
    assert len(script.asked) == 2


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY"])
def test_proxies_of_the_environment_are_passed_over(session, monkeypatch, name):
    monkeypatch.setenv(name, "http://proxy.example.com:3128")
    with intercept():
        assert session.get(TEAM, auth=AUTH).ok
        assert session.get("http://api.lemlist.com/api/team", auth=AUTH).ok
        assert session.get(TEAM, auth=AUTH, proxies={"https": "http://proxy.example.com:3128"}).ok


def test_a_refused_host_is_named_with_the_way_to_allow_it(session):
    with intercept(), pytest.raises(requests.ConnectionError) as caught:
        session.get("https://hooks.example.com/x")
    assert "intercept(allow=['hooks.example.com'])" in str(caught.value)
    assert caught.value.request.url == "https://hooks.example.com/x"


def test_a_session_outlives_the_block(session, server):
    with intercept():
        session.get(TEAM, auth=AUTH)
        assert session.get(f"{server().address}/_stepmock/health").ok
    assert session.get(f"{server().address}/_stepmock/health").ok
    with intercept(Settings(api_keys=frozenset({"other"}))):
        assert session.get(TEAM, auth=AUTH).status_code == 401
