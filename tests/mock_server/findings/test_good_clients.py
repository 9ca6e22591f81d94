"""A client that does as it should is never told of a mistake, whatever faults come over it."""

from random import Random

import pytest
from control_client import ControlClient
from drives import Caller
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.faults.catalogue import Catalogue
from stepmock.mock_server.messages import NOTHING_SENT

LEMLIST = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
SUPAGLUE = "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae"
BUILT = {
    "lemlist": ("/campaigns/cam_docs0000000000000/sequences", LEMLIST),
    "saleshandy": ("/sequences/JA5YdAr9wy/steps", "/sequences/JA5YdAr9wy/steps"),
    "supaglue": (SUPAGLUE, f"{SUPAGLUE}/sequence_steps"),
    "smartlead": ("/campaigns/1/sequences", "/campaigns/1/sequences"),
}
"""Where each provider's steps are read, and where they are made."""
NO_REPLY = 0


def _payload(provider, mark, draw):
    text = f"Hello {mark}"
    if provider == "lemlist":
        return draw.choice([{"type": "linkedinInvite", "message": text}, {"type": "manual", "title": text}])
    if provider == "saleshandy":
        return {"type": "Email", "absoluteDays": mark, "variants": [{"payload": {"subject": text, "content": "x"}}]}
    if provider == "supaglue":
        return {"record": {"type": "call", "interval_seconds": 86400, "task_note": text}}
    delay = {"delay_in_days": 0}
    step = {"id": None, "seq_number": 1, "subject": text, "email_body": text, "seq_delay_details": delay}
    return {"sequences": [step]}


class GoodClient:
    """Waits as long as it is told to, else twice as long each time; reads after a lost reply before it makes anew."""

    def __init__(self, call, ask):
        self.call = call
        self._ask = ask

    def send(self, method, path, payload=None):
        """Return the reply, None where it was lost; a request that changes nothing, or was refused, is sent again."""
        pause = 1.0
        for _ in range(12):
            reply = self.call(method, path, payload)
            status = NO_REPLY if reply.cut is not None else reply.status
            if status == NO_REPLY and method != "GET":
                return None
            if status not in (NO_REPLY, 429) and status < 500:
                return reply
            head = {} if reply.cut == NOTHING_SENT else {name.lower(): text for name, text in reply.headers}
            told = float(head.get("retry-after", 0)) if status == 429 or status >= 500 else 0.0
            self._wait(max(pause, told))
            pause *= 2
            if status >= 500 and method != "GET":
                return None  # it may have been done
        return None

    def _wait(self, seconds):
        self._ask("POST", "clock", {"advance": seconds})

    def make(self, payload, mark):
        """Make a step, and make it again only where the list shows that it is not there."""
        listed, made = BUILT[self.call.provider]
        for attempt in range(6):
            reply = self.send("POST", made, payload)
            if reply is not None:
                return
            self._wait(4**attempt)
            there = self.send("GET", listed)
            if there is None or there.status != 200 or f"Hello {mark}".encode() in there.body:
                return


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_a_good_client_has_no_finding_but_advice(provider, profile):
    struck = 0
    for seed in range(12):
        draw = Random(f"{provider} {profile} {seed}")
        call = Caller(Emulator(Settings(profile=profile, clock=FrozenClock(1_700_000_000))), provider)
        client = GoodClient(call, ask := ControlClient(call.emulator, f"worlds/{call.world}/"))
        names = [*Catalogue(load(provider, profile)).errors, "lost-request", "lost-reply", "truncated-body"]
        client.send("GET", BUILT[provider][0])
        for mark in range(1, 9):
            fault = {"fault": draw.choice(names)} if draw.random() < 0.9 else {"status": 503, "body": "down"}
            struck += ask("POST", "faults", {**fault, "times": draw.choice([1, 1, 2])}).status < 300
            client.make(_payload(provider, mark, draw), mark)
            ask("DELETE", "faults")
        found = [each for each in ask.get("findings")["findings"] if each["severity"] != "advice"]
        assert found == [], f"seed {seed}"
    assert struck > 20
