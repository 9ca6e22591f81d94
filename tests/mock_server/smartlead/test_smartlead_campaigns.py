"""Smartlead campaigns: created, listed, started, deleted, and not found."""

import pytest
from smartlead_client import BEGINNING, BOTH, NOT_FOUND, Client, codes, step, variant
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.clock import FrozenClock
from stepmock.mock_server.identifiers import world_id


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
