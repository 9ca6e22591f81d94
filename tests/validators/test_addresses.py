"""Which addresses are public, which are web addresses at all, and what their endings say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stepmock.validators import check
from stepmock.validators.addresses import MEDIA_TYPES, media_type, why_not_http, why_not_public

PUBLIC = [
    "https://example.com",
    "https://example.com/a.png",
    "HTTPS://EXAMPLE.COM/A.PNG",
    "https://example.com./a.png",
    "https://example.com:443/a.png",
    "https://example.com:65535/",
    "https://example.com?file=a.png",
    "https://example.com#top",
    "https://a.b.c.example.co.uk/x/y/z.mp4",
    "https://a_b.example.com/",
    "https://m\N{LATIN SMALL LETTER U WITH DIAERESIS}nchen.example/",
    "https://xn--mnchen-3ya.example/",
    "https://8.8.8.8/a.png",
    "https://[2606:4700:4700::1111]/a.png",
    "https://[::ffff:8.8.8.8]/",
    "https://media.stepmock.test/ok/a.png",
    "https://localhost.example.com/",
    "https://notlocalhost.com/",
    "https://example.com/@user",
    "https://example.com/http://localhost/",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_an_address_that_anyone_can_reach_is_public(url):
    assert why_not_public(url) is None


NOT_PUBLIC = {
    "scheme http": "http://example.com/a.png",
    "scheme ftp": "ftp://example.com/a.png",
    "scheme file": "file:///etc/passwd",
    "scheme data": "data:image/png;base64,AAAA",
    "scheme javascript": "javascript://example.com/%0aalert(1)",
    "no scheme": "example.com/a.png",
    "scheme-relative": "//example.com/a.png",
    "one slash": "https:/example.com/a.png",
    "no slashes": "https:example.com/a.png",
    "empty": "",
    "no host": "https:///a.png",
    "nothing but the scheme": "https://",
    "user": "https://user@example.com/a.png",
    "user and password": "https://user:key@example.com/a.png",
    "empty user": "https://@example.com/a.png",
    "host before an at sign": "https://example.com@10.0.0.1/a.png",
    "localhost": "https://localhost/a.png",
    "localhost in capitals": "https://LOCALHOST/a.png",
    "localhost with a dot": "https://localhost./a.png",
    "localhost with a port": "https://localhost:8443/a.png",
    "below localhost": "https://app.localhost/a.png",
    "localhost in wide letters": "https://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/a.png",
    "localhost.localdomain": "https://localhost.localdomain/",
    "single label": "https://intranet/a.png",
    "single label with a dot": "https://intranet./a.png",
    ".local": "https://printer.local/",
    ".internal": "https://metadata.google.internal/",
    ".lan": "https://nas.lan/",
    ".home.arpa": "https://nas.home.arpa/",
    "loopback": "https://127.0.0.1/a.png",
    "loopback, another one": "https://127.254.3.2/",
    "loopback with a dot": "https://127.0.0.1./",
    "loopback with a port": "https://127.0.0.1:8443/",
    "loopback in wide digits": "https://\uff11\uff12\uff17.0.0.1/",
    "loopback in circled digits": "https://\u2460\u2461\u2466.0.0.1/",
    "loopback with ideographic dots": "https://127\u30020\u30020\u30021/",
    "loopback in Arabic digits": "https://\u0661\u0662\u0667.0.0.1/",
    "loopback as one number": "https://2130706433/",
    "loopback in hexadecimal": "https://0x7f000001/",
    "loopback in hexadecimal parts": "https://0x7f.0x0.0x0.0x1/",
    "loopback with one hexadecimal part": "https://0x7F.0.0.1/",
    "loopback, last part hexadecimal": "https://127.0.0.0x1/",
    "loopback in octal": "https://0177.0.0.1/",
    "loopback as one octal number": "https://017700000001/",
    "loopback in short": "https://127.1/",
    "zero": "https://0/",
    "all zeros": "https://0.0.0.0/",
    "private 10": "https://10.1.2.3/",
    "private 172.16": "https://172.16.0.1/",
    "private 172.31": "https://172.31.255.255/",
    "private 192.168": "https://192.168.1.1/",
    "link-local": "https://169.254.169.254/latest/meta-data",
    "carrier": "https://100.64.0.1/",
    "multicast": "https://224.0.0.1/",
    "broadcast": "https://255.255.255.255/",
    "documentation": "https://192.0.2.1/",
    "part over 255": "https://256.1.1.1/",
    "three parts": "https://1.2.3/",
    "five parts": "https://1.2.3.4.5/",
    "IPv6 loopback": "https://[::1]/a.png",
    "IPv6 loopback written out": "https://[0:0:0:0:0:0:0:1]/",
    "IPv6 unspecified": "https://[::]/",
    "IPv6 link-local": "https://[fe80::1]/",
    "IPv6 link-local with a zone": "https://[fe80::1%25eth0]/",
    "IPv6 unique local": "https://[fd00::1]/",
    "IPv6 multicast": "https://[ff02::1]/",
    "IPv6 documentation": "https://[2001:db8::1]/",
    "IPv4 loopback mapped to IPv6": "https://[::ffff:127.0.0.1]/",
    "IPv4 private mapped to IPv6, in hexadecimal": "https://[::ffff:a00:1]/",
    "IPv4 loopback in 6to4": "https://[2002:7f00:1::]/",
    "IPv4 loopback compatible with IPv6": "https://[::127.0.0.1]/",
    "IPv6 site-local": "https://[fec0::1]/",
    "IPv6 reserved": "https://[4000::1]/",
    "IPv6 of a NAT64 at home": "https://[64:ff9b:1::7f00:1]/",
    "IPv4 loopback behind NAT64": "https://[64:ff9b::7f00:1]/",
    "IPv4 private behind NAT64": "https://[64:ff9b::a00:1]/",
    "bracket left open": "https://[::1/",
    "brackets around a name": "https://[example.com]/",
    "port of letters": "https://example.com:port/",
    "port over 65535": "https://example.com:65536/",
    "port of six digits": "https://example.com:000443/",
    "two ports": "https://example.com:1:2/",
    "space in front": " https://example.com/a.png",
    "space behind": "https://example.com/a.png ",
    "space within": "https://example.com/a b.png",
    "newline behind": "https://example.com/a.png\n",
    "tab in the host": "https://exa\tmple.com/",
    "no-break space": "https://example.com/a\u00a0.png",
    "null": "https://example.com/\x00",
    "delete": "https://example.com/\x7f",
    "zero-width space in the host": "https://exam\u200bple.com/",
    "two dots": "https://example..com/",
    "dot in front": "https://.example.com/",
    "hyphen in front": "https://-example.com/",
    "percent in the host": "https://ex%61mple.com/",
    "last label of digits": "https://example.123/",
    "variable as host": "https://{{host}}/a.png",
    "backslash after localhost": "https://localhost\\@example.com/",
}


@pytest.mark.parametrize("url", NOT_PUBLIC.values(), ids=NOT_PUBLIC)
def test_an_address_that_not_everyone_can_reach_over_https_is_not_public(url):
    assert why_not_public(url) is not None


@pytest.mark.parametrize("url", [PUBLIC[1], NOT_PUBLIC["loopback"], NOT_PUBLIC["scheme http"]])
def test_the_checker_asks_the_same_question(url):
    codes = [item.code for item in check("lemlist", "addStep", {"type": "linkedinInvite", "images": [url]})]
    assert codes == ([] if url in PUBLIC else ["LEM081"])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.com/", "its scheme is http"),
        ("https://localhost/", "localhost is not public"),
        ("https://user:key@example.com/", "it carries credentials"),
        ("https://10.0.0.1/", "10.0.0.1 is not public"),
        ("https:///a.png", "it names no host"),
        ("a.png", "it is no absolute address"),
        ("https://a b/", "it holds white space"),
        ("https://0177.0.0.1/", "no well-formed IP address"),
    ],
)
def test_the_reason_says_what_is_wrong(url, words):
    assert words in why_not_public(url)


def test_the_reason_never_repeats_a_password():
    assert "key" not in why_not_public("https://user:key@example.com/")


WEB = [
    "http://example.com",
    "https://example.com/",
    "HTTP://example.com",
    "http://localhost:3000/hook",
    "http://127.0.0.1/",
    "https://[::1]/",
    "https://user:key@example.com/",
    "https://example.com/?a=b#c",
    "https://intranet/hook",
    "https://example.com/{{leadId}}",
    "http://a",
]


@pytest.mark.parametrize("url", WEB)
def test_an_absolute_http_or_https_address_is_a_web_address(url):
    assert why_not_http(url) is None


NO_WEB = {
    "empty": "",
    "word": "webhook",
    "relative": "/webhook",
    "scheme-relative": "//example.com",
    "ftp": "ftp://example.com",
    "mailto": "mailto:a@example.com",
    "javascript": "javascript:alert(1)",
    "scheme alone": "https://",
    "no host": "http:///path",
    "no host but a port": "http://:80/",
    "one slash": "http:/example.com",
    "misspelt scheme": "htp://example.com",
    "double scheme": "http//example.com",
    "space": "http://exam ple.com",
    "newline": "https://example.com\n",
    "bracket left open": "http://[::1",
    "port too large": "http://example.com:70000",
    "port of letters": "http://example.com:http",
}


@pytest.mark.parametrize("url", NO_WEB.values(), ids=NO_WEB)
def test_anything_else_is_no_web_address(url):
    assert why_not_http(url) is not None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a.png", "image/png"),
        ("https://example.com/a.PNG", "image/png"),
        ("https://example.com/a.jpg", "image/jpeg"),
        ("https://example.com/a.jpeg", "image/jpeg"),
        ("https://example.com/a.gif", "image/gif"),
        ("https://example.com/a.mp4", "video/mp4"),
        ("https://example.com/a.mov", "video/quicktime"),
        ("https://example.com/a.tar.zip", "application/zip"),
        ("https://example.com/a.png?download=a.mp4", "image/png"),
        ("https://example.com/a.png#a.mp4", "image/png"),
        ("https://example.com/a?file=a.mp4", None),
        ("https://example.com/a", None),
        ("https://example.com/", None),
        ("https://example.com", None),
        ("https://example.mov", None),
        ("https://example.com/v1.2/photo", None),
        ("https://example.com/a.unheard", None),
        ("https://example.com/a.", None),
        ("no address.png", None),
    ],
)
def test_the_ending_of_the_path_tells_the_media_type(url, expected):
    assert media_type(url) == expected


ALLOWED = {"images": {"png", "jpg", "jpeg", "gif"}, "videos": {"mp4", "mov", "qt"}}


@pytest.mark.parametrize("field", ALLOWED)
@pytest.mark.parametrize("ending", [*MEDIA_TYPES, "unheard"])
def test_images_and_videos_take_their_own_endings_and_those_that_tell_nothing(field, ending):
    payload = {"type": "linkedinSend", "message": "x", field: [f"https://example.com/a.{ending}"]}
    codes = [item.code for item in check("lemlist", "addStep", payload)]
    assert codes == ([] if ending in ALLOWED[field] or ending == "unheard" else ["LEM082"])


@given(st.text())
def test_any_text_is_judged_without_raising(text):
    for judge in (why_not_http, why_not_public):
        assert judge(text) is None or judge(text).strip()
    assert media_type(text) is None or media_type(text) in MEDIA_TYPES.values()


@given(st.ip_addresses())
def test_a_literal_address_is_public_only_if_the_standard_library_says_global(address):
    host = f"[{address}]" if address.version == 6 else str(address)
    if why_not_public(f"https://{host}/") is None:
        assert address.is_global or address.ipv4_mapped is not None
        assert not address.is_multicast


@given(st.from_regex(r"https://[a-z0-9.:@\[\]-]{0,20}/x", fullmatch=True))
def test_what_is_public_is_a_web_address_too(url):
    if why_not_public(url) is None:
        assert why_not_http(url) is None
