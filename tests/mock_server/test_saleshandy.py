"""Saleshandy's operations in process: what they store and answer in both profiles, and what no request can do."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import stepmock.contracts
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_BODY_BYTES
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server import Emulator, Request, Response, Settings, create_app
from stepmock.mock_server.clock import FrozenClock
from stepmock.validators import Context, check
from stepmock.validators.breakers import breakers, operations_with_payload, valid_examples
from stepmock.validators.reading import read_json

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


# What the operations do


def test_the_sample_call_of_the_page_gets_the_reply_of_the_page() -> None:
    reply = Client().call("POST", STEPS, SEED)
    assert reply.status == 200
    assert {**reply.json(), "id": ""} == {"id": "", "name": "Step 1", "number": 1, "type": 1, "absoluteDays": 3}
    assert headers_of(reply)["X-Stepmock-Confidence"] == "documented"


def test_the_live_reply_is_an_envelope() -> None:
    client = Client("observed")
    reply = client.call("POST", STEPS, SEED)
    (step,) = client.steps()
    assert reply.status == 200
    assert reply.json() == {
        "message": "Sequence step created successfully",
        "payload": {
            "number": 1,
            "sequence": {"id": SEQUENCE, "steps": []},
            "variants": [{"stepId": step["id"], "id": step["variants"][0]["id"]}],
            "sequenceId": SEQUENCE,
            "id": step["id"],
        },
    }
    assert headers_of(reply)["X-Stepmock-Confidence"] == "observed"


@BOTH
def test_a_created_step_is_listed_with_what_was_sent(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(SEED)
    assert step == {
        "id": step["id"], "name": "Step 1", "number": 1, "type": 1, "absoluteDays": 3,
        "variants": [{"id": step["variants"][0]["id"], "status": 1, **SEED["variants"][0]}],  # type: ignore[index]
    }  # fmt: skip


@pytest.mark.parametrize("spelling", ["CallOther", 15, 15.0, "15"])
def test_a_type_is_listed_as_its_number_however_it_was_spelt(spelling: Any) -> None:
    assert Client().new_step({**TASK, "type": spelling})["type"] == 15


@BOTH
@pytest.mark.parametrize(("sent", "listed"), [("Urgent", 1), ("High", 2), (3, 3), ("4", 4), (2.0, 2)])
def test_a_priority_is_listed_as_its_number(profile: str, sent: Any, listed: int) -> None:
    assert Client(profile).new_step({**TASK, "priority": sent})["priority"] == listed


def test_a_task_step_is_of_normal_priority_and_for_the_owner_unless_it_says_otherwise() -> None:
    client = Client()
    assert {"priority": 3, "assigneeId": "z6R8Mw4vBn"}.items() <= client.new_step(TASK).items()
    assert client.new_step({**TASK, "assigneeId": "someone000"})["assigneeId"] == "someone000"


@pytest.mark.parametrize("code", [5, 6])
def test_steps_without_texts_take_a_note_too(code: int) -> None:
    step = Client().new_step({"type": code, "absoluteDays": 1, "variants": [{"payload": {}, "taskNote": "Look"}]})
    assert step["variants"][0]["taskNote"] == "Look"


def test_fields_that_are_ignored_are_not_stored() -> None:
    step = Client().new_step(
        {**EMAIL, "priority": 1, "zz": 1, "variants": [{"payload": {**MAIL, "message": "x"}, "y": 1}]}
    )
    assert step.keys() == {"id", "name", "number", "type", "absoluteDays", "variants"}
    assert step["variants"][0] == {"id": step["variants"][0]["id"], "status": 1, "payload": MAIL}


@BOTH
def test_steps_are_numbered_by_day(profile: str) -> None:
    client = Client(profile)
    for day in (5, 2, 9, 2):
        client.new_step({**TASK, "absoluteDays": day})
    listed = client.steps()
    assert [(step["name"], step["number"], step["absoluteDays"]) for step in listed] == [
        ("Step 1", 1, 2), ("Step 2", 2, 2), ("Step 3", 3, 5), ("Step 4", 4, 9),
    ]  # fmt: skip
    assert [step["name"] for step in client.sequences()[0]["steps"]] == ["Step 1", "Step 2", "Step 3", "Step 4"]
    late = client.call("POST", STEPS, {**TASK, "absoluteDays": 1})
    assert (late.json() if profile == "documented" else late.json()["payload"])["number"] == 1
    assert headers_of(late)["X-Stepmock-Confidence"] == "assumed"


@BOTH
def test_a_day_holds_one_email_and_the_second_changes_nothing(profile: str) -> None:
    client = Client(profile)
    client.new_step(EMAIL)
    before = client.everything()
    reply = client.call("POST", STEPS, EMAIL)
    assert refused(reply) == (400, 4000)
    assert rules_of(reply) == ["SHY023"]
    assert client.everything() == before
    client.new_step(TASK)
    client.new_step({**EMAIL, "absoluteDays": 4})


@BOTH
def test_variants_are_added_up_to_26(profile: str) -> None:
    client = Client(profile)
    step = client.new_step({**EMAIL, "variants": [{"payload": MAIL}] * 25})
    path = f"{STEPS}/{step['id']}/variants"
    reply = client.call("POST", path, {"type": 1, "payload": MAIL, "attachmentIds": ["a"]})
    assert reply.status == 200
    assert reply.json()["payload"].items() >= {"stepId": step["id"], "sequenceId": SEQUENCE, "payload": MAIL}.items()
    assert len(client.steps()[0]["variants"]) == 26
    full = client.call("POST", path, {"type": 1, "payload": MAIL})
    assert (refused(full), rules_of(full)) == ((400, 4000), ["SHY032"])
    assert len(client.steps()[0]["variants"]) == 26


@BOTH
def test_another_channel_keeps_its_one_variant(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(TASK)
    reply = client.call("POST", f"{STEPS}/{step['id']}/variants", {"type": 9, "payload": {}})
    assert (refused(reply), rules_of(reply)) == ((400, 4000), ["SHY033"])


@BOTH
def test_a_variant_changes_by_what_is_sent(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(SEED)
    path, new = client.variant_path(step), {"subject": "Again", "content": "<p>One more thing</p>"}
    assert client.call("PATCH", path, {"payload": new}).status == 200
    assert client.call("PATCH", path, {"status": 0, "type": 1}).status == 200
    (variant,) = client.steps()[0]["variants"]
    assert variant == {"id": variant["id"], "status": 0, "payload": new, "attachmentIds": ["lN5xKp2vJq"]}
    reply = client.call("PATCH", path, {"attachmentIds": []})
    assert reply.json()["payload"]["attachmentIds"] == client.steps()[0]["variants"][0]["attachmentIds"] == []
    before = client.everything()
    assert client.call("PATCH", path, {}).status == 200
    assert client.everything() == before


@BOTH
def test_a_change_of_a_variant_moves_its_step(profile: str) -> None:
    client = Client(profile)
    first, second = client.new_step({**TASK, "absoluteDays": 1}), client.new_step({**TASK, "absoluteDays": 2})
    change = {"absoluteDays": 8, "priority": "Low", "assigneeId": "other00000", "taskNote": "Now"}
    assert client.call("PATCH", client.variant_path(first), change).status == 200
    assert [step["id"] for step in client.steps()] == [second["id"], first["id"]]
    moved = client.steps()[1]
    assert {"number": 2, "absoluteDays": 8, "priority": 4, "assigneeId": "other00000"}.items() <= moved.items()
    assert moved["variants"][0]["taskNote"] == "Now"


@BOTH
def test_an_email_cannot_move_to_the_day_of_another(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(EMAIL)
    client.new_step({**EMAIL, "absoluteDays": 5})
    before = client.everything()
    reply = client.call("PATCH", client.variant_path(step), {"absoluteDays": 5, "status": 0})
    assert (refused(reply), rules_of(reply)) == ((400, 4000), ["SHY023"])
    assert client.everything() == before
    assert client.call("PATCH", client.variant_path(step), {"absoluteDays": 3}).status == 200


@BOTH
def test_the_type_of_a_step_stays(profile: str) -> None:
    client = Client(profile)
    reply = client.call("PATCH", client.variant_path(client.new_step(EMAIL)), {"type": 9})
    assert (refused(reply), rules_of(reply)) == ((400, 4000), ["SHY013"])


@BOTH
def test_a_created_sequence_is_paused_and_takes_steps(profile: str) -> None:
    client = Client(profile)
    reply = client.call("POST", "/sequences", {"title": "Spring", "emailAccountIds": ["bwOLEx4l8G"]})
    made = reply.json()["payload"]
    assert reply.json()["message"] == "Sequence created successfully"
    assert {"title": "Spring", "active": False}.items() <= made.items()
    assert made.get("sequenceId") == (made["id"] if profile == "observed" else None)
    assert client.call("POST", f"/sequences/{made['id']}/steps", EMAIL).status == 200
    assert len(client.steps(made["id"])) == 1
    assert client.steps() == []


def test_the_list_is_filtered_sorted_and_paged() -> None:
    client = Client()
    for title in ("beta", "Alpha", "alphabet"):
        client.call("POST", "/sequences", {"title": title})
    titles = ["Documentation", "beta", "Alpha", "alphabet"]
    cases = {
        "": titles, "sort=DESC": titles[::-1], "sortBy=sequence.title&sort=ASC": sorted(titles),
        "sequenceName=ALPHA": ["Alpha", "alphabet"], "pageSize=3": titles[:3], "pageSize=3&page=2": titles[3:],
        "page=2": [], "clientIds=x": [], "unknown=1": titles, "sequenceName=": titles,
    }  # fmt: skip
    for query, expected in cases.items():
        assert [entry["title"] for entry in client.sequences(query)] == expected


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=1001", "pageSize=x", "page=0", "page=-1", "page=1.5",
                                   "sort=asc", "sortBy=title", f"page={'9' * 5000}", "pageSize=",
                                   "page=%ED%A0%80"])  # fmt: skip
def test_a_parameter_that_does_not_fit_is_refused(query: str) -> None:
    assert refused(Client().call("GET", "/sequences", query=query)) == (400, 4000)


@BOTH
def test_sequences_are_resumed_and_paused_all_or_none(profile: str) -> None:
    client = Client(profile)
    other = client.call("POST", "/sequences", {"title": "Other"}).json()["payload"]["id"]

    def states() -> list[bool]:
        return [entry["active"] for entry in client.sequences()]

    def change(status: str, *names: str) -> Response:
        return client.call("POST", "/sequences/status", {"status": status, "sequenceIds": list(names)})

    assert change("resume", SEQUENCE).status == 200
    assert states() == [True, False]
    assert refused(change("resume", other, SEQUENCE)) == (400, 40102)
    assert refused(change("resume", other, "nowhere000")) == (400, 40100)
    assert refused(change("pause", SEQUENCE, other)) == (400, 40101)
    assert states() == [True, False]
    assert change("resume", other).status == 200
    assert change("pause", SEQUENCE, other, other).status == 200
    assert states() == [False, False]


def test_a_sequence_without_an_email_account_is_not_resumed() -> None:
    sequence = {"id": "bare000000", "title": "Bare", "active": False, "createdAt": "2021-02-16T08:02:42.000Z",
                "userId": "z6R8Mw4vBn", "emailAccountIds": [], "steps": []}  # fmt: skip
    user = {"id": "z6R8Mw4vBn", "firstName": "A", "lastName": "B", "email": "a@example.com"}
    world = {"format": "stepmock-world", "version": 1, "provider": "saleshandy",
             "resources": {"sequences": {"bare000000": sequence}, "users": {"z6R8Mw4vBn": user}}}  # fmt: skip
    client = Client(emulator=Emulator(Settings(worlds={"saleshandy": world})))
    reply = client.call("POST", "/sequences/status", {"status": "resume", "sequenceIds": ["bare000000"]})
    assert refused(reply) == (400, 40103)
    assert client.sequences()[0]["active"] is False


def test_an_empty_world_has_no_sequence_and_can_make_one() -> None:
    client = Client(emulator=Emulator(Settings(world="empty", rate_limit=False)))
    assert client.sequences() == []
    name = client.call("POST", "/sequences", {"title": "First"}).json()["payload"]["id"]
    assert client.call("POST", f"/sequences/{name}/steps", TASK).status == 200
    assert client.call("POST", "/sequences/status", {"status": "resume", "sequenceIds": [name]}).status == 200


@BOTH
def test_what_is_listed_is_of_the_contracts_shape(profile: str) -> None:
    client = Client(profile)
    for day, example in enumerate(valid_examples("saleshandy", "createStep", profile), 1):
        assert client.call("POST", STEPS, {**example, "absoluteDays": day}).status == 200
    assert len(client.call("GET", STEPS).json()["payload"]) == len(client.steps()) >= 15
    assert len(client.call("GET", "/sequences").json()["payload"]) == 1


# What is not there, who is let in, and how often


@BOTH
@pytest.mark.parametrize("name", ["nowhere000", "ja5ydar9wy", "a%2Fb", "..", "%00", "é" * 100, "\udc80", "x" * 5000,
                                  "{id}", "'; DROP TABLE steps", "<script>"])  # fmt: skip
def test_an_id_that_nothing_has_is_refused_as_a_failure(profile: str, name: str) -> None:
    client = Client(profile)
    step = client.new_step(EMAIL)
    before = client.everything()
    calls = [
        ("POST", f"/sequences/{name}/steps", EMAIL, "Failed to create sequence step"),
        ("GET", f"/sequences/{name}/steps", None, "Failed to fetch sequences and their steps"),
        ("POST", f"{STEPS}/{name}/variants", {"type": 1, "payload": MAIL}, "Failed to create sequence step variant"),
        ("POST", f"/sequences/{name}/steps/{step['id']}/variants", {"type": 1, "payload": MAIL},
         "Failed to create sequence step variant"),
        ("PATCH", f"{STEPS}/{step['id']}/variants/{name}", {}, "Failed to update sequence step variant"),
        ("PATCH", f"{STEPS}/{name}/variants/{step['variants'][0]['id']}", {}, "Failed to update sequence step variant"),
    ]  # fmt: skip
    for method, path, payload, message in calls:
        reply = client.send(method, path, json.dumps(payload).encode() if payload is not None else b"")
        assert (reply.status, reply.json()) == (400, {"code": 4000, "message": message})
    assert client.everything() == before


def test_a_step_is_found_in_its_own_sequence_alone() -> None:
    client = Client()
    step = client.new_step(EMAIL)
    other = client.call("POST", "/sequences", {"title": "Other"}).json()["payload"]["id"]
    path = f"/sequences/{other}/steps/{step['id']}/variants"
    assert refused(client.call("POST", path, {"type": 1, "payload": MAIL})) == (400, 4000)


@BOTH
@pytest.mark.parametrize("key", ["", "invalid", "invalid-key"])
def test_a_bad_key_is_400_with_code_1001_on_every_operation(profile: str, key: str) -> None:
    client = Client(profile)
    for operation in load("saleshandy").operations.values():
        reply = client.send(operation.method, operation.path, b"{}", x_api_key=key)
        assert (reply.status, reply.json()) == (400, {"code": 1001, "message": "Invalid token"})
        assert "X-Stepmock-World" not in headers_of(reply)
    assert client.send("GET", "/sequences", x_api_key="", authorization="Bearer abc").json()["code"] == 1001


def test_only_listed_keys_are_let_in_when_keys_are_listed() -> None:
    emulator = Emulator(Settings(api_keys=frozenset({"mine"})))
    assert Client(emulator=emulator, key="mine").call("GET", "/sequences").status == 200
    assert Client(emulator=emulator, key="theirs").send("GET", "/sequences").json()["code"] == 1001


def test_each_key_has_a_world_of_its_own() -> None:
    first, second = Client(), Client()
    first.new_step(EMAIL)
    assert second.steps() == []
    worlds = {headers_of(client.send("GET", "/sequences"))["X-Stepmock-World"] for client in (first, second)}
    assert len(worlds) == 2


@pytest.mark.parametrize(("prefix", "host"), [
    ("/saleshandy/v1", "localhost"), ("/saleshandy/api/open-api/v1", "localhost"), ("/v1", "open-api.saleshandy.com"),
    ("/api/open-api/v1", "Open-API.Saleshandy.com:443"),
])  # fmt: skip
def test_both_prefixes_lead_to_the_same_world(prefix: str, host: str) -> None:
    client = Client()
    step = client.new_step(EMAIL)
    reply = client.send("GET", STEPS, prefix=prefix, host=host, sh_application="open-api")
    assert reply.status == 200
    assert reply.json()["payload"] == [step]


def test_the_flask_app_answers_on_both_prefixes() -> None:
    browser = create_app(Settings()).test_client()
    for number, prefix in enumerate(("/saleshandy/v1", "/saleshandy/api/open-api/v1"), 1):
        payload = {**TASK, "absoluteDays": number}
        with browser.post(f"{prefix}{STEPS}", json=payload, headers={"x-api-key": "flask"}) as reply:
            assert (reply.status_code, reply.json["number"]) == (200, number)


@BOTH
def test_a_used_up_quota_is_400_with_code_40000_until_the_window_ends(profile: str) -> None:
    limit = load("saleshandy").rate_limit
    assert limit is not None
    clock = FrozenClock(1_613_462_560)
    client = Client(profile, Emulator(Settings(profile=profile, clock=clock)))
    for left in reversed(range(limit.requests)):
        reply = client.call("GET", "/sequences")
        assert reply.status == 200
        assert headers_of(reply)["X-RateLimit-Remaining"] == str(left)
    reply = client.call("POST", STEPS, EMAIL)
    assert (reply.status, reply.json()) == (400, {"code": 40000, "message": "Rate Limit exceeded"})
    assert headers_of(reply)["X-Stepmock-Confidence"] == "observed"
    assert headers_of(reply)["X-RateLimit-Reset"].startswith("Tue Feb 16 2021 08:02:42 GMT+0000")
    clock.advance(limit.window_seconds)
    assert client.steps() == []


def test_the_same_calls_give_the_same_bytes_under_a_frozen_clock() -> None:
    def replies() -> list[Response]:
        client = Client(emulator=Emulator(Settings(clock=FrozenClock(1_613_462_560), seed=7)), key="same")
        return [client.call("POST", "/sequences", {"title": "A"}), client.call("POST", STEPS, SEED),
                client.call("GET", STEPS), client.call("POST", STEPS, {})]  # fmt: skip

    assert replies() == replies()


# Bad input, on every operation


def target_of(client: Client, operation: str) -> tuple[str, str]:
    """Return method and path of an operation on a step of the client."""
    step = client.steps()[0]
    values = {"sequenceId": SEQUENCE, "stepId": step["id"], "variantId": step["variants"][0]["id"]}
    found = load("saleshandy").operations[operation]
    return found.method, found.path.format(**values)


WITH_BODY = operations_with_payload("saleshandy")
BAD_BODIES = {
    "empty": b"", "white space": b" \r\n", "broken": b"{", "cut off": b'{"type":1,"title":"x"',
    "comma": b'{"title":"x",}',
    "two texts": b"{} {}", "array": b"[]", "text": b'"Email"', "number": b"1", "null": b"null",
    "nan": b'{"title":"x","absoluteDays":NaN}', "infinity": b'{"title":"x","absoluteDays":Infinity}',
    "overflow": b'{"title":"x","absoluteDays":1e999}',
    "5000 digits": b'{"title":"x","absoluteDays":%s}' % (b"9" * 5000),
    "lone surrogate": b'{"title":"\\ud800"}', "surrogate key": b'{"title":"x","\\udfff":1}',
    "20000 brackets": b"[" * 20_000 + b"]" * 20_000, "nested": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "200 brackets below": b'{"title":"x","variants":%s}' % (b"[" * 200 + b"]" * 200),
    "not UTF-8": b'{"title":"\xff"}', "UTF-16": '{"title":"x"}'.encode("utf-16"), "nulls": b"\x00" * 9,
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_cannot_be_read_is_refused_and_changes_nothing(profile: str, operation: str, body: bytes) -> None:
    client = Client(profile)
    client.new_step(EMAIL)
    before = client.everything()
    method, path = target_of(client, operation)
    reply = client.send(method, path, body)
    client.judge(method, path, reply)
    assert refused(reply) == (400, 4000)
    assert rules_of(reply)
    assert client.everything() == before


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("size", [MAX_BODY_BYTES + 1, 11 * 1024 * 1024])
def test_a_body_over_the_limit_is_413(operation: str, size: int) -> None:
    client = Client()
    client.new_step(EMAIL)
    method, path = target_of(client, operation)
    reply = client.send(method, path, b'{"title":"x"}'.ljust(size))
    client.judge(method, path, reply)
    assert refused(reply) == (413, 413)


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "é"])
def test_a_body_of_another_content_type_is_415(operation: str, kind: str) -> None:
    client = Client()
    client.new_step(EMAIL)
    method, path = target_of(client, operation)
    reply = client.send(method, path, b'{"title":"x"}', content_type=kind)
    client.judge(method, path, reply)
    assert refused(reply) == (415, 415)


@BOTH
@pytest.mark.parametrize("path", ["", "/", "/nothing", "/sequences/", f"/sequences/{SEQUENCE}", f"{STEPS}/",
                                  "/sequences//steps", "/Sequences", f"{STEPS}/x/variants/y/z", "/\udc80",
                                  "/<b>"])  # fmt: skip
def test_a_path_of_no_operation_is_404(profile: str, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert refused(Client(profile).send(method, path, b"{}")) == (404, 404)


@BOTH
@pytest.mark.parametrize("operation", load("saleshandy").operations)
def test_another_method_is_405_and_says_which_there_are(profile: str, operation: str) -> None:
    client = Client(profile)
    client.new_step(EMAIL)
    _, path = target_of(client, operation)
    allowed = {entry.method for entry in load("saleshandy").operations.values()
               if entry.path == load("saleshandy").operations[operation].path}  # fmt: skip
    for method in {"GET", "POST", "PATCH", "PUT", "DELETE", "TRACE"} - allowed:
        reply = client.send(method, path, b"{}")
        assert refused(reply) == (405, 405)
        assert headers_of(reply)["Allow"] == ", ".join(sorted(allowed))


@pytest.mark.parametrize("operation", ["listSequences", "listSteps"])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_an_operation_without_a_body_passes_over_one(operation: str, body: bytes) -> None:
    client = Client()
    client.new_step(EMAIL)
    method, path = target_of(client, operation)
    assert client.send(method, path, body, content_type="text/plain").body == client.send(method, path).body


# The law


TEXTS = st.text(max_size=8) | st.sampled_from([
    "Email", "Custom", "LinkedInPostInteration", "1", "9", "Urgent", "Low", "5", "resume", "pause", SEQUENCE, "a b",
    "nowhere000", "x" * 201, "x" * 256, "x" * 301, "x" * 3000, "x" * 3001, "{{a}}", "{{a", "\n",
])  # fmt: skip
NUMBERS = st.integers(-2, 20) | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [998, 999, 1000, 1.0, 999.0, 1.5, -0.0, 1e300])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
EXAMPLES = {name: valid_examples("saleshandy", name) for name in WITH_BODY}
NAMES = sorted({name for examples in EXAMPLES.values() for example in examples for name in example}
               | {"payload", "subject", "content", "message", "connectionNote", "preheader", "unheardOf"})  # fmt: skip


def objects_in(value: Any) -> list[dict[str, Any]]:
    children = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, dict) else []) + [found for child in children for found in objects_in(child)]


@st.composite
def payloads(draw: st.DrawFn, operation: str) -> Any:
    """A valid example with members dropped, added or replaced at any depth; now and then any JSON value."""
    if draw(st.integers(0, 19)) == 19:
        return draw(JSON)
    payload = json.loads(json.dumps(draw(st.sampled_from(EXAMPLES[operation]))))
    variants = payload.get("variants")
    if variants and draw(st.booleans()):
        payload["variants"] = json.loads(json.dumps(variants)) * draw(st.sampled_from([0, 1, 2, 26, 27]))
    for _ in range(draw(st.integers(0, 3))):
        target = draw(st.sampled_from(objects_in(payload)))
        name = draw(st.sampled_from(NAMES) | st.text(max_size=4))
        others = [entry[name] for entry in EXAMPLES[operation] if name in entry]
        if draw(st.booleans()):
            target[name] = json.loads(json.dumps(draw(JSON | st.sampled_from(others) if others else JSON)))
        else:
            target.pop(name, None)
    return payload


def facts_of(client: Client, step: dict[str, Any]) -> dict[str, Context]:
    """Return what the rules may know of a client's world, by operation."""
    sequences = {entry["id"]: entry for entry in client.sequences()}
    steps = client.steps()
    stored = next(entry for entry in steps if entry["id"] == step["id"])
    return {
        "createStep": Context(siblings=steps),
        "addVariant": Context(stored=stored, siblings=steps),
        "updateVariant": Context(stored=stored, siblings=steps),
        "createSequence": Context(),
        "setSequenceStatus": Context(find=lambda kind, name: sequences.get(name)),
    }


def the_law(client: Client, operation: str, payload: Any, step: dict[str, Any]) -> None:
    """With the same facts, an error is found exactly when the emulator refuses, and it is the reason."""
    body = json.dumps(payload).encode()
    assume(not read_json(body, load("saleshandy").body_rules).findings or not isinstance(payload, dict))
    context = facts_of(client, step)[operation]
    before = client.everything()
    found = load("saleshandy").operations[operation]
    path = found.path.format(sequenceId=SEQUENCE, stepId=step["id"], variantId=step["variants"][0]["id"])
    violations = check("saleshandy", operation, payload, profile=client.profile, context=context)
    errors = [item for item in violations if item.severity == "error"]
    reply = client.send(found.method, path, body)
    client.judge(found.method, path, reply)
    if errors:
        assert (reply.status, reply.json()) == (errors[0].status, errors[0].body)
        assert rules_of(reply) == [item.code for item in errors][:20]
        assert client.everything() == before
    else:
        assert reply.status == 200
        assert rules_of(reply) == []


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])  # fmt: skip
def test_an_error_is_found_exactly_when_the_emulator_refuses(profile: str, operation: str, data: st.DataObject) -> None:
    payload = data.draw(payloads(operation))
    client = Client(profile)
    stored = data.draw(st.sampled_from([example for example in EXAMPLES["createStep"] if type(example["type"]) is int]))
    if isinstance(payload, dict) and data.draw(st.booleans()) and type(payload.get("type")) is int:
        same = [example for example in EXAMPLES["createStep"] if example["type"] == payload["type"]]
        stored = same[0] if same else stored
    step = client.new_step({**stored, "absoluteDays": 7})
    client.new_step({**EMAIL, "absoluteDays": 3})
    if data.draw(st.booleans()):
        client.call("POST", "/sequences/status", {"status": "resume", "sequenceIds": [SEQUENCE]})
    the_law(client, operation, payload, step)


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_what_breaks_a_rule_of_shape_is_refused_for_it_or_taken_with_a_warning(profile: str, operation: str) -> None:
    rules = load("saleshandy", profile).rules
    of_state = {"SHY013", "SHY023", "SHY032", "SHY033", "SHY084", "SHY085", "SHY086"}
    for code, rule in rules.items():
        if code in of_state:
            continue
        for broken in itertools.islice(breakers("saleshandy", operation, code, profile), 4):
            kind = broken.payload.get("type") if isinstance(broken.payload, dict) else 1
            step = next((entry for entry in EXAMPLES["createStep"] if entry["type"] == kind), EMAIL)
            if operation == "addVariant" and step["type"] != 1:
                continue  # such a step has no room
            client = Client(profile)
            client.new_step({**step, "absoluteDays": 900})
            method, path = target_of(client, operation)
            reply = client.send(method, path, broken.body)
            if rule.severity == "error":
                assert reply.status == load("saleshandy", profile).refusals[rule.refusal].status
                assert rules_of(reply) == [code]
            else:
                assert reply.status == 200, (code, broken.body, reply.body)
            client.judge(method, path, reply)
