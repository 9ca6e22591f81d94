"""Addresses and servers that mean harm: nobody is asked whom no --media-host names, and every answer ends in time."""

import gzip
import socket

import pytest
from media_files import GIF, PDF, PNG
from stepmock.mock_server.media.policy import Media

MOST = 20 * 1024 * 1024


def code(reply):
    return reply.json()["code"].removeprefix("LINKEDIN_MEDIA_")


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "https://cdn.example.com@127.0.0.1/a.png", "https://127.0.0.1#@cdn.example.com/a.png",
        "https://127.0.0.1?@cdn.example.com/a.png", "https://127.0.0.1/@cdn.example.com/a.png",
        "https://@cdn.example.com/a.png", "https://:@cdn.example.com/a.png",
        "https://cdn.example.com\\@127.0.0.1/a.png", "https:\\\\cdn.example.com/a.png",
        "https://cdn.example.com\t/a.png", "https://cdn.exam\nple.com/a.png", " https://cdn.example.com/a.png",
        "https://cdn.example.com/a.png\x00", "https://cdn.example.com\u2028/a.png", "https://cdn.example.com/a b.png",
        "https://cdn.example.com:0/a.png", "https://cdn.example.com:65536/a.png", "https://cdn.example.com:-1/a.png",
        "https://cdn.example.com:\u0664\u0664\u0663/a.png", "https://cdn.example.com:443:443/a.png",
        "https://cdn%2eexample.com/a.png", "https://cdn.example.com%00.example.net/a.png",
        "https://cdn\u3002example.com/a.png", "https://cdn..example.com/a.png", "https://cdn.example.com../a.png",
        "https://2130706433/a.png", "https://0x7f.1/a.png", "https://0177.0.0.1/a.png", "https://127.1/a.png",
        "https://\uff11\uff12\uff17.0.0.1/a.png", "https://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3/a.png",
        "https://localhost./a.png", "https://[::ffff:127.0.0.1]/a.png", "https://[fe80::1%25eth0]/a.png",
        "https://[64:ff9b::10.0.0.1]/a.png", "https://[v1.fe]/a.png", "https://cdn.example.com]/a.png",
        "https:///cdn.example.com/a.png", "https:cdn.example.com/a.png", "//cdn.example.com/a.png", "HTTP://cdn.example.com/a.png",
        "https://" + "a" * 64 + ".example.com/a.png", "https://\u00ad.example.com/a.png",
    ],
)  # fmt: skip
def test_an_address_that_plays_tricks_is_unsafe_and_nobody_is_asked(site, send, address):
    looked_up = []
    media = site.media(
        "cdn.example.com", "*.example.com", resolve=lambda host, port: looked_up.append(host) or ["8.8.8.8"]
    )
    reply = send(address, media=media)
    assert (reply.status, code(reply)) == (400, "UNSAFE_URL")
    assert looked_up == []
    assert site.asked == []


@pytest.mark.parametrize(
    "host",
    ["CDN.Example.COM", "cdn.example.com.", "\uff43dn.example.com", "cdn\uff0eexample.com", "cdn.\u24d4xample.com"],
)  # fmt: skip
def test_another_spelling_of_a_host_is_that_host(site, send, host):
    site.file("/a.png", PNG)
    looked_up = []
    media = site.media(resolve=lambda name, port: looked_up.append((name, port)) or ["127.0.0.1"])
    assert send(f"https://{host}:{site.port}/a.png", media=media).status == 200
    assert looked_up == [("cdn.example.com", site.port)]
    assert site.asked == [(f"cdn.example.com:{site.port}", "/a.png")]


def test_a_host_that_is_no_ascii_is_asked_by_its_ascii_name():
    allowed = Media(("xn--bcher-kva.example.com",))
    assert allowed.allow("xn--bcher-kva.example.com")
    assert not allowed.allow("b\u00fccher.example.com")


def test_a_port_of_443_that_is_written_out_is_the_usual_one(site, send):
    looked_up = []
    media = site.media(resolve=lambda host, port: looked_up.append((host, port)) or ["10.0.0.1"])
    for url in ("https://cdn.example.com:443/a.png", "https://cdn.example.com:/a.png", "https://cdn.example.com/a.png"):
        assert code(send(url, media=media)) == "UNSAFE_URL"
    assert looked_up == [("cdn.example.com", 443)] * 3


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("https://cdn.example.com:443@10.0.0.1/a.png", "UNSAFE_URL"),
        ("https:\\\\10.0.0.1\\a.png", "UNSAFE_URL"),
        ("\\\\10.0.0.1\\a.png", "UNSAFE_URL"),
        ("https://10.0.0.1\t/a.png", "UNSAFE_URL"),
        ("//10.0.0.1/a.png", "UNSAFE_URL"),
        ("///10.0.0.1/a.png", "DOWNLOAD_FAILED"),
        ("HTTPS://LOCALHOST/a.png", "UNSAFE_URL"),
        ("ftp://cdn.example.com/a.png", "UNSAFE_URL"),
        ("data:image/png;base64,AAAA", "UNSAFE_URL"),
        ("javascript:alert(1)", "UNSAFE_URL"),
        ("https://[::1/a.png", ""),
        ("https://media.stepmock.test/ok/a.png", "DOWNLOAD_FAILED"),
        ("/" + "a" * 60_000, "DOWNLOAD_FAILED"),
        ("/a" * 40_000, "DOWNLOAD_FAILED"),
    ],
    ids=range(14),
)
def test_a_redirect_that_plays_tricks_leads_nowhere(site, send, location, why):
    site.answers["/" + "a" * 60_000] = lambda handler: handler.wfile.write(b"HTTP/1.1 404 Not Found\r\n\r\n")
    reply = send(site.redirect("/a.png", location))
    assert reply.status in (400, 502)
    assert why in code(reply)
    assert {host for host, _ in site.asked} == {f"cdn.example.com:{site.port}"}


@pytest.mark.parametrize("host", ["internal.example.com", "cdn.example.com"])
def test_of_several_addresses_one_that_is_private_is_enough(site, send, host, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *unused: pytest.fail("it was connected to"))
    for addresses in (["8.8.8.8", "10.0.0.1"], ["10.0.0.1", "8.8.8.8"], ["2606:4700::1", "64:ff9b::a00:1"]):
        media = site.media("*.example.com", resolve=lambda *unused, found=addresses: found, public=frozenset())
        assert code(send(f"https://{host}/a.png", media=media)) == "UNSAFE_URL"


# Answers


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", "answered 204"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "answered 304"),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\noops", "answered 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(10**7)), "encoded as gzip"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "IncompleteRead"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n" + PNG, "header line"),
        (b"HTTP/1.1 200 " + b"a" * 70_000, "status line"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", "999999"),
        (b"HTTP/9.9 200 OK\r\n\r\n" + PNG, "HTTP/9.9"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"-5\r\nabcde\r\n0\r\n\r\n", ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 70_000, "chunk size"),
        (b"HTTP/1.1 302 Found\r\nLocation: \r\n\r\n", "says not where to"),
    ],
    ids=range(12),
)
def test_an_answer_that_is_none_is_a_failed_download(site, send, answer, why):
    reply = send(site.raw("/a.png", answer))
    assert (reply.status, code(reply)) == (502, "DOWNLOAD_FAILED")
    assert why in reply.json()["error"]
    assert len(reply.content) < 1000


@pytest.mark.parametrize("length", ["-1", "soon", "1e3", "", "0x10", "9" * 30])
def test_a_length_that_lies_does_not_make_a_file_good_or_endless(site, send, length):
    reply = send(site.raw("/a.png", f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode() + PNG))
    assert (reply.status, length) in [(200, length), (413, "9" * 30)]


def test_what_follows_the_length_is_not_looked_at(site, send):
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(PNG)}\r\n\r\n".encode()
    assert send(site.raw("/a.png", head + PNG + PDF * 1000)).status == 200


@pytest.mark.parametrize("size", [1, 2**16])
def test_a_stream_in_chunks_is_left_at_the_limit(site, send, size):
    def pour(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(PNG), PNG))
        block = (b"%x\r\n%b\r\n" % (size, bytes(size))) * max(1, 2**16 // (size + 5))
        while True:
            handler.wfile.write(block)
            site.sent += len(block)

    site.answers["/a.png"] = pour
    reply = send(site.url("/a.png"), media=site.media(seconds=1 if size == 1 else None))
    assert code(reply) == ("TIMEOUT" if size == 1 else "TOO_LARGE")
    assert site.sent < 20 * MOST


@pytest.mark.parametrize(
    ("start", "more", "expected"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "TIMEOUT"),
        (b"HTTP/1.1 100 Continue\r\n", b"a: b\r\n" * 20, "DOWNLOAD_FAILED"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n%b\r\n0\r\n" % PNG[:32], b"a: b\r\n", "TIMEOUT"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n" + PNG, b"a", "TIMEOUT"),
    ],
    ids=["interim", "interim-head", "trailer", "drip"],
)
def test_what_never_ends_ends_in_time(site, send, start, more, expected):
    def drip(handler):
        handler.wfile.write(start)
        for _ in iter(lambda: site.go_on.wait(0.005), True):
            handler.wfile.write(more)

    site.answers["/a.png"] = drip
    assert code(send(site.url("/a.png"), media=site.media(seconds=0.5))) == expected


def test_all_media_of_a_request_share_its_time(site, send):
    def late(handler):
        site.go_on.wait(0.12)
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + PNG)

    urls = [site.url(f"/{number}.png") for number in range(6)]
    for number in range(6):
        site.answers[f"/{number}.png"] = late
    assert code(send(*urls, media=site.media(seconds=0.5))) == "TIMEOUT"
    assert len(site.asked) < 6


# Contents


@pytest.mark.parametrize(
    "content", [GIF[:-1] + b"\0", GIF[:13] + bytes(6) + b";", GIF[:20], b"GIF89a", b"GIF80a" + GIF[6:]]
)
def test_a_gif_that_is_broken_is_told(site, send, content):
    assert code(send(site.file("/a.gif", content, "image/gif"))) == "GIF_INVALID"


@pytest.mark.parametrize(("content", "taken"), [(PNG, True), (b"just text", False), (b"", False), (b"\x89PNG", False)])
def test_the_content_counts_and_not_the_name(site, send, content, taken):
    reply = send(site.file("/a.gif", content, "image/gif"))
    assert reply.status == (200 if taken else 415)


def test_as_it_stands_nothing_leaves_the_machine(core, monkeypatch):
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, lambda *unused, **named: pytest.fail("something wanted to go out"))
    step = {
        "type": "linkedinSend",
        "message": "m",
        "images": ["https://cdn.example.com/a.png", "https://8.8.8.8/b.png"],
    }
    assert core().post("/sequences/seq_lkCSKd32qSZZTe5Ru/steps", json=step).status == 200
