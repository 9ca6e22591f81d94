"""Bytes on the wire that no HTTP library sends."""

import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lemlist_operations import CAMPAIGN, JSON, SEQUENCE, STEPS


def talk(port: int, *parts: bytes) -> bytes:
    """Send bytes, end the sending side, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


def authorization(key: str) -> bytes:
    return b"Authorization: Basic " + b64encode(b":" + key.encode()) + b"\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"GET /lemlist/api/team\xff HTTP/1.1",
        b"GET /lemlist/api/\xc3\xa9 HTTP/1.1",
        b"GET  HTTP/1.1",
        b"GET lemlist HTTP/1.1",
        b"\xff\xfe HTTP/1.1",
        b"GET /lemlist/api/team HTTP/9.9",
        b"get /lemlist/api/team HTTP/1.1",
        b"CONNECT example.org:443 HTTP/1.1",
        b"GET http://example.org/lemlist/api/x HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET /lemlist/api/%zz HTTP/1.1",
        b"GET /lemlist/api/x?\xff=\xfe HTTP/1.1",
        b"GET /lemlist/api/x#y HTTP/1.1",
    ],
    ids=ascii,
)
def test_a_strange_request_line_gets_a_4xx(server: Callable[..., Any], own_key: str, line: bytes) -> None:
    port = server("--rate-limit", "off").port
    answer = talk(port, line + b"\r\nHost: x\r\n" + authorization(own_key) + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in answer


@pytest.mark.parametrize(
    "header",
    [
        b"X-Odd: \x00",
        b"X-Odd\x00: 1",
        b"X Odd: 1",
        b": 1",
        b"X-Odd",
        b"Content-Length: -1",
        b"Content-Length: x",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Transfer-Encoding: nonsense",
        b"X-Odd: " + b"x" * 200_000,
    ],
    ids=lambda header: ascii(header)[:40],
)
def test_a_strange_header_gets_an_answer_and_harms_nobody(
    server: Callable[..., Any], own_key: str, header: bytes
) -> None:
    port = server("--rate-limit", "off").port
    answer = talk(
        port, b"GET /lemlist/api/nothing HTTP/1.1\r\nHost: x\r\n" + authorization(own_key) + header + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 4")
    assert talk(port, b"GET /_stepmock/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )


def test_a_request_that_is_cut_off_changes_nothing(server: Callable[..., Any], session: Any, own_key: str) -> None:
    running = server("--rate-limit", "off")
    head = (
        (
            f"POST /lemlist/api{STEPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
        ).encode()
        + authorization(own_key)
        + b"\r\n"
    )
    talk(running.port, head, b'{"type":"linkedinVisit"}')
    whole = session.get(f"{running.address}/lemlist/api{CAMPAIGN}/sequences", timeout=20, auth=("", own_key)).json()
    assert whole[SEQUENCE]["steps"] == []


def test_a_body_in_chunks_is_read(server: Callable[..., Any], session: Any, own_key: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"type":'
        yield b'"linkedinVisit"}'

    running = server("--rate-limit", "off")
    reply = session.post(
        f"{running.address}/lemlist/api{STEPS}", data=chunks(), auth=("", own_key), headers=JSON, timeout=20
    )
    assert reply.status_code == 200
