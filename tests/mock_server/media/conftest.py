"""A TLS server on the loopback in the place of the internet."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest
import trustme
from stepmock.mock_server.media.policy import Lab, Media

STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
NAMES = ("cdn.example.com", "*.media.example.com", "big.example.org")


class Site:
    """What the server answers by path, what it was asked for, and how much it could send."""

    def __init__(self, authority: str, port: int) -> None:
        self.authority = authority
        self.port = port
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, str]] = []
        self.sent = 0
        self.go_on = threading.Event()

    def url(self, path: str, host: str = "cdn.example.com") -> str:
        return f"https://{host}:{self.port}{path}"

    def file(self, path: str, content: bytes, kind: str = "application/octet-stream") -> str:
        """Let a file be there; return its address."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)

        self.answers[path] = answer
        return self.url(path)

    def raw(self, path: str, text: bytes) -> str:
        """Let bytes be answered, head and body, as they are."""
        self.answers[path] = lambda handler: write(handler, text)
        return self.url(path)

    def redirect(self, path: str, location: str, status: int = 302) -> str:
        return self.raw(path, f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    def media(self, *hosts: str, **lab: Any) -> Media:
        """Return the setting that downloads from this server under every name."""
        lab = {"resolve": lambda host, port: ["127.0.0.1"], "public": frozenset({"127.0.0.1"}), **lab}
        return Media(hosts or ("cdn.example.com",), Lab(authority=self.authority, **lab))


def write(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(data)
    handler.wfile.flush()


class Authority(NamedTuple):
    pem: str
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def authority() -> Authority:
    """A certificate authority, and the server's context with a certificate by it."""
    made = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(*NAMES).configure_cert(context)
    return Authority(made.cert_pem.bytes().decode(), context)


@pytest.fixture
def site(authority: Authority) -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append((self.headers["Host"], self.path))
            with suppress(OSError):  # the client has heard enough
                found.answers[self.path](self)
            self.close_connection = True

        def log_message(self, *unused: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *unused: Any) -> None:
            pass  # a client that does not trust the certificate

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = authority.context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        found = Site(authority.pem, server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            found.go_on.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def send(site: Site, core: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that adds a step with media and returns the reply."""

    def sent(*images: str, videos: tuple[str, ...] = (), media: Media | None = None, **settings: Any) -> Any:
        client = core(media=media or site.media(), **settings)
        payload = {"type": "linkedinSend", "message": "m", "images": list(images), "videos": list(videos)}
        reply = client.post(STEPS, json=payload)
        stored = client.get("/campaigns/cam_docs0000000000000/sequences").json()["seq_lkCSKd32qSZZTe5Ru"]["steps"]
        assert len(stored) == (reply.status == 200)
        return reply

    return sent
