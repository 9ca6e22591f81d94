"""Who may use the control plane: programs of this machine, and no web page.

Whatever a browser can be made to send names a foreign Host (a rebound DNS name) or a foreign Origin, and gets 403.
"""

import re

from ..messages import Request
from .answers import ControlError

_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]*)?")


def require_local(request: Request, prefix: str) -> None:
    """Raise ControlError for a request that is not from a program of this machine."""
    host = request.headers.get("host", "").strip().lower()
    if not _LOOPBACK.fullmatch(host):
        raise ControlError(
            403,
            "foreign_host",
            "The control plane answers only to Host localhost, 127.0.0.1 and [::1].",
            f"Call it from this machine, as http://localhost:PORT{prefix}/.",
        )
    origin = request.headers.get("origin")
    if origin is not None and origin.strip().lower().partition("://")[2] != host:
        raise ControlError(
            403, "foreign_origin", "The control plane answers no page of another site.", "Send no Origin."
        )
