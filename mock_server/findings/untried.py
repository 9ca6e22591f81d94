"""Operations that were never seen to fail: FND08."""

from collections.abc import Iterator

from ..journal import JournalEntry
from .model import Finding, Material, found
from .requests import told


def never_failed(material: Material) -> Iterator[Finding]:
    """Yield one finding for all operations in use that met no fault; none where older requests are forgotten."""
    if not material.is_whole:
        return
    first: dict[str, JournalEntry] = {}
    for entry in material.entries:
        if entry.operation:
            first.setdefault(entry.operation, entry)
    met = {entry.operation for entry in material.entries if entry.fault}
    untried = {name: entry for name, entry in first.items() if name not in met}
    if untried:
        evidence = [(entry, told(entry)) for entry in untried.values()]
        yield found("FND08", f"No fault was ever injected into {', '.join(untried)}.", evidence)
