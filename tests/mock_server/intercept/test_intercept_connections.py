"""intercept() and the libraries that hold connections: urllib3, http.client and urllib.request."""

import http.client
import json
import urllib.error
import urllib.request
from contextlib import closing

import httpx
import pytest
import urllib3
from scripted import EMAIL, PLAIN, STEPS, TEAM, Scripted
from stepmock.mock_server import Response, intercept
from stepmock.mock_server.messages import NOTHING_SENT

KEY = urllib3.make_headers(basic_auth=":k")


@pytest.fixture
def pools():
    with urllib3.PoolManager() as opened:
        yield opened


def test_urllib3_is_answered(pools):
    with intercept():
        step = pools.request("POST", STEPS, json=EMAIL, headers=KEY)
        again = pools.request("GET", "http://api.lemlist.com:8080/api/team", headers=KEY)
    assert step.json()["type"] == "email"
    assert (step.status, step.reason, step.version, step.retries.total) == (200, "OK", 11, 3)
    assert again.json()["_id"].startswith("tea_")


def test_urllib3_through_a_proxy_is_answered():
    with intercept(), urllib3.ProxyManager("http://proxy.example.com:3128") as proxy:
        assert proxy.request("GET", TEAM, headers=KEY).status == 200
        assert proxy.request("GET", "http://api.lemlist.com/api/team", headers=KEY).status == 200
        with pytest.raises(urllib3.exceptions.MaxRetryError, match=r"to 'example\.com'"):
            proxy.request("GET", "http://example.com/")
        with pytest.raises(urllib3.exceptions.MaxRetryError, match=r"to 'example\.com'"):
            proxy.request("GET", "https://example.com/")


def test_urllib3_sends_chunks(pools):
    script = Scripted(Response(200, PLAIN, b""))
    with intercept(emulator=script):
        pools.request("POST", STEPS, body=iter([b"one", b"", b"two"]))
    assert script.asked[0].body == b"onetwo"


def test_urllib3_raises_its_own_errors(pools):
    broken = Response(200, PLAIN, b"whole", cut=NOTHING_SENT)
    script = Scripted(broken, Response(200, PLAIN, b"whole", cut=2), Response(200, PLAIN, b"", delay=3600))
    with intercept(emulator=script):
        with pytest.raises(urllib3.exceptions.ProtocolError, match="Connection aborted"):
            pools.request("GET", TEAM, retries=False)
        with pytest.raises(urllib3.exceptions.ProtocolError, match="IncompleteRead"):
            pools.request("GET", TEAM, retries=False)
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            pools.request("GET", TEAM, retries=False, timeout=0.01)
        with pytest.raises(urllib3.exceptions.NewConnectionError, match=r"allow=\['example\.com'\]"):
            pools.request("GET", "https://example.com/", retries=False)


def test_a_kept_connection_to_a_refused_host_is_not_used(pools, server):
    address = f"{server().address}/_stepmock/health"
    with intercept():
        assert pools.request("GET", address).status == 200
    assert pools.request("GET", address).status == 200
    with intercept(allow=False), pytest.raises(urllib3.exceptions.HTTPError, match=r"allow=\['127\.0\.0\.1'\]"):
        pools.request("GET", address, retries=False)
    assert pools.request("GET", address).status == 200


def test_a_kept_connection_of_http_client_is_not_used(server):
    with closing(http.client.HTTPConnection("127.0.0.1", server().port)) as connection:
        connection.request("GET", "/_stepmock/health")
        assert connection.getresponse().read()
        kept = connection.sock
        with intercept():
            connection.request("GET", "/_stepmock/health")
            assert connection.getresponse().read()
            assert connection.sock is kept
        with intercept(allow=False), pytest.raises(ConnectionRefusedError, match=r"127\.0\.0\.1"):
            connection.request("GET", "/_stepmock/health")


def test_a_connection_that_a_block_opened_ends_with_it():
    with closing(http.client.HTTPConnection("api.lemlist.com")) as connection:
        with intercept(emulator=Scripted(Response(200, PLAIN, b"outer"))):
            connection.connect()
            with intercept(emulator=Scripted(Response(200, PLAIN, b"inner"))):
                connection.request("GET", "/api/team")
                assert connection.getresponse().read() == b"inner"
            connection.connect()
        with pytest.raises(ConnectionResetError):
            connection.request("GET", "/api/team")


def test_http_client_is_answered():
    with intercept(), closing(http.client.HTTPSConnection("api.lemlist.com", timeout=5)) as connection:
        for _ in range(2):
            connection.request("POST", "/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps", json.dumps(EMAIL), {
                "Content-Type": "application/json", **KEY
            })  # fmt: skip
            reply = connection.getresponse()
            assert reply.status == 200
            assert json.load(reply)["type"] == "email"


def test_http_client_raises_its_own_errors():
    script = Scripted(Response(200, PLAIN, b"whole", cut=2), Response(200, PLAIN, b"", delay=3600))
    with intercept(emulator=script), closing(http.client.HTTPConnection("api.lemlist.com", timeout=0.01)) as connection:
        connection.request("GET", "/api/team")
        with pytest.raises(http.client.IncompleteRead):
            connection.getresponse().read()
        connection.close()
        connection.request("GET", "/api/team")
        with pytest.raises(TimeoutError):
            connection.getresponse()


@pytest.mark.parametrize("name", ["", "http_proxy", "https_proxy"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_urllib_request_is_answered(monkeypatch, name, scheme):
    if name:
        monkeypatch.setenv(name, "http://proxy.example.com:3128")
    opener = urllib.request.build_opener()
    asked = urllib.request.Request(f"{scheme}://api.lemlist.com/api/team?a=b", headers=KEY)
    with intercept(), opener.open(asked) as reply:
        assert json.load(reply)["_id"].startswith("tea_")


def test_urllib_request_is_refused_other_hosts():
    opener = urllib.request.build_opener()
    with intercept(), pytest.raises(urllib.error.URLError, match=r"allow=\['example\.com'\]"):
        opener.open("http://example.com/")


def sent_by_http_client(fields):
    with closing(http.client.HTTPSConnection("api.lemlist.com")) as connection:
        connection.putrequest("GET", "/api/team")
        for name, value in fields:
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status


def sent_by_httpx(fields):
    return httpx.get(TEAM, headers=fields).status_code


@pytest.mark.parametrize("send", [sent_by_http_client, sent_by_httpx])
@pytest.mark.parametrize("wrong_first", [True, False])
def test_of_a_header_that_stands_twice_no_value_is_passed_over(send, wrong_first):
    right = ("Authorization", KEY["authorization"])
    both = [right, ("Authorization", "Bearer wrong")]
    with intercept():
        assert send([right]) == 200
        assert send(both[::-1] if wrong_first else both) == 401
