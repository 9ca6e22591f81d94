"""Ends a server with another process, so that nothing is left behind when that one is killed."""

import os
import threading
from collections.abc import Callable

from .clock import pause

_EVERY_SECONDS = 0.2


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and is not waited for yet does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[:1] == [b"Z"]
    except OSError:
        return False  # no such file system: what can be signalled counts as alive


def when_ended(pid: int, tell: Callable[[], None]) -> None:
    """Call `tell`, in a thread of its own, as soon as a process has ended. Needs POSIX."""

    def watch() -> None:
        while is_alive(pid):
            pause(_EVERY_SECONDS)
        tell()

    threading.Thread(target=watch, daemon=True, name="exit-with").start()
