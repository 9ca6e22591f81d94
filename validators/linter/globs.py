"""Patterns of paths, by the rules of .gitignore, which every user has met.

`*`, `?` and `[a-z]` stay within one name, `**` stands for any number of folders. A pattern without a slash fits at any
depth; one with a slash starts at the folder that it belongs to. What fits a folder fits all below it, and a slash at
the end fits folders only. Upper and lower case differ on every platform. There is no `!`.

Written here because the library for it (pathspec) would add a fifth to the start of the linter; a test holds the two
equal.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence

_FOLDERS = "(?:[^/]*/)"
_NO_GLOB = "is no glob; write for example payloads/**/*.json"


class Globs:
    """Patterns of paths that are relative to one folder.

    Raises ValueError, whose text goes on after the quoted pattern, for what is no pattern.
    """

    def __init__(self, patterns: Iterable[str], folder: str) -> None:
        self._folder = os.path.abspath(folder)
        alternatives = [f"(?:{_expression(pattern)})" for pattern in patterns]
        self._fits = re.compile("|".join(alternatives) or r"(?!)").fullmatch
        self._folders: dict[str, str] = {}

    def fit(self, path: str, *, is_folder: bool = False) -> bool:
        """Say whether one of the patterns fits a path, which is relative to the current directory or absolute."""
        folder, name = os.path.split(path)
        if (prefix := self._folders.get(folder)) is None:
            prefix = self._folders[folder] = self._prefix(folder)
        return self._fits(f"{prefix}{name}/" if is_folder else prefix + name) is not None

    def _prefix(self, folder: str) -> str:
        relative = posix_path(folder or ".", self._folder)
        if relative.startswith("../"):  # perhaps only by way of a symbolic link
            try:
                real = posix_path(os.path.realpath(folder), os.path.realpath(self._folder))
            except ValueError:  # a baseline may name what no file can be called
                real = relative
            relative = min(relative, real, key=_outside)
        return "" if relative == "." else f"{relative}/"


def posix_path(path: str, folder: str) -> str:
    """Return a path relative to a folder with `/` on every platform; on another drive, the whole path."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:
        relative = os.path.abspath(path)
    return relative.replace(os.sep, "/")


def _outside(path: str) -> bool:
    return path.startswith("../")


def _expression(pattern: str) -> str:
    """Return a pattern as a regular expression for whole paths, in which folders end in a slash."""
    if pattern.startswith("!"):
        raise ValueError("begins with !, which means nothing here")
    if "\\" in pattern:
        raise ValueError("holds a backslash; paths are written with / on every platform")
    path = pattern.rstrip("/")
    anchored = "/" in path or pattern.startswith("./")
    names = [name for name in path.split("/") if name not in ("", ".")]
    if not names:
        raise ValueError(_NO_GLOB)
    tail = "/.*" if pattern.endswith("/") else "(?:/.*)?"
    if names[-1] == "**":  # all below, not the folder itself
        names[-1] = "*"
    expression = _path(names if anchored else ["**", *names]) + tail
    try:
        re.compile(expression)
    except re.error:
        raise ValueError(_NO_GLOB) from None
    return f"(?s:{expression})"


def _path(names: Sequence[str]) -> str:
    """Return the names of a pattern as a regular expression, which takes no longer than the square of a path's length.

    Between two `**` the first place that fits is as good as any, for the second takes up the rest; so it is never left
    again for another. With `*` in a name it is the same.
    """
    runs = _split(names, "**")
    written = ["/".join(map(_name, run)) for run in runs]
    if len(runs) == 1:
        return written[0]
    begin = f"{written[0]}/" if runs[0] else ""
    middle = "".join(f"(?>{_FOLDERS}*?{each}/)" for each, run in zip(written[1:-1], runs[1:-1], strict=True) if run)
    return f"{begin}{middle}{_FOLDERS}*{written[-1]}"


def _name(name: str) -> str:
    """Return the part of a pattern between slashes as a regular expression."""
    if not name.strip("*"):
        return "[^/]+"
    first, *others = _split(list(_characters(name)), "*")
    expression = "".join(first)
    if others:
        *middle, last = ("".join(run) for run in others)
        expression += "".join(f"(?>[^/]*?{each})" for each in middle if each) + f"[^/]*{last}"
    return expression


def _characters(name: str) -> Iterator[str]:
    """Yield a regular expression for each character that a name stands for, and `*` for any number of them."""
    at = 0
    while at < len(name):
        char = name[at]
        close = name.find("]", at + 2 + (name[at + 1 : at + 2] == "!")) if char == "[" else -1
        if close > 0:
            inside = name[at + 1 : close]
            negated = inside[0] == "!"
            inside = inside[negated:].replace("[", r"\[").replace("^", r"\^").replace("]", r"\]")
            yield f"(?!/)[{'^' if negated else ''}{inside}]"
            at = close
        elif char == "*":
            yield "*"
        else:
            yield "[^/]" if char == "?" else re.escape(char)
        at += 1


def _split(items: Sequence[str], mark: str) -> list[list[str]]:
    """Return what stands before, between and behind the marks in a list."""
    runs: list[list[str]] = [[]]
    for item in items:
        if item == mark:
            runs.append([])
        else:
            runs[-1].append(item)
    return runs
