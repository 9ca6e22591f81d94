"""Ends a server with another process, so that nothing is left behind when that one is killed."""

import os
import signal
import threading

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


def exit_with(pid: int) -> None:
    """Stop this process gracefully as soon as another one has ended. Needs POSIX."""

    def watch() -> None:
        while is_alive(pid):
            pause(_EVERY_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="exit-with").start()
