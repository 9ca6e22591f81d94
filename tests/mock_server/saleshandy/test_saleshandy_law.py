"""Saleshandy refuses a payload exactly when its rules find an error."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from saleshandy_client import BOTH, EMAIL, SEQUENCE, WITH_BODY, Client, rules_of, target_of
from stepmock.contracts import load
from stepmock.validators import Context, check
from stepmock.validators.breakers import breakers, valid_examples
from stepmock.validators.reading import read_json

TEXTS = st.text(max_size=8) | st.sampled_from([
    "Email", "Custom", "LinkedInPostInteration", "1", "9", "Urgent", "Low", "5", "resume", "pause", SEQUENCE, "a b",
    "nowhere000", "x" * 201, "x" * 256, "x" * 301, "x" * 3000, "x" * 3001, "{{a}}", "{{a", "\n",
])  # fmt: skip
NUMBERS = st.integers(-2, 20) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [998, 999, 1000, 1.0, 999.0, 1.5, -0.0, 1e300])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
EXAMPLES = {name: valid_examples("saleshandy", name) for name in WITH_BODY}
NAMES = sorted({name for examples in EXAMPLES.values() for example in examples for name in example}
               | {"payload", "subject", "content", "message", "connectionNote", "preheader", "unheardOf"})  # fmt: skip


def objects_in(value: Any) -> list[dict[str, Any]]:
    children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, dict) else []) + [found for child in children for found in objects_in(child)]


@st.composite
def payloads(draw: st.DrawFn, operation: str) -> Any:
    """A valid example with members dropped, added or replaced at any depth; now and then any JSON value."""
    if draw(st.integers(0, 19)) == 19:
        return draw(JSON)
    payload = json.loads(json.dumps(draw(st.sampled_from(EXAMPLES[operation]))))
    variants = payload.get("variants")
    if variants and draw(st.booleans()):
        payload["variants"] = json.loads(json.dumps(variants)) * draw(st.sampled_from([0, 1, 2, 26, 27]))
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from(objects_in(payload)))
        name = draw(st.sampled_from(NAMES) | st.text(max_size=4))
        others = [entry[name] for entry in EXAMPLES[operation] if name in entry]
        if draw(st.booleans()):
            target[name] = json.loads(json.dumps(draw(JSON | st.sampled_from(others) if others else JSON)))
        else:
            target.pop(name, None)
    return payload


def facts_of(client: Client, step: dict[str, Any]) -> dict[str, Context]:
    """Return what the rules may know of a client's world, by operation."""
    sequences = {entry["id"]: entry for entry in client.sequences()}
    steps = client.steps()
    stored = next(entry for entry in steps if entry["id"] == step["id"])
    return {
        "createStep": Context(siblings=steps),
        "addVariant": Context(stored=stored, siblings=steps),
        "updateVariant": Context(stored=stored, siblings=steps),
        "createSequence": Context(),
        "setSequenceStatus": Context(find=lambda kind, name: sequences.get(name)),
    }


def the_law(client: Client, operation: str, payload: Any, step: dict[str, Any]) -> None:
    """With the same facts, an error is found exactly when the emulator refuses, and it is the reason."""
    body = json.dumps(payload).encode()
    assume(not read_json(body, load("saleshandy").body_rules).findings or not isinstance(payload, dict))
    context = facts_of(client, step)[operation]
    before = client.everything()
    found = load("saleshandy").operations[operation]
    path = found.path.format(sequenceId=SEQUENCE, stepId=step["id"], variantId=step["variants"][0]["id"])
    violations = check("saleshandy", operation, payload, profile=client.profile, context=context)
    errors = [item for item in violations if item.severity == "error"]
    reply = client.send(found.method, path, body)
    client.judge(found.method, path, reply)
    if errors:
        assert (reply.status, reply.json()) == (errors[0].status, errors[0].body)
        assert rules_of(reply) == [item.code for item in errors][:20]
        assert client.everything() == before
    else:
        assert reply.status == 200
        assert rules_of(reply) == []


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])  # fmt: skip
def test_an_error_is_found_exactly_when_the_emulator_refuses(profile: str, operation: str, data: st.DataObject) -> None:
    payload = data.draw(payloads(operation))
    client = Client(profile)
    stored = data.draw(st.sampled_from([example for example in EXAMPLES["createStep"] if type(example["type"]) is int]))
    if isinstance(payload, dict) and data.draw(st.booleans()) and type(payload.get("type")) is int:
        same = [example for example in EXAMPLES["createStep"] if example["type"] == payload["type"]]
        stored = same[0] if same else stored
    step = client.new_step({**stored, "absoluteDays": 7})
    client.new_step({**EMAIL, "absoluteDays": 3})
    if data.draw(st.booleans()):
        client.call("POST", "/sequences/status", {"status": "resume", "sequenceIds": [SEQUENCE]})
    the_law(client, operation, payload, step)


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_what_breaks_a_rule_of_shape_is_refused_for_it_or_taken_with_a_warning(profile: str, operation: str) -> None:
    rules = load("saleshandy", profile).rules
    of_state = {"SHY013", "SHY023", "SHY032", "SHY033", "SHY084", "SHY085", "SHY086"}
    for code, rule in rules.items():
        if code in of_state:
            continue
        for broken in itertools.islice(breakers("saleshandy", operation, code, profile), 4):
            kind = broken.payload.get("type") if isinstance(broken.payload, dict) else 1
            step = next((entry for entry in EXAMPLES["createStep"] if entry["type"] == kind), EMAIL)
            if operation == "addVariant" and step["type"] != 1:
                continue  # such a step has no room
            client = Client(profile)
            client.new_step({**step, "absoluteDays": 900})
            method, path = target_of(client, operation)
            reply = client.send(method, path, broken.body)
            if rule.severity == "error":
                assert reply.status == load("saleshandy", profile).refusals[rule.refusal].status
                assert rules_of(reply) == [code]
            else:
                assert reply.status == 200, (code, broken.body, reply.body)
            client.judge(method, path, reply)
