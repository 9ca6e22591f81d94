"""The JSON form of a world: that of the files that `--world` reads, and beside the resources all else it holds.

    {"format": "stepmock-world", "version": 1, "provider": ..., "world": ID, "state": {...}, "resources": {...}}

The journal is no part of it, nor is any credential. Without `state` it is the beginning of a world.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from ...contracts.limits import MAX_SNAPSHOT_BYTES
from ...contracts.model import Contract
from ...validators.plain import plain_problems
from ..clock import LAST
from ..faults import Catalogue, FaultError, read_standing
from ..messages import each_once, no_constant
from ..plain_data import copied
from ..world import FORMAT, VERSION, Resource, World, WorldError, read_resources

_FOLDER = Path(__file__).parent


def snapshot_of(world: World) -> dict[str, Any]:
    """Return a snapshot. It shares the data of the world: write it, or copy it, before the world changes."""
    return as_snapshot(world.provider, world.id, world.state(), world.resources)


def as_snapshot(
    provider: str, name: str, state: Mapping[str, Any], resources: Mapping[str, Mapping[str, Resource]]
) -> dict[str, Any]:
    """Return a snapshot of what is known of a world."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "provider": provider,
        "world": name,
        "state": state,
        "resources": resources,
    }


def restored(data: Any, contract: Contract, name: str, facts: Mapping[str, str], clock: float) -> World:
    """Return a world with the given id and facts that holds what a snapshot says; raises WorldError.

    `clock` is the server's time. The data are checked as a whole, and copied.
    """
    resources = read_resources(data, contract)
    if "state" not in data:
        raise WorldError('The snapshot has no "state"; a file without it is for stepmock serve --world FILE.')
    check_shape("snapshot", data)
    state = copied(data["state"])
    for problem in plain_problems(state, contract.body_rules):
        raise WorldError(f"{'.'.join(map(str, ('state', *problem.where)))}: {problem.message}")
    known = World(name, contract.provider, 0, {}, facts).state()
    for slot in known:
        if slot not in state:
            raise WorldError(f'state has no member "{slot}"; a snapshot has all of {", ".join(known)}.')
    for slot, value in state.items():
        if slot not in known:
            raise WorldError(f"state has an unknown member {slot[:80]!a}; known are {', '.join(known)}.")
        if type(known[slot]) is int:
            _check_whole(slot, value)
    for place, value in _counts(state["faults"]):
        _check_whole(f"faults.{place}", value)
    _check_facts(state.pop("facts"), contract, facts)
    try:
        state["faults"]["standing"] = read_standing(state["faults"], Catalogue(contract), facts)
    except FaultError as error:
        raise WorldError(f"state.faults: {error}") from None
    world = World(name, contract.provider, 0, resources, facts)
    for slot, value in state.items():
        setattr(world, slot, value)
    if world.frozen_at is None and not 0 <= clock + world.shift < LAST:
        raise WorldError("state.shift puts the clock of the world outside of the years 1970 to 9998.")
    return world


def _check_whole(place: str, value: Any) -> None:
    if type(value) is not int:  # to a schema, 1.0 is an integer too
        raise WorldError(f"state.{place} must be an integer, without a decimal point.")


def _counts(faults: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name in ("declared", "drawn"):
        yield name, faults[name]
    for index, entry in enumerate(faults["standing"]):
        for name in ("seen", "applied"):
            yield f"standing.{index}.{name}", entry[name]


def _check_facts(given: Mapping[str, str], contract: Contract, facts: Mapping[str, str]) -> None:
    """Refuse a snapshot of what works in another way: facts that have a closed list of values are to agree."""
    if given.keys() != facts.keys():
        raise WorldError(f"state.facts must have the members {', '.join(facts) or '(none)'} and no others.")
    for name in contract.fact_values:
        if name in facts and given[name] != facts[name]:
            raise WorldError(f"The snapshot is of {name} {given[name][:80]!r}, and this world of {facts[name]!r}.")


def read_text(text: bytes, what: str = "The snapshot") -> Any:
    """Return the JSON value of a file, in which no member stands twice; raises WorldError."""
    if len(text) > MAX_SNAPSHOT_BYTES:
        raise WorldError(f"{what} has more than {MAX_SNAPSHOT_BYTES:,} bytes.")
    try:
        return json.loads(text, object_pairs_hook=each_once, parse_constant=no_constant)
    except RecursionError:
        raise WorldError(f"{what} is nested too deeply.") from None
    except ValueError as error:
        raise WorldError(f"{what} is no JSON: {error}.") from None


def schema(form: str) -> dict[str, Any]:
    """Return the published JSON Schema of a form: `snapshot` or `recording`."""
    found: dict[str, Any] = json.loads((_FOLDER / f"{form}.schema.json").read_bytes())
    return found


@cache
def _validator(form: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(form))


def check_shape(form: str, data: Any) -> None:
    """Raise WorldError for the first thing that the schema of a form does not allow."""
    try:
        for error in _validator(form).iter_errors(data):
            place = ".".join(map(str, error.instance_path)) or f"the {form}"
            raise WorldError(f"{place}: {error.message[:200]}.")
    except ValueError as error:  # a number that is not finite, or half of a surrogate pair
        if isinstance(error, WorldError):
            raise
        raise WorldError(f"The {form} cannot be read: {error}.") from None
