"""The faults that stand in a world, as plain data, and which of them come over a request.

In the order in which they were declared, the first that fires comes over the request; latencies add to it, and to each
other. A fault sees every call that it is for, whether or not an earlier one comes over it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from ...contracts.limits import MAX_FAULTS
from ...contracts.model import Operation
from ..messages import Request
from ..world import World
from .catalogue import Catalogue, fitting
from .form import LATENCY, Fault, FaultError, read_fault
from .strike import Strike

Standing = dict[str, Any]
"""A fault that stands: its `id`, the `fault` as it was declared, how many calls it has `seen` and was `applied` to."""


def let_stand(world: World, faults: Iterable[Fault], catalogue: Catalogue) -> None:
    """Let those faults of the server stand in a new world that are for one with its facts."""
    for fault in faults:
        if catalogue.is_where(fault, world.facts):
            _stand(world, fault)


def add_faults(world: World, catalogue: Catalogue, value: Any) -> list[Standing]:
    """Let one fault, or a list of them, stand in a world, and return how they stand.

    Raises FaultError for what cannot be used; then nothing is changed.
    """
    faults = [read_fault(each) for each in (value if isinstance(value, list) else [value])]
    for fault in faults:
        fitting(fault, [catalogue], world.facts)
    if len(world.faults["standing"]) + len(faults) > MAX_FAULTS:
        raise FaultError(f"A world holds at most {MAX_FAULTS} faults.", "Delete those that are of no more use.")
    return [_stand(world, fault) for fault in faults]


def _stand(world: World, fault: Fault) -> Standing:
    world.faults["declared"] += 1
    entry: Standing = {"id": str(world.faults["declared"]), "fault": fault, "seen": 0, "applied": 0}
    world.faults["standing"].append(entry)
    return entry


def read_standing(written: Mapping[str, Any], catalogue: Catalogue, facts: Mapping[str, str]) -> list[Standing]:
    """Return the standing ones of the faults of a world that were written down, in the shape that they have.

    Raises FaultError as add_faults, and for ids that are not those of faults that were declared, each once.
    """
    value, declared = written["standing"], written["declared"]
    if len(value) > MAX_FAULTS:
        raise FaultError(f"A world holds at most {MAX_FAULTS} faults.", "Remove some.")
    standing = [{**entry, "fault": read_fault(entry["fault"])} for entry in value]
    known: set[str] = set()
    for entry in standing:
        fitting(entry["fault"], [catalogue], facts)
        name = entry["id"]
        is_given_out = _ID.fullmatch(name) is not None and int(name) <= declared
        if not is_given_out or name in known:
            raise FaultError(
                f"There can be no fault {name[:80]!a}.", f"Ids are 1 to {declared}, as declared, each once."
            )
        known.add(name)
        if entry["applied"] >= entry["fault"].get("times", entry["applied"] + 1):
            raise FaultError(f"Fault {name} is used up.", "Remove it, or give it more times.")
    return standing


_ID = re.compile(r"[1-9][0-9]{0,15}")


def forget_fault(world: World, name: str) -> bool:
    """Let the fault with an id stand no longer; return whether there was one."""
    kept = [entry for entry in world.faults["standing"] if entry["id"] != name]
    found = len(kept) < len(world.faults["standing"])
    world.faults["standing"] = kept
    return found


def shown(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a standing fault as the control plane shows it; `remaining` is null for one without an end."""
    times = entry["fault"].get("times")
    counts = {"seen": entry["seen"], "applied": entry["applied"]}
    return {
        "id": entry["id"],
        **entry["fault"],
        **counts,
        "remaining": None if times is None else times - entry["applied"],
    }


def choose(
    world: World, catalogue: Catalogue, operation: Operation, request: Request, asked: Fault | None
) -> Strike | None:
    """Return what comes over a request, `asked` by its own header before all that stands; None for nothing."""
    candidates: Sequence[Standing] = world.faults["standing"]
    if asked is not None:
        candidates = [{"id": "", "fault": asked, "seen": 0, "applied": 0}, *candidates]
    kinds: frozenset[str] | None = None
    main: Standing | None = None
    delays: list[Standing] = []
    for entry in candidates:
        fault = entry["fault"]
        if fault.get("operation", operation.name) != operation.name or not catalogue.is_of(fault, operation.name):
            continue
        if "step_type" in fault:
            if kinds is None:
                kinds = catalogue.sent_types(operation, request.body)
            if catalogue.step_types(operation.name).get(fault["step_type"]) not in kinds:
                continue
        entry["seen"] += 1
        is_delay = fault.get("fault") == LATENCY
        if entry["seen"] < fault.get("nth", 1) or (main is not None and not is_delay):
            continue
        if "probability" in fault and _draw(world) >= fault["probability"]:
            continue
        if is_delay:
            delays.append(entry)
        else:
            main = entry
    return Strike(catalogue, main, delays) if main is not None or delays else None


def _draw(world: World) -> float:
    """Return the next number from 0 up to 1 of a world: it depends on its seed, its id and how many came before."""
    world.faults["drawn"] += 1
    number = f"{world.seed}/{world.id}/faults/{world.faults['drawn']}".encode()
    return int.from_bytes(blake2b(number, digest_size=6).digest()) / (1 << 48)
