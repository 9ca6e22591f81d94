"""Every reply, judged by openapi-core against the contract document: an oracle that shares no code with stepmock."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server.clock import FrozenClock
from stepmock.validators.checker import checker

CONTRACTS = Path(str(files("stepmock.contracts")))
JSON = {"Content-Type": "application/json"}
STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
CAMPAIGN = "/campaigns/cam_docs0000000000000"
STEP = f"{STEPS}/STEP"
NO_STEP = f"{STEPS}/stp_00000000000000000"
OPERATIONS = [
    ("POST", STEPS),
    ("PATCH", STEP),
    ("DELETE", STEP),
    ("GET", f"{CAMPAIGN}/sequences"),
    ("GET", "/campaigns"),
    ("POST", "/campaigns"),
    ("GET", CAMPAIGN),
    ("PATCH", CAMPAIGN),
    ("POST", f"{CAMPAIGN}/start"),
    ("POST", f"{CAMPAIGN}/pause"),
    ("GET", "/team"),
]
WITH_BODY = [("POST", STEPS), ("PATCH", STEP), ("POST", "/campaigns"), ("PATCH", CAMPAIGN)]
METHODS = ("get", "put", "post", "patch", "delete")


def document(profile: str) -> dict[str, Any]:
    read = read_document(CONTRACTS / "lemlist.yaml")
    return read.data if profile == "documented" else with_overlay(read, CONTRACTS / "lemlist.observed.yaml").data


@cache
def oracle(profile: str) -> V31ResponseValidator:
    """Return a validator of the contract, with the replies to what is no operation put in from its components."""
    data = deepcopy(document(profile))
    no_method = {"responses": {"405": {"$ref": "#/components/responses/MethodNotAllowed"}}}
    for entry in data["paths"].values():
        for method in METHODS:
            entry.setdefault(method, no_method)
    unknown = {"documented": ("404", "UnknownPath"), "observed": ("200", "WebApp")}[profile]
    data["paths"]["/nothing"] = {
        "get": {
            "responses": {
                unknown[0]: {"$ref": f"#/components/responses/{unknown[1]}"},
                "401": {"$ref": "#/components/responses/Unauthorized"},
            }
        }
    }
    return V31ResponseValidator(SchemaPath.from_dict(data))


def problems(profile: str, method: str, path: str, reply: Any) -> list[str]:
    bare = path.partition("?")[0]
    request = SimpleNamespace(
        host_url="https://api.lemlist.com",
        path=f"/api{bare}",
        full_url_pattern="",
        method=method.lower(),
        parameters=RequestParameters(),
        content_type="",
        body=None,
    )
    response = SimpleNamespace(
        status_code=reply.status,
        headers=dict(reply.headers),
        content_type=reply.content_type.lower(),
        data=reply.content,
    )
    return [
        f"{error!r} {getattr(error, 'context', '')} {error.__cause__!r}"
        for error in oracle(profile).iter_errors(request, response)
    ]


@pytest.fixture(params=["documented", "observed"])
def profile(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(1_700_000_000)


Exchange = Callable[..., Any]


@pytest.fixture
def exchange(core: Callable[..., Any], profile: str, clock: FrozenClock) -> Exchange:
    """Return a function that sends a request, has its reply judged, and returns it."""
    client = core(profile=profile, rate_limit=True, clock=clock)

    def exchanged(method: str, path: str, status: int, *, fresh: bool = True, **options: Any) -> Any:
        if fresh:
            clock.advance(2)
        if "STEP" in path:
            path = path.replace("STEP", client.post(STEPS, json={"type": "linkedinInvite"}).json()["_id"])
        reply = client.request(method, path, **options)
        assert reply.status == status, reply.text
        assert problems(profile, method, path, reply) == []
        return reply

    return exchanged


@pytest.mark.parametrize("example", checker("lemlist", "addStep").examples, ids=lambda example: example["type"])
def test_adding_each_kind_of_step(exchange: Exchange, example: dict[str, Any]) -> None:
    assert exchange("POST", STEPS, 200, json=example).json()["type"] == example["type"]


@pytest.mark.parametrize("example", checker("lemlist", "updateStep").examples, ids=lambda example: example["type"])
def test_changing_each_kind_of_step(exchange: Exchange, example: dict[str, Any]) -> None:
    first = next(each for each in checker("lemlist", "addStep").examples if each["type"] == example["type"])
    made = exchange("POST", STEPS, 200, json=first).json()["_id"]
    exchange("PATCH", f"{STEPS}/{made}", 200, json=example)


def test_listing_steps_of_each_kind_and_branches_below_branches(exchange: Exchange) -> None:
    sequence = "seq_lkCSKd32qSZZTe5Ru"
    for example in checker("lemlist", "addStep").examples:
        exchange("POST", f"/sequences/{sequence}/steps", 200, json=example)
        if example["type"] == "conditional":
            sequence = exchange("POST", f"/sequences/{sequence}/steps", 200, json=example).json()["conditions"][1][
                "sequenceId"
            ]
    assert len(exchange("GET", f"{CAMPAIGN}/sequences", 200).json()) == 9


@pytest.mark.parametrize(
    ("method", "path", "payload"),
    [
        ("DELETE", STEP, None),
        ("GET", f"{CAMPAIGN}/sequences", None),
        ("GET", "/campaigns", None),
        ("GET", "/campaigns?version=v2&limit=1", None),
        ("GET", "/campaigns?status=archived", None),
        ("POST", "/campaigns", {"name": "A"}),
        ("GET", CAMPAIGN, None),
        ("PATCH", CAMPAIGN, {"name": "B"}),
        ("PATCH", CAMPAIGN, {}),
        ("POST", f"{CAMPAIGN}/start", None),
        ("GET", "/team", None),
        ("GET", "/team?version=v2", None),
    ],
)
def test_what_succeeds(exchange: Exchange, method: str, path: str, payload: Any) -> None:
    exchange(method, path, 200, json=payload)


def test_pausing_what_runs(exchange: Exchange) -> None:
    exchange("POST", f"{CAMPAIGN}/start", 200)
    exchange("POST", f"{CAMPAIGN}/pause", 200)


def test_starting_twice_and_pausing_twice(exchange: Exchange, profile: str) -> None:
    status = {"documented": 200, "observed": 400}[profile]
    exchange("POST", f"{CAMPAIGN}/pause", status)
    exchange("POST", f"{CAMPAIGN}/start", 200)
    exchange("POST", f"{CAMPAIGN}/start", status)


@pytest.mark.parametrize(
    ("method", "path", "status", "payload"),
    [
        pytest.param("POST", STEPS, 400, {"type": "email"}, id="add-rule"),
        pytest.param("POST", STEPS, 400, [], id="add-root"),
        pytest.param("POST", "/sequences/seq_x/steps", 400, {"type": "linkedinVisit"}, id="add-bad-team"),
        pytest.param("PATCH", STEP, 400, {"type": "email"}, id="update-type"),
        pytest.param("PATCH", NO_STEP, 400, {"type": "email"}, id="update-unknown"),
        pytest.param("PATCH", "/sequences/seq_x/steps/stp_x", 400, {"type": "email"}, id="update-bad-team"),
        pytest.param("DELETE", NO_STEP, 404, None, id="delete-unknown-step"),
        pytest.param("DELETE", "/sequences/seq_x/steps/stp_x", 404, None, id="delete-unknown-sequence"),
        pytest.param("GET", "/campaigns/cam_x/sequences", 404, None, id="list-unknown"),
        pytest.param("GET", "/campaigns/cam_archived000000000/sequences", 400, None, id="list-no-sequence"),
        pytest.param("GET", "/campaigns?limit=0", 400, None, id="campaigns-query"),
        pytest.param("POST", "/campaigns", 400, {"name": 1}, id="create-rule"),
        pytest.param("GET", "/campaigns/cam_x", 404, None, id="get-unknown"),
        pytest.param("PATCH", "/campaigns/cam_x", 404, {"name": "N"}, id="update-campaign-unknown"),
        pytest.param("PATCH", CAMPAIGN, 400, {"name": None}, id="update-campaign-rule"),
        pytest.param("POST", "/campaigns/cam_x/start", 404, None, id="start-unknown"),
        pytest.param("POST", "/campaigns/cam_x/pause", 404, None, id="pause-unknown"),
        pytest.param("GET", "/team?version=v9", 400, None, id="team-query"),
    ],
)
def test_what_is_refused(exchange: Exchange, method: str, path: str, status: int, payload: Any) -> None:
    exchange(method, path, status, json=payload)


def test_deleting_from_a_running_campaign(exchange: Exchange, clock: FrozenClock) -> None:
    exchange("POST", f"{CAMPAIGN}/start", 200)
    exchange("DELETE", STEP, 400)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_key_and_a_refused_key(exchange: Exchange, method: str, path: str) -> None:
    is_of_sequences = "sequences" in path
    exchange(method, path.replace("STEP", "stp_x"), 401 if is_of_sequences else 400, key=None)
    exchange(method, path.replace("STEP", "stp_x"), 401, key="invalid")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_too_many_requests(exchange: Exchange, core: Callable[..., Any], method: str, path: str) -> None:
    path = path.replace("STEP", "stp_00000000000000000")
    for _ in range(20):
        exchange("GET", "/team", 200, fresh=False)
    exchange(method, path, 429, fresh=False)


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_a_body_too_large_and_of_another_type(exchange: Exchange, method: str, path: str) -> None:
    exchange(method, path, 413, body=b" " * (10 * 1024 * 1024 + 1), headers=JSON)
    exchange(method, path, 415, body=b"{}", headers={"Content-Type": "text/xml"})


@pytest.mark.parametrize(
    ("media", "status"),
    [
        pytest.param(["https://media.stepmock.test/invalid-type/a.png"], 415, id="invalid-type"),
        pytest.param(["https://media.stepmock.test/too-large/a.png"], 413, id="too-large"),
        pytest.param(["https://media.stepmock.test/gif-invalid/a.gif"], 422, id="gif-invalid"),
        pytest.param(["https://media.stepmock.test/download-failed/a.png"], 502, id="download-failed"),
        pytest.param(["https://media.stepmock.test/av-unavailable/a.png"], 503, id="av-unavailable"),
        pytest.param(["https://media.stepmock.test/timeout/a.png"], 504, id="timeout"),
        pytest.param(["http://cdn.example.com/a.png"], 400, id="unsafe"),
        pytest.param(["https://cdn.example.com/a.png"] * 7, 400, id="too-many"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", STEPS), ("PATCH", STEP)], ids=["add", "update"])
def test_refused_media(exchange: Exchange, method: str, path: str, media: list[str], status: int) -> None:
    exchange(method, path, status, json={"type": "linkedinInvite", "images": media})


NOT_ALLOWED = [
    (method.upper(), path.replace("STEP", "stp_x"))
    for path in dict.fromkeys(path for _, path in OPERATIONS)
    for method in METHODS
    if (method.upper(), path) not in OPERATIONS
]


@pytest.mark.parametrize(("method", "path"), NOT_ALLOWED)
def test_a_method_that_is_not_allowed(exchange: Exchange, method: str, path: str) -> None:
    exchange(method, path, 405)


def test_a_path_that_does_not_exist(exchange: Exchange, profile: str) -> None:
    exchange("GET", "/nothing", {"documented": 404, "observed": 200}[profile])
    exchange("GET", "/nothing", 401, key=None)


def test_the_oracle_finds_fault_with_a_wrong_reply(core: Callable[..., Any], profile: str) -> None:
    reply = core(profile=profile).get("/team")
    assert problems(profile, "GET", "/team", reply) == []
    assert problems(profile, "GET", "/team", reply._replace(content=b"{}"))
    assert problems(profile, "GET", "/team", reply._replace(status=418))
    assert problems(profile, "GET", "/team", reply._replace(headers={"Content-Type": "text/html"}))
    assert problems(profile, "GET", "/nowhere", reply)
    wrong_quota = {"Content-Type": "application/json", "Retry-After": "soon"}
    assert problems(profile, "GET", "/team", reply._replace(headers=wrong_quota))


def test_the_operations_named_here_are_all_of_the_contract() -> None:
    declared = sum(method in METHODS for entry in document("documented")["paths"].values() for method in entry)
    assert declared == len(OPERATIONS) == 11
