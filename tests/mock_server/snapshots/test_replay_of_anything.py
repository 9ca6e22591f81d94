"""Whatever a world went through, its recording is replayed byte by byte."""

import json
from random import Random

import pytest
from control_client import ControlClient
from drives import Caller
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.faults.catalogue import Catalogue
from stepmock.mock_server.snapshots.replay import replay

PLACES = {
    "lemlist": [("POST", "/sequences/seq_lkCSKd32qSZZTe5Ru/steps", "addStep"), ("GET", "/team", ""),
                ("GET", "/campaigns/cam_docs0000000000000/sequences", "")],
    "saleshandy": [("POST", "/sequences/JA5YdAr9wy/steps", "createStep"), ("GET", "/sequences/JA5YdAr9wy/steps", "")],
    "supaglue": [("POST", "/sequences", "createSequence"), ("GET", "/sequences", ""),
                 ("POST", "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps", "createSequenceStep")],
    "smartlead": [("POST", "/campaigns/1/sequences", "saveSequences"), ("GET", "/campaigns/1/sequences", ""),
                  ("POST", "/campaigns/create", "createCampaign")],
}  # fmt: skip


def _fault(draw, catalogue):
    name = draw.choice([*catalogue.errors, "lost-request", "lost-reply", "truncated-body", "slow-after-commit",
                        "wrong-content-type", "latency", ""])  # fmt: skip
    fault = {"fault": name} if name else {"status": draw.choice([200, 503]), "body": draw.choice(["x", {"a": [1]}])}
    if name in ("slow-after-commit", "latency"):
        fault["clock_latency"] = draw.choice([0.25, 3])
    return {**fault, **draw.choice([{}, {"times": 2}, {"nth": 2}, {"probability": 0.5}])}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_a_recording_of_calls_faults_times_and_resets_is_replayed(provider, profile):
    did = set()
    for seed in range(8):
        draw = Random(f"{provider} {profile} {seed}")
        call = Caller(Emulator(Settings(profile=profile, clock=FrozenClock(1_700_000_000))), provider)
        catalogue = Catalogue(load(provider, profile))
        method, path, _ = PLACES[provider][0]
        call("GET", path)
        ask = ControlClient(call.emulator, f"worlds/{call.world}/")
        saved = ask.get("snapshot")
        for _ in range(40):
            what = draw.choice(["call"] * 12 + ["fault", "fault", "clock", "clock", "reset", "save", "load", "clear"])
            if what == "call":
                method, path, operation = draw.choice(PLACES[provider])
                payload = draw.choice([*call.examples(operation), {"type": "nope"}]) if operation else None
                call(method, path, payload)
            elif what == "fault":
                status = ask("POST", "faults", _fault(draw, catalogue)).status
                did.add(f"fault {status < 300}")
            elif what == "clock":
                move = [{"advance": 2.5}, {"set": "2026-01-31T09:00:00Z"}, {"set": "2023-01-01T00:00:00Z"}]
                ask("POST", "clock", draw.choice([*move, {"resume": True}]))
            elif what == "reset":
                ask("POST", "reset")
            elif what == "save":
                saved = ask.get("snapshot")
            elif what == "load":
                ask("PUT", "snapshot", saved)
            else:
                ask("DELETE", "faults")
            did.add(what)
        call("GET", PLACES[provider][0][1])
        recorded = json.loads(ask("GET", "recording").body)
        replayed = replay(recorded)
        assert replayed.difference == []
        assert replayed.sent == len(recorded["entries"]) > 0
    assert did >= {"call", "fault", "fault True", "clock", "reset", "save", "load", "clear"}
