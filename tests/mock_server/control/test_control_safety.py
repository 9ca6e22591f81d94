"""Who may use the control plane, and that nobody learns a credential from it, from a log, or from a traceback."""

import json
import logging
import socket
from base64 import b64encode

import pytest
from control_client import STEPS, TEAM, ControlClient
from drives import Caller, callers, drive
from stepmock.contracts import load, providers
from stepmock.contracts.limits import MAX_HEAD_BYTES, MAX_JOURNAL_VIOLATIONS
from stepmock.mock_server import Emulator, Request, Settings, create_app
from stepmock.mock_server.cli import main
from stepmock.mock_server.redaction import Redaction

TOKEN = "the-right-token"
SECRET = "very-secret-key"
GUARDED = (
    "worlds",
    "journal",
    "journal/count",
    "journal.har",
    "worlds/x/journal",
    "worlds/x/journal/assert",
    "nothing",
)
REDACT = Redaction(load(name).credential for name in providers())


def guarded(**settings):
    return ControlClient(Emulator(Settings(control_token=TOKEN, **settings)))


# The token


@pytest.mark.parametrize("on_loopback", [True, False])
@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("authorization", [
    None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN,
    f"Bearer {TOKEN} {TOKEN}", "Bearer \u00e9", f"Bearer {TOKEN.upper()}",
])  # fmt: skip
def test_without_the_right_token_nothing_is_told(path, authorization, on_loopback):
    headers = {} if authorization is None else {"authorization": authorization}
    reply = guarded(on_loopback=on_loopback)("GET", path, **headers)
    assert reply.status == 401
    assert dict(reply.headers)["WWW-Authenticate"] == "Bearer"
    assert set(reply.json()["error"]) == {"code", "message", "hint"}
    assert TOKEN.encode() not in reply.body


@pytest.mark.parametrize("authorization", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f" Bearer  {TOKEN} "])
def test_the_right_token_opens(authorization):
    assert guarded().get("worlds", authorization=authorization) == {"worlds": []}


def test_health_is_open_to_all_and_providers_ask_for_no_token():
    ask = guarded()
    assert ask.get("health", host="evil.example")["status"] == "ok"
    reply = ask.emulator.handle(Request("GET", TEAM, "", {"authorization": "Basic OmtleQ=="}))
    assert reply.status == 200


def test_with_a_token_any_host_will_do_unless_the_server_listens_on_loopback_alone():
    bearer = f"Bearer {TOKEN}"
    for host in ("stepmock:8377", "10.0.0.7", ""):
        assert guarded()("GET", "worlds", host=host, authorization=bearer).status == 200
        assert guarded(on_loopback=True)("GET", "worlds", host=host, authorization=bearer).status == 403
    assert guarded(on_loopback=True)("GET", "worlds", authorization=bearer).status == 200


# Pages of other sites


@pytest.mark.parametrize("settings", [{}, {"control_token": TOKEN}, {"control_token": TOKEN, "on_loopback": True}])
@pytest.mark.parametrize("headers", [
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "localhost:8377"},
    {"origin": "ftp://localhost:8377"},
    {"origin": "http://localhost:1"},
    {"origin": "http://localhost"},
    {"origin": "http://localhost:8377.evil.example"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
])  # fmt: skip
def test_a_page_of_another_site_gets_403(settings, headers):
    ask = ControlClient(Emulator(Settings(**settings)))
    for method in ("GET", "POST", "DELETE", "OPTIONS"):
        reply = ask(method, "worlds", authorization=f"Bearer {TOKEN}", **headers)
        assert (reply.status, reply.json()["error"]["code"]) == (403, "foreign_origin")


def test_an_origin_is_not_taken_for_an_empty_host():
    reply = guarded()("GET", "worlds", host="", origin="null", authorization=f"Bearer {TOKEN}")
    assert reply.status == 403


@pytest.mark.parametrize("headers", [
    {"origin": "http://localhost:8377"}, {"origin": "HTTP://LOCALHOST:8377"}, {"sec_fetch_site": "none"},
    {"sec_fetch_site": "same-origin"},
])  # fmt: skip
def test_a_page_of_the_server_itself_is_no_foreign_one(headers):
    assert ControlClient(Emulator())("GET", "worlds", **headers).status == 200


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE", "PUT"])
@pytest.mark.parametrize("path", ["/_stepmock/health", "/_stepmock/worlds", TEAM, "/nothing"])
def test_no_reply_lets_another_site_read_it(path, method):
    for origin in ("http://evil.example", "http://localhost:8377", "null"):
        headers = {"host": "localhost:8377", "origin": origin, "access-control-request-method": method}
        reply = Emulator().handle(Request(method, path, "", headers))
        assert not [name for name, _ in reply.headers if name.lower().startswith("access-control-")]
        if path.startswith("/_stepmock/"):
            assert reply.status != 200 or method == "GET"


# The Flask app, whose address nobody knows


def test_the_flask_app_has_the_rule_of_loopback_until_a_token_is_set():
    plain, token = create_app().test_client(), create_app(Settings(control_token=TOKEN)).test_client()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert plain.get("/_stepmock/worlds", headers={"Host": "localhost"}).status_code == 200
    assert plain.get("/_stepmock/worlds", headers={"Host": "evil.example"}).status_code == 403
    assert plain.get("/_stepmock/worlds", headers={"Host": "localhost", "Origin": "null"}).status_code == 403
    assert token.get("/_stepmock/worlds", headers={"Host": "localhost"}).status_code == 401
    assert token.get("/_stepmock/worlds", headers={"Host": "ci.example", **bearer}).status_code == 200


# The command


def test_an_address_for_others_needs_the_token_that_is_printed_once(start_server, session):
    server = start_server("--host", "0.0.0.0")
    reply = session.get(f"{server.address}/_stepmock/worlds")
    assert (reply.status_code, reply.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert session.get(f"{server.address}/_stepmock/health").status_code == 200
    _, out, error = server.stop()
    lines = out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["stepmock control token", "stepmock ready on http"]
    assert len(lines[0].rpartition(" ")[2]) >= 32
    assert error == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_given_token_is_asked_for_and_not_printed(start_server, session, monkeypatch, host, by):
    if by == "environment":
        monkeypatch.setenv("STEPMOCK_CONTROL_TOKEN", TOKEN)
    server = start_server("--host", host, *(["--control-token", TOKEN] if by == "option" else []))
    assert session.get(f"{server.address}/_stepmock/worlds").status_code == 401
    reply = session.get(f"{server.address}/_stepmock/worlds", headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 200
    _, out, _ = server.stop()
    assert TOKEN not in out


def test_the_option_wins_over_the_environment(start_server, session, monkeypatch):
    monkeypatch.setenv("STEPMOCK_CONTROL_TOKEN", "another")
    server = start_server("--control-token", TOKEN)
    for token, status in (("another", 401), (TOKEN, 200)):
        headers = {"Authorization": f"Bearer {token}"}
        assert session.get(f"{server.address}/_stepmock/worlds", headers=headers).status_code == status


@pytest.mark.parametrize("token", ["", "two words", "\u00e9", "x" * 513, "a\nb"])
def test_a_token_that_no_header_can_carry_is_refused_at_the_start(token, capsys, monkeypatch):
    assert main(["serve", "--control-token", token]) == 2
    assert "--control-token must be" in capsys.readouterr().err
    if token:
        monkeypatch.setenv("STEPMOCK_CONTROL_TOKEN", token)
        assert main(["serve"]) == 2
        assert "STEPMOCK_CONTROL_TOKEN must be" in capsys.readouterr().err


# Sizes


@pytest.mark.parametrize(("head", "rest"), [
    (b"GET /lemlist/api/team HTTP/1.1\r\nHost: x\r\nX-Big: ", b"a"),
    (b"GET /", b"a"),
    (b"GET /lemlist/api/team HTTP/1.1\r\nHost: x\r\n", b"X-Header: a\r\n"),
], ids=["one header", "the request line", "many headers"])  # fmt: skip
def test_a_head_beyond_the_limit_is_refused_however_long_it_goes_on(server, head, rest):
    with socket.create_connection(("127.0.0.1", server().port), timeout=20) as connection:
        answer = b""
        try:
            connection.sendall(head)
            for _ in range(400):
                connection.sendall(rest * (65536 // len(rest)))
        except OSError:
            pass  # refused while it was being sent
        else:
            pytest.fail("the server took 26 MB of head")
        try:
            answer = connection.recv(1000)
        except OSError:
            return  # the refusal was lost with the connection
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(("size", "status"), [(MAX_HEAD_BYTES - 1000, b"200"), (MAX_HEAD_BYTES, b"431")])
@pytest.mark.parametrize("body", [b"", b"x" * 100_000])
def test_the_limit_of_a_head_is_where_it_is_said_to_be(server, size, status, body):
    head = b"GET /_stepmock/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\nX-Big: "
    with socket.create_connection(("127.0.0.1", server().port), timeout=20) as connection:
        connection.sendall(head % len(body) + b"a" * size + b"\r\n\r\n")
        answer = connection.recv(1000) if status == b"431" else b""
        if not answer:
            connection.sendall(body)
            answer = connection.recv(1000)
    assert answer.startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize("chunks", [
    b"1\r\na\r\n0\r\nX-Trailer: " + b"a" * 1_000_000, b"1;x=" + b"a" * 1_000_000,
], ids=["a trailer", "an extension"])  # fmt: skip
def test_the_framing_of_a_body_is_bounded_too(server, chunks):
    head = b"POST /_stepmock/worlds HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server().port), timeout=20) as connection:
        try:
            connection.sendall(head + chunks)
            while connection.recv(65536):
                pass
        except OSError:
            pass  # the connection was broken, which is what must happen


def test_a_body_beyond_the_limit_is_refused(server, session):
    address = f"{server().address}/_stepmock/worlds/x/journal/assert"
    key = {"Authorization": "Basic " + b64encode(b":a body of control").decode()}
    world = session.get(server().address + TEAM, headers=key).headers["X-Stepmock-World"]
    reply = session.post(address.replace("/x/", f"/{world}/"), data=b'{"operation": "' + b"a" * 11_000_000)
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "too_large")


def test_an_entry_keeps_a_bounded_number_of_violations():
    call = Caller(Emulator(), "smartlead")
    call("POST", "/campaigns/1/sequences", {f"unknown{number}": 1 for number in range(500)})
    [entry] = ControlClient(call.emulator).get(f"worlds/{call.world}/journal")["entries"]
    assert 0 < len(entry["violations"]) <= MAX_JOURNAL_VIOLATIONS


# Credentials


def everything(emulator):
    """Return all that the control plane tells."""
    ask = ControlClient(emulator)
    told = [ask("GET", path).body for path in ("worlds", "journal?limit=1000", "journal.har", "journal/count")]
    for world in ask.get("worlds")["worlds"]:
        at = f"worlds/{world['id']}"
        told += [ask("GET", f"{at}/{path}").body for path in ("journal?limit=1000", "journal.har", "journal/count")]
        told.append(ask("POST", f"{at}/journal/assert", {"operation": "", "json": {"a": 1}}).body)
    return b"\n".join(told).decode()


PLACES = {
    "another provider's header": {"headers": {"x-api-key": SECRET}},
    "another provider's query": {"query": f"api_key={SECRET}&x=1"},
    "an escaped name in the query": {"query": f"a=1&api%5Fkey={SECRET}&%61PI_key={SECRET},{SECRET}"},
    "a URL in the query": {"query": f"next=https%3A%2F%2Fx%2F%3Fapi_key%3D{SECRET}"},
    "a URL in a header": {"headers": {"referer": f"http://localhost/x?api_key={SECRET}"}},
    "a cookie": {"headers": {"cookie": f"session={SECRET}"}},
    "the path": {"path": f"{STEPS}/api_key={SECRET}"},
    "a member": {"body": b'{"type": "email", "API_KEY": "%b"}' % SECRET.encode()},
    "a member with an escaped name": {"body": b'{"type": "email", "api\\u005fkey": "%b"}' % SECRET.encode()},
    "a member far down": {"body": b'{"a": [{"b": {"x-api-key": ["%b"]}}]}' % SECRET.encode()},
    "a list": {"body": b'[{"api_key": "%b"}]' % SECRET.encode()},
    "JSON within JSON": {"body": json.dumps({"a": json.dumps({"api_key": SECRET})}).encode()},
    "a URL in a text": {"body": json.dumps({"url": f"https://x/?a=1&api_key={SECRET}"}).encode()},
    "a header in a text": {"body": json.dumps({"a": f"Authorization: Bearer {SECRET}"}).encode()},
    "broken JSON": {"body": b'{"type": "email", "api\\u005fkey": "%b"' % SECRET.encode()},
    "JSON in UTF-16": {"body": json.dumps({"api_key": SECRET}).encode("utf-16")},
    "a form": {"body": f"a=1&api%5fkey={SECRET}&b=2".encode()},
    "single quotes": {"body": f"{{'api_key': 'x,{SECRET}'}}".encode()},
    "a body that is cut off": {"body": b'{"a": "%b", "api_key": "%b' % (b"x" * 16_300, SECRET.encode() * 20)},
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", ["key", "invalid"])
def test_no_credential_is_told_wherever_it_was_sent(place, key, capfd):
    emulator = Emulator()
    given = PLACES[place]
    headers = {
        "host": "localhost",
        "content-type": "application/json",
        "authorization": "Basic " + b64encode(f":{key}".encode()).decode(),
        **given.get("headers", {}),
    }
    for path in (given.get("path", STEPS), "/nothing" + given.get("path", "")):
        emulator.handle(Request("POST", path, given.get("query", ""), headers, given.get("body", b"{}")))
    told = everything(emulator)
    assert SECRET not in told
    assert SECRET.encode("utf-16-le").decode("latin-1") not in told
    assert '"path":"/nothing' in told
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("provider", providers())
def test_the_credential_of_a_world_is_told_nowhere(provider):
    emulator = Emulator(Settings(rate_limit=False))
    for call in callers(emulator, provider):
        keyed = Caller(emulator, provider, SECRET, call.connection)
        drive(keyed)
        Caller(emulator, provider, f"invalid-{SECRET}", call.connection)("GET", "/nothing")
    told = everything(emulator)
    assert SECRET not in told
    assert b64encode(f":{SECRET}".encode()).decode() not in told
    for name in emulator._store.names():
        with emulator._store.find(name) as world:
            assert SECRET not in repr(world.journal) + repr(list(world.journal._kept)) + repr(list(world.journal))


def test_the_errors_of_the_control_plane_quote_no_credential():
    ask = ControlClient(Emulator())
    Caller(ask.emulator, "lemlist")("GET", "/team")
    [world] = ask.get("worlds")["worlds"]
    at = f"worlds/{world['id']}"
    told = [
        ask("GET", f"api_key={SECRET}").body,
        ask("GET", f"worlds/api_key={SECRET}/journal").body,
        ask("GET", f"{at}/journal?api_key={SECRET}").body,
        ask("GET", f"{at}/journal?rule=api_key%3D{SECRET}").body,
        ask("POST", f"{at}/journal/assert", {f"api_key={SECRET}": 1}).body,
        ask("POST", f"{at}/journal/assert", {"operation": f"api_key={SECRET}"}).body,
    ]
    assert SECRET.encode() not in b"".join(told)
    assert all(b"(not kept)" in text or b"no argument 'api_key'" in text for text in told)


def test_a_defect_is_reported_without_a_word_of_the_request(monkeypatch, capfd):
    def broken(*unused, **named):
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"cannot do {SECRET}") from error

    emulator = Emulator()
    monkeypatch.setattr("stepmock.mock_server.in_world.count_request", broken)
    monkeypatch.setattr("stepmock.mock_server.control.worlds.listing", broken)
    first = emulator.handle(Request("POST", STEPS, f"access_token={SECRET}", {}, SECRET.encode()))
    second = ControlClient(emulator)("GET", "worlds", body=SECRET.encode())
    error = capfd.readouterr().err
    for reply in (first, second):
        assert (reply.status, b"defect" in reply.body, SECRET.encode() in reply.body) == (500, True, False)
    assert "in broken" in error
    assert error.count("ValueError (") == error.count("KeyError (") == 2
    assert SECRET not in error


@pytest.mark.parametrize("name", ["werkzeug", "gunicorn.access", "uvicorn.access"])
def test_the_access_logs_of_servers_show_no_key(name, caplog):
    create_app()
    create_app()
    with caplog.at_level(logging.INFO, logger=name):
        logger = logging.getLogger(name)
        logger.info('"%s" %s', f"GET /smartlead/api/v1/campaigns?api_key={SECRET}&a=1 HTTP/1.1", 200)
        logger.info("GET /campaigns?api%%5Fkey=%(key)s", {"key": SECRET})
        logger.info(f"GET /x?a=1&api%5Fkey={SECRET} HTTP/1.1")
    assert "api_key=(not kept)&a=1 HTTP/1.1" in caplog.text
    assert caplog.text.count(SECRET) == 1  # in an argument of its own, apart from its name, nobody can know it
    assert sum("Hide" in type(each).__name__ for each in logger.filters) == 1


def test_a_server_logs_no_key(start_server, session):
    server = start_server()
    session.get(f"{server.address}/smartlead/api/v1/campaigns?api_key={SECRET}")
    session.get(f"{server.address}/nothing?api_key={SECRET}")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(f"GET /x?api_key={SECRET} HTTP/9.9\r\n{SECRET}\r\n\r\n".encode())
        connection.recv(1000)
    _, out, error = server.stop()
    assert SECRET not in out + error


@pytest.mark.parametrize("text", ["api_key=a", "x", "", "api_key", "50% off", "\ud800 api_key=a", "%5f" * 10_000])
def test_a_text_or_query_of_any_kind_is_read(text):
    assert "=a" not in REDACT.text(text) + REDACT.query(text)
    REDACT(text.encode("utf-8", "surrogatepass"))


# The outside


def test_nothing_goes_out(monkeypatch):
    """A whole run of every provider, with the control plane and the exports, in a process without a network."""

    def refuse(*unused, **unused_too):
        raise AssertionError("something wanted to go out")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        monkeypatch.setattr(socket, name, refuse)
    for profile in ("documented", "observed"):
        emulator = Emulator(Settings(profile=profile, rate_limit=False))
        for provider in providers():
            for call in callers(emulator, provider):
                drive(call)
        lemlist = Caller(emulator, "lemlist")
        for code in ("too-large", "invalid-type", "download-failed", "timeout"):
            picture = f"https://media.stepmock.test/{code}/a.png"
            lemlist("POST", STEPS[12:], {"type": "linkedinSend", "message": "m", "images": [picture]})
        lemlist("POST", STEPS[12:], {"type": "linkedinSend", "message": "m", "images": ["https://example.com/a.png"]})
        assert "media.stepmock.test" in everything(emulator)
