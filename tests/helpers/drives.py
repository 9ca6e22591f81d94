"""Drives each provider through all that it does: one list of calls, for tests that hold for every provider."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from stepmock.mock_server import Emulator, Request, Response
from stepmock.mock_server.identifiers import world_id
from stepmock.validators.breakers import valid_examples

MOUNTS = {
    "lemlist": "/lemlist/api",
    "saleshandy": "/saleshandy/v1",
    "smartlead": "/smartlead/api/v1",
    "supaglue": "/supaglue/engagement/v2",
}
CONNECTIONS = ("apollo", "outreach", "salesloft")


class Caller:
    """A client of one provider; `connection` is what stands behind Supaglue."""

    def __init__(self, emulator: Emulator, provider: str, key: str = "k", connection: str = "apollo") -> None:
        self.emulator = emulator
        self.provider = provider
        self.profile = emulator.settings.profile
        self.connection = connection
        self._query = f"api_key={key}" if provider == "smartlead" else ""
        headers = {
            "lemlist": {"authorization": "Basic " + b64encode(f":{key}".encode()).decode()},
            "saleshandy": {"x-api-key": key},
            "smartlead": {},
            "supaglue": {"x-api-key": key, "x-customer-id": "c", "x-provider-name": connection},
        }
        self._headers = {"content-type": "application/json", **headers[provider]}
        self.world = world_id(provider, "\n".join((key, "c", connection)) if provider == "supaglue" else key)

    def __call__(
        self, method: str, path: str, payload: Any = None, query: str = "", body: bytes | None = None
    ) -> Response:
        if body is None:
            body = b"" if payload is None else json.dumps(payload).encode()
        query = "&".join(part for part in (self._query, query) if part)
        return self.emulator.handle(Request(method, MOUNTS[self.provider] + path, query, self._headers, body))

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the tables of this client's world."""
        block = self.emulator._store.find(self.world)
        assert block is not None
        with block as world:
            return world.resources

    def examples(self, operation: str) -> list[dict[str, Any]]:
        return valid_examples(self.provider, operation, self.profile)


def _lemlist(call: Caller) -> None:
    call("GET", "/team", query="version=v2")
    campaign = call("POST", "/campaigns", {"name": "New"}).json()
    steps = f"/sequences/{campaign['sequenceId']}/steps"
    condition = {"type": "conditional", "conditionKey": "hasScore", "delayType": "waitUntil"}
    first = call("POST", steps, condition).json()
    for example in call.examples("addStep"):
        call("POST", steps, {**example, "index": -1})
    call("POST", steps, {"type": "email", "subject": "", "message": ""})
    call("POST", f"/sequences/{first['conditions'][0]['sequenceId']}/steps", condition)
    for step in list(call.resources()["steps"].values()):
        call("PATCH", f"/sequences/{step['sequenceId']}/steps/{step['_id']}", {"type": step["type"], "message": "m"})
    call("GET", f"/campaigns/{campaign['_id']}/sequences")
    call("GET", f"/campaigns/{campaign['_id']}")
    call("GET", "/campaigns", query="version=v2")
    call("PATCH", f"/campaigns/{campaign['_id']}", {"name": "Newer"})
    for move in ("pause", "start", "start", "pause"):
        call("POST", f"/campaigns/{campaign['_id']}/{move}")
    other = call("POST", steps, condition).json()
    call("DELETE", f"{steps}/{other['_id']}")


def _saleshandy(call: Caller) -> None:
    made = call("POST", "/sequences", {**call.examples("createSequence")[0], "scheduleId": "abcdefghij"}).json()
    sequence = made["payload"]["id"]
    steps = f"/sequences/{sequence}/steps"
    days = iter(range(40, 0, -1))
    for example in call.examples("createStep"):
        call("POST", steps, {**example, "absoluteDays": next(days)})
    for step in list(call.resources()["steps"].values()):
        variants = f"{steps}/{step['id']}/variants"
        variant = step["variants"][0]
        for example in call.examples("addVariant"):
            call("POST", variants, {**example, "type": step["type"]})
        for example in call.examples("updateVariant"):
            call("PATCH", f"{variants}/{variant['id']}", {**example, "type": step["type"]})
    call("GET", steps)
    call("GET", "/sequences", query="sequenceName=d&sort=DESC")
    call("GET", "/sequences")
    for status in ("resume", "pause"):
        call("POST", "/sequences/status", {"sequenceIds": [sequence], "status": status})


def _smartlead(call: Caller) -> None:
    call("POST", "/campaigns/1/status", {"status": "PAUSED"})
    for example in call.examples("saveSequences"):
        call("POST", "/campaigns/1/sequences", example)
    step = {"seq_number": 1, "email_body": "b", "seq_delay_details": {"delay_in_days": 1}, "seq_type": "EMAIL"}
    variants = [{"email_body": "b", "subject": "s"}, {"email_body": "b", "subject": "s", "id": 9}]
    call("POST", "/campaigns/1/sequences", {"sequences": [{**step, "id": 9, "seq_variants": variants}]})
    call("GET", "/campaigns/1/sequences")
    call("GET", "/campaigns")
    call("GET", "/campaigns/1")
    call("GET", "/campaigns/7")
    other = call("POST", "/campaigns/create", {"name": "New"}).json()["id"]
    call("POST", f"/campaigns/{other}/status", {"status": "START"})
    call("DELETE", f"/campaigns/{other}")
    call("POST", f"/campaigns/{other}/status", {"status": "STOPPED"})
    call("DELETE", f"/campaigns/{other}")


def _supaglue(call: Caller) -> None:
    mail = {"subject": "s", "body": "b"}
    kinds = ("call", "task", "auto_email", "linkedin_send_message")
    for kind in kinds:
        sequence = call("POST", "/sequences", {"record": {"name": "n", "type": "team"}}).json()["record"]["id"]
        steps = f"/sequences/{sequence}/sequence_steps"
        for extra in ({}, {"template": mail}, {"template": mail, "name": "N", "is_reply": True}):
            call("POST", steps, {"record": {"type": kind, "interval_seconds": 86400, **extra}})
    both = [{"type": kind, "template": mail} for kind in kinds[:3]]
    call("POST", "/sequences", {"record": {"name": "n", "type": "private", "steps": both}})
    for step in list(call.resources()["steps"].values()):
        change = {"record": {"template": {"body": "new"}}}
        call("PATCH", f"/sequences/{step['sequence_id']}/sequence_steps/{step['id']}", change)
    for name in list(call.resources()["sequences"]):
        call("GET", f"/sequences/{name}", query="include_raw_data=true")
    call("GET", "/sequences")
    call("GET", "/sequences/nowhere")


_DRIVES: dict[str, Callable[[Caller], None]] = {
    "lemlist": _lemlist,
    "saleshandy": _saleshandy,
    "smartlead": _smartlead,
    "supaglue": _supaglue,
}


def callers(emulator: Emulator, provider: str) -> list[Caller]:
    """Return clients of a provider, one for each thing that may stand behind it."""
    if provider != "supaglue":
        return [Caller(emulator, provider)]
    return [Caller(emulator, provider, connection=name) for name in CONNECTIONS]


def drive(call: Caller) -> None:
    """Make the provider do everything that it does, in a world that began as `docs`."""
    _DRIVES[call.provider](call)
    call("GET", "/nothing/at/all")
