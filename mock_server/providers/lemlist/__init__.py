"""What lemlist's operations do: campaigns, their sequences as trees, and the steps in them.

What no page says is a behaviour of the contract, by name.
"""

from . import campaigns, steps
from .campaigns import open_account

__all__ = ["HANDLERS", "open_account"]

HANDLERS = {**steps.HANDLERS, **campaigns.HANDLERS}
