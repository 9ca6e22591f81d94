"""The images and videos of lemlist's steps: addresses that stand for a failure, and downloads where they are asked for.

Page: Add Step to Sequence, media errors.
"""

import re

from ...call import Call, Refused
from ...media.trouble import Trouble
from ...world import Resource

_MAGIC_URL = re.compile(r"https://media\.stepmock\.test(?::\d+)?/([^/?#]*)", re.IGNORECASE)
_MAGIC_CODES = {
    "too-large": "media-too-large",
    "invalid-type": "media-invalid-type",
    "gif-invalid": "media-gif-invalid",
    "download-failed": "media-download-failed",
    "av-unavailable": "media-av-unavailable",
    "timeout": "media-timeout",
}
_MOST_MEDIA_BYTES = 20 * 1024 * 1024
_MOST_MEDIA_SECONDS = 45.0


def refuse_media(call: Call, fields: Resource) -> None:
    """Raise Refused for the media of a step that lemlist would not take."""
    _refuse_magic_media(fields)
    _refuse_bad_media(call, fields)


def _refuse_magic_media(fields: Resource) -> None:
    """Refuse the addresses that stand for a failed download."""
    for url in (*fields.get("images", ()), *fields.get("videos", ())):
        if (match := _MAGIC_URL.match(url)) is None:
            continue
        code = match[1].lower()
        if code == "ok":
            continue
        if code not in _MAGIC_CODES:
            raise Refused(
                "media-download-failed",
                f"There is no /{match[1][:40]}/ at media.stepmock.test; there are /ok/, /{'/, /'.join(_MAGIC_CODES)}/.",
            )
        raise Refused(_MAGIC_CODES[code], f"The address stands for {code}.")


def _refuse_bad_media(call: Call, fields: Resource) -> None:
    """Download the media of a step, where that is asked for, and refuse what lemlist would not take."""
    types = call.declared("x-media-types")
    media = dict.fromkeys((url, name) for name in types for url in fields.get(name, ()))
    downloads = call.downloads(_MOST_MEDIA_BYTES, _MOST_MEDIA_SECONDS) if media else None
    if downloads is None:
        return
    call.rely_on("assumed")  # how many bytes 20 MB are, and what a good GIF is, no page says
    for url, name in media:
        if _MAGIC_URL.match(url):
            continue
        try:
            downloads.check(url, types[name])
        except Trouble as trouble:
            raise Refused(f"media-{trouble.kind}", trouble.reason) from None
