"""What is measured, on what machine, and where the commands of peers are."""

import json
import os
import platform
import shutil
import sys
import sysconfig
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

PRISM_ADVICE = "npm install --prefix prism @stoplight/prism-cli, then --prism prism/node_modules/.bin/prism"
WRK_ADVICE = "apt install wrk"
BENCH_ADVICE = "pip install '.[bench]'"


def described() -> str:
    """Return what is measured, and on what."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    if "--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or "") and os.name == "posix":
        python += " (built without its profile-guided optimizations)"
    return f"stepmock {version('stepmock')} ({_install()}), {python}, {os.cpu_count()} cores"


def command(name: str) -> str | None:
    """Return a command of this interpreter's environment, or else one on the PATH."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def stepmock_command(name: str) -> str:
    """Return a command of the stepmock that is measured: never that of another environment on the PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise SystemExit(f"{name} is not installed beside {sys.executable}; run: pip install .")
    return found


def has(package: str) -> bool:
    """Return whether a distribution is installed."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


@cache
def skipped(peer: str, advice: str) -> None:
    """Say once that a peer is left out, and how to get it."""
    print(f"  (skipped {peer}: not installed; {advice})")


def _install() -> str:
    """Return the kind of install: an editable one is slower to start, as its modules are looked up another way."""
    origin = json.loads(distribution("stepmock").read_text("direct_url.json") or "{}")
    return "EDITABLE: use `pip install .` for figures" if origin.get("dir_info", {}).get("editable") else "wheel"
