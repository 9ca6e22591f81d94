"""How long a command takes, and how much memory."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

_LONGEST_SECONDS = 180

_PEAK = """
import json, os, resource, subprocess, sys
done = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, timeout=float(sys.argv[1]))
print(json.dumps([done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
"""Runs a command; a process of its own, as a command's peak is at least what its parent had when it started."""


def wall_time(command: Sequence[str], expected: int = 0) -> float:
    """Return the seconds from the start of a command to its end, which has the exit status that is expected."""
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
    _require(status, expected, command)
    return elapsed


def peak_memory(command: Sequence[str], expected: int = 0) -> float:
    """Return the bytes of memory that a command had at most, by getrusage."""
    measuring = [sys.executable, "-S", "-c", _PEAK, str(_LONGEST_SECONDS), *command]
    status, peak = json.loads(subprocess.run(measuring, check=True, capture_output=True).stdout)
    _require(status, expected, command)
    return float(peak if sys.platform == "darwin" else peak * 1024)


def _require(status: int, expected: int, command: Sequence[str]) -> None:
    if status != expected:
        raise SystemExit(f"exit status {status} of: {' '.join(command)[:400]}")
