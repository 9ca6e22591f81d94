"""`steplint schema`: JSON Schemas of payloads, for editors and other tools."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from ...contracts import ContractError, providers
from .options import Parents


def add(commands: Any, parents: Parents) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "schema",
        parents=[parents.profile],
        help="print JSON Schemas of payloads, or of the JSON report",
        description="Print the JSON Schema (2020-12) of the payloads of an operation, or those of all operations of a "
        "provider as one JSON object; or write all that there are into a folder; or print that of the JSON report.",
    )
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument(
        "target", nargs="?", metavar="PROVIDER[/OPERATION]", help="for example lemlist/addStep, or lemlist for all"
    )
    wanted.add_argument(
        "--all", type=Path, metavar="DIR", help="write a file PROVIDER.OPERATION.schema.json for each operation"
    )
    wanted.add_argument(
        "--report", action="store_true", help="print the schema of what `steplint check --format json` prints"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.report:
        from ..reports.json_report import report_schema

        print(report_schema(), end="")
        return 0
    from ..breakers import operations_with_payload
    from ..schema_export import exported_schema

    if options.all is not None:
        count = _write_all(options.all, options.profile)
        print(f"{count} schemas are in {options.all}.")
        return 0
    provider, slash, operation = options.target.partition("/")
    if slash:
        found: Any = exported_schema(provider, operation, options.profile)
    else:
        found = {
            name: exported_schema(provider, name, options.profile)
            for name in operations_with_payload(provider, options.profile)
        }
    print(_text(found), end="")
    return 0


def _write_all(folder: Path, profile: str) -> int:
    """Write every schema, each whole or not at all; return how many. Raises ContractError where that cannot be done."""
    from ..breakers import operations_with_payload
    from ..linter.targets import schema_file
    from ..schema_export import exported_schema

    names = [
        (provider, operation) for provider in providers() for operation in operations_with_payload(provider, profile)
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for provider, operation in names:
            target = folder / schema_file(f"{provider}/{operation}")
            _replace(target, _text(exported_schema(provider, operation, profile)))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ContractError(f"The schemas cannot be written to {folder}: {error.filename}: {reason}.") from None
    return len(names)


def _replace(target: Path, text: str) -> None:
    """Write a file beside its place, then move it there, so that nobody reads half of it."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        error.filename = target
        raise


def _text(schema: Any) -> str:
    return json.dumps(schema, indent=2) + "\n"
