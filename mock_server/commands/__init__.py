"""The commands of `stepmock` around the server. What they need is imported when they run."""

from .findings import add_findings
from .timeline import add_timeline

__all__ = ["add_findings", "add_timeline"]
