"""The version of the installed distribution, looked up only when somebody asks: importlib.metadata is slow to start."""

import argparse
from functools import cache


@cache
def version() -> str:
    """Return the version of stepmock that is installed; `unknown` for a tree that is not."""
    from importlib import metadata

    try:
        return metadata.version("stepmock")
    except metadata.PackageNotFoundError:
        return "unknown"


class ShowVersion(argparse.Action):
    """The option `--version` of both commands."""

    def __call__(self, parser: argparse.ArgumentParser, *unused: object) -> None:
        """Print name and version, and exit."""
        print(f"{parser.prog} {version()}")
        parser.exit()
