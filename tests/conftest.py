"""One small client over three faces: the core itself, the Flask app, and a `stepmock serve` process."""

import json
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
import requests
from requests.structures import CaseInsensitiveDict
from stepmock.mock_server import Emulator, Request, Settings, create_app
from stepmock.mock_server.clock import parse_clock

pytest_plugins = ["pytester"]

BASE = "/lemlist/api"
_OWN_KEY = "the key of this client"


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "")

    def json(self) -> Any:
        return json.loads(self.content)


Send = Callable[[str, str, dict[str, str], bytes], Reply]


class Client:
    """Sends requests with the key of the test; paths are below lemlist's base path unless `base` says otherwise."""

    def __init__(self, send: Send, key: str) -> None:
        self._send = send
        self.key = key

    def with_key(self, key: str) -> "Client":
        return Client(self._send, key)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes = b"",
        key: str | None = _OWN_KEY,
        headers: Mapping[str, str] | None = None,
        base: str = BASE,
    ) -> Reply:
        sent = CaseInsensitiveDict[str]()
        if json is not None:
            body = _dumps(json)
            sent["Content-Type"] = "application/json"
        key = self.key if key == _OWN_KEY else key
        if key is not None:
            sent["Authorization"] = basic(key)
        sent.update(headers or {})
        return self._send(method, base + path, dict(sent), body)

    def get(self, path: str, **options: Any) -> Reply:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Reply:
        return self.request("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Reply:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.request("DELETE", path, **options)


def _dumps(value: Any) -> bytes:
    return json.dumps(value).encode()


def basic(password: str, user: str = "") -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def over_core(emulator: Emulator, key: str) -> Client:
    """Return a client that calls the sans-IO core."""

    def send(method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        path, _, query = target.partition("?")
        reply = emulator.handle(
            Request(method, unquote(path), query, {name.lower(): value for name, value in headers.items()}, body)
        )
        return Reply(reply.status, CaseInsensitiveDict(reply.headers), reply.body)

    return Client(send, key)


def over_wsgi(app: Any, key: str) -> Client:
    """Return a client that calls a Flask app."""
    browser = app.test_client(use_cookies=False)

    def send(method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        with browser.open(target, method=method, headers=headers, data=body) as reply:
            return Reply(reply.status_code, CaseInsensitiveDict(reply.headers), reply.data)

    return Client(send, key)


def over_socket(session: requests.Session, address: str, key: str) -> Client:
    """Return a client that talks HTTP to a server."""

    def send(method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        encoded = {name: value.encode("latin-1") for name, value in headers.items()}
        with session.request(
            method, address + target, data=body, headers=encoded, timeout=30, allow_redirects=False
        ) as reply:
            return Reply(reply.status_code, reply.headers, reply.content)

    return Client(send, key)


class Server:
    """A `stepmock serve` process on a free port."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port_file = folder / "port"
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "stepmock.mock_server.cli",
                "serve",
                "--port",
                "0",
                "--port-file",
                str(self.port_file),
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            self.port = self._port()
        except BaseException:
            self.process.kill()
            self.process.communicate()
            raise
        self.address = f"http://127.0.0.1:{self.port}"

    def _port(self) -> int:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.port_file.exists():
                return int(self.port_file.read_text())
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended: {self.process.stderr.read()}")  # type: ignore[union-attr]
            time.sleep(0.01)
        raise AssertionError("the server did not get ready")

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Stop the server; return its exit code, stdout and stderr."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            out, error = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        return self.process.returncode, out, error


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Return a function that gives the one server of this session that has these options."""
    running: dict[tuple[str, ...], Server] = {}

    def started(*options: str) -> Server:
        if options not in running:
            running[options] = Server(tmp_path_factory.mktemp("server"), *options)
        return running[options]

    yield started
    for code, _, error in [each.stop() for each in running.values()]:
        assert code == 0
        assert "Traceback" not in error
        assert "defect" not in error


@pytest.fixture(scope="session")
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.trust_env = False
        yield opened


@pytest.fixture
def own_key(request: pytest.FixtureRequest) -> str:
    """A key that no other test uses, so that every test has a world of its own."""
    return f"key of {request.node.nodeid}"


@pytest.fixture(params=["wsgi", "socket"])
def connect(request: pytest.FixtureRequest, own_key: str) -> Callable[..., Client]:
    """Return a function that gives a client of a server with these settings, over one of the two faces."""

    def wsgi(*, clock: str = "system", api_keys: tuple[str, ...] = (), **settings: Any) -> Client:
        settings = {"rate_limit": False, **settings}
        chosen = Settings(clock=parse_clock(clock), api_keys=frozenset(api_keys), **settings)
        return over_wsgi(create_app(chosen), own_key)

    def socket(*, rate_limit: bool = False, api_keys: tuple[str, ...] = (), **settings: Any) -> Client:
        options = ["--rate-limit", "on" if rate_limit else "off"]
        for name, value in [*(("api-key", key) for key in api_keys), *sorted(settings.items())]:
            options += [f"--{name}", str(value)]
        started = request.getfixturevalue("server")(*options)
        return over_socket(request.getfixturevalue("session"), started.address, own_key)

    return wsgi if request.param == "wsgi" else socket


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    """A client with a world of its own, in the documented profile and without quotas."""
    return connect()


@pytest.fixture
def core(own_key: str) -> Callable[..., Client]:
    """Return a function that gives a client of a new in-process core with these settings."""

    def made(*, emulator: Emulator | None = None, **settings: Any) -> Client:
        return over_core(emulator or Emulator(Settings(**{"rate_limit": False, **settings})), own_key)

    return made


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a server for this test alone."""
    started: list[Server] = []

    def start(*options: str) -> Server:
        folder = tmp_path / f"server{len(started)}"
        folder.mkdir()
        started.append(Server(folder, *options))
        return started[-1]

    yield start
    for each in started:
        each.stop()
