"""Requests as only a socket can send them: headers twice, targets with a host, several requests at once."""

import json
import socket
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

KEY = b64encode(b":k").decode()
STEP = b'{"type":"phone"}'


def sent(port: int, data: bytes) -> bytes:
    """Send bytes, and return all that comes back until the connection ends; of a broken one, what came before."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(data)
        try:
            while part := connection.recv(65536):
                found += part
        except ConnectionResetError:
            pass
    return found


def asked(port: int, target: str, *fields: str) -> int:
    """Return the status of a GET with these header lines."""
    head = "".join(f"{line}\r\n" for line in (f"GET {target} HTTP/1.1", *fields, "Connection: close", ""))
    return int(sent(port, head.encode()).split()[1])


@pytest.mark.parametrize(
    "fields",
    [
        ("Host: evil.example", "Host: localhost"),
        ("Host: localhost", "Host: evil.example"),
        ("Host: localhost", "Origin: http://evil.example", "Origin: http://localhost"),
        ("Host: localhost", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: none"),
    ],
)
def test_of_a_header_that_stands_twice_no_value_is_passed_over(server: Callable[..., Any], fields: list[str]) -> None:
    port = server().port
    assert asked(port, "/_stepmock/worlds", *fields) == 403
    assert asked(port, "/_stepmock/worlds", "Host: localhost") == 200


@pytest.mark.parametrize("twice", [("wrong", "right"), ("right", "wrong"), ("right", "right")])
def test_a_token_is_sent_once(server: Callable[..., Any], twice: tuple[str, str]) -> None:
    port = server("--control-token", "right").port
    lines = [f"Authorization: Bearer {token}" for token in twice]
    assert asked(port, "/_stepmock/worlds", "Host: localhost", *lines) == 401
    assert asked(port, "/_stepmock/worlds", "Host: localhost", lines[twice.index("right")]) == 200


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://evil.example/_stepmock/worlds", "localhost", 403),
        ("http://localhost@evil.example/_stepmock/worlds", "localhost", 403),
        ("http://localhost.evil.example/_stepmock/worlds", "localhost", 403),
        ("http://[::2]/_stepmock/worlds", "localhost", 403),
        ("http://localhost/_stepmock/worlds", "localhost", 200),
        ("http://[::1]:80/_stepmock/worlds", "localhost", 200),
        ("HTTP://LOCALHOST:8377/_stepmock/worlds", "localhost", 200),
        ("http://localhost", "localhost", 400),
        ("evil.example", "localhost", 400),
        ("http://api.lemlist.com/api/team", "localhost", 200),
    ],
)
def test_a_host_in_the_target_stands_for_that_of_the_header(
    server: Callable[..., Any], target: str, host: str, status: int
) -> None:
    assert asked(server().port, target, f"Host: {host}", f"Authorization: Basic {KEY}") == status


def adding(fault: str = "") -> bytes:
    """Return a request that adds a step."""
    asks = f"X-Stepmock-Fault: {fault}\r\n" if fault else ""
    head = (
        "POST /lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Basic {KEY}\r\nContent-Type: application/json\r\nContent-Length: {len(STEP)}\r\n{asks}\r\n"
    )
    return head.encode() + STEP


@pytest.mark.parametrize("fault", ["lost-reply", "lost-request", "truncated-body"])
def test_a_connection_that_is_cut_takes_the_requests_behind_with_it_and_leaves_nothing(
    start_server: Callable[..., Any], fault: str
) -> None:
    server = start_server()
    for _ in range(3):
        reply = sent(server.port, adding(fault) + adding() + adding())
        assert reply.count(b"HTTP/1.1 ") == (fault == "truncated-body")
    listing = sent(
        server.port,
        b"GET /lemlist/api/campaigns/cam_docs0000000000000/sequences HTTP/1.1\r\nHost: localhost\r\n"
        b"Connection: close\r\nAuthorization: Basic " + KEY.encode() + b"\r\n\r\n",
    )
    steps = json.loads(listing.partition(b"\r\n\r\n")[2])["seq_lkCSKd32qSZZTe5Ru"]["steps"]
    assert len(steps) == (0 if fault == "lost-request" else 3)
    assert server.stop()[::2] == (0, "")


def test_a_client_that_leaves_a_delayed_reply_and_one_behind_it_leaves_nothing(
    start_server: Callable[..., Any],
) -> None:
    server = start_server()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(adding('{"latency":300}') + adding())
        assert asked(server.port, "/_stepmock/worlds", "Host: localhost") == 200
    assert server.stop()[::2] == (0, "")


def test_a_tunnel_is_refused_without_advice_about_web_sockets(start_server: Callable[..., Any]) -> None:
    server = start_server()
    reply = sent(server.port, b"CONNECT / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 404 ")
    assert server.stop()[::2] == (0, "")
