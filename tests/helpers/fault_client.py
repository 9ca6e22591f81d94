"""One world of an emulator, and the control plane's view of its faults."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from stepmock.mock_server import Emulator, Request, Response, Settings
from stepmock.mock_server.clock import FrozenClock

AT = 1_700_000_000
STEPS = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
LISTING = "/lemlist/api/campaigns/cam_docs0000000000000/sequences"
EMAIL = {"type": "email", "subject": "A word", "message": "Hello"}
VISIT = {"type": "linkedinVisit"}


def credentials(provider: str, key: str, connection: str = "apollo") -> tuple[dict[str, str], str]:
    """Return the headers and the query that carry a key."""
    match provider:
        case "lemlist":
            return {"authorization": "Basic " + b64encode(f":{key}".encode()).decode()}, ""
        case "saleshandy":
            return {"x-api-key": key}, ""
        case "supaglue":
            return {"x-api-key": key, "x-customer-id": "c1", "x-provider-name": connection}, ""
        case _:
            return {}, f"api_key={key}"


class FaultClient:
    """Sends requests of one key to an emulator of its own."""

    def __init__(
        self, provider: str = "lemlist", *, key: str = "k", connection: str = "apollo", **settings: Any
    ) -> None:
        self.emulator = Emulator(Settings(**{"clock": FrozenClock(AT), "rate_limit": False, **settings}))
        self.provider = provider
        self._headers, self._query = credentials(provider, key, connection)
        self.world = ""

    def send(
        self, method: str, path: str, payload: Any = None, *, fault: Any = None, headers: Mapping[str, str] = {}
    ) -> Response:
        """Send a request, with a fault of its own: a text as it is, anything else as JSON."""
        sent = {**self._headers, **headers}
        if fault is not None:
            sent["x-stepmock-fault"] = fault if isinstance(fault, str) else json.dumps(fault)
        body = b"" if payload is None else json.dumps(payload).encode()
        if payload is not None:
            sent.setdefault("content-type", "application/json")
        reply = self.emulator.handle(Request(method, path, self._query, sent, body))
        self.world = header(reply, "X-Stepmock-World") or self.world
        return reply

    def add(self, payload: Any = EMAIL, *, fault: Any = None) -> Response:
        """Add a step to lemlist's sequence."""
        return self.send("POST", STEPS, payload, fault=fault)

    def steps(self) -> list[Any]:
        """Return the steps of lemlist's sequence."""
        listing = self.send("GET", LISTING)
        return list(listing.json()["seq_lkCSKd32qSZZTe5Ru"]["steps"])

    def open(self) -> "FaultClient":
        """Make the world, by a request that changes nothing."""
        paths = {
            "lemlist": "/lemlist/api/team",
            "saleshandy": "/saleshandy/v1/sequences",
            "supaglue": "/supaglue/engagement/v2/sequences",
            "smartlead": "/smartlead/api/v1/campaigns",
        }
        assert self.send("GET", paths[self.provider]).status == 200
        return self

    def control(self, method: str, part: str = "faults", body: Any = None, query: str = "") -> Response:
        """Send a control request about the world; a body that is bytes goes as it is."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        path = f"/_stepmock/worlds/{quote(self.world)}/{part}"
        return self.emulator.handle(Request(method, path, query, {"host": "localhost"}, data))

    def declare(self, *faults: Any) -> Any:
        """Let faults stand in the world, and return how all of them stand."""
        reply = self.control("POST", body=list(faults))
        assert reply.status == 201, reply.body
        return reply.json()["faults"]

    def standing(self) -> Any:
        """Return the faults that stand."""
        return self.control("GET").json()["faults"]

    def faults_in_journal(self) -> list[Any]:
        """Return what came over each request, by the journal."""
        return [entry["fault"] for entry in self.control("GET", "journal").json()["entries"]]


def header(reply: Response, name: str) -> str:
    """Return a header of a reply, or an empty text."""
    return next((text for key, text in reply.headers if key.lower() == name.lower()), "")
