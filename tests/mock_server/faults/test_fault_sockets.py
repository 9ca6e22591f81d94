"""Faults over real connections: `stepmock serve`, and the Flask app under Werkzeug's server."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from threading import Thread
from typing import Any

import pytest
from fault_client import EMAIL, LISTING, STEPS, credentials
from stepmock.mock_server import Settings, create_app
from werkzeug.serving import WSGIRequestHandler, make_server

STARTED = {"_id", "type", "delay", "emailTemplateId", "message"}


class Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Keep the log of requests out of the tests' output."""


@pytest.fixture(params=["serve", "flask"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    if request.param == "serve":
        yield request.getfixturevalue("server")("--rate-limit", "off").port
        return
    running = make_server("127.0.0.1", 0, create_app(Settings(rate_limit=False)), threaded=True, request_handler=Silent)
    thread = Thread(target=running.serve_forever)
    thread.start()
    yield running.server_port
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def key(own_key: str) -> str:
    return own_key


@contextmanager
def asked(
    port: int, key: str, method: str, path: str, payload: Any = None, fault: Any = None
) -> Iterator[HTTPResponse]:
    """Send a request on a connection of its own, and give its reply with the head read."""
    headers = {**credentials("lemlist", key)[0], "Content-Type": "application/json"}
    if fault is not None:
        headers["X-Stepmock-Fault"] = fault if isinstance(fault, str) else json.dumps(fault)
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    with closing(connection):
        connection.request(method, path, b"" if payload is None else json.dumps(payload), headers)
        with connection.getresponse() as reply:
            yield reply


def added(port: int, key: str, fault: Any = None) -> AbstractContextManager[HTTPResponse]:
    return asked(port, key, "POST", STEPS, EMAIL, fault)


def status_of(port: int, key: str, fault: Any) -> int:
    with added(port, key, fault) as reply:
        return reply.status


def stored(port: int, key: str) -> list[Any]:
    with asked(port, key, "GET", LISTING) as reply:
        return list(json.loads(reply.read())["seq_lkCSKd32qSZZTe5Ru"]["steps"])


def test_a_lost_request_is_a_reset_connection_and_changes_nothing(port: int, key: str) -> None:
    with pytest.raises(ConnectionResetError):
        status_of(port, key, "lost-request")
    assert stored(port, key) == []


def test_a_lost_reply_is_a_reset_connection_and_the_state_is_changed(port: int, key: str) -> None:
    with pytest.raises(ConnectionResetError):
        status_of(port, key, "lost-reply")
    assert len(stored(port, key)) == 1


def test_a_client_that_repeats_after_a_lost_reply_has_two_steps(port: int, key: str) -> None:
    with pytest.raises(ConnectionResetError):
        status_of(port, key, "lost-reply")
    with added(port, key) as reply:
        assert reply.status == 200
    assert len(stored(port, key)) == 2


@pytest.mark.parametrize("sent", [None, 0, 10])
def test_a_truncated_body_ends_before_its_length(port: int, key: str, sent: int | None) -> None:
    fault: dict[str, Any] = {"fault": "truncated-body"}
    with added(port, key, fault if sent is None else {**fault, "bytes": sent}) as reply:
        length = int(reply.headers["Content-Length"])
        with pytest.raises(IncompleteRead) as caught:
            reply.read()
    assert reply.headers["X-Stepmock-Fault"] == "truncated-body"
    assert len(caught.value.partial) == (length // 2 if sent is None else sent)
    assert len(stored(port, key)) == 1


def test_a_wrong_content_type_comes_with_the_right_body(port: int, key: str) -> None:
    with added(port, key, "wrong-content-type") as reply:
        assert reply.headers.get_all("Content-Type") == ["text/html; charset=utf-8"]
        assert json.loads(reply.read()).keys() == STARTED


@pytest.mark.parametrize("status", [204, 304, 418, 599])
def test_a_status_of_the_users_own_is_sent(port: int, key: str, status: int) -> None:
    with added(port, key, {"status": status}) as reply:
        assert (reply.status, reply.read()) == (status, b"")
    assert stored(port, key) == []


def test_a_rate_limit_comes_with_the_providers_headers(port: int, key: str) -> None:
    with added(port, key, "rate-limited") as reply:
        assert (reply.status, reply.read()) == (429, b"Too many requests")
        assert (reply.headers["Retry-After"], reply.headers["X-RateLimit-Remaining"]) == ("2", "0")


def test_a_server_goes_on_after_a_broken_connection(port: int, key: str) -> None:
    for fault in ("lost-request", "lost-reply") * 5:
        with pytest.raises(ConnectionResetError):
            status_of(port, key, fault)
    with added(port, key) as reply:
        assert reply.status == 200
    assert len(stored(port, key)) == 6


def test_latency_in_one_world_holds_up_no_other(port: int, key: str) -> None:
    order: list[str] = []

    def work(name: str, fault: Any) -> None:
        with added(port, f"{key}, {name}", fault) as reply:
            assert reply.status == 200
        order.append(name)

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(work, "slow", {"latency": 2})
        while len(stored(port, f"{key}, slow")) == 0:
            assert not slow.done()  # what is slow is the reply: the step is there before it
        for _ in range(5):
            pool.submit(work, "quick", None).result()
        slow.result()
    assert order == ["quick"] * 5 + ["slow"]


def test_latency_holds_up_no_other_request_of_the_same_world(port: int, key: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(status_of, port, key, "latency")
        while len(stored(port, key)) == 0:
            assert not slow.done()
        assert len(stored(port, key)) == 1
        assert not slow.done()
        assert slow.result() == 200


def test_nothing_of_this_is_noise_in_the_log(start_server: Callable[..., Any], key: str) -> None:
    server = start_server("--rate-limit", "off")
    for fault in ("lost-request", "lost-reply"):
        with pytest.raises(ConnectionResetError):
            status_of(server.port, key, fault)
    with added(server.port, key, "truncated-body") as reply, pytest.raises(IncompleteRead):
        reply.read()
    assert server.stop() == (0, f"stepmock ready on {server.address}\n", "")


def test_a_client_that_does_not_wait_leaves_nothing_behind(start_server: Callable[..., Any], key: str) -> None:
    server = start_server("--rate-limit", "off")
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {
        **credentials("lemlist", key)[0],
        "Content-Type": "application/json",
        "X-Stepmock-Fault": '{"latency":300}',
    }
    connection.request("POST", STEPS, json.dumps(EMAIL), headers)
    while len(stored(server.port, key)) == 0:
        pass
    connection.close()
    assert len(stored(server.port, key)) == 1
    assert server.stop() == (0, f"stepmock ready on {server.address}\n", "")


def test_a_server_stops_while_a_reply_waits(start_server: Callable[..., Any], key: str) -> None:
    server = start_server("--rate-limit", "off")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        body = json.dumps(EMAIL)
        lines = [f"POST {STEPS} HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                 f"Content-Length: {len(body)}", 'X-Stepmock-Fault: {"latency":300}',
                 f"Authorization: {credentials('lemlist', key)[0]['authorization']}"]  # fmt: skip
        connection.sendall("\r\n".join([*lines, "", body]).encode())
        while len(stored(server.port, key)) == 0:
            pass
        code, _, log = server.stop()
        assert code == 0
        assert "Traceback" not in log
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
