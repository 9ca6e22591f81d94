"""The commands of `stepmock` around the server. What they need is imported when they run."""

from .findings import add_findings
from .snapshot import add_snapshot
from .timeline import add_timeline

__all__ = ["add_findings", "add_snapshot", "add_timeline"]
