"""How long a command takes."""

import subprocess
import threading
import time
from collections.abc import Sequence

_LONGEST_SECONDS = 60


def wall_time(command: Sequence[str], expected: int = 0) -> float:
    """Return the seconds from the start of a command to its end, with the exit status that is expected."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    # Not wait(timeout): that looks only every 50 ms, which would be most of what is measured here.
    watchdog = threading.Timer(_LONGEST_SECONDS, process.kill)
    watchdog.start()
    try:
        status = process.wait()
        elapsed = time.perf_counter() - started
    finally:
        watchdog.cancel()
    if status != expected:
        raise SystemExit(f"exit status {status} of: {' '.join(command)}")
    return elapsed
