"""Every behaviour that a contract lists is looked up where it matters, and the reply says how sure it is."""

import ast
import json
from pathlib import Path

import pytest
import stepmock.mock_server.providers
from drives import callers, drive
from stepmock.contracts import load, providers
from stepmock.contracts.model import CONFIDENCES, PROFILES, Behaviour
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.call import Call

PROVIDERS = Path(stepmock.mock_server.providers.__file__).parent
BY_THE_CORE = {"unknown-path"}


def looked_up(provider, profile, monkeypatch):
    """Drive a provider; return the behaviours that were looked up, having held each reply to what it rests on."""
    found: list[Behaviour] = []
    ask = Call.behaviour

    def noted(call, name):
        found.append(call.contract.behaviours[name])
        return ask(call, name)

    monkeypatch.setattr(Call, "behaviour", noted)
    emulator = Emulator(Settings(profile=profile, rate_limit=False))
    names = set()
    for call in callers(emulator, provider):
        handle = call.emulator.handle

        def judged(request, handle=handle):
            found.clear()
            reply = handle(request)
            shown = CONFIDENCES.index(dict(reply.headers)["X-Stepmock-Confidence"])
            for behaviour in found:
                assert shown >= CONFIDENCES.index(behaviour.confidence), (request, behaviour)
            names.update(behaviour.name for behaviour in found)
            return reply

        monkeypatch.setattr(call.emulator, "handle", judged)
        drive(call)
        monkeypatch.setattr(call.emulator, "handle", handle)
    return names


@pytest.mark.parametrize("provider", providers())
def test_every_behaviour_is_looked_up_and_the_reply_is_no_surer_than_it(provider, monkeypatch):
    names = set().union(*(looked_up(provider, profile, monkeypatch) for profile in PROFILES))
    assert names == set(load(provider).behaviours) - BY_THE_CORE


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_an_unknown_path_is_answered_as_its_behaviour_says(provider, profile):
    contract = load(provider, profile)
    behaviour = contract.behaviours["unknown-path"]
    refusal = contract.refusals[behaviour.choice]
    for call in callers(Emulator(Settings(profile=profile)), provider):
        reply = call("GET", "/nothing/at/all")
        assert reply.status == refusal.status
        surest = max(behaviour.confidence, refusal.confidence, key=CONFIDENCES.index)
        assert dict(reply.headers)["X-Stepmock-Confidence"] == surest


@pytest.mark.parametrize(
    "path", sorted(PROVIDERS.rglob("*.py")), ids=lambda path: path.relative_to(PROVIDERS).as_posix()
)
def test_no_provider_reads_a_behaviour_without_telling_the_reply(path):
    names = [node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
    assert "behaviours" not in names


def test_a_linkedin_message_at_apollo_is_as_sure_as_its_type_and_its_touch():
    call = callers(Emulator(Settings(profile="observed")), "supaglue")[0]
    record = {"type": "linkedin_send_message", "template": {"subject": "s", "body": "b"}}
    reply = call("POST", "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps", {"record": record})
    assert (reply.status, dict(reply.headers)["X-Stepmock-Confidence"]) == (201, "assumed")
    assert json.loads(reply.body)["record"]["id"]
