"""The law for Smartlead: an error is found exactly when the emulator refuses."""

import itertools
import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from smartlead_client import (
    BOTH,
    WITH_BODY,
    Client,
    codes,
    problems,
)
from stepmock.contracts import load
from stepmock.validators import check
from stepmock.validators.breakers import breakers, valid_examples
from stepmock.validators.context import Context
from stepmock.validators.reading import read_json


def facts(operation, status="DRAFTED"):
    """Return what the emulator knows of campaign 1 in a new world."""
    parent = None if operation == "createCampaign" else {"status": status}
    return Context(parent=parent, find=lambda kind, name: None)


def the_law(profile, operation, payload, status="DRAFTED"):
    body = json.dumps(payload).encode()
    assume(not isinstance(payload, dict) or not read_json(body, load("smartlead").body_rules).findings)
    client = Client(profile, judged=False)
    if status != "DRAFTED" and operation != "createCampaign":
        client.status({"ACTIVE": "START"}.get(status, status))
    found = check("smartlead", operation, payload, profile=profile, context=facts(operation, status))
    errors = [item for item in found if item.severity == "error"]
    before = client.all()
    reply = client.send(*WITH_BODY[operation], body=body)
    assert problems(profile, *WITH_BODY[operation], reply) == []
    assert codes(reply) == [item.code for item in errors][:20]
    if errors:
        assert (reply.status, reply.json()) == (errors[0].status, errors[0].body)
        assert client.all() == before
    else:
        assert reply.status == 200


TEXTS = st.text(max_size=6) | st.sampled_from(
    [
        "EMAIL",
        "AI_EQUAL",
        "MANUAL_PERCENTAGE",
        "MANUAL_EQUAL",
        "OPEN_RATE",
        "START",
        "PAUSED",
        "STOPPED",
        "ACTIVE",
        "{{first_name}}",
        "{{firstName}}",
        "{{first_name",
        "word " * 130,
        "",
        " ",
    ]
)
NUMBERS = st.integers(-2, 370) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from([0, 19, 20, 100, 365, 366, 1.0, 10**400])
NAMES = st.sampled_from(
    [
        "id",
        "seq_number",
        "subject",
        "email_body",
        "seq_delay_details",
        "delay_in_days",
        "delayInDays",
        "seq_type",
        "variant_distribution_type",
        "lead_distribution_percentage",
        "winning_metric_property",
        "seq_variants",
        "variant_label",
        "variant_distribution_percentage",
        "variant_id",
        "distribution",
        "variants",
        "sequences",
        "name",
        "client_id",
        "status",
        "unheardOf",
    ]
)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def places(value, path=()):
    """Yield the path of each member and item in a payload."""
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(child, (*path, key))


@st.composite
def payloads(draw, operation):
    """A valid example in which some places, at any depth, are dropped, replaced or added; now and then anything."""
    if draw(st.integers(0, 19)) == 19:
        return draw(ANY)
    payload = json.loads(json.dumps(draw(st.sampled_from(valid_examples("smartlead", operation)))))
    for _ in range(draw(st.integers(0, 3))):
        if not (found := list(places(payload))):
            break
        *above, last = draw(st.sampled_from(found))
        holder = payload
        for token in above:
            holder = holder[token]
        action = draw(st.sampled_from(["drop", "replace", "add", "double"]))
        if action == "drop":
            del holder[last]
        elif action == "replace":
            holder[last] = draw(SCALARS | ANY)
        elif action == "add" and isinstance(holder, dict):
            holder[draw(NAMES | st.text(max_size=3))] = draw(SCALARS | ANY)
        elif isinstance(holder, list):
            holder.append(holder[last])
    return payload


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@given(data=st.data())
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_an_error_is_found_exactly_when_the_emulator_refuses(profile, operation, data):
    the_law(
        profile,
        operation,
        data.draw(payloads(operation)),
        data.draw(st.sampled_from(["DRAFTED", "DRAFTED", "DRAFTED", "ACTIVE", "PAUSED", "STOPPED"])),
    )


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_every_example_is_accepted(profile, operation):
    for example in valid_examples("smartlead", operation, profile):
        assert Client(profile).send(*WITH_BODY[operation], example).status == 200


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_what_breaks_one_rule_is_refused_by_that_rule_or_accepted_with_a_warning(profile, operation):
    contract = load("smartlead", profile)
    for code, rule in contract.rules.items():
        for broken in itertools.islice(breakers("smartlead", operation, code, profile), 5):
            client = Client(profile)
            if (state := (broken.context.parent or {}).get("status")) is not None:
                client.status({"ACTIVE": "START"}.get(state, state))
            reply = client.send(*WITH_BODY[operation], body=broken.body)
            if rule.severity == "error":
                assert (reply.status, codes(reply)) == (contract.refusals[rule.refusal].status, [code])
            else:
                assert (reply.status, codes(reply)) == (200, [])
