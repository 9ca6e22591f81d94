"""Who may use the control plane: programs of this machine, or those that know its token, and no web page.

Whatever a browser can be made to send names a foreign Host (a rebound DNS name) or a foreign Origin, or says by
Sec-Fetch-Site that it comes from another site, and gets 403. No reply ever has a CORS header.
"""

import hmac
import re

from ..messages import Request
from ..settings import CONTROL_TOKEN_VARIABLE, Settings
from .answers import ControlError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_LOOPBACK_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]*)?")
_TOKEN = re.compile(r"[!-~]{1,512}")


def is_token(text: str) -> bool:
    """Return whether a text can be the token of a control plane: printable ASCII without a space."""
    return _TOKEN.fullmatch(text) is not None


def require_allowed(request: Request, settings: Settings, prefix: str) -> None:
    """Raise ControlError for a request that may not use the control plane."""
    host = request.headers.get("host", "").strip().lower()
    if (settings.on_loopback or not settings.control_token) and not _LOOPBACK_HOST.fullmatch(host):
        raise ControlError(
            403,
            "foreign_host",
            "The control plane answers only to Host localhost, 127.0.0.1 and [::1].",
            f"Call it from this machine, as http://localhost:PORT{prefix}/; elsewhere a server needs a control token.",
        )
    origin = request.headers.get("origin")
    is_own = origin is None or (host and origin.strip().lower() in (f"http://{host}", f"https://{host}"))
    if not is_own or request.headers.get("sec-fetch-site", "none").strip().lower() not in ("none", "same-origin"):
        raise ControlError(
            403, "foreign_origin", "The control plane answers no page of another site.", "Send no Origin."
        )
    if settings.control_token and not _is_right(request.headers.get("authorization", ""), settings.control_token):
        raise ControlError(
            401,
            "unauthorized",
            "This control plane needs its token.",
            f"Send the header Authorization with Bearer TOKEN: that of --control-token or {CONTROL_TOKEN_VARIABLE}, or "
            "the one that was printed when the server started.",
            [("WWW-Authenticate", "Bearer")],
        )


def _is_right(header: str, token: str) -> bool:
    scheme, _, given = header.strip().partition(" ")
    known = hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode("utf-8", "replace"))
    return known and scheme.lower() == "bearer"
