"""Runs the benchmarks: `python benchmarks/run.py [NAME ...]`. Nothing is asserted of a time."""

import argparse
from pathlib import Path

import aside
import check
import faults
import growth
import intercept
import lint
import machine
import many
import memory
import over_http
import plugin
import snapshot
import soak
import start
import strategies
from steps import SAMPLES

OF_A_PROVIDER = {
    "http": over_http.run,
    "check": check.run,
    "lint": lint.run,
    "many": many.run,
    "memory": memory.run,
    "growth": growth.run,
    "aside": aside.run,
    "intercept": intercept.run,
    "strategies": strategies.run,
    "faults": faults.run,
    "snapshot": snapshot.run,
}
OF_THE_SERVER = {"start": start.run, "plugin": plugin.run}
SOAK = "soak"
FIGURES = (*OF_A_PROVIDER, *OF_THE_SERVER, SOAK)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(
        prog="run.py", description="Measure the installed stepmock beside its peers.", allow_abbrev=False
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which figures, of {', '.join(FIGURES)}; all by default"
    )
    parser.add_argument(
        "--provider", action="append", choices=[*SAMPLES, "all"], help="whose; may be repeated (default: lemlist)"
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each figure (default: %(default)s)")
    parser.add_argument(
        "--prism", metavar="PATH", default=machine.command("prism"), help="the command of Prism, where not on the PATH"
    )
    parser.add_argument("--seconds", type=int, default=soak.SECONDS, help="of the soak (default: %(default)s)")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in FIGURES]:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    if not 1 <= options.rounds <= 100:
        parser.error("--rounds is between 1 and 100")
    if not 1 <= options.seconds <= 3600:
        parser.error("--seconds is between 1 and 3600")
    prism = str(Path(options.prism).absolute()) if options.prism else None
    if prism is not None and not Path(prism).is_file():
        parser.error(f"there is no {options.prism}; {machine.PRISM_ADVICE}")
    asked = options.provider or ["lemlist"]
    samples = [sample for name, sample in SAMPLES.items() if name in asked or "all" in asked]
    print(machine.described())
    for name in options.names or FIGURES:
        if name in OF_THE_SERVER:
            OF_THE_SERVER[name](options.rounds, prism)
            continue
        if name == SOAK:
            soak.run(options.seconds)
            continue
        for sample in samples:
            OF_A_PROVIDER[name](sample, options.rounds, prism)


if __name__ == "__main__":
    main()
