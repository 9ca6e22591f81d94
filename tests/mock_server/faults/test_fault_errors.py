"""Every error of an operation is brought about by its name, and is a reply that the contract documents."""

import json
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import stepmock.contracts
from fault_client import AT, EMAIL, STEPS, FaultClient, header
from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.faults import Catalogue
from stepmock.mock_server.faults.form import EFFECTS

CASES = [
    pytest.param(provider, profile, name, id=f"{provider}-{profile}-{name}")
    for provider in providers()
    for profile in PROFILES
    for name, refusal in Catalogue(load(provider, profile)).errors.items()
    if refusal.status >= 400  # what is no error needs a success, and has a test of its own
]


@cache
def oracle(provider: str, profile: str) -> V31ResponseValidator:
    folder = Path(stepmock.contracts.__file__).parent
    document = read_document(folder / f"{provider}.yaml")
    overlay = folder / f"{provider}.{profile}.yaml"
    if overlay.exists():
        document = with_overlay(document, overlay)
    return V31ResponseValidator(SchemaPath.from_dict(json.loads(json.dumps(document.data))))


def problems(provider: str, profile: str, method: str, path: str, reply: Any) -> list[str]:
    contract = load(provider, profile)
    request = SimpleNamespace(
        host_url=f"https://{contract.host}", path=contract.paths[0] + path, full_url_pattern="", method=method.lower(),
        parameters=RequestParameters(), content_type="", body=None,
    )  # fmt: skip
    response = SimpleNamespace(
        status_code=reply.status,
        headers=dict(reply.headers),
        content_type=header(reply, "content-type").partition(";")[0],
        data=reply.body,
    )
    return [f"{error!r} {error.__cause__!r}" for error in oracle(provider, profile).iter_errors(request, response)]


@pytest.mark.parametrize(("provider", "profile", "name"), CASES)
def test_every_error_of_an_operation_is_the_providers_own(provider: str, profile: str, name: str) -> None:
    contract = load(provider, profile)
    refusal = Catalogue(contract).errors[name]
    [connection, *_] = refusal.fault.get("where", {}).get("provider", ["apollo"])
    client = FaultClient(provider, profile=profile, connection=connection)
    for operation in map(contract.operations.__getitem__, Catalogue(contract).operations_of(refusal)):
        path = re.sub(r"\{\w+\}", "1", operation.path)
        reply = client.send(operation.method, contract.mounts[0] + path, fault={"fault": name})
        assert (reply.status, header(reply, "Content-Type")) == (refusal.status, refusal.content_type)
        assert header(reply, "X-Stepmock-Fault") == name
        assert header(reply, "X-Stepmock-Confidence") == refusal.confidence
        assert re.search(rb"\{[a-z-]+\}", reply.body) is None, "a fact was left out"
        assert problems(provider, profile, operation.method, path, reply) == []


@pytest.mark.parametrize("provider", providers())
def test_no_error_has_the_name_of_an_effect(provider: str) -> None:
    assert not set(Catalogue(load(provider)).errors) & set(EFFECTS)


@pytest.mark.parametrize("provider", providers())
def test_both_readings_have_the_same_errors(provider: str) -> None:
    documented, observed = (Catalogue(load(provider, profile)).errors for profile in PROFILES)
    assert list(documented) == list(observed)


@pytest.mark.parametrize("provider", providers())
def test_what_no_operation_answers_is_no_fault(provider: str) -> None:
    errors = Catalogue(load(provider)).errors
    assert {"rate-limited", "unauthorized", "invalid-payload"} <= set(errors)
    assert not {"unknown-path", "too-many-worlds"} & set(errors)


@pytest.mark.parametrize("enforced", [True, False])
def test_a_rate_limit_fault_is_the_providers_own_refusal(enforced: bool) -> None:
    client, other = (FaultClient(key=key, rate_limit=enforced) for key in ("one", "two"))
    asked = client.add(fault="rate-limited")
    limited = FaultClient(rate_limit=True)
    for _ in range(20):
        assert limited.add().status == 200
    own = limited.add()
    assert (asked.status, asked.body) == (own.status, own.body) == (429, b"Too many requests")
    ours = ("X-Stepmock-World", "X-Stepmock-Fault")
    assert [field for field in asked.headers if field[0] not in ours] == [
        field for field in own.headers if field[0] not in ours
    ]
    assert header(asked, "Retry-After") == "2"
    assert other.add().status == client.add().status == 200


def test_a_body_that_tells_when_to_retry_tells_the_truth() -> None:
    clock = FrozenClock(AT)
    client = FaultClient("smartlead", clock=clock, rate_limit=True).open()
    clock.advance(17.5)
    reply = client.send("GET", "/smartlead/api/v1/campaigns", fault="rate-limited")
    assert reply.status == 429
    assert reply.json()["error"]["retry_after"] == 43
    assert header(reply, "Retry-After") == "43"
    assert header(reply, "X-RateLimit-Reset") == str(AT + 60)
    waited = client.send("GET", "/smartlead/api/v1/campaigns", fault={"fault": "rate-limited", "clock_latency": 2.5})
    assert header(waited, "Retry-After") == "40"


@pytest.mark.parametrize(("provider", "status"), [("lemlist", 401), ("saleshandy", 400), ("smartlead", 401)])
def test_a_credential_fault_is_the_providers_own_refusal(provider: str, status: int) -> None:
    client = FaultClient(provider).open()
    path = {"lemlist": STEPS, "saleshandy": "/saleshandy/v1/sequences/JA5YdAr9wy/steps"}.get(
        provider, "/smartlead/api/v1/campaigns/1/sequences"
    )
    asked = client.send("POST", path, EMAIL, fault="unauthorized")
    own = FaultClient(provider, key="invalid").send("POST", path, EMAIL)
    assert (asked.status, asked.body) == (own.status, own.body)
    assert asked.status == status
    ours = ("X-Stepmock-World", "X-Stepmock-Fault")
    assert [field for field in asked.headers if field[0] not in ours] == own.headers


SEQUENCES = "/smartlead/api/v1/campaigns/1/sequences"
SAVED = {
    "sequences": [
        {"seq_number": 1, "subject": "A", "email_body": "<p>B</p>", "seq_delay_details": {"delay_in_days": 0}}
    ]
}


@pytest.mark.parametrize(("profile", "empty"), [("documented", {"success": True, "data": []}), ("observed", [])])
def test_the_flake_of_smartlead_reads_no_sequences_where_there_are_some(profile: str, empty: object) -> None:
    client = FaultClient("smartlead", profile=profile)
    assert client.send("POST", SEQUENCES, SAVED).status == 200
    full = client.send("GET", SEQUENCES)
    client.declare({"fault": "empty-list", "times": 1})
    flake = client.send("GET", SEQUENCES)
    assert (flake.status, flake.json()) == (200, empty)
    assert problems("smartlead", profile, "GET", "/campaigns/1/sequences", flake) == []
    again = client.send("GET", SEQUENCES)
    assert again.body == full.body != flake.body


def test_a_flake_needs_a_reply_to_take_the_place_of() -> None:
    client = FaultClient("smartlead").open()
    client.declare({"fault": "empty-list", "times": 1})
    missing = client.send("GET", "/smartlead/api/v1/campaigns/99/sequences")
    assert missing.status == 404
    assert header(missing, "X-Stepmock-Fault") == ""
    assert [entry["remaining"] for entry in client.standing()] == [1]
    assert client.faults_in_journal()[-1] is None


DOWNSTREAM = "/supaglue/engagement/v2/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps"


@pytest.mark.parametrize(
    ("connection", "name", "status", "told"),
    [
        ("outreach", "remote-bad-request", 500, "400"),
        ("outreach", "remote-conflict", 409, "409"),
        ("outreach", "remote-payment-required", 499, "402"),
        ("salesloft", "salesloft-unprocessable", 499, "422"),
        ("salesloft", "salesloft-rate-limited", 500, "500"),
        ("apollo", "apollo-rate-limited", 429, "429"),
        ("apollo", "apollo-step-failed", 500, "500"),
    ],
)
def test_an_error_downstream_is_told_as_supaglue_tells_it(connection: str, name: str, status: int, told: str) -> None:
    client = FaultClient("supaglue", connection=connection).open()
    client.declare({"fault": name})
    reply = client.send("POST", DOWNSTREAM, {"record": {"type": "call"}})
    assert (reply.status, reply.json()["errors"][0]["status"]) == (status, told)


def test_an_error_of_another_connection_is_refused() -> None:
    client = FaultClient("supaglue", connection="apollo").open()
    reply = client.control("POST", body={"fault": "remote-conflict"})
    assert (reply.status, "provider outreach" in reply.json()["error"]["hint"]) == (400, True)
    asked = client.send("POST", DOWNSTREAM, {"record": {"type": "call"}}, fault="remote-conflict")
    assert (asked.status, header(asked, "X-Stepmock-World")) == (400, "")


def test_a_vendors_own_code_names_its_error_too() -> None:
    client = FaultClient()
    by_code, by_name = (client.add(fault=name) for name in ("LINKEDIN_MEDIA_TIMEOUT", "media-timeout"))
    assert by_code.body == by_name.body
    assert (by_code.status, by_code.json()["code"]) == (504, "LINKEDIN_MEDIA_TIMEOUT")
