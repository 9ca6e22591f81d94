"""Is this payload right? Rules as values: no Flask, no sockets, no clock.

`check("lemlist", "addStep", payload)` gives the violations of one payload. The mock server refuses by the very
same call, and `steplint` prints what it returns.
"""

from .checker import check
from .context import Context
from .violation import Violation

__all__ = ["Context", "Violation", "check"]
