"""Runs the benchmarks: `python benchmarks/run.py [NAME ...]`. Nothing is asserted of a time."""

import argparse
from pathlib import Path

import check
import growth
import lint
import machine
import over_http
import start

FIGURES = {"http": over_http.run, "start": start.run, "check": check.run, "lint": lint.run, "growth": growth.run}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Measure the installed stepmock beside its peers.",
        allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which figures, of {', '.join(FIGURES)}; all by default"
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each figure")
    parser.add_argument("--prism", metavar="PATH", default=machine.command("prism"), help="the command of Prism")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in FIGURES]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    if not 1 <= options.rounds <= 100:
        parser.error("--rounds is between 1 and 100")
    prism = str(Path(options.prism).absolute()) if options.prism else None
    if prism is not None and not Path(prism).is_file():
        parser.error(f"there is no {options.prism}; {machine.PRISM_ADVICE}")
    print(machine.described())
    for name in options.names or FIGURES:
        FIGURES[name](options.rounds, prism)


if __name__ == "__main__":
    main()
