"""Which GIFs are well-formed."""

import pytest
from media_files import COMMENT, CONTROL, GIF, PICTURE, SCREEN
from stepmock.mock_server.media.gif import why_malformed

LOCAL_TABLE = b",\0\0\0\0\2\0\2\0\x80" + bytes(6) + b"\2\3\x44\x34\5\0"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GIF, id="89a"),
        pytest.param(b"GIF87a" + SCREEN + PICTURE + b";", id="87a"),
        pytest.param(b"GIF89a" + SCREEN + CONTROL + PICTURE + COMMENT + CONTROL + PICTURE + b";", id="two pictures"),
        pytest.param(b"GIF89a\2\0\2\0\0\0\0" + LOCAL_TABLE + b";", id="a table of the picture's own"),
        pytest.param(GIF + b"more", id="bytes after the end"),
    ],
)
def test_a_whole_gif_is_well_formed(data):
    assert why_malformed(data) is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GIF88a" + GIF[6:], "version"),
        (b"GIF89a\0\0\2\0\0\0\0" + PICTURE + b";", "screen has no size"),
        (b"GIF89a" + SCREEN + b";", "no picture"),
        (b"GIF89a" + SCREEN + COMMENT + b";", "no picture"),
        (b"GIF89a" + SCREEN + b"?" + PICTURE + b";", "byte 19 begins no block"),
        (GIF[:-1], "cut off"),
        (b"GIF89a" + SCREEN + PICTURE.replace(b"\2\0\2\0", b"\3\0\2\0") + b";", "does not fit the screen of 2 x 2"),
        (b"GIF89a" + SCREEN + PICTURE.replace(b"\2\0\2\0", b"\0\0\2\0") + b";", "has no size"),
        (b"GIF89a" + SCREEN + b",\0\0\0\0\2\0\2\0\0" + b"\x0d\3\x44\x34\5\0" + b";", "code size of 13 bits"),
        (b"GIF89a" + SCREEN + b",\0\0\0\0\2\0\2\0\0" + b"\2\0" + b";", "picture 1 is empty"),
    ],
)
def test_a_gif_that_is_not_well_formed_says_why(data, why):
    assert why in str(why_malformed(data))


@pytest.mark.parametrize("size", range(len(GIF)))
def test_a_gif_is_malformed_wherever_it_is_cut_off(size):
    assert why_malformed(GIF[:size]) is not None
