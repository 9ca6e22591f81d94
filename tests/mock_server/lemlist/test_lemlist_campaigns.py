"""Campaigns and the team of lemlist."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from stepmock.mock_server.clock import FrozenClock

MADE = ("cam_docs0000000000000", "cam_ABC123XYZ456", "cam_archived000000000")
NOBODY = "cam_00000000000000000"
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def create(client: Any, name: str = "Spring") -> dict[str, Any]:
    reply = client.post("/campaigns", json={"name": name})
    assert reply.status == 200, reply.text
    return reply.json()


def status(client: Any, campaign: str) -> str:
    return client.get(f"/campaigns/{campaign}").json()["status"]


def ids(reply: Any) -> list[str]:
    assert reply.status == 200, reply.text
    return [campaign["_id"] for campaign in reply.json()]


def test_a_new_campaign_says_that_it_runs_while_its_status_is_draft(client: Any) -> None:
    campaign = create(client)
    assert campaign["state"] == "running"
    assert status(client, campaign["_id"]) == "draft"


def test_a_new_campaign_has_the_documented_fields(client: Any) -> None:
    campaign = create(client)
    assert campaign.keys() == {
        "_id",
        "sequenceId",
        "scheduleIds",
        "teamId",
        "createdBy",
        "createdAt",
        "state",
        "scannedCount",
        "reviewedCount",
        "inSequenceLeadCount",
        "variableKeys",
        "senders",
        "sendUsers",
        "displayedVariableKeys",
        "emoji",
        "stopOnEmailReplied",
        "crmOpportunitiesOnTask",
        "unsubscribe",
        "name",
        "crm",
        "crmUserId",
    }
    assert re.fullmatch(r"cam_[0-9A-Za-z]{17}", campaign["_id"])
    assert re.fullmatch(r"seq_[0-9A-Za-z]{17}", campaign["sequenceId"])
    assert re.fullmatch(r"tea_[0-9A-Za-z]{17}", campaign["teamId"])
    assert re.fullmatch(r"usr_[0-9A-Za-z]{17}", campaign["createdBy"])
    assert [bool(re.fullmatch(r"skd_[0-9A-Za-z]{17}", name)) for name in campaign["scheduleIds"]] == [True]
    assert ISO_TIME.fullmatch(campaign["createdAt"])
    assert (campaign["name"], campaign["displayedVariableKeys"]) == ("Spring", ["companyName"])
    assert (campaign["stopOnEmailReplied"], campaign["crmOpportunitiesOnTask"], campaign["unsubscribe"]) == (
        True,
        True,
        "campaign",
    )
    assert (campaign["scannedCount"], campaign["reviewedCount"], campaign["inSequenceLeadCount"]) == (0, 0, 0)


def test_a_new_campaign_has_an_empty_main_sequence(client: Any) -> None:
    campaign = create(client)
    name = campaign["sequenceId"]
    assert client.get(f"/campaigns/{campaign['_id']}/sequences").json() == {
        name: {"_id": name, "steps": [], "level": 0}
    }


@pytest.mark.parametrize("payload", [{}, {"name": None}, {"name": 3}, {"Name": "Spring"}], ids=repr)
def test_a_campaign_needs_a_name_that_is_text(client: Any, payload: dict[str, Any]) -> None:
    reply = client.post("/campaigns", json=payload)
    assert reply.status == 400
    assert reply.content_type == "text/plain; charset=utf-8"
    assert ids(client.get("/campaigns")) == list(MADE)


def test_one_campaign_reads_as_documented(client: Any) -> None:
    campaign = create(client)
    read = client.get(f"/campaigns/{campaign['_id']}").json()
    assert read.keys() == {"_id", "name", "createdAt", "status", "creator", "senders"}
    assert (read["_id"], read["name"], read["createdAt"]) == (campaign["_id"], "Spring", campaign["createdAt"])
    assert read["creator"].keys() == {"userId", "userEmail"}
    assert read["creator"]["userId"] == campaign["createdBy"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PATCH", ""),
        ("POST", "/start"),
        ("POST", "/pause"),
        ("GET", "/sequences"),
    ],
)
def test_an_unknown_campaign_is_not_found(client: Any, method: str, path: str) -> None:
    reply = client.request(method, f"/campaigns/{NOBODY}{path}", json={"name": "N"} if method == "PATCH" else None)
    assert (reply.status, reply.text, reply.content_type) == (404, "Campaign not found", "text/plain; charset=utf-8")


def test_an_update_changes_what_is_sent_of_a_campaign(client: Any) -> None:
    campaign = create(client)
    reply = client.patch(f"/campaigns/{campaign['_id']}", json={"name": "Summer", "stopOnEmailReplied": False})
    assert reply.status == 200
    assert reply.json() == {**campaign, "name": "Summer", "stopOnEmailReplied": False}
    reply = client.patch(f"/campaigns/{campaign['_id']}", json={"unsubscribe": "team"})
    assert reply.json() == {**campaign, "name": "Summer", "stopOnEmailReplied": False, "unsubscribe": "team"}
    assert client.get(f"/campaigns/{campaign['_id']}").json()["name"] == "Summer"


@pytest.mark.parametrize("field", ["status", "state", "_id", "sequenceIds", "createdAt"])
def test_an_update_cannot_change_what_is_not_a_setting(client: Any, field: str) -> None:
    campaign = create(client)
    before = client.get(f"/campaigns/{campaign['_id']}").json()
    assert client.patch(f"/campaigns/{campaign['_id']}", json={field: "archived"}).status == 200
    assert client.get(f"/campaigns/{campaign['_id']}").json() == before
    assert list(client.get(f"/campaigns/{campaign['_id']}/sequences").json()) == [campaign["sequenceId"]]


# Starting and pausing


@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_a_campaign_is_started_and_paused(connect: Callable[..., Any], profile: str) -> None:
    client = connect(profile=profile)
    campaign = create(client)["_id"]
    for action, state in (("start", "running"), ("pause", "paused"), ("start", "running")):
        reply = client.post(f"/campaigns/{campaign}/{action}")
        assert (reply.status, reply.json()) == (200, {"_id": campaign, "state": state})
        assert status(client, campaign) == state


@pytest.mark.parametrize(("profile", "code"), [("documented", 200), ("observed", 400)])
def test_starting_twice_is_ignored_or_refused_by_profile(connect: Callable[..., Any], profile: str, code: int) -> None:
    client = connect(profile=profile)
    campaign = create(client)["_id"]
    client.post(f"/campaigns/{campaign}/start")
    reply = client.post(f"/campaigns/{campaign}/start")
    assert reply.status == code
    if code == 400:
        assert reply.text == "You can't start campaigns that are already running."
    else:
        assert reply.json() == {"_id": campaign, "state": "running"}
    assert status(client, campaign) == "running"


@pytest.mark.parametrize(("profile", "code"), [("documented", 200), ("observed", 400)])
@pytest.mark.parametrize("before", ["draft", "paused"])
def test_pausing_what_does_not_run_is_ignored_or_refused_by_profile(
    connect: Callable[..., Any], profile: str, code: int, before: str
) -> None:
    client = connect(profile=profile)
    campaign = create(client)["_id"]
    if before == "paused":
        client.post(f"/campaigns/{campaign}/start")
        client.post(f"/campaigns/{campaign}/pause")
    reply = client.post(f"/campaigns/{campaign}/pause")
    assert reply.status == code
    if code == 400:
        assert reply.text == "You can't pause campaigns that are not running."
    assert status(client, campaign) == before


@pytest.mark.parametrize("action", ["start", "pause"])
def test_starting_and_pausing_pass_over_a_body(client: Any, action: str) -> None:
    assert client.post(f"/campaigns/{MADE[0]}/{action}", json={"any": "thing"}).status == 200


# The list


def test_the_list_begins_with_the_campaigns_of_the_samples(client: Any) -> None:
    reply = client.get("/campaigns")
    assert ids(reply) == list(MADE)
    assert [campaign["status"] for campaign in reply.json()] == ["draft", "draft", "archived"]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("limit=2", [0, 1]),
        ("offset=2", [2, 3, 4]),
        ("offset=1&limit=2", [1, 2]),
        ("page=2&limit=2", [2, 3]),
        ("page=3&limit=2", [4]),
        ("page=9&limit=2", []),
        ("offset=99", []),
        ("offset=0&limit=100", [0, 1, 2, 3, 4]),
        ("page=1", [0, 1, 2, 3, 4]),
        ("page=2", []),
        ("status=draft", [0, 1, 3, 4]),
        ("status=archived", [2]),
        ("status=running", []),
        ("status=draft&limit=1&offset=1", [1]),
        ("sortOrder=asc&offset=3", [3, 4]),
        ("sortBy=createdAt&sortOrder=asc&limit=3", [0, 1, 2]),
        ("version=v1", [0, 1, 2, 3, 4]),
        ("unknown=1", [0, 1, 2, 3, 4]),
        ("createdBy=usr_00000000000000000", []),
        ("limit=1&limit=2", [0, 1]),
    ],
)
def test_the_list_is_filtered_and_cut(client: Any, query: str, places: list[int]) -> None:
    every = [*MADE, create(client, "A")["_id"], create(client, "B")["_id"]]
    assert ids(client.get(f"/campaigns?{query}")) == [every[place] for place in places]


def test_the_list_knows_the_own_user(client: Any) -> None:
    user = client.get("/team").json()["createdBy"]
    assert len(ids(client.get(f"/campaigns?createdBy={user}"))) == 3


def test_the_newest_campaign_comes_first_when_asked(core: Callable[..., Any]) -> None:
    clock = FrozenClock(1_700_000_000)
    client = core(clock=clock, world="empty")
    made = []
    for name in ("A", "B", "C"):
        made.append(create(client, name)["_id"])
        clock.advance(1)
    assert ids(client.get("/campaigns?sortBy=createdAt&sortOrder=desc")) == made[::-1]
    assert ids(client.get("/campaigns?sortBy=createdAt&sortOrder=asc")) == made
    assert ids(client.get("/campaigns?sortOrder=desc&limit=1")) == made[2:]


def test_of_campaigns_made_in_the_same_instant_the_later_one_is_the_newer(core: Callable[..., Any]) -> None:
    client = core(clock=FrozenClock(1_700_000_000), world="empty")
    made = [create(client, name)["_id"] for name in ("A", "B", "C")]
    assert ids(client.get("/campaigns?sortOrder=asc")) == made
    assert ids(client.get("/campaigns?sortOrder=desc")) == made[::-1]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "limit=1.5",
        "limit=",
        "offset=-1",
        "offset=a",
        "page=0",
        "page=-1",
        "sortBy=name",
        "sortOrder=up",
        "status=gone",
        "version=v3",
        "limit=" + "9" * 5000,
        "limit=%00",
        "limit=%FF",
        "limit=1e2",
        "offset=+1",
    ],
    ids=lambda query: query[:20],
)
def test_an_argument_out_of_range_is_refused(client: Any, query: str) -> None:
    reply = client.get(f"/campaigns?{query}")
    assert reply.status == 400
    assert reply.content_type == "text/plain; charset=utf-8"
    assert len(reply.text) < 1000


@pytest.mark.parametrize("query", ["offset=" + "9" * 18, "page=" + "9" * 18], ids=["offset", "page"])
def test_a_huge_place_is_past_the_end(client: Any, query: str) -> None:
    assert ids(client.get(f"/campaigns?{query}")) == []


def test_version_2_is_a_bare_array_in_the_documented_profile(client: Any) -> None:
    assert ids(client.get("/campaigns?version=v2")) == list(MADE)


def test_version_2_is_paged_in_the_observed_profile(connect: Callable[..., Any]) -> None:
    client = connect(profile="observed")
    body = client.get("/campaigns?version=v2&limit=2&page=2").json()
    assert body.keys() == {"campaigns", "pagination"}
    assert [campaign["_id"] for campaign in body["campaigns"]] == [MADE[2]]
    assert body["pagination"] == {"totalRecords": 3, "currentPage": 2, "totalPage": 2}
    assert ids(client.get("/campaigns?version=v1")) == list(MADE)
    assert ids(client.get("/campaigns")) == list(MADE)


def test_a_campaign_can_have_no_sequence(core: Callable[..., Any]) -> None:
    campaign = {
        "_id": "cam_00000000000000001",
        "name": "Bare",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "status": "draft",
        "sequenceIds": [],
    }
    world = {
        "format": "stepmock-world",
        "version": 1,
        "provider": "lemlist",
        "resources": {"campaigns": {campaign["_id"]: campaign}},
    }
    client = core(worlds={"lemlist": world})
    reply = client.get(f"/campaigns/{campaign['_id']}/sequences")
    assert (reply.status, reply.text) == (400, "Campaign has no sequence")
    assert ids(client.get("/campaigns")) == [campaign["_id"]]


# The team


def test_the_team_reads_as_documented(client: Any) -> None:
    team = client.get("/team").json()
    assert team.keys() == {
        "_id",
        "name",
        "userIds",
        "createdBy",
        "createdAt",
        "hooks",
        "beta",
        "slackWebhook",
        "invitedUsers",
        "agency",
        "pictureId",
        "customDomain",
    }
    assert team["createdBy"] in team["userIds"]
    assert (team["hooks"], team["beta"], team["slackWebhook"], team["invitedUsers"]) == ([], [], {}, [])
    assert client.get("/team?version=v1").json() == client.get("/team").json() == team


def test_version_2_of_the_team_adds_its_users(client: Any) -> None:
    team, second = client.get("/team").json(), client.get("/team?version=v2").json()
    users = second.pop("users")
    assert second == team
    assert [user["userId"] for user in users] == team["userIds"]
    assert all(user.keys() == {"userId", "name", "email", "role"} for user in users)


def test_the_version_of_the_team_is_checked(client: Any) -> None:
    assert client.get("/team?version=v3").status == 400


def test_campaigns_belong_to_the_team_and_its_user(client: Any) -> None:
    team, campaign = client.get("/team").json(), create(client)
    assert (campaign["teamId"], campaign["createdBy"]) == (team["_id"], team["createdBy"])


# Paths that do not exist


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/nothing",
        "/campaigns/",
        "/team/x",
        "/sequences",
        "/sequences//steps",
        "/Team",
        "/sequences/seq_lkCSKd32qSZZTe5Ru/steps/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path_is_404_or_the_web_application_by_profile(
    connect: Callable[..., Any], method: str, path: str
) -> None:
    documented, observed = connect().request(method, path), connect(profile="observed").request(method, path)
    assert (documented.status, documented.content_type) == (404, "text/plain; charset=utf-8")
    assert (observed.status, observed.content_type) == (200, "text/html; charset=utf-8")
    assert observed.text.lower().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/sequences/seq_lkCSKd32qSZZTe5Ru/steps", {"POST"}),
        ("POST", "/campaigns/cam_docs0000000000000", {"GET", "PATCH"}),
        ("DELETE", "/campaigns/cam_docs0000000000000", {"GET", "PATCH"}),
        ("PUT", "/sequences/seq_lkCSKd32qSZZTe5Ru/steps/stp_x", {"PATCH", "DELETE"}),
        ("POST", "/campaigns/cam_docs0000000000000/sequences", {"GET"}),
        ("OPTIONS", "/campaigns", {"GET", "POST"}),
    ],
)
@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_another_method_on_a_known_path_is_405_in_both_profiles(
    connect: Callable[..., Any], profile: str, method: str, path: str, allowed: set[str]
) -> None:
    reply = connect(profile=profile).request(method, path)
    assert (reply.status, reply.text, reply.content_type) == (405, "Method not allowed", "text/plain; charset=utf-8")
    assert {name.strip() for name in reply.headers["Allow"].split(",")} == allowed
