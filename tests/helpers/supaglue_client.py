"""A client of Supaglue in process, whose replies are judged by the contract."""

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import stepmock.contracts
from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import FrozenClock

FOLDER = Path(stepmock.contracts.__file__).parent
BASE = "/supaglue/engagement/v2"
DOCS = "0258cbc6-6020-430a-848e-aafacbadf4ae"
STEPS = f"/sequences/{DOCS}/sequence_steps"
PROVIDERS = ["apollo", "outreach", "salesloft"]
MAIL = {"subject": "s", "body": "b"}
CALL = {"record": {"type": "call"}}
VALIDATION = {"title", "detail", "source", "problem_type"}
NORMAL = {"id", "title", "detail", "problem_type", "code", "status", "meta"}
APOLLO, OUTREACH, SALESLOFT = (
    "https://app.apollo.io/api/v1", "https://api.outreach.io/api/v2", "https://api.salesloft.com/v2"
)  # fmt: skip


@cache
def oracle(profile):
    """Return a validator of replies that shares no code with stepmock."""
    document = read_document(FOLDER / "supaglue.yaml")
    if profile == "observed":
        document = with_overlay(document, FOLDER / "supaglue.observed.yaml")
    data = json.loads(json.dumps(document.data))
    refused = {"$ref": "#/components/responses/Refused"}
    for entry in data["paths"].values():
        for method in ("get", "put", "post", "patch", "delete"):
            entry.setdefault(method, {"responses": dict.fromkeys(("400", "401", "404", "405", "500"), refused)})
    data["paths"]["/nothing"] = {"get": {"responses": {"404": refused, "401": refused}}}
    return V31ResponseValidator(SchemaPath.from_dict(data))


class Client:
    """A connection of one customer to one provider; every reply is judged by the contract."""

    def __init__(self, profile="documented", provider="apollo", customer="my-customer-1", emulator=None, key="key"):
        self.profile = profile
        self.emulator = emulator or Emulator(Settings(profile=profile, clock=FrozenClock(1_700_000_000)))
        self.headers = {"x-api-key": key, "x-customer-id": customer, "x-provider-name": provider}
        self.world = ""

    def send(self, method, path, payload=None, *, body=None, query="", base=BASE, **headers):
        body = body if body is not None else b"" if payload is None else json.dumps(payload).encode()
        sent = {
            **self.headers,
            "content-type": "application/json",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        sent = {name: value for name, value in sent.items() if value is not None}
        reply = self.emulator.handle(Request(method, base + path, query, sent, body))
        fields = dict(reply.headers)
        self.world = fields.get("X-Stepmock-World", self.world)
        assert problems(self.profile, method, path, reply) == []
        return SimpleNamespace(
            status=reply.status,
            headers=fields,
            body=reply.json(),
            errors=reply.json().get("errors", []),
            raw=reply.body,
        )

    def post(self, path, record, **options):
        return self.send("POST", path, {"record": record}, **options)

    def created(self, path, record):
        reply = self.post(path, record)
        assert reply.status == 201, reply.body
        return reply.body["record"]["id"]

    def read(self, sequence=DOCS):
        return self.send("GET", f"/sequences/{sequence}").body

    def downstream(self):
        reply = control(self.emulator, f"worlds/{self.world}/downstream")
        assert reply.status == 200
        return [tuple(request.values()) for request in reply.json()["requests"]]


def problems(profile, method, path, reply):
    request = SimpleNamespace(
        host_url="https://api.supaglue.io", path=f"/engagement/v2{path}", full_url_pattern="", method=method.lower(),
        parameters=RequestParameters(), content_type="", body=None,
    )  # fmt: skip
    response = SimpleNamespace(
        status_code=reply.status, headers=dict(reply.headers), content_type="application/json", data=reply.body
    )
    assert dict(reply.headers)["Content-Type"] == "application/json; charset=utf-8"
    known = list(oracle(profile).iter_errors(request, response))
    return [f"{error!r} {error.__cause__!r}" for error in known if "PathNotFound" not in type(error).__name__]


def control(emulator, path, method="GET", **headers):
    return emulator.handle(Request(method, f"/_stepmock/{path}", "", {"host": "localhost:8377", **headers}))
