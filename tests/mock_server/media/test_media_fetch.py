"""Media that are downloaded, over TLS, from a server on the loopback."""

import json
import socket

import pytest
import trustme
from media_files import GIF, JPEG, MP4, PDF, PNG, QUICKTIME, WEBP
from stepmock.contracts.limits import MAX_MEDIA_REDIRECTS
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.media.addresses import public_addresses
from stepmock.mock_server.media.policy import Lab
from stepmock.mock_server.media.trouble import Trouble

MOST = 20 * 1024 * 1024
STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


def refusal(reply):
    """Return status, code and reason of a refused medium."""
    found = reply.json()
    return reply.status, found["code"].removeprefix("LINKEDIN_MEDIA_"), found["error"]


def head(length, *lines):
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {length}", *lines, "", ""]).encode()


# What is taken


@pytest.mark.parametrize("content", [PNG, JPEG, GIF])
def test_an_image_that_is_one_is_taken(site, send, content):
    assert send(site.file("/a.png", content)).status == 200
    assert site.asked == [(f"cdn.example.com:{site.port}", "/a.png")]


@pytest.mark.parametrize("content", [MP4, QUICKTIME])
def test_a_video_that_is_one_is_taken(site, send, content):
    assert send(videos=(site.file("/a.mp4", content),)).status == 200


def test_a_file_of_just_the_limit_is_taken(site, send):
    assert send(site.file("/a.jpg", JPEG + bytes(MOST - len(JPEG)))).status == 200


def test_a_body_in_chunks_is_read(site, send):
    body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (GIF[:5], GIF[5:], b""))
    assert send(site.raw("/a.gif", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)).status == 200


def test_an_address_is_asked_for_once_however_often_it_stands_there(site, send):
    url = site.file("/a.png?size=1", PNG)
    assert send(url, url, f"{url}#x", url).status == 200
    assert [path for _, path in site.asked] == ["/a.png?size=1"] * 2


def test_a_path_that_is_no_ascii_is_quoted(site, send):
    site.file("/%C3%A9%20.png", PNG)
    assert send(site.url("/é%20.png")).status == 200


def test_hosts_below_a_pattern_are_asked(site, send):
    site.file("/a.png", PDF)
    media = site.media("*.media.example.com")
    assert refusal(send(site.url("/a.png", "A.media.example.com"), media=media))[1] == "INVALID_TYPE"


def test_media_are_downloaded_when_a_step_is_changed_and_only_those_that_are_sent(site, core):
    client = core(media=site.media())
    good, bad = site.file("/good.png", PNG), site.file("/bad.png", PDF)
    step = {"type": "linkedinSend", "message": "m"}
    path = f"{STEPS}/{client.post(STEPS, json={**step, 'images': [good]}).json()['_id']}"
    assert refusal(client.patch(path, json={**step, "images": [bad]}))[1] == "INVALID_TYPE"
    assert client.patch(path, json={**step, "message": "n"}).status == 200
    assert [path for _, path in site.asked] == ["/good.png", "/bad.png"]


def test_nothing_is_downloaded_for_a_request_that_is_refused_anyway(site, core):
    client = core(media=site.media(), rate_limit=True)
    step = {"type": "linkedinSend", "message": "m", "images": [site.file("/a.png", PNG)]}
    assert client.post(STEPS, json={**step, "delay": -1}).status == 400
    assert client.post(STEPS, json={**step, "images": [*step["images"], site.url("/a.mp4")]}).status == 415
    assert client.post(STEPS, json=step, key="invalid").status == 401
    assert client.post(STEPS, json=step, headers={"X-Stepmock-Fault": "rate-limited"}).status == 429
    assert site.asked == []


# Hosts that are not asked


def test_media_of_hosts_that_are_not_allowed_are_taken_as_they_are_offline(site, send, monkeypatch):
    def refuse(*unused, **unused_too):
        raise AssertionError("something wanted to go out")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    media = site.media("cdn.example.com", "*.media.example.com", resolve=refuse)
    others = ("example.com", "cdn.example.com.example.net", "media.example.com", "xmedia.example.com")
    for host in others:
        assert send(site.url("/a.png", host), media=media).status == 200
    assert send("https://8.8.8.8/a.png", media=media).status == 200


def test_the_addresses_that_stand_for_a_failure_still_do(site, send):
    media = site.media("*.stepmock.test")
    assert refusal(send("https://media.stepmock.test/gif-invalid/a.gif", media=media))[:2] == (422, "GIF_INVALID")
    assert send("https://media.stepmock.test/ok/a.gif", media=media).status == 200
    assert site.asked == []


# Size and content


def test_a_file_that_announces_too_much_is_not_read(site, send):
    url = site.raw("/a.png", head(MOST + 1))
    assert refusal(send(url))[:2] == (413, "TOO_LARGE")


def test_a_file_without_end_is_left_at_the_limit(site, send):
    def pour(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + PNG)
        while True:  # until the other side hangs up
            handler.wfile.write(bytes(2**16))
            site.sent += 2**16

    site.answers["/a.png"] = pour
    assert refusal(send(site.url("/a.png")))[:2] == (413, "TOO_LARGE")
    assert site.sent < 2 * MOST


@pytest.mark.parametrize("content", [PDF, WEBP, b"<html>", b"", MP4])
def test_what_is_no_image_is_refused_whatever_its_name_and_header_say(site, send, content):
    status, code, reason = refusal(send(site.file("/a.png", content, "image/png")))
    assert (status, code) == (415, "INVALID_TYPE")
    assert "allowed are image/png, image/jpeg, image/gif" in reason


def test_an_image_among_the_videos_is_refused(site, send):
    status, code, reason = refusal(send(videos=(site.file("/a.mp4", PNG, "video/mp4"),)))
    assert (status, code) == (415, "INVALID_TYPE")
    assert "by its content it is image/png" in reason


def test_what_is_of_no_taken_type_is_not_read_to_its_end(site, send):
    def pour(handler):
        handler.wfile.write(head(MOST) + PDF)
        while True:
            handler.wfile.write(bytes(2**16))
            site.sent += 2**16

    site.answers["/a.png"] = pour
    assert refusal(send(site.url("/a.png")))[1] == "INVALID_TYPE"
    assert site.sent < MOST


def test_a_gif_that_is_not_well_formed_is_refused(site, send):
    status, code, reason = refusal(send(site.file("/a.gif", GIF[:-1])))
    assert (status, code) == (422, "GIF_INVALID")
    assert "it is cut off" in reason


# Failures


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "answered 404"),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 0\r\n\r\n", "answered 206"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "says not where to"),
        (head(100) + PNG, "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\x89PN", "IncompleteRead"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ""),
        (head(9, "Content-Encoding: gzip") + b"123456789", "encoded as gzip"),
        (b"no HTTP at all", ""),
        (b"", ""),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n", "more than"),
    ],
)
def test_a_download_that_fails_is_refused(site, send, reply, why):
    status, code, reason = refusal(send(site.raw("/a.png", reply)))
    assert (status, code) == (502, "DOWNLOAD_FAILED")
    assert why in reason


def test_a_server_that_is_not_there_is_a_failed_download(site, send):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refusal(send(f"https://cdn.example.com:{port}/a.png"))[:2] == (502, "DOWNLOAD_FAILED")


def test_a_host_without_an_address_is_a_failed_download(site, send):
    def fail(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    for resolve, why in ((fail, "Name or service not known"), (lambda host, port: [], "has no address")):
        reply = send(site.url("/a.png"), media=site.media(resolve=resolve))
        assert refusal(reply)[:2] == (502, "DOWNLOAD_FAILED")
        assert why in reply.text


def test_a_certificate_for_another_host_is_not_trusted(site, send):
    site.file("/a.png", PNG)
    reply = send(site.url("/a.png", "other.example.com"), media=site.media("other.example.com"))
    assert refusal(reply)[:2] == (502, "DOWNLOAD_FAILED")
    assert "certificate" in reply.text
    assert site.asked == []


@pytest.mark.parametrize("pem", ["", trustme.CA().cert_pem.bytes().decode()])
def test_a_certificate_by_an_unknown_authority_is_not_trusted(site, send, pem):
    media = site.media()
    reply = send(site.file("/a.png", PNG), media=media._replace(lab=media.lab._replace(authority=pem)))
    assert refusal(reply)[:2] == (502, "DOWNLOAD_FAILED")
    assert site.asked == []


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(site, send, status):
    site.file("/to.png", PNG)
    assert send(site.redirect("/a.png", "/to.png", status)).status == 200


def test_redirects_are_followed_so_many_times(site, send):
    site.file("/0", PNG)
    for number in range(1, MAX_MEDIA_REDIRECTS + 2):
        site.redirect(f"/{number}", f"/{number - 1}")
    assert send(site.url(f"/{MAX_MEDIA_REDIRECTS}")).status == 200
    site.asked.clear()
    assert refusal(send(site.url(f"/{MAX_MEDIA_REDIRECTS + 1}")))[:2] == (502, "DOWNLOAD_FAILED")
    assert len(site.asked) == MAX_MEDIA_REDIRECTS + 1


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://cdn.example.com/a.png", "UNSAFE_URL"),
        ("https://127.0.0.1/a.png", "UNSAFE_URL"),
        ("https://169.254.169.254/latest", "UNSAFE_URL"),
        ("https://[::1]/a.png", "UNSAFE_URL"),
        ("https://localhost/a.png", "UNSAFE_URL"),
        ("https://user:secret@cdn.example.com/a.png", "UNSAFE_URL"),
        ("file:///etc/passwd", "UNSAFE_URL"),
        ("//inner.example.com/a.png", "UNSAFE_URL"),
        ("https://elsewhere.example.net/a.png", "DOWNLOAD_FAILED"),
    ],
)
def test_a_redirect_leads_only_where_a_first_address_may(site, send, location, code):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["10.0.0.1" if host == "inner.example.com" else "127.0.0.1"]

    media = site.media("cdn.example.com", "inner.example.com", resolve=resolve)
    assert refusal(send(site.redirect("/a.png", location), media=media))[1] == code
    assert set(asked) <= {"cdn.example.com", "inner.example.com"}
    assert len(site.asked) == 1


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001::1", "2001:db8::1", "4000::1", "not an address",
    ],
)  # fmt: skip
def test_a_host_with_an_address_that_is_not_public_is_never_connected_to(site, send, address, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *unused: pytest.fail("it was connected to"))
    media = site.media(resolve=lambda host, port: ["8.8.8.8", address], public=frozenset())
    status, code, reason = refusal(send(site.url("/a.png"), media=media))
    assert (status, code) == (400, "UNSAFE_URL")
    assert "cdn.example.com has an address that is not reachable by anyone" in reason


def test_a_name_that_changes_its_address_is_looked_up_once_and_the_checked_address_is_connected_to(
    site, send, monkeypatch
):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    connect, connected = socket.create_connection, []

    def note(address, *rest):
        connected.append(address)
        return connect(address, *rest)

    monkeypatch.setattr(socket, "create_connection", note)
    monkeypatch.setattr(socket, "getaddrinfo", _only_literal(socket.getaddrinfo))
    assert send(site.file("/a.png", PNG), media=site.media(resolve=lambda host, port: next(answers))).status == 200
    assert connected == [("127.0.0.1", site.port)]
    assert next(answers) == ["10.0.0.1"]


def _only_literal(look_up):
    def wrapped(host, *rest, **named):
        assert host == "127.0.0.1", "a name was looked up once more"
        return look_up(host, *rest, **named)

    return wrapped


def test_a_name_that_changes_its_address_between_redirects_is_checked_again(site, send):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    media = site.media(resolve=lambda host, port: next(answers))
    assert refusal(send(site.redirect("/a.png", "/b.png"), media=media))[1] == "UNSAFE_URL"
    assert len(site.asked) == 1


def test_the_names_of_this_machine_are_not_public():
    with pytest.raises(Trouble, match="has an address that is not reachable by anyone") as caught:
        public_addresses("localhost", 443, Lab(), 20)
    assert caught.value.kind == "unsafe-url"


def test_a_proxy_of_the_environment_is_not_used(site, send, monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(site.file("/a.png", PNG)).status == 200


def test_no_credential_of_the_request_is_sent_on(site, send):
    seen = []
    site.answers["/a.png"] = lambda handler: seen.append(sorted(handler.headers))
    assert refusal(send(site.url("/a.png")))[1] == "DOWNLOAD_FAILED"
    assert seen == [["Accept", "Accept-Encoding", "Connection", "Host", "User-Agent"]]


def test_the_next_address_is_tried_where_one_does_not_answer(site, send):
    media = site.media(resolve=lambda host, port: ["127.0.0.2", "127.0.0.1"], public={"127.0.0.2", "127.0.0.1"})
    assert send(site.file("/a.png", PNG), media=media).status == 200


# Time


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", head(100) + PNG])
def test_a_server_that_stops_answering_is_a_timeout(site, send, start):
    def stop(handler):
        handler.wfile.write(start)
        handler.wfile.flush()
        site.go_on.wait()

    site.answers["/a.png"] = stop
    status, code, reason = refusal(send(site.url("/a.png"), media=site.media(seconds=0.3)))
    assert (status, code) == (504, "TIMEOUT")
    assert "took longer than 0.3 seconds" in reason


def test_a_server_that_sends_a_byte_now_and_then_is_a_timeout(site, send):
    def drip(handler):
        for _ in iter(lambda: site.go_on.wait(0.02), True):
            handler.wfile.write(b"H")

    site.answers["/a.png"] = drip
    assert refusal(send(site.url("/a.png"), media=site.media(seconds=0.3)))[1] == "TIMEOUT"


def test_a_look_up_that_never_ends_is_a_timeout(site, send):
    media = site.media(seconds=0.1, resolve=lambda host, port: [str(site.go_on.wait())])
    assert refusal(send(site.url("/a.png"), media=media))[1] == "TIMEOUT"


def test_a_server_that_never_shakes_hands_is_a_timeout(site, send):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://cdn.example.com:{listener.getsockname()[1]}/a.png"
        assert refusal(send(url, media=site.media(seconds=0.2)))[1] == "TIMEOUT"


class Racing(FrozenClock):
    """A clock that is ten seconds on whenever it is looked at."""

    def now(self):
        self.advance(10)
        return super().now()


def test_the_45_seconds_pass_on_the_clock_of_the_world_too(site, send):
    status, code, reason = refusal(send(site.file("/a.png", PNG), clock=Racing(0)))
    assert (status, code) == (504, "TIMEOUT")
    assert "took longer than 45 seconds" in reason


def test_a_clock_that_stands_still_is_not_moved(site, core):
    client = core(media=site.media(), clock=FrozenClock(1_000_000))
    step = {"type": "linkedinSend", "message": "m", "images": [site.file("/a.png", PNG)]}
    assert [client.post(STEPS, json=step).headers["X-RateLimit-Remaining"] for _ in range(3)] == ["19", "18", "17"]


# The journal


def test_a_refused_medium_stands_in_the_journal_with_its_reason(site, core):
    client = core(media=site.media())
    reply = client.post(STEPS, json={"type": "linkedinSend", "message": "m", "images": [site.file("/a.png", PDF)]})
    assert json.loads(reply.content)["code"] == "LINKEDIN_MEDIA_INVALID_TYPE"
    journal = client.get(
        f"/worlds/{reply.headers['X-Stepmock-World']}/journal", base="/_stepmock", headers={"Host": "localhost"}
    )
    assert "LINKEDIN_MEDIA_INVALID_TYPE" in journal.text
