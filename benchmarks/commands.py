"""How long a command takes."""

import subprocess
import threading
import time
from collections.abc import Sequence

_LONGEST_SECONDS = 60


def wall_time(command: Sequence[str]) -> float:
    """Return the seconds from the start of a command to its end."""
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
    if status != 0:
        raise SystemExit(f"exit status {status} of: {' '.join(command)}")
    return elapsed
