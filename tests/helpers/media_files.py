"""Small files of every kind that is asked for, and of some that are not."""

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20)
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + b"\0\0\0\x08mdat"
QUICKTIME = b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0\0\0\x08wide"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(14)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(8)
PDF = b"%PDF-1.7\n" + bytes(20)

SCREEN = b"\2\0\2\0\x80\0\0" + bytes(6)
"""Two by two, and a table of two colours."""
PICTURE = b",\0\0\0\0\2\0\2\0\0" + b"\2\3\x44\x34\5\0"
CONTROL = b"!\xf9\4\0\0\0\0\0"
COMMENT = b"!\xfe\2hi\0"
GIF = b"GIF89a" + SCREEN + CONTROL + PICTURE + b";"
