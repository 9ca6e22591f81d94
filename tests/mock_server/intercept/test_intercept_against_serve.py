"""The same calls over a real `stepmock serve` and under intercept() give the same replies, byte for byte."""

from contextlib import ExitStack

import httpx
import pytest
import requests
import urllib3
from drives import MOUNTS, callers, drive
from requests.adapters import HTTPAdapter
from stepmock.contracts import load
from stepmock.mock_server import Response, intercept

CLOCK = "2026-01-31T09:00:00+00:00"


def _by_requests(opened, *, long_way):
    session = opened.enter_context(requests.Session())
    if long_way:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=urllib3.Retry(0, status_forcelist=[599])))

    def send(method, url, headers, body):
        reply = session.request(method, url, headers=headers, data=body, stream=True, allow_redirects=False)
        return reply.status_code, reply.reason, list(reply.raw.headers.items()), reply.content

    return send


def _by_httpx(opened):
    client = opened.enter_context(httpx.Client())

    def send(method, url, headers, body):
        reply = client.request(method, url, headers=headers, content=body)
        return reply.status_code, reply.reason_phrase, reply.headers.raw, reply.content

    return send


def _by_urllib3(opened):
    pools = opened.enter_context(urllib3.PoolManager())

    def send(method, url, headers, body):
        reply = pools.request(method, url, headers=headers, body=body, redirect=False, retries=False)
        return reply.status, reply.reason, list(reply.headers.items()), reply.data

    return send


WAYS = {
    "requests": lambda opened: _by_requests(opened, long_way=False),
    "requests, the long way": lambda opened: _by_requests(opened, long_way=True),
    "httpx": _by_httpx,
    "urllib3": _by_urllib3,
}


class Both:
    """Sends each request both ways, and stands for the emulator in `drives`."""

    def __init__(self, send, address, emulator):
        self._send = send
        self._address = address
        self._store = emulator._store
        self.settings = emulator.settings
        self.count = 0

    def handle(self, request):
        provider = next(name for name, mount in MOUNTS.items() if request.path.startswith(mount))
        host, path = f"https://{load(provider).host}", request.path.removeprefix(f"/{provider}")
        query = f"?{request.query}" if request.query else ""
        served = self._send(request.method, self._address + request.path + query, request.headers, request.body)
        mocked = self._send(request.method, host + path + query, request.headers, request.body)
        assert mocked == served
        self.count += 1
        return Response(mocked[0], [], mocked[3])


@pytest.mark.parametrize(
    ("provider", "way"),
    [(provider, way) for provider in MOUNTS for way in WAYS if provider == "lemlist" or way in ("requests", "httpx")],
)
def test_replies_are_those_of_the_server(server, provider, way):
    with intercept(clock=CLOCK, rate_limit=False) as mock, ExitStack() as opened:
        started = server("--clock", CLOCK, "--rate-limit", "off", "--seed", "0")
        both = Both(WAYS[way](opened), started.address, mock.emulator)
        for call in callers(both, provider):
            requests.post(f"{started.address}/_stepmock/worlds/{call.world}/reset")
            drive(call)
            call("HEAD", "/nothing/at/all")
            call("POST", "/%C3%A9/a%2Fb", body=b"{", query="a=%20&b")
    assert both.count > 10


@pytest.mark.parametrize("way", WAYS)
def test_the_quota_is_that_of_the_server(server, way):
    with intercept(clock=CLOCK) as mock, ExitStack() as opened:
        started = server("--clock", CLOCK)
        both = Both(WAYS[way](opened), started.address, mock.emulator)
        (call,) = callers(both, "lemlist")
        requests.post(f"{started.address}/_stepmock/worlds/{call.world}/reset")
        statuses = [call("GET", "/team").status for _ in range(21)]
    assert statuses == [200] * 20 + [429]
