"""Worlds from files, for every provider: a damaged one is refused with a reason, and one that is taken never fails."""

import json
from copy import deepcopy
from functools import cache

import pytest
from drives import Caller, callers, drive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.world import WorldError, read_resources
from stepmock.validators.worlds import starting_world

KINDS = [(provider, kind) for provider in providers() for kind in load(provider).resources]
TABLE_OF = {
    "campaignId": "campaigns",
    "campaign_id": "campaigns",
    "sequenceId": "sequences",
    "sequence_id": "sequences",
    "stepId": "steps",
    "sequence_step_id": "steps",
}


@cache
def worlds(provider):
    """Return the worlds that driving a provider leaves behind, in the form of a file."""
    emulator = Emulator(Settings(rate_limit=False, clock=FrozenClock(1_700_000_000)))
    found = []
    for call in callers(emulator, provider):
        drive(call)
        found.append({"format": "stepmock-world", "version": 1, "provider": provider, "resources": call.resources()})
    return found


def world_with(provider, kind):
    """Return a copy of a world that has something of a kind, the table of that kind, and the key of its last entry."""
    for data in worlds(provider):
        if data["resources"][kind]:
            copy = deepcopy(data)
            table = copy["resources"][kind]
            return copy, table, list(table)[-1]
    raise AssertionError(f"no world of {provider} has {kind}")


def reason(data, provider):
    """Return why a world is refused, as it is told at the start."""
    with pytest.raises(WorldError) as caught:
        Emulator(Settings(worlds={provider: data}))
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.mark.parametrize("provider", providers())
def test_what_a_provider_stores_is_a_world_that_can_be_read_again(provider):
    for data in worlds(provider):
        again = json.loads(json.dumps(data))
        assert read_resources(again, load(provider)) == data["resources"]


def test_the_worlds_together_have_something_of_every_kind():
    for provider, kind in KINDS:
        world_with(provider, kind)


@pytest.mark.parametrize(("provider", "kind"), KINDS)
def test_every_kind_says_which_fields_it_needs(provider, kind):
    schema = load(provider).resources[kind]["schema"]
    assert {"id", "_id"} & set(schema["required"])
    assert set(schema["required"]) - {"_id"} <= set(schema["properties"])


@pytest.mark.parametrize(("provider", "kind"), KINDS)
def test_a_world_without_a_required_field_is_refused_and_the_reason_names_it(provider, kind):
    for field in load(provider).resources[kind]["schema"]["required"]:
        data, table, name = world_with(provider, kind)
        del table[name][field]
        text = reason(data, provider)
        assert text.startswith(f"resources.{kind}.{name}")
        assert ("id is its key" if field in ("id", "_id") else f'"{field}"') in text


@pytest.mark.parametrize(("provider", "kind"), KINDS)
def test_a_world_with_a_field_of_the_wrong_type_is_refused_and_the_reason_shows_where(provider, kind):
    for field, schema in load(provider).resources[kind]["schema"]["properties"].items():
        for value in wrong_values(schema):
            data, table, name = world_with(provider, kind)
            table[name][field] = value
            assert reason(data, provider).startswith(f"resources.{kind}.{name}")


def wrong_values(schema):
    """Return values of types that a field does not take, alone and as an item of its list."""
    types = schema.get("type", [])
    taken = [types] if isinstance(types, str) else types
    samples = {"object": {}, "array": [], "string": "text", "boolean": True, "number": 1.5, "null": None}
    names = {"number" if name == "integer" else name for name in taken}
    alone = [value for name, value in samples.items() if name not in names and value not in schema.get("enum", ())]
    return [*alone, *([value] for value in (wrong_values(schema["items"]) if "items" in schema else ()))]


@pytest.mark.parametrize(("provider", "kind"), KINDS)
def test_an_entry_that_is_no_object_or_has_another_id_is_refused(provider, kind):
    for value in (None, [], "x", {}):
        data, table, name = world_with(provider, kind)
        table[name] = value
        assert "id is its key" in reason(data, provider)
    data, table, name = world_with(provider, kind)
    table["0" + name] = table.pop(name)
    assert "id is its key" in reason(data, provider)


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 10**5000, "\ud83d", {"\ud83d": 1}],
    ids=["NaN", "infinity", "5,001 digits", "half a character", "half a character in a key"],
)
@pytest.mark.parametrize("provider", providers())
def test_a_value_that_no_payload_could_bring_is_refused(provider, value):
    data, table, name = world_with(provider, "sequences")
    table[name]["anything"] = value
    assert reason(data, provider).startswith(f"resources.sequences.{name}.anything")


@pytest.mark.parametrize("provider", ["saleshandy", "smartlead", "supaglue"])
def test_a_time_that_is_none_is_refused(provider):
    kind = "campaigns" if provider == "smartlead" else "sequences"
    field = "createdAt" if provider == "saleshandy" else "updated_at"
    for text in ("yesterday", "2021-02-30T00:00:00Z", "2021-13-01", ""):
        data, table, name = world_with(provider, kind)
        table[name][field] = text
        assert f"resources.{kind}.{name}.{field}" in reason(data, provider)


HOLDERS = [
    (provider, kind, field, back)
    for provider, kind in KINDS
    for field, back in load(provider).resources[kind].get("holds", {}).items()
    if "." not in field
]


@pytest.mark.parametrize(("provider", "kind", "field", "back"), HOLDERS)
def test_what_holds_and_what_is_held_agree(provider, kind, field, back):
    def holder_of_one():
        for data in worlds(provider):
            copy = deepcopy(data)
            for name, entry in copy["resources"][kind].items():
                if entry[field]:
                    return copy, entry, name
        raise AssertionError(f"no {kind} of {provider} holds any {field}")

    data, entry, name = holder_of_one()
    held = str(entry[field].pop())
    assert f".{held}.{back} names" in reason(data, provider)
    data, entry, name = holder_of_one()
    entry[field].append(entry[field][0])
    assert reason(data, provider).startswith(f"resources.{kind}.{name}.{field}")


def test_a_condition_that_leads_back_to_itself_is_refused():
    data = starting_world("lemlist", "docs")
    data = deepcopy(data)
    tables = data["resources"]
    step, around = "stp_around", "seq_around"
    tables["sequences"][around] = {
        "_id": around, "campaignId": "cam_archived000000000", "level": 1, "steps": [step], "parentId": around,
        "conditionalStepId": step,
    }  # fmt: skip
    other = {**tables["sequences"][around], "_id": "seq_other", "steps": []}
    tables["sequences"]["seq_other"] = other
    tables["campaigns"]["cam_archived000000000"]["sequenceIds"] = [around, "seq_other"]
    tables["steps"][step] = {
        "_id": step, "sequenceId": around, "type": "conditional", "delay": 0, "conditionKey": "hasScore",
        "delayType": "waitUntil", "conditions": [{"sequenceId": around}, {"sequenceId": "seq_other"}],
    }  # fmt: skip
    assert "holds itself" in reason(data, "lemlist")


# A world that is taken never makes an operation fail


VALUES = st.sampled_from(
    [None, True, False, 0, 1, -1, 1.0, 0.5, 1e308, -1e308, 10**400, 2**60, "", "1", "text", "2021-02-16", [], ["x"], {}]
)


def places(value, path=()):
    """Yield the path of each member and item of a value."""
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(child, (*path, key))


@cache
def fields(provider, number):
    """Return the path of each thing within a resource of a world: ids that begin an entry are not among them."""
    return [path for path in places(worlds(provider)[number]["resources"]) if len(path) > 2]


@cache
def optional(provider, number):
    """Return the paths of the first-level members that the contract does not require."""
    forms = load(provider).resources
    return [
        path
        for path in fields(provider, number)
        if len(path) == 3 and path[2] not in forms[path[0]]["schema"]["required"]
    ]


@st.composite
def damaged(draw, provider):
    """A world that driving leaves behind, without some fields that are not required, now and then with odd values."""
    number = draw(st.integers(0, len(worlds(provider)) - 1))
    world = deepcopy(worlds(provider)[number])
    edits = [(path, None) for path in draw(st.lists(st.sampled_from(optional(provider, number)), unique=True))]
    odd = st.tuples(st.sampled_from(fields(provider, number)), st.none() | st.tuples(VALUES))
    for path, value in edits + draw(st.lists(odd, max_size=2)):
        holder = world["resources"]
        try:
            for token in path[:-1]:
                holder = holder[token]
            holder[path[-1]]
        except (LookupError, TypeError):
            continue  # an edit before this one took it away
        if value is None:
            del holder[path[-1]]
        else:
            holder[path[-1]] = value[0]
    return world


def everything(call: Caller):
    """Send to each operation, about some resources of each kind, what is right for it; deletions come last."""
    contract = load(call.provider, call.profile)
    tables = deepcopy(call.resources())
    for operation in sorted(contract.operations.values(), key=lambda each: each.method == "DELETE"):
        for ids in some_ids(tables):
            path = operation.path
            for name in operation.path_schemas:
                path = path.replace(f"{{{name}}}", ids[name])
            for payload in call.examples(operation.name) if operation.checks else [None]:
                for query in ("", "include_raw_data=true", "version=v2") if operation.method == "GET" else ("",):
                    yield operation, path, call(operation.method, path, payload, query)


def some_ids(tables):
    """Yield ids for all path parameters: of some steps with what they stand in, and of things that do not belong."""
    steps = list(tables.get("steps", {}).values())
    firsts = {name: next(iter(tables.get(table, ())), "none") for name, table in TABLE_OF.items()}
    variants = {"variantId": steps[0]["variants"][0]["id"] if steps and steps[0].get("variants") else "none"}
    yield {**firsts, **variants}
    lasts = {name: next(reversed(tables.get(table, {})), "none") for name, table in TABLE_OF.items()}
    yield {**lasts, **variants}
    for step in steps[:2] + steps[-2:]:
        name = str(step.get("_id", step.get("id")))
        sequence = step.get("sequenceId", step.get("sequence_id"))
        own = [("variantId", variant["id"]) for variant in step.get("variants", ())[:1]]
        inner = {"stepId": name, "sequence_step_id": name, "sequenceId": sequence, "sequence_id": sequence}
        yield {**firsts, **variants, **inner, **dict(own)}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
@settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_world_that_is_taken_makes_no_operation_fail(provider, profile, data):
    try:
        emulator = Emulator(
            Settings(profile=profile, rate_limit=False, worlds={provider: data.draw(damaged(provider))})
        )
    except WorldError:
        return
    for call in callers(emulator, provider):
        call("GET", "/nothing")
        for operation, path, reply in everything(call):
            assert not reply.body.startswith(b"stepmock failed"), (operation.name, path)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_the_operations_that_are_asked_of_a_world_do_something(provider, profile):
    emulator = Emulator(Settings(profile=profile, rate_limit=False, worlds={provider: worlds(provider)[0]}))
    call = callers(emulator, provider)[0]
    call("GET", "/nothing")
    done = {operation.name for operation, _, reply in everything(call) if reply.status < 300}
    assert done == set(load(provider).operations)
