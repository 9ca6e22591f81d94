"""Takes faults from a request header and from a file."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...contracts.limits import MAX_FAULT_BYTES, MAX_FAULTS
from ..messages import each_once, no_constant
from .catalogue import Catalogue, Facts, fitting
from .form import Fault, FaultError, read_fault

FAULT_HEADER = "x-stepmock-fault"
"""The request header, in lower case, that asks for a fault of this request: a name, or the compact JSON of one."""


def fault_of_header(text: str, operation: str, catalogue: Catalogue, facts: Facts) -> Fault:
    """Return the fault that a header asks for; raises FaultError where it is none of the operation.

    An operation without a name is none that the provider has, and may be asked for any fault of the provider.
    """
    text = _as_meant(text).strip()
    fault = read_fault(_parsed(text, *_IN_HEADER) if text.startswith(("{", "[")) else {"fault": text})
    if fault.get("nth", 1) != 1:
        raise FaultError(
            "A fault in a header is for this request only.", "Leave out nth, or POST it to worlds/ID/faults."
        )
    fitting(fault if not operation else {"operation": operation, **fault}, [catalogue], facts)
    return fault


def _as_meant(text: str) -> str:
    """Return the text of a header whose bytes are UTF-8; HTTP gives each byte as a character."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


_IN_HEADER = ("The fault", "Send a name, or the compact JSON of one fault.")
_IN_FILE = ("The file", '--faults is a JSON file with one fault or a list: [{"fault": "rate-limited", "times": 1}].')
_MOST_BYTES = MAX_FAULTS * MAX_FAULT_BYTES


def _parsed(text: str, what: str, hint: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=each_once, parse_constant=no_constant)
    except RecursionError:
        raise FaultError(f"{what} is nested too deeply.", "Nothing in a fault need be.") from None
    except ValueError as error:
        raise FaultError(f"{what} is not JSON: {error}.", hint) from None


def faults_of_file(path: Path) -> list[Any]:
    """Return the faults in a file, one or a list, which are yet to be read; raises FaultError where it has none."""
    what, hint = _IN_FILE
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FaultError(f"The file cannot be read: {reason}.", hint) from None
    except UnicodeDecodeError:
        raise FaultError("The file is not JSON in UTF-8.", "Save it as UTF-8.") from None
    if len(data) > _MOST_BYTES:
        raise FaultError(
            f"The file has more than {_MOST_BYTES:,} bytes.", f"A world holds at most {MAX_FAULTS} faults."
        )
    value = _parsed(text, what, hint)
    return value if isinstance(value, list) else [value]


def of_each_provider(faults: Sequence[Any], catalogues: Sequence[Catalogue]) -> dict[str, list[Fault]]:
    """Return the faults of new worlds by provider; raises FaultError for one that is for no provider."""
    found: dict[str, list[Fault]] = {each.contract.provider: [] for each in catalogues}
    if len(faults) > MAX_FAULTS:
        raise FaultError(f"A world holds at most {MAX_FAULTS} faults.", f"There are {len(faults)}.")
    for number, value in enumerate(faults, 1):
        try:
            fault = read_fault(value)
            for each in fitting(fault, catalogues):
                found[each.contract.provider].append(fault)
        except FaultError as error:
            raise FaultError(f"Fault {number}: {error.message}", error.hint) from None
    return found
