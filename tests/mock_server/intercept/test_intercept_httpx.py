"""intercept() and httpx, by its sync and its async client."""

import asyncio
import functools
import io
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import anyio
import httpx
import pytest
from scripted import EMAIL, PLAIN, STEPS, TEAM, Scripted
from stepmock.mock_server import Response, intercept
from stepmock.mock_server.messages import NOTHING_SENT

AUTH = ("", "k")


def _sync(method, url, *, transport=None, client=None, **options):
    with httpx.Client(transport=transport, verify=False, **(client or {})) as opened:
        return opened.request(method, url, **options)


def _async(method, url, *, transport=None, client=None, **options):
    async def call():
        async with httpx.AsyncClient(transport=transport, verify=False, **(client or {})) as opened:
            return await opened.request(method, url, **options)

    return asyncio.run(call())


@pytest.fixture(params=[_sync, _async], ids=["sync", "async"])
def call(request):
    return request.param


def test_a_step_is_added_and_is_there(call):
    with intercept():
        step = call("POST", STEPS, json=EMAIL, auth=AUTH).json()
        assert call("DELETE", f"{STEPS}/{step['_id']}", auth=AUTH).status_code == 200
        assert call("DELETE", f"{STEPS}/{step['_id']}", auth=AUTH).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        TEAM,
        "http://api.lemlist.com/api/team",
        "https://api.lemlist.com:443/api/team",
        "https://API.lemlist.com/api/team",
    ],
)
def test_every_form_of_the_address_is_answered(call, url):
    with intercept():
        assert call("GET", url, auth=AUTH).json()["_id"].startswith("tea_")


def test_the_reply_is_as_httpx_gives_it(call):
    with intercept():
        reply = call("GET", TEAM, auth=AUTH)
    assert reply.is_success
    assert (reply.reason_phrase, reply.http_version, reply.encoding) == ("OK", "HTTP/1.1", "utf-8")
    assert reply.url == TEAM
    assert reply.request.method == "GET"
    assert timedelta(0) < reply.elapsed < timedelta(minutes=1)
    assert reply.headers["content-length"] == str(len(reply.content))


def _pieces():
    yield b'{"a":'
    yield b" 1}"


@pytest.mark.parametrize(
    ("options", "body"),
    [
        (lambda: {"content": b'{"a": 1}'}, b'{"a": 1}'),
        (lambda: {"content": '{"a": "é"}'}, '{"a": "é"}'.encode()),
        (lambda: {"data": {"a": "1 2"}}, b"a=1+2"),
        (lambda: {"json": {"a": 1}}, b'{"a":1}'),
        (dict, b""),
    ],
    ids=["bytes", "text", "form", "json", "nothing"],
)
def test_a_body_of_any_form_arrives_whole(call, options, body):
    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script):
        call("POST", STEPS, **options())
    assert script.asked[0].body == body


def test_a_form_with_a_file_arrives_whole(call):
    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script):
        call("POST", STEPS, files={"file": ("a.json", io.BytesIO(b"content of the file"))})
    assert b"content of the file" in script.asked[0].body


def test_streams_of_either_kind_arrive_whole():
    async def pieces():
        for piece in _pieces():
            await asyncio.sleep(0)
            yield piece

    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script):
        _sync("POST", STEPS, content=_pieces())
        _async("POST", STEPS, content=pieces())
    assert [each.body for each in script.asked] == [b'{"a": 1}'] * 2
    assert [each.headers["transfer-encoding"] for each in script.asked] == ["chunked"] * 2


def test_a_streamed_reply_is_read_in_pieces():
    async def read():
        async with httpx.AsyncClient() as opened, opened.stream("GET", TEAM) as reply:
            return [line async for line in reply.aiter_lines()]

    with intercept(emulator=Scripted(Response(200, PLAIN, b"one\ntwo"))):
        with httpx.stream("GET", TEAM) as reply:
            assert list(reply.iter_lines()) == ["one", "two"]
        assert asyncio.run(read()) == ["one", "two"]


def test_a_redirect_is_followed(call):
    there = "https://server.smartlead.ai/api/v1/campaigns"
    script = Scripted(Response(307, [*PLAIN, ("Location", there)], b""), Response(200, PLAIN, b"here"))
    with intercept(emulator=script):
        reply = call("POST", STEPS, json=EMAIL, follow_redirects=True)
    assert (reply.text, reply.url, len(reply.history)) == ("here", there, 1)
    assert script.asked[0].body == script.asked[1].body
    assert script.asked[1].headers["host"] == "server.smartlead.ai"


def test_cookies_are_kept(call):
    script = Scripted(Response(200, [*PLAIN, ("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/")], b""))
    with intercept(emulator=script):
        assert dict(call("GET", TEAM).cookies) == {"a": "1", "b": "2"}


def test_a_head_request_has_no_body(call):
    with intercept():
        reply = call("HEAD", TEAM, auth=AUTH)
    assert reply.content == b""
    assert reply.headers["content-length"] != "0"


def test_a_delay_beyond_the_timeout_is_a_read_timeout(call):
    script = Scripted(Response(200, PLAIN, b"late", delay=3600))
    with intercept(emulator=script), pytest.raises(httpx.ReadTimeout) as caught:
        call("GET", TEAM, timeout=httpx.Timeout(None, read=0.01))
    assert caught.value.request.url == TEAM


def test_a_delay_within_the_timeout_is_waited_for(call):
    with intercept(emulator=Scripted(Response(200, PLAIN, b"late", delay=0.02))):
        reply = call("GET", TEAM, timeout=60)
        assert call("GET", TEAM, timeout=None).text == "late"
    assert reply.elapsed >= timedelta(seconds=0.02)


def test_a_delay_holds_up_no_other_task():
    async def calls():
        async with httpx.AsyncClient() as opened:
            late = asyncio.create_task(opened.get(TEAM, timeout=None))
            await asyncio.sleep(0)
            assert (await opened.get(TEAM, timeout=None)).text == "at once"
            assert not late.done()
            late.cancel()

    script = Scripted(Response(200, PLAIN, b"late", delay=3600), Response(200, PLAIN, b"at once"))
    with intercept(emulator=script):
        asyncio.run(calls())


def test_a_connection_that_breaks_at_once_is_a_read_error(call):
    script = Scripted(Response(200, PLAIN, b"never", cut=NOTHING_SENT))
    with intercept(emulator=script), pytest.raises(httpx.ReadError):
        call("GET", TEAM)
    assert len(script.asked) == 1


@pytest.mark.parametrize("cut", [0, 3])
def test_a_body_that_breaks_off_is_a_protocol_error(call, cut):
    script = Scripted(Response(200, PLAIN, b"never whole", cut=cut))
    with intercept(emulator=script), pytest.raises(httpx.RemoteProtocolError, match=f"{cut} of 11 bytes") as caught:
        call("GET", TEAM)
    assert caught.value.request.url == TEAM


def test_a_refused_host_is_named_with_the_way_to_allow_it(call):
    with intercept(), pytest.raises(httpx.ConnectError, match=r"intercept\(allow=\['hooks\.example\.com'\]\)"):
        call("GET", "https://hooks.example.com/x")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
def test_proxies_of_the_environment_are_passed_over(call, monkeypatch, name):
    monkeypatch.setenv(name, "http://proxy.example.com:3128")
    with intercept():
        assert call("GET", TEAM, auth=AUTH).is_success
        assert call("GET", "http://api.lemlist.com/api/team", auth=AUTH).is_success


def test_a_transport_of_the_users_own_is_left_to_itself(call):
    static = httpx.MockTransport(lambda request: httpx.Response(418))
    with intercept():
        assert call("GET", "https://example.com", transport=static).status_code == 418


def test_a_transport_that_wraps_httpx_own_is_answered():
    class Counting(httpx.HTTPTransport):
        count = 0

        def handle_request(self, request):
            self.count += 1
            return super().handle_request(request)

    transport = Counting()
    with intercept():
        assert _sync("GET", TEAM, auth=AUTH, transport=transport).is_success
    assert transport.count == 1


def test_a_unix_socket_is_no_host_of_the_outside(call, tmp_path):
    kind = httpx.HTTPTransport if call is _sync else httpx.AsyncHTTPTransport
    path = str(tmp_path / "daemon.sock")

    def answer():
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 418 I'm a Teapot\r\nContent-Length: 0\r\n\r\n")

    with socket.socket(socket.AF_UNIX) as listener, ThreadPoolExecutor(1) as pool:
        listener.bind(path)
        listener.listen()
        pool.submit(answer)
        with intercept():
            assert call("GET", "http://docker/info", transport=kind(uds=path)).status_code == 418


def test_an_allowed_host_is_reached(call, server):
    with intercept():
        assert call("GET", f"{server().address}/_stepmock/health").json()["status"] == "ok"
    with intercept(allow=False), pytest.raises(httpx.ConnectError, match=r"127\.0\.0\.1"):
        call("GET", f"{server().address}/_stepmock/health")


def test_hooks_are_called():
    seen = []
    hooks = {"request": [lambda request: seen.append(request.method)], "response": [lambda reply: seen.append(reply)]}
    with intercept():
        reply = _sync("GET", TEAM, auth=AUTH, client={"event_hooks": hooks})
    assert seen == ["GET", reply]


def test_anyio_runs_it_too():
    async def call():
        async with httpx.AsyncClient() as opened:
            return (await opened.get(TEAM)).text

    with intercept(emulator=Scripted(Response(200, PLAIN, b"late", delay=0.001))):
        assert anyio.run(functools.partial(call)) == "late"
