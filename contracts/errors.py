"""The one exception of this package."""

from collections.abc import Iterable


class ContractError(Exception):
    """A contract cannot be used; the text says which file and line, why, and what would be right."""

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        self.message = message
        self.file = file
        self.line = line
        where = f"{file}:{line}: " if file and line else f"{file}: " if file else ""
        super().__init__(where + message)


_LONGEST_NAME = 100


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the known name most like `name`, or an empty string."""
    if len(name) > _LONGEST_NAME:
        return ""
    letters, slack = set(name), max(2, len(name) // 2)
    # difflib is slow; names of another length, or with hardly a letter in common, need not be shown to it
    alike = [
        other
        for other in known
        if abs(len(other) - len(name)) <= slack and 5 * len(letters & set(other)) >= 2 * len(letters | set(other))
    ]
    if not alike:
        return ""
    from difflib import get_close_matches  # costs a noticeable part of the linter's start

    close = get_close_matches(name, alike, n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""
