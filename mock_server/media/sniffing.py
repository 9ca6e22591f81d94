"""Tells what a file is by its first bytes, whatever its name and its sender say.

The libraries for this guess among hundreds of types by tables of their own; five are asked for here, and a wrong guess
would be a wrong refusal.
"""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),  # whether its version exists is for the one who walks it
)
_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"pnot")
"""Boxes that a QuickTime film may begin with; films older than the box `ftyp` do."""
_MP4_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"mmp4", b"MSNV", b"dash", b"cmf", b"f4v")
_OTHER_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"3gp": "video/3gpp",
}


def media_type_of(head: bytes) -> str | None:
    """Return the media type of a file that begins with these bytes; None for one that is not known here."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    box = head[4:8]
    if box == b"ftyp" and len(head) >= 16:
        return _type_of_brands(head)
    return "video/quicktime" if box in _QUICKTIME_BOXES else None


def _type_of_brands(head: bytes) -> str | None:
    """Return the type of a file of the ISO family by its main brand, or by those that it says it is compatible with."""
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4]), len(head)) - 3, 4))]
    if brands[0] == b"qt  ":
        return "video/quicktime"
    for start, kind in _OTHER_BRANDS.items():
        if brands[0].startswith(start):
            return kind
    return "video/mp4" if any(brand.startswith(_MP4_BRANDS) for brand in brands) else None
