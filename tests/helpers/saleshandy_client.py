"""A client of Saleshandy in process, whose replies are judged by the contract."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import stepmock.contracts
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from stepmock.contracts import load
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server import Emulator, Request, Response, Settings
from stepmock.validators.breakers import operations_with_payload

FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENT = read_document(FOLDER / "saleshandy.yaml")
ORACLES = {
    "documented": OpenAPI.from_dict(DOCUMENT.data),
    "observed": OpenAPI.from_dict(with_overlay(DOCUMENT, FOLDER / "saleshandy.observed.yaml").data),
}
ADDRESS = "https://open-api.saleshandy.com"
KEYS = itertools.count()
SEQUENCE = "JA5YdAr9wy"
STEPS = f"/sequences/{SEQUENCE}/steps"
MAIL = {"subject": "Quick question, {{firstName}}", "content": "<p>Hi {{firstName}},</p>"}
EMAIL = {"type": 1, "absoluteDays": 3, "variants": [{"payload": MAIL}]}
TASK = {"type": 9, "absoluteDays": 3, "variants": [{"payload": {}}]}
SEED = {
    "type": 1, "priority": 3, "assigneeId": "z6R8Mw4vBn", "absoluteDays": 3,
    "variants": [{"payload": {**MAIL, "preheader": "Quick question about your team"}, "attachmentIds": ["lN5xKp2vJq"]}],
}  # fmt: skip
EMULATORS = {profile: Emulator(Settings(profile=profile, rate_limit=False)) for profile in PROFILES}
BOTH = pytest.mark.parametrize("profile", PROFILES)


class Client:
    """A client with a world of its own, whose every reply openapi-core holds against the contract."""

    def __init__(self, profile: str = "documented", emulator: Emulator | None = None, key: str | None = None) -> None:
        self.profile = profile
        self.emulator = emulator or EMULATORS[profile]
        self.key = key or f"key{next(KEYS)}"

    def send(self, method: str, path: str, body: bytes = b"", *, prefix: str = "/saleshandy/v1", query: str = "",
             **headers: str) -> Response:  # fmt: skip
        sent = {"x-api-key": self.key, "content-type": "application/json"}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        sent = {name: value for name, value in sent.items() if value}
        return self.emulator.handle(Request(method, prefix + path, query, sent, body))

    def call(self, method: str, path: str, payload: Any = None, *, query: str = "") -> Response:
        body = b"" if payload is None else json.dumps(payload).encode()
        reply = self.send(method, path, body, query=query)
        self.judge(method, path, reply)
        return reply

    def judge(self, method: str, path: str, reply: Response) -> None:
        headers = dict(reply.headers)
        request = MockRequest(ADDRESS, method.lower(), f"/v1{path}")
        response = MockResponse(reply.body, status_code=reply.status, headers=headers, content_type="application/json")
        ORACLES[self.profile].validate_response(request, response)

    def steps(self, sequence: str = SEQUENCE) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.send("GET", f"/sequences/{sequence}/steps").json()["payload"]
        return listed

    def sequences(self, query: str = "") -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.send("GET", "/sequences", query=query).json()["payload"]
        return listed

    def everything(self) -> Any:
        return self.sequences(), [self.steps(entry["id"]) for entry in self.sequences()]

    def new_step(self, payload: Any) -> dict[str, Any]:
        """Create a step and return it as it is listed."""
        reply = self.send("POST", STEPS, json.dumps(payload).encode())
        assert reply.status == 200, reply.body
        name = reply.json()["id"] if self.profile == "documented" else reply.json()["payload"]["id"]
        return next(step for step in self.steps() if step["id"] == name)

    def variant_path(self, step: dict[str, Any]) -> str:
        return f"{STEPS}/{step['id']}/variants/{step['variants'][0]['id']}"


def headers_of(reply: Response) -> dict[str, str]:
    return dict(reply.headers)


def refused(reply: Response) -> tuple[int, int]:
    """Return status and code of a refusal, which has the provider's shape."""
    body = reply.json()
    assert headers_of(reply)["Content-Type"] == "application/json; charset=utf-8"
    assert body.keys() == {"code", "message"}
    assert body["message"]
    assert "Traceback" not in body["message"]
    assert len(body["message"]) < 2000
    return reply.status, body["code"]


def rules_of(reply: Response) -> list[str]:
    header = headers_of(reply).get("X-Stepmock-Violations", "[]")
    return [item["rule"] for item in json.loads(header) if "rule" in item]


def target_of(client: Client, operation: str) -> tuple[str, str]:
    """Return method and path of an operation on a step of the client."""
    step = client.steps()[0]
    values = {"sequenceId": SEQUENCE, "stepId": step["id"], "variantId": step["variants"][0]["id"]}
    found = load("saleshandy").operations[operation]
    return found.method, found.path.format(**values)


WITH_BODY = operations_with_payload("saleshandy")
