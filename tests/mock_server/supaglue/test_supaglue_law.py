"""The law for Supaglue: rules and emulator say the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stepmock.mock_server import Emulator, Settings
from stepmock.validators import Context, check
from stepmock.validators.breakers import valid_examples
from supaglue_client import (
    MAIL,
    STEPS,
    Client,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
    | st.sampled_from(["call", "task", "auto_email", "linkedin_send_message", "team", 86400, 43200, MAIL, {"id": "1"}]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["type", "name", "template", "id", "body", "subject", "steps", "date", "interval_seconds", "order"]), inner),
    max_leaves=6,
)  # fmt: skip
NAMES = ["type", "name", "template", "date", "interval_seconds", "order", "is_reply", "task_note", "custom_fields",
         "tags", "owner_id", "steps", "body", "subject", "id", "to", "nonsense"]  # fmt: skip


def places(value):
    """Yield each container of a payload that can be edited."""
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from places(child)


@st.composite
def payloads(draw, operation):
    payload = json.loads(json.dumps(draw(st.sampled_from(valid_examples("supaglue", operation)))))
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from(list(places(payload))))
        if target and draw(st.booleans()):
            del target[draw(st.sampled_from(sorted(target)))]
        else:
            target[draw(st.sampled_from(sorted({*target, *NAMES})))] = draw(JSON)
    return payload


@pytest.mark.parametrize("operation", ["createSequenceStep", "createSequence", "updateSequenceStep"])
def test_a_payload_is_refused_exactly_when_the_rules_find_an_error(profile, provider, operation):
    if operation == "updateSequenceStep" and provider == "salesloft":
        pytest.skip("Salesloft refuses every update, whatever the payload")
    emulator = Emulator(Settings(profile=profile))
    count = 0

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(payloads(operation))
    def law(payload):
        nonlocal count
        count += 1
        client = Client(profile, provider, f"customer {count}", emulator)
        method, path = "POST", STEPS if operation == "createSequenceStep" else "/sequences"
        if operation == "updateSequenceStep":
            name = client.created(STEPS, {"type": "auto_email", "template": MAIL})
            method, path = "PATCH", f"{STEPS}/{name}"
        before = client.send("GET", "/sequences").body, client.read(), client.downstream()
        reply = client.send(method, path, payload)
        context = Context(settings={"customer": f"customer {count}", "provider": provider})
        errors = [item for item in check("supaglue", operation, payload, profile=profile, context=context)
                  if item.severity == "error"]  # fmt: skip
        assert (reply.status >= 400) == bool(errors), (payload, reply.body)
        if errors:
            assert reply.status == errors[0].status
            assert (client.send("GET", "/sequences").body, client.read(), client.downstream()) == before

    law()
