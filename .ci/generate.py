"""Writes what follows from the contracts: the fixtures (right payloads, and for each rule one that breaks it), and
the tables of the README.

`python .ci/generate.py` rewrites them; with `--check` it only compares, and says what differs.
"""

import json
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from stepmock.contracts import load, providers
from stepmock.validators.breakers import Broken, breakers, operations_with_payload, valid_examples
from stepmock.validators.checker import checker
from stepmock.validators.places import pointer_of
from stepmock.validators.reading import read_json
from stepmock.validators.worlds import docs_context
from tables import with_tables

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
README = ROOT / "README.md"


def generated() -> dict[str, bytes]:
    """Return the bytes of every generated file by its path below the fixtures."""
    files: dict[str, bytes] = {}
    for provider in providers():
        for operation in operations_with_payload(provider):
            folder = f"{provider}/{operation}"
            for name, payload in _named(valid_examples(provider, operation)):
                files[f"{folder}/valid/{name}.json"] = (
                    json.dumps(payload, ensure_ascii=False, indent=2).encode() + b"\n"
                )
            for code in load(provider).rules:
                if broken := _by_itself(provider, operation, code):
                    files[f"{folder}/invalid/{code}.json"] = broken.body + b"\n"
                    lines = [f"{name} {pointer}".rstrip() + "\n" for name, pointer in _violations(provider, broken)]
                    files[f"{folder}/invalid/{code}.violations"] = "".join(lines).encode()
    return files


def _named(payloads: list[dict[str, object]]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield payloads with their names: the type, with a number when it is taken; without a type, the number."""
    taken: set[str] = set()
    for number, payload in enumerate(payloads, 1):
        kind = str(payload.get("type", number))
        name = next(name for extra in count(1) if (name := kind if extra == 1 else f"{kind}-{extra}") not in taken)
        taken.add(name)
        yield name, payload


def _by_itself(provider: str, operation: str, code: str) -> Broken | None:
    """Return the first body that breaks a rule with no other fact than the world `docs`, or None."""
    return next(
        (
            broken
            for broken in breakers(provider, operation, code)
            if [name for name, _ in _violations(provider, broken)] == [code]
        ),
        None,
    )


def _violations(provider: str, broken: Broken) -> list[tuple[str, str]]:
    """Return code and pointer of each rule that a body breaks in the world `docs`, with no stored step."""
    reading = read_json(broken.body, load(provider).body_rules, duplicates=True)
    if reading.findings:
        return [(finding.code, pointer_of(finding.where)) for finding in reading.findings]
    found = checker(provider, broken.operation).check(reading.payload, docs_context(load(provider)))
    return [(item.code, item.pointer) for item in found]


def differences() -> list[str]:
    """Return a line for each file that is missing, out of date, or not generated any more."""
    files = generated()
    present = {path.relative_to(FIXTURES).as_posix(): path for path in FIXTURES.glob("*/*/*valid/*")}
    lines = [f"missing: {name}" for name in files.keys() - present.keys()]
    lines += [f"not generated: {name}" for name in present.keys() - files.keys()]
    lines += [
        f"out of date: {name}" for name in files.keys() & present.keys() if present[name].read_bytes() != files[name]
    ]
    readme = README.read_text(encoding="utf-8")
    lines += ["out of date: README.md"] if with_tables(readme) != readme else []
    return sorted(lines)


def write() -> None:
    """Make the fixtures and the README what they should be."""
    files = generated()
    README.write_text(with_tables(README.read_text(encoding="utf-8")), encoding="utf-8")
    for path in FIXTURES.glob("*/*/*valid/*"):
        if path.relative_to(FIXTURES).as_posix() not in files:
            path.unlink()
    for name, data in files.items():
        (FIXTURES / name).parent.mkdir(parents=True, exist_ok=True)
        (FIXTURES / name).write_bytes(data)


def main() -> int:
    """Write the fixtures and the tables, or with `--check` compare them."""
    if sys.argv[1:] == ["--check"]:
        lines = differences()
        if lines:
            print("\n".join([*lines, "Run: python .ci/generate.py"]), file=sys.stderr)
        return int(bool(lines))
    if sys.argv[1:]:
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
