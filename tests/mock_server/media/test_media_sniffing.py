"""What a file is by its first bytes."""

import pytest
from media_files import GIF, HEIC, JPEG, MP4, PDF, PNG, QUICKTIME, WEBP
from stepmock.mock_server.media.sniffing import media_type_of


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (MP4, "video/mp4"),
        (b"\0\0\0\x1cftypXYZ \0\0\2\0isomiso2mp41", "video/mp4"),
        (QUICKTIME, "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "video/quicktime"),
        (HEIC, "image/heic"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42", "audio/mp4"),
        (b"\0\0\0\x10ftypXYZ \0\0\0\0" + b"\0\0\0\x10isomisom", None),
        (b"\xff\xff\xff\xffftypXYZ \0\0\0\0abc", None),
        (b"\0\0\0\x08ftyp", None),
        (WEBP, None),
        (PDF, None),
        (b"<!DOCTYPE html>", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head, kind):
    assert media_type_of(head) == kind
