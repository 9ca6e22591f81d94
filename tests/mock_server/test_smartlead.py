"""Smartlead as the emulator plays it: campaigns and their sequences in both profiles, refusals, quota, bad input."""

import itertools
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import stepmock.contracts
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema_path import SchemaPath
from openapi_core import V31ResponseValidator
from openapi_core.datatypes import RequestParameters
from stepmock.contracts import load
from stepmock.contracts.limits import MAX_BODY_BYTES
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.identifiers import world_id
from stepmock.validators import check
from stepmock.validators.breakers import breakers, valid_examples
from stepmock.validators.context import Context
from stepmock.validators.reading import read_json

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


# Saving and reading sequences


@BOTH
def test_the_docs_world_has_campaign_1_drafted_and_without_sequences(profile):
    client = Client(profile)
    [campaign] = client.campaigns()
    assert (campaign["id"], campaign["status"], client.steps()) == (1, "DRAFTED", [])


def test_saving_answers_success_and_data_as_documented():
    assert Client().save(step()).json() == {"success": True, "data": {}}


def test_saving_answers_numbers_and_ids_as_observed():
    client = Client("observed")
    body = client.save(step(2, 3), step(1)).json()
    stored = client.steps()
    assert body == {"ok": True, "data": {"sequences": [{"seqNumber": n, "id": stored[n - 1]["id"]} for n in (1, 2)]}}


@BOTH
def test_what_was_saved_is_read_back_in_the_order_of_the_numbers(profile):
    client = Client(profile, Emulator(Settings(profile=profile, rate_limit=False, clock=FrozenClock(BEGINNING))))
    client.save(step(2, 3.0, subject="", email_body="two"), step(1, 0, subject="one"))
    first, second = client.steps()
    assert first == {
        "id": first["id"],
        "created_at": "2023-11-14T22:13:20.000Z",
        "updated_at": "2023-11-14T22:13:20.000Z",
        "email_campaign_id": 1,
        "seq_number": 1,
        "subject": "one",
        "email_body": "<p>Hello</p>",
        "seq_delay_details": {"delayInDays": 0},
        "sequence_variants": None,
    }
    assert (second["seq_number"], second["subject"], second["email_body"]) == (2, "", "two")
    assert json.dumps(second["seq_delay_details"]) == '{"delayInDays": 3}'
    assert type(first["id"]) is int


@BOTH
def test_a_follow_up_without_a_subject_is_stored_with_a_blank_one(profile):
    client = Client(profile)
    bare = {name: value for name, value in step(2, 3).items() if name != "subject"}
    assert client.save(step(), bare).status == 200
    assert client.steps()[1]["subject"] == ""


@BOTH
def test_saving_replaces_everything(profile):
    client = Client(profile)
    client.save(step(1), step(2, 3))
    old = {each["id"] for each in client.steps()}
    client.save(step(1, subject="New"))
    [only] = client.steps()
    assert only["subject"] == "New"
    assert only["id"] not in old
    client.save()
    assert client.steps() == []


@BOTH
def test_a_sequence_sent_with_its_id_keeps_it_and_the_rest_goes(profile):
    clock = FrozenClock(BEGINNING)
    client = Client(profile, Emulator(Settings(profile=profile, rate_limit=False, clock=clock)))
    client.save(step(1), step(2, 3))
    first, second = client.steps()
    clock.advance(60)
    client.save(step(1, subject="New", id=None), step(2, 4, id=second["id"], subject="Kept"))
    new, kept = client.steps()
    assert (kept["id"], kept["subject"], kept["created_at"]) == (second["id"], "Kept", second["created_at"])
    assert kept["updated_at"] > second["updated_at"]
    assert new["id"] not in (first["id"], second["id"])


@BOTH
def test_an_id_that_is_gone_or_sent_twice_or_of_another_campaign_makes_a_new_sequence(profile):
    client = Client(profile)
    other = client.send("POST", "/campaigns/create", {}).json()["id"]
    client.save(step(), campaign=other)
    [foreign] = client.steps(other)
    client.save(step())
    [mine] = client.steps()
    reply = client.save(
        step(1, id=mine["id"]), step(2, 3, id=mine["id"]), step(3, 3, id=foreign["id"]), step(4, 3, id=99)
    )
    assert (reply.status, header(reply, "X-Stepmock-Confidence")) == (200, "assumed")
    stored = client.steps()
    assert stored[0]["id"] == mine["id"]
    assert len({each["id"] for each in stored} | {foreign["id"]}) == 5
    assert client.steps(other) == [foreign]


@BOTH
def test_variants_are_read_back_and_the_sequence_itself_is_blank(profile):
    client = Client(profile)
    shares = [variant("A", variant_distribution_percentage=50.0), variant("B", variant_distribution_percentage=50)]
    assert client.save(step(variant_distribution_type="MANUAL_PERCENTAGE", seq_variants=shares)).status == 200
    [stored] = client.steps()
    assert (stored["subject"], stored["email_body"]) == ("", "")
    name = {"documented": "variant_name", "observed": "variant_label"}[profile]
    found = [(each[name], each["subject"], each["email_body"]) for each in stored["sequence_variants"]]
    assert found == [("A", "S A", "B A"), ("B", "S B", "B B")]
    assert {each["email_campaign_seq_id"] for each in stored["sequence_variants"]} == {stored["id"]}
    assert [each["variant_distribution_percentage"] for each in stored["sequence_variants"]] == [50, 50]


@BOTH
def test_a_variant_keeps_its_id_gets_a_new_one_or_is_dropped(profile):
    client = Client(profile)
    client.save(step(seq_variants=[variant("A"), variant("B")]))
    [stored] = client.steps()
    kept = stored["sequence_variants"][1]["id"]
    client.save(step(id=stored["id"], seq_variants=[variant("B", id=kept), variant("C"), variant("D", id=99)]))
    [again] = client.steps()
    assert [each["subject"] for each in again["sequence_variants"]] == ["S B", "S C"]
    assert again["sequence_variants"][0]["id"] == kept
    assert again["sequence_variants"][1]["id"] not in [each["id"] for each in stored["sequence_variants"]]


@BOTH
def test_a_sequence_whose_variants_are_all_gone_keeps_its_own_text(profile):
    client = Client(profile)
    for variants in ([variant("D", id=99), variant("E", id=98)], []):
        client.save(step(seq_variants=variants))
        [stored] = client.steps()
        assert (stored["subject"], stored["email_body"], stored["sequence_variants"]) == ("Hello", "<p>Hello</p>", None)


@BOTH
def test_the_other_names_of_variant_fields_are_taken(profile):
    client = Client(profile)
    other = {"subject": "S", "email_body": "B", "variant_id": "A", "distribution": 70}
    strange = {"subject": "S", "email_body": "B", "variant_id": [1], "distribution": "x"}
    client.save(step(seq_variants=[other, strange]))
    name = {"documented": "variant_name", "observed": "variant_label"}[profile]
    found = [(each[name], each["variant_distribution_percentage"]) for each in client.steps()[0]["sequence_variants"]]
    assert found == [("A", 70), ("", None)]


@BOTH
def test_a_refused_payload_changes_nothing(profile):
    client = Client(profile)
    client.save(step(), step(2, 3, seq_variants=[variant("A")]))
    before = client.all()
    assert client.save(step(subject="New"), step(2, 366)).status in (400, 422)
    assert client.all() == before


@BOTH
def test_an_active_campaign_refuses_sequences_until_it_is_paused(profile):
    client = Client(profile)
    client.save(step())
    client.status("START")
    before = client.all()
    reply = client.save(step(subject="New"))
    assert (reply.status, list(reply.json()), codes(reply)) == (400, ["error"], ["SML070"])
    assert client.all() == before
    client.status("PAUSED")
    assert client.save(step(subject="New")).status == 200


# Campaigns


@BOTH
def test_a_campaign_is_created_drafted_with_the_published_defaults(profile):
    client = Client(profile, Emulator(Settings(profile=profile, rate_limit=False, clock=FrozenClock(BEGINNING))))
    made = client.send("POST", "/campaigns/create", {"name": "Spring", "client_id": 22.0}).json()
    assert made == {"ok": True, "id": made["id"], "name": "Spring", "created_at": "2023-11-14T22:13:20.000Z"}
    body = client.send("GET", f"/campaigns/{made['id']}").json()
    assert (body if profile == "observed" else body["data"]) == {
        "id": made["id"],
        "user_id": 1,
        "created_at": "2023-11-14T22:13:20.000Z",
        "updated_at": "2023-11-14T22:13:20.000Z",
        "status": "DRAFTED",
        "name": "Spring",
        "track_settings": [],
        "scheduler_cron_value": None,
        "min_time_btwn_emails": 20,
        "max_leads_per_day": 100,
        "stop_lead_settings": "REPLY_TO_AN_EMAIL",
        "enable_ai_esp_matching": False,
        "send_as_plain_text": False,
        "follow_up_percentage": 100,
        "unsubscribe_text": None,
        "parent_campaign_id": None,
        "client_id": 22,
    }


def test_a_campaign_without_a_name_has_the_published_one():
    assert Client().send("POST", "/campaigns/create", {}).json()["name"] == "Untitled Campaign"


@BOTH
def test_campaigns_are_listed_with_and_without_a_slash(profile):
    client = Client(profile)
    client.send("POST", "/campaigns/create", {"name": "Spring"})
    bare, slash = client.send("GET", "/campaigns"), client.send("GET", "/campaigns/")
    assert bare.body == slash.body
    assert [campaign["name"] for campaign in bare.json()] == ["Documentation", "Spring"]


@BOTH
@pytest.mark.parametrize(("sent", "read"), [("START", "ACTIVE"), ("PAUSED", "PAUSED"), ("STOPPED", "STOPPED")])
def test_a_status_is_read_back_in_its_other_word(profile, sent, read):
    client = Client(profile)
    expected = {
        "documented": {
            "success": True,
            "message": "Campaign status updated successfully",
            "campaign": {"id": 1, "status": read},
        },
        "observed": {"ok": True},
    }[profile]
    assert client.status(sent).json() == expected
    assert client.campaigns()[0]["status"] == read


@BOTH
def test_a_paused_campaign_starts_again_and_a_stopped_one_does_not(profile):
    client = Client(profile)
    assert [client.status(status).status for status in ("START", "PAUSED", "START", "START", "STOPPED")] == [200] * 5
    assert (client.status("STOPPED").status, client.status("START").status) == (200, 400)
    assert codes(client.status("PAUSED")) == ["SML052"]
    assert client.campaigns()[0]["status"] == "STOPPED"


@pytest.mark.parametrize("status", ["ACTIVE", "DRAFTED", "start"])
def test_another_status_is_refused_as_each_profile_does(status):
    documented, observed = (Client(profile).status(status) for profile in PROFILES)
    assert (documented.status, documented.json()) == (422, {"error": "Invalid parameters provided"})
    assert (observed.status, observed.json()) == (400, {"error": "Allowed values are - START,STOPPED,PAUSED"})


@BOTH
def test_a_deleted_campaign_is_gone_with_its_sequences(profile):
    client = Client(profile)
    client.save(step(seq_variants=[variant("A")]))
    expected = {
        "documented": {"success": True, "message": "Campaign deleted successfully"},
        "observed": {"ok": True},
    }
    assert client.send("DELETE", "/campaigns/1").json() == expected[profile]
    assert client.campaigns() == []
    again = client.send("DELETE", "/campaigns/1")
    assert (again.status, again.json()) == (404, {"error": NOT_FOUND[profile]})
    name = world_id("smartlead", client.key)
    with client.emulator._store.open(name, lambda: pytest.fail("the world is there")) as world:
        assert world.resources == {"campaigns": {}, "sequences": {}, "variants": {}}


@BOTH
def test_an_active_campaign_is_not_deleted(profile):
    client = Client(profile)
    client.status("START")
    reply = client.send("DELETE", "/campaigns/1")
    assert (reply.status, reply.json()) == (
        400,
        {
            "success": False,
            "error": {"code": "CAMPAIGN_ACTIVE", "message": "Cannot delete active campaign. Please stop it first."},
        },
    )
    assert len(client.campaigns()) == 1


@BOTH
@pytest.mark.parametrize(
    ("method", "path", "payload"),
    [
        ("POST", "/campaigns/77/sequences", {"sequences": []}),
        ("GET", "/campaigns/77/sequences", None),
        ("DELETE", "/campaigns/77", None),
        ("POST", "/campaigns/77/status", {"status": "START"}),
        ("POST", "/campaigns/-1/sequences", {"sequences": []}),
        ("DELETE", "/campaigns/0", None),
    ],
)
def test_a_campaign_that_does_not_exist_is_404(profile, method, path, payload):
    reply = Client(profile).send(method, path, payload)
    assert (reply.status, reply.json()) == (404, {"error": NOT_FOUND[profile]})


def test_reading_a_missing_campaign_is_404_documented_and_an_empty_object_observed():
    documented, observed = (Client(profile).send("GET", "/campaigns/77") for profile in PROFILES)
    assert (documented.status, documented.json()) == (404, {"error": "Resource not found"})
    assert (observed.status, observed.json()) == (200, {})


HOSTILE = [
    "abc",
    "1.0",
    "1e3",
    "0x1",
    "1 ",
    "+1",
    "--1",
    "9" * 30,
    "\u0661",
    "1;drop",
    "..",
    "%00",
    "\ud83d",
    "{id}",
    "1\n",
    "01",
    "-0",
    "-01",
    "00",
]


@BOTH
@pytest.mark.parametrize("name", HOSTILE)
def test_an_id_that_is_no_integer_is_400(profile, name):
    client = Client(profile)
    for method, path, payload in (
        ("POST", f"/campaigns/{name}/sequences", {"sequences": []}),
        ("GET", f"/campaigns/{name}/sequences", None),
        ("GET", f"/campaigns/{name}", None),
        ("DELETE", f"/campaigns/{name}", None),
        ("POST", f"/campaigns/{name}/status", {"status": "START"}),
    ):
        reply = client.send(method, path, payload)
        assert reply.status == 400
        if profile == "observed":
            assert reply.json() == {
                "statusCode": 400,
                "error": "Bad Request",
                "message": '"campaign_id" must be a number',
                "validation": {"source": "params", "keys": ["campaign_id"]},
            }
        else:
            assert list(reply.json()) == ["error"]
    assert len(client.campaigns()) == 1


# Credentials, worlds and paths


@BOTH
@pytest.mark.parametrize(
    "query",
    ["", "api_key=", "api_key=invalid-key", "apikey=k", "api_key=a&api_key=invalid", "api_key=%FF", "api_key=%FE",
     "api_key=a%C3", "api_key=%ED%A0%80"],
)  # fmt: skip
def test_a_missing_or_refused_key_is_401(profile, query):
    reply = Client(profile).send("GET", "/campaigns", query=query)
    assert (reply.status, reply.json()) == (401, {"message": "Invalid API Key"})
    assert header(reply, "X-Stepmock-World") is None


def test_only_the_listed_keys_are_let_in():
    emulator = Emulator(Settings(api_keys=frozenset({"mine"})))
    assert Client(emulator=emulator, key="mine").send("GET", "/campaigns").status == 200
    assert Client(emulator=emulator, key="yours").send("GET", "/campaigns").status == 401


@BOTH
def test_every_key_has_a_world_of_its_own(profile):
    one, two = Client(profile), Client(profile)
    one.save(step())
    assert (len(one.steps()), len(two.steps())) == (1, 0)
    assert header(one.send("GET", "/campaigns"), "X-Stepmock-World") == world_id("smartlead", one.key)


def test_the_same_calls_give_the_same_bytes_in_another_process():
    bodies = []
    for _ in range(2):
        client = Client("observed", Emulator(Settings(profile="observed", clock=FrozenClock(BEGINNING))), "k")
        saved = client.save(step(seq_variants=[variant("A")]))
        bodies.append([saved.body, client.send("GET", "/campaigns/1/sequences").body])
    assert bodies[0] == bodies[1]


@BOTH
def test_the_real_host_is_answered_too(profile):
    client = Client(profile)
    reply = client.send("GET", "/campaigns", base="/api/v1", headers={"host": "SERVER.smartlead.ai:443"})
    assert (reply.status, reply.body) == (200, client.send("GET", "/campaigns").body)


@BOTH
def test_an_empty_world_has_no_campaign(profile):
    assert Client(profile, Emulator(Settings(profile=profile, world="empty"))).campaigns() == []


@BOTH
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/campaigns/1/status"),
        ("PUT", "/campaigns/1/sequences"),
        ("GET", "/nothing"),
        ("POST", "/campaigns"),
        ("GET", "/campaigns/1/sequences/2"),
        ("DELETE", "/campaigns"),
        ("GET", ""),
        ("POST", "/campaigns/1"),
    ],
)
def test_an_unknown_path_or_method_is_the_404_of_express(profile, method, path):
    reply = Client(profile).send(method, path, {})
    assert (reply.status, header(reply, "Content-Type")) == (404, "text/html; charset=utf-8")
    assert f"<pre>Cannot {method} /api/v1{path}</pre>" in reply.body.decode()


@BOTH
def test_a_hostile_path_is_escaped_in_the_html(profile):
    reply = Client(profile).send("PATCH", "/campaigns/<script>alert('&')</script>/status")
    assert reply.status == 404
    assert b"<script" not in reply.body
    assert b"&lt;script&gt;" in reply.body


@BOTH
def test_the_journal_holds_no_key(profile):
    client = Client(profile, key="very-secret-key")
    client.save(step())
    client.send("GET", "/nothing")
    client.send("GET", "/campaigns/x")
    with client.emulator._store.open(world_id("smartlead", client.key), lambda: pytest.fail("it is there")) as world:
        assert len(world.journal) == 3
        assert "very-secret-key" not in repr(list(world.journal))


# Quota


@BOTH
def test_the_61st_request_of_a_minute_is_refused(profile):
    clock = FrozenClock(BEGINNING)
    client = Client(profile, Emulator(Settings(profile=profile, clock=clock)))
    replies = [client.send("GET", "/campaigns") for _ in range(60)]
    assert [header(reply, "X-RateLimit-Remaining") for reply in replies] == [str(left) for left in range(59, -1, -1)]
    assert {header(reply, "X-RateLimit-Limit") for reply in replies} == {"60"}
    assert {header(reply, "X-RateLimit-Reset") for reply in replies} == {str(int(BEGINNING) + 60)}
    assert {header(reply, "Retry-After") for reply in replies} == {None}
    clock.advance(15)
    refused = client.send("GET", "/campaigns")
    assert (refused.status, header(refused, "Retry-After")) == (429, "45")
    assert refused.json() == {
        "error": {
            "code": "RATE_LIMIT_EXCEEDED",
            "message": "Too many requests. Please retry after 45 seconds.",
            "retry_after": 45,
        }
    }
    clock.advance(45)
    assert client.send("GET", "/campaigns").status == 200


# Bad input

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
DEEP = b"[" * 20_000 + b"]" * 20_000
BAD_BODIES = {
    "empty": b"",
    "white space": b" \r\n\t",
    "broken": b"{",
    "cut off": b'{"name":"N","status":"START","sequences":[]',
    "two texts": b'{"name":"N"} {}',
    "form": b"name=N&status=START",
    "array": b"[]",
    "array of one": b'[{"sequences":[]}]',
    "string": b'"START"',
    "number": b"1",
    "null": b"null",
    "NaN": b'{"sequences":[],"name":NaN}',
    "infinity": b'{"sequences":[],"name":-Infinity}',
    "overflow": b'{"sequences":[],"name":1e999}',
    "5,000 digits": b'{"sequences":[],"client_id":%s}' % (b"9" * 5000),
    "lone surrogate": b'{"sequences":[],"name":"\\ud800"}',
    "lone surrogate below": b'{"sequences":[{"seq_number":1,"subject":"\\udfff"}]}',
    "lone surrogate in a key": b'{"sequences":[],"\\udfff":1}',
    "20,000 brackets": DEEP,
    "20,000 brackets below": b'{"sequences":%s}' % DEEP,
    "200 brackets": b'{"sequences":%s}' % (b"[" * 200 + b"]" * 200),
    "20,000 objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "no UTF-8": b'{"name":"N\xff"}',
    "UTF-16": '{"name":"N"}'.encode("utf-16"),
    "nulls": b"\x00" * 10,
    "raw control character": b'{"name":"\x00"}',
}


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_is_no_json_object_is_400_and_changes_nothing(profile, operation, body):
    client = Client(profile)
    client.save(step())
    before = client.all()
    reply = client.send(*WITH_BODY[operation], body=body)
    assert (reply.status, header(reply, "Content-Type")) == (400, "application/json; charset=utf-8")
    assert "error" in reply.json()
    assert len(reply.body) < 2000
    assert codes(reply)
    assert client.all() == before


@BOTH
@pytest.mark.parametrize("operation", WITHOUT_BODY)
def test_an_operation_without_a_body_passes_over_one(profile, operation):
    client = Client(profile)
    bare = client.send(*WITHOUT_BODY[operation])
    for body in BAD_BODIES.values():
        assert client.send(*WITHOUT_BODY[operation], body=body).body == bare.body


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_body_over_the_limit_is_413_and_one_that_is_no_json_by_name_is_415(profile, operation):
    client = Client(profile)
    before = client.all()
    large = client.send(*WITH_BODY[operation], body=b"{}".ljust(11 * 1024 * 1024))
    assert (large.status, list(large.json())) == (413, ["error"])
    assert client.send(*WITH_BODY[operation], body=b"{}".ljust(MAX_BODY_BYTES + 1)).status == 413
    for headers in ({}, {"content-type": "text/plain"}, {"content-type": "application/x-www-form-urlencoded"}):
        wrong = client.send(*WITH_BODY[operation], body=b'{"status":"START","sequences":[]}', headers=headers)
        assert (wrong.status, list(wrong.json())) == (415, ["error"])
    assert client.all() == before


@pytest.mark.parametrize("text", ["<style>" * 200_000, "{{" * 500_000, "<" * 1_000_000, "{{a}}" * 200_000])
def test_a_hostile_text_takes_no_long_time(text):
    client = Client()
    assert client.save(step(email_body=text, subject=text)).status == 200


# The law: an error is found exactly when the emulator refuses


def facts(operation, status="DRAFTED"):
    """Return what the emulator knows of campaign 1 in a new world."""
    parent = None if operation == "createCampaign" else {"status": status}
    return Context(parent=parent, find=lambda kind, name: None)


def the_law(profile, operation, payload, status="DRAFTED"):
    body = json.dumps(payload).encode()
    assume(not isinstance(payload, dict) or not read_json(body, load("smartlead").body_rules).findings)
    client = Client(profile, judged=False)
    if status != "DRAFTED" and operation != "createCampaign":
        client.status({"ACTIVE": "START"}.get(status, status))
    found = check("smartlead", operation, payload, profile=profile, context=facts(operation, status))
    errors = [item for item in found if item.severity == "error"]
    before = client.all()
    reply = client.send(*WITH_BODY[operation], body=body)
    assert problems(profile, *WITH_BODY[operation], reply) == []
    assert codes(reply) == [item.code for item in errors][:20]
    if errors:
        assert (reply.status, reply.json()) == (errors[0].status, errors[0].body)
        assert client.all() == before
    else:
        assert reply.status == 200


TEXTS = st.text(max_size=6) | st.sampled_from(
    [
        "EMAIL",
        "AI_EQUAL",
        "MANUAL_PERCENTAGE",
        "MANUAL_EQUAL",
        "OPEN_RATE",
        "START",
        "PAUSED",
        "STOPPED",
        "ACTIVE",
        "{{first_name}}",
        "{{firstName}}",
        "{{first_name",
        "word " * 130,
        "",
        " ",
    ]
)
NUMBERS = st.integers(-2, 370) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from([0, 19, 20, 100, 365, 366, 1.0, 10**400])
NAMES = st.sampled_from(
    [
        "id",
        "seq_number",
        "subject",
        "email_body",
        "seq_delay_details",
        "delay_in_days",
        "delayInDays",
        "seq_type",
        "variant_distribution_type",
        "lead_distribution_percentage",
        "winning_metric_property",
        "seq_variants",
        "variant_label",
        "variant_distribution_percentage",
        "variant_id",
        "distribution",
        "variants",
        "sequences",
        "name",
        "client_id",
        "status",
        "unheardOf",
    ]
)
ANY = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def places(value, path=()):
    """Yield the path of each member and item in a payload."""
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(child, (*path, key))


@st.composite
def payloads(draw, operation):
    """A valid example in which some places, at any depth, are dropped, replaced or added; now and then anything."""
    if draw(st.integers(0, 19)) == 19:
        return draw(ANY)
    payload = json.loads(json.dumps(draw(st.sampled_from(valid_examples("smartlead", operation)))))
    for _ in range(draw(st.integers(0, 3))):
        if not (found := list(places(payload))):
            break
        *above, last = draw(st.sampled_from(found))
        holder = payload
        for token in above:
            holder = holder[token]
        action = draw(st.sampled_from(["drop", "replace", "add", "double"]))
        if action == "drop":
            del holder[last]
        elif action == "replace":
            holder[last] = draw(SCALARS | ANY)
        elif action == "add" and isinstance(holder, dict):
            holder[draw(NAMES | st.text(max_size=3))] = draw(SCALARS | ANY)
        elif isinstance(holder, list):
            holder.append(holder[last])
    return payload


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
@given(data=st.data())
@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_an_error_is_found_exactly_when_the_emulator_refuses(profile, operation, data):
    the_law(
        profile,
        operation,
        data.draw(payloads(operation)),
        data.draw(st.sampled_from(["DRAFTED", "DRAFTED", "DRAFTED", "ACTIVE", "PAUSED", "STOPPED"])),
    )


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_every_example_is_accepted(profile, operation):
    for example in valid_examples("smartlead", operation, profile):
        assert Client(profile).send(*WITH_BODY[operation], example).status == 200


@BOTH
@pytest.mark.parametrize("operation", WITH_BODY)
def test_what_breaks_one_rule_is_refused_by_that_rule_or_accepted_with_a_warning(profile, operation):
    contract = load("smartlead", profile)
    for code, rule in contract.rules.items():
        for broken in itertools.islice(breakers("smartlead", operation, code, profile), 5):
            client = Client(profile)
            if (state := (broken.context.parent or {}).get("status")) is not None:
                client.status({"ACTIVE": "START"}.get(state, state))
            reply = client.send(*WITH_BODY[operation], body=broken.body)
            if rule.severity == "error":
                assert (reply.status, codes(reply)) == (contract.refusals[rule.refusal].status, [code])
            else:
                assert (reply.status, codes(reply)) == (200, [])
