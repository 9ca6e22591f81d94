"""lemlist's campaigns, and the team whose they are.

Page: the API reference.
"""

from typing import Any

from ....contracts.model import Contract
from ....validators.context import Context
from ...call import Call, Handler, Refused
from ...clock import iso_text
from ...world import Resource, World

_NEW_CAMPAIGN = {
    "scannedCount": 0,
    "reviewedCount": 0,
    "inSequenceLeadCount": 0,
    "variableKeys": [],
    "senders": [],
    "sendUsers": [],
    "displayedVariableKeys": ["companyName"],
    "emoji": None,
    "stopOnEmailReplied": True,
    "crmOpportunitiesOnTask": True,
    "unsubscribe": "campaign",
    "crm": None,
    "crmUserId": None,
}


def open_account(world: World, contract: Contract, now: float) -> None:
    """Give a new world its team and the one user in it."""
    if world.resources["teams"]:
        return
    team, user = (world.new_id(contract.identifiers[kind]) for kind in ("team", "user"))
    world.resources["teams"][team] = {
        "_id": team,
        "name": "stepmock",
        "userIds": [user],
        "createdBy": user,
        "createdAt": iso_text(now),
    }


def _create_campaign(call: Call) -> Resource:
    campaign, sequence = call.new_id("campaign"), call.new_id("sequence")
    call.table("sequences")[sequence] = {"_id": sequence, "campaignId": campaign, "level": 0, "steps": []}
    stored = {
        "_id": campaign,
        **call.accepted(with_defaults=True),
        "createdAt": iso_text(call.now),
        "status": "draft",
        "scheduleIds": [call.new_id("schedule")],
        "sequenceIds": [sequence],
    }
    call.table("campaigns")[campaign] = stored
    return _whole_campaign(call, stored, "running")


def _update_campaign(call: Call) -> Resource:
    campaign = named_campaign(call)
    campaign.update(call.accepted(with_defaults=False))
    call.behaviour("update-campaign-reply")
    return _whole_campaign(call, campaign, _state(campaign))


def _get_campaign(call: Call) -> Resource:
    return _summary(call, named_campaign(call))


def _list_campaigns(call: Call) -> Any:
    query = call.query
    chosen = [
        campaign
        for campaign in call.table("campaigns").values()
        if query.get("status", campaign["status"]) == campaign["status"]
        and query.get("createdBy", _user(call)) == _user(call)
    ]
    chosen.sort(key=lambda campaign: str(campaign["createdAt"]))
    if query.get("sortOrder") == "desc":
        chosen.reverse()
    limit = query.get("limit", 100)
    start = query.get("offset", (query.get("page", 1) - 1) * limit)
    page = [_summary(call, campaign) for campaign in chosen[start : start + limit]]
    if call.query.get("version") != "v2" or call.behaviour("campaign-list-shape") == "array":
        return page
    return {
        "campaigns": page,
        "pagination": {
            "totalRecords": len(chosen),
            "currentPage": start // limit + 1,
            "totalPage": -(-len(chosen) // limit),
        },
    }


def _start_campaign(call: Call) -> Resource:
    return _move(call, "running", "start-running-campaign", stays=named_campaign(call)["status"] == "running")


def _pause_campaign(call: Call) -> Resource:
    return _move(call, "paused", "pause-idle-campaign", stays=named_campaign(call)["status"] != "running")


def _move(call: Call, status: str, when_it_stays: str, *, stays: bool) -> Resource:
    """Give a campaign another status, unless it has nothing to change; then the profile decides."""
    campaign = named_campaign(call)
    if not stays:
        campaign["status"] = status
    elif (choice := call.behaviour(when_it_stays)) != "ignore":
        raise Refused(choice)
    return {"_id": campaign["_id"], "state": status}


def _get_team(call: Call) -> Resource:
    team = _team(call)
    reply = {
        **team,
        "hooks": [],
        "beta": [],
        "slackWebhook": {},
        "invitedUsers": [],
        "agency": False,
        "pictureId": None,
        "customDomain": None,
    }
    if call.query.get("version") == "v2":
        reply["users"] = [
            {"userId": user, "name": "stepmock", "email": "user@stepmock.test", "role": "admin"}
            for user in team["userIds"]
        ]
    return reply


def _whole_campaign(call: Call, campaign: Resource, state: str) -> Resource:
    """Return a campaign as creating it answers; what stepmock does not keep has the value of a new one."""
    main = {"sequenceId": campaign["sequenceIds"][0]} if campaign["sequenceIds"] else {}
    return {
        **_NEW_CAMPAIGN,
        **main,
        "_id": campaign["_id"],
        "name": campaign["name"],
        "createdAt": campaign["createdAt"],
        "state": state,
        "scheduleIds": campaign.get("scheduleIds", []),
        "teamId": _team(call)["_id"],
        "createdBy": _user(call),
        **{field: campaign[field] for field in ("stopOnEmailReplied", "unsubscribe") if field in campaign},
    }


def _summary(call: Call, campaign: Resource) -> Resource:
    return {
        "_id": campaign["_id"],
        "name": campaign["name"],
        "createdAt": campaign["createdAt"],
        "status": campaign["status"],
        "creator": {"userId": _user(call), "userEmail": "user@stepmock.test"},
        "senders": [],
    }


def _state(campaign: Resource) -> str:
    return "running" if campaign["status"] == "draft" else str(campaign["status"])


def _team(call: Call) -> Resource:
    return next(iter(call.table("teams").values()))


def _user(call: Call) -> str:
    return str(_team(call)["createdBy"])


def named_campaign(call: Call) -> Resource:
    """Return the campaign that the path names; raises Refused for one that is not there."""
    return call.named("campaigns", "campaignId", "campaign-not-found")


HANDLERS = {
    "createCampaign": Handler(_create_campaign),
    "listCampaigns": Handler(_list_campaigns),
    "getCampaign": Handler(_get_campaign),
    "updateCampaign": Handler(_update_campaign, lambda call: Context(stored=named_campaign(call))),
    "startCampaign": Handler(_start_campaign),
    "pauseCampaign": Handler(_pause_campaign),
    "getTeam": Handler(_get_team),
}
