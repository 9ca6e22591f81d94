"""Downloads and the server: its options, and that nobody waits for the download of another world."""

import asyncio
import subprocess
import sys
from base64 import b64encode

import httpx
import pytest
from media_files import PNG
from stepmock.contracts.limits import MAX_THREADS
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.asgi import asgi_app
from stepmock.mock_server.identifiers import world_id
from stepmock.mock_server.media.policy import Media, host_pattern

STEPS = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


def basic(key):
    return "Basic " + b64encode(f":{key}".encode()).decode()


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("CDN.example.com", "cdn.example.com"), ("*.example.com.", "*.example.com"), ("xn--e1afmkfd.com",) * 2],
)
def test_a_host_or_all_below_it_can_be_named(text, pattern):
    assert host_pattern(text) == pattern


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "*.", "*.com.*", "a*.example.com", "https://example.com", "example.com:443", "example.com/a",
        "localhost", "127.0.0.1", "[::1]", "a b.com", "é.com", "example.com\n", "..", "-a.com",
    ],
)  # fmt: skip
def test_anything_else_is_no_host(text):
    with pytest.raises(ValueError, match="is no public host such as"):
        host_pattern(text)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [("a.example.com", True), ("a.b.example.com", True), ("example.com", False), ("aexample.com", False), ("", False)],
)
def test_a_pattern_is_for_the_hosts_below_it(host, allowed):
    assert Media(("*.example.com",)).allow(host) is allowed


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--media", "fetch"], "stepmock: --media fetch downloads from no host unless --media-host names it"),
        (["--media-host", "a.example.com"], "stepmock: --media-host says where --media fetch may download from"),
        (["--media", "offline", "--media-host", "a.example.com"], "stepmock: --media-host says where"),
        (["--media", "fetch", "--media-host", "http://a.com"], "is no public host such as cdn.example.com"),
        (["--media", "online"], "invalid choice"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_a_line(options, why):
    command = [sys.executable, "-m", "stepmock.mock_server.cli", "serve", "--port", "0", *options]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (2, "")
    assert why in result.stderr.splitlines()[-1]


def test_a_server_that_downloads_answers_in_threads_and_stops(start_server):
    server = start_server("--media", "fetch", "--media-host", "*.example.com")
    with httpx.Client(trust_env=False, base_url=server.address, auth=("", "k")) as client:
        step = {"type": "linkedinSend", "message": "m", "images": ["https://cdn.example.net/a.png"]}
        assert client.post(STEPS, json=step).status_code == 200
        assert client.get("/lemlist/api/team").headers["x-ratelimit-remaining"] == "18"
        with pytest.raises(httpx.TransportError):
            client.get("/lemlist/api/team", headers={"X-Stepmock-Fault": "lost-request"})
    code, _, error = server.stop()
    assert (code, error) == (0, "")


def test_a_download_holds_up_its_own_world_only(site):
    def late(handler):
        site.go_on.wait()
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(PNG), PNG))

    site.answers["/a.png"] = late
    app = asgi_app(Emulator(Settings(media=site.media(), rate_limit=False)))

    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:

            def ask(method, path, key, **options):
                return client.request(method, path, headers={"Authorization": basic(key)}, timeout=20, **options)

            step = {"type": "linkedinSend", "message": "m", "images": [site.url("/a.png")]}
            downloading = asyncio.create_task(ask("POST", STEPS, "one", json=step))
            while not site.asked:
                await asyncio.sleep(0.01)
            waiting = [asyncio.create_task(ask("GET", "/lemlist/api/team", "one")) for _ in range(40)]
            others = [(await ask("GET", "/lemlist/api/team", f"other {number}")).status_code for number in range(3)]
            assert not downloading.done()
            assert not any(task.done() for task in waiting)
            site.go_on.set()
            own = [(await task).status_code for task in waiting]
            return others, (await downloading).status_code, own

    assert asyncio.run(run()) == ([200] * 3, 200, [200] * 40)


def test_however_many_wait_for_one_world_the_others_are_answered(site):
    site.answers["/a.png"] = lambda handler: site.go_on.wait()
    emulator = Emulator(Settings(media=site.media(), rate_limit=False))
    app = asgi_app(emulator)

    async def run():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:

            def ask(method, path, key, **options):
                return client.request(method, path, headers={"Authorization": basic(key)}, **options)

            step = {"type": "linkedinSend", "message": "m", "images": [site.url("/a.png")]}
            world = (await ask("GET", "/lemlist/api/team", "one")).headers["X-Stepmock-World"]
            downloading = asyncio.create_task(ask("POST", STEPS, "one", json=step))
            while not site.asked:
                await asyncio.sleep(0.01)
            waiting = [asyncio.create_task(ask("GET", "/lemlist/api/team", "one")) for _ in range(MAX_THREADS)]
            waiting += [
                asyncio.create_task(ask("GET", f"/_stepmock/worlds/{world}{part}", "one"))
                for part in ("", "/journal", "/timeline")
                for _ in range(20)
            ]
            await asyncio.sleep(0)
            others = [
                await asyncio.wait_for(ask("GET", path, key), 10)
                for path, key in (
                    ("/lemlist/api/team", "other"), ("/lemlist/api/team", "invalid"), ("/nowhere", "one"),
                    ("/_stepmock/health", "one"),
                )
            ]  # fmt: skip
            assert not downloading.done()
            site.go_on.set()
            own = {(await task).status_code for task in (downloading, *waiting)}
            return [reply.status_code for reply in others], own

    assert asyncio.run(run()) == ([200, 401, 404, 200], {200, 400, 502})


@pytest.mark.parametrize(
    ("path", "query", "headers", "world"),
    [
        ("/lemlist/api/team", "", {"authorization": basic("k")}, world_id("lemlist", "k")),
        ("/lemlist/api/team", "access_token=k", {}, world_id("lemlist", "k")),
        ("/smartlead/api/v1/campaigns", "api_key=k", {}, world_id("smartlead", "k")),
        ("/lemlist/api/team", "", {"authorization": basic("invalid")}, ""),
        ("/lemlist/api/team", "", {}, ""),
        ("/nowhere", "", {"authorization": basic("k")}, ""),
        ("/_stepmock/worlds", "", {}, ""),
        ("/_stepmock/worlds/abc/journal", "", {}, "abc"),
        ("/_stepmock/worlds/abc", "", {}, "abc"),
        ("/_stepmock/journal/abc/x", "", {}, ""),
    ],
)
def test_it_is_known_which_world_a_request_waits_for(path, query, headers, world):
    assert Emulator().world_of(Request("GET", path, query, headers, b"")) == world


def test_a_server_that_stops_does_not_wait_for_a_download(site):
    site.answers["/a.png"] = lambda handler: site.go_on.wait()
    app = asgi_app(Emulator(Settings(media=site.media())))
    aborted = []

    class Transport:
        def get_extra_info(self, name):
            return None

        def abort(self):
            aborted.append(True)

    async def run():
        body = b'{"type":"linkedinSend","message":"m","images":["%b"]}' % site.url("/a.png").encode()
        headers = [(b"authorization", basic("k").encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http", "method": "POST", "path": STEPS, "query_string": b"", "headers": headers,
            "extensions": {"stepmock.transport": Transport()},
        }  # fmt: skip
        messages = [{"type": "http.request", "body": body}, {"type": "http.disconnect"}]

        async def receive():
            return messages.pop(0)

        async def send(message):
            raise AssertionError("there is nobody to answer")

        task = asyncio.create_task(app(scope, receive, send))
        while not site.asked:
            await asyncio.sleep(0.01)
        task.cancel()
        await task

    asyncio.run(run())
    assert aborted == [True]
