"""A client of Smartlead in process, whose replies are judged by the contract."""

import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import stepmock.contracts
from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from stepmock.contracts import load
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server import Emulator, Request, Settings

BASE = "/smartlead/api/v1"
BOTH = pytest.mark.parametrize("profile", PROFILES)
KEYS = itertools.count()
EMULATORS = {profile: Emulator(Settings(profile=profile, rate_limit=False)) for profile in PROFILES}
JSON_TYPE = {"content-type": "application/json"}
BEGINNING = 1_700_000_000.0

FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENT = read_document(FOLDER / "smartlead.yaml")
ORACLES = {
    "documented": V31ResponseValidator(SchemaPath.from_dict(DOCUMENT.data)),
    "observed": V31ResponseValidator(
        SchemaPath.from_dict(with_overlay(DOCUMENT, FOLDER / "smartlead.observed.yaml").data)
    ),
}


class Client:
    """A client with a world of its own; openapi-core judges each reply, where `judged`, that an operation gives."""

    def __init__(self, profile="documented", emulator=None, key=None, *, judged=True):
        self.profile = profile
        self.judged = judged
        self.emulator = emulator or EMULATORS[profile]
        self.key = key if key is not None else f"key{next(KEYS)}"

    def send(self, method, path, payload=None, *, body=b"", headers=JSON_TYPE, query=None, base=BASE):
        if payload is not None:
            body = json.dumps(payload).encode()
        query = f"api_key={self.key}" if query is None else query
        reply = self.emulator.handle(Request(method, base + path, query, headers, body))
        if base == BASE and self.judged:
            assert problems(self.profile, method, path, reply) == []
        return reply

    def save(self, *steps, campaign=1):
        return self.send("POST", f"/campaigns/{campaign}/sequences", {"sequences": list(steps)})

    def steps(self, campaign=1):
        body = self.send("GET", f"/campaigns/{campaign}/sequences").json()
        return body["data"] if self.profile == "documented" else body

    def status(self, status, campaign=1):
        return self.send("POST", f"/campaigns/{campaign}/status", {"status": status})

    def campaigns(self):
        return self.send("GET", "/campaigns").json()

    def all(self):
        """Return all that a client can read."""
        reader = Client(self.profile, self.emulator, self.key, judged=False)
        return reader.campaigns(), [reader.steps(campaign["id"]) for campaign in reader.campaigns()]


def problems(profile, method, path, reply):
    """Return what openapi-core finds wrong with a reply; nothing for what is no operation of the contract."""
    path = path.removesuffix("/")
    tokens = path.split("/")
    operations = {(entry.method, len(entry.path.split("/"))) for entry in load("smartlead").operations.values()}
    is_create = path == "/campaigns/create"
    if (method, len(tokens)) not in operations or tokens[1] != "campaigns" or (is_create and method != "POST"):
        return []
    if len(tokens) == 4 and tokens[3] not in (("sequences", "status") if method == "POST" else ("sequences",)):
        return []
    if method == "POST" and len(tokens) == 3 and not is_create:
        return []
    known = path if is_create or len(tokens) < 3 else "/".join([*tokens[:2], "1", *tokens[3:]])
    request = SimpleNamespace(
        host_url="https://server.smartlead.ai",
        path=f"/api/v1{known}",
        full_url_pattern="",
        method=method.lower(),
        parameters=RequestParameters(),
        content_type="",
        body=None,
    )
    headers = dict(reply.headers)
    response = SimpleNamespace(
        status_code=reply.status,
        headers=headers,
        content_type=headers["Content-Type"].partition(";")[0],
        data=reply.body,
    )
    return [f"{error}: {error.__cause__}" for error in ORACLES[profile].iter_errors(request, response)]


def step(number=1, delay=0, **fields):
    return {
        "seq_number": number,
        "subject": "Hello",
        "email_body": "<p>Hello</p>",
        "seq_delay_details": {"delay_in_days": delay},
        **fields,
    }


def variant(label, **fields):
    return {"subject": f"S {label}", "email_body": f"B {label}", "variant_label": label, **fields}


def codes(reply):
    return [
        item["rule"] for item in json.loads(dict(reply.headers).get("X-Stepmock-Violations", "[]")) if "rule" in item
    ]


def header(reply, name):
    return dict(reply.headers).get(name)


NOT_FOUND = {"documented": "Resource not found", "observed": "Campaign not found - Invalid campaign_id."}


WITH_BODY = {
    "saveSequences": ("POST", "/campaigns/1/sequences"),
    "createCampaign": ("POST", "/campaigns/create"),
    "setCampaignStatus": ("POST", "/campaigns/1/status"),
}
WITHOUT_BODY = {
    "getSequences": ("GET", "/campaigns/1/sequences"),
    "listCampaigns": ("GET", "/campaigns"),
    "getCampaign": ("GET", "/campaigns/1"),
    "deleteCampaign": ("DELETE", "/campaigns/77"),
}
