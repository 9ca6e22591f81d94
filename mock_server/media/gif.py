"""Walks a GIF block by block: is it whole? The pictures are not unpacked.

Own, for it is short: what unpacks pictures (Pillow) is large, lenient on purpose, and wants compiled code.
"""

_TABLE = 0x80
"""In the flags of a screen or a picture: a table of colours follows."""
_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B
_CODE_SIZES = range(2, 9)


class _Broken(Exception):
    pass


def why_malformed(data: bytes) -> str | None:
    """Return why a file is no well-formed GIF, or None when it is one. What follows its end is not looked at."""
    try:
        _walk(data)
    except _Broken as error:
        return str(error)
    except IndexError:
        return "it is cut off"
    return None


def _walk(data: bytes) -> None:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise _Broken("its version is neither 87a nor 89a")
    width, height = _size(data, 6)
    if not width or not height:
        raise _Broken("its screen has no size")
    at = 13 + _table_size(data[10])
    pictures = 0
    while data[at] != _END:
        kind = data[at]
        if kind == _EXTENSION:
            at = _after_blocks(data, at + 2)
        elif kind == _PICTURE:
            pictures += 1
            at = _after_picture(data, at + 1, width, height, pictures)
        else:
            raise _Broken(f"byte {at:,} begins no block")
    if not pictures:
        raise _Broken("it holds no picture")


def _after_picture(data: bytes, at: int, width: int, height: int, number: int) -> int:
    """Return where a picture ends whose descriptor begins at a byte."""
    flags = data[at + 8]
    left, top = _size(data, at)
    across, down = _size(data, at + 4)
    if not across or not down or left + across > width or top + down > height:
        raise _Broken(f"picture {number} has no size, or does not fit the screen of {width} x {height}")
    at += 9 + _table_size(flags)
    if data[at] not in _CODE_SIZES:
        raise _Broken(f"picture {number} has a code size of {data[at]} bits")
    end = _after_blocks(data, at + 1)
    if end == at + 2:
        raise _Broken(f"picture {number} is empty")
    return end


def _after_blocks(data: bytes, at: int) -> int:
    """Return where a chain of blocks ends; the last one is empty."""
    while size := data[at]:
        at += size + 1
    return at + 1


def _size(data: bytes, at: int) -> tuple[int, int]:
    """Return the two numbers at a byte."""
    if at + 4 > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")


def _table_size(flags: int) -> int:
    """Return the bytes of the table of colours that flags announce."""
    return 3 << ((flags & 0x07) + 1) if flags & _TABLE else 0
