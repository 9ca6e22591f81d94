"""What lemlist's operations do: campaigns, their sequences as trees, and the steps in them.

Pages: Add Step to Sequence, Update Sequence Step, and the API reference. What no page says is a behaviour of the
contract, by name.
"""

import re
from collections.abc import Iterator
from typing import Any

from ...contracts.limits import MAX_STEPS_PER_SEQUENCE
from ...contracts.model import Contract
from ...validators.context import Context
from ..call import Call, Handler, InOrder, Refused
from ..clock import iso_text
from ..media.trouble import Trouble
from ..world import Resource, World

_LABELS = {
    "linkedinInviteAccepted": "Accepted invite",
    "hasEmailAddress": "Has email address",
    "hasLinkedinUrl": "Has LinkedIn URL",
    "hasPhoneNumber": "Has phone number",
    "hasScore": "Has score",
    "emailsOpened": "Opened emails",
    "emailsClicked": "Clicked emails",
    "emailsUnsubscribed": "Unsubscribed",
    "meetingBooked": "Booked meeting",
    "linkedinOpened": "Opened LinkedIn message",
    "aircallDone": "Call done",
    "linkedinNetworkCheck": "In LinkedIn network",
    "hasWhatsappAccount": "Has WhatsApp account",
}
_PUBLISHED_LABEL = "linkedinInviteAccepted"

_MAGIC_URL = re.compile(r"https://media\.stepmock\.test(?::\d+)?/([^/?#]*)", re.IGNORECASE)
_MAGIC_CODES = {
    "too-large": "media-too-large",
    "invalid-type": "media-invalid-type",
    "gif-invalid": "media-gif-invalid",
    "download-failed": "media-download-failed",
    "av-unavailable": "media-av-unavailable",
    "timeout": "media-timeout",
}
_MOST_MEDIA_BYTES = 20 * 1024 * 1024
_MOST_MEDIA_SECONDS = 45.0
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
_REPLY_FIELDS = ("_id", "type", "delay", "emailTemplateId", "message")


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


def _in_sequence(call: Call) -> Context:
    """Locate a sequence for adding to it."""
    sequence = _sequence(call, "bad-team")
    return Context(
        siblings=InOrder(call.table("steps"), sequence["steps"]), find=lambda kind, name: call.table(kind).get(name)
    )


def _on_step(call: Call) -> Context:
    """Locate a step for changing it."""
    sequence = _sequence(call, "bad-team")
    return Context(
        stored=_step(call, sequence, "unknown-step-on-update"),
        siblings=InOrder(call.table("steps"), sequence["steps"]),
        find=lambda kind, name: call.table(kind).get(name),
    )


def _add_step(call: Call) -> Resource:
    sequence = call.table("sequences")[call.parameters["sequenceId"]]
    order: list[str] = sequence["steps"]
    if len(order) >= MAX_STEPS_PER_SEQUENCE:
        raise Refused("too-many-steps", f"A sequence holds at most {MAX_STEPS_PER_SEQUENCE} steps in stepmock.")
    fields = _accepted(call, with_defaults=True)
    place = fields.pop("index", len(order))
    if place == -1:
        call.behaviour("index-minus-one")
    place = len(order) if place < 0 else min(place, len(order))
    step = {"_id": call.new_id("step"), "sequenceId": sequence["_id"], **fields}
    if "delay" not in fields:
        step["delay"] = _default_delay(call, fields["type"], place)
    if fields["type"] == "conditional":
        step["conditions"] = _branch_out(call, sequence, step)
    else:
        step["emailTemplateId"] = call.new_id("template")
    call.table("steps")[step["_id"]] = step
    order.insert(place, step["_id"])
    return _reply(step)


def _default_delay(call: Call, step_type: str, place: int) -> int:
    if step_type == "conditional":
        if place == 0:
            call.behaviour("conditional-default-delay")
        return 1
    return 0 if place == 0 else 1


def _branch_out(call: Call, parent: Resource, step: Resource) -> list[Resource]:
    """Make the two sequences of a condition: the labelled one and the fallback."""
    names = [call.new_id("sequence") for _ in range(2)]
    campaign = call.table("campaigns")[parent["campaignId"]]
    for name in names:
        call.table("sequences")[name] = {
            "_id": name,
            "campaignId": parent["campaignId"],
            "level": parent["level"] + 1,
            "parentId": parent["_id"],
            "conditionalStepId": step["_id"],
            "steps": [],
        }
        campaign["sequenceIds"].append(name)
    return [{"sequenceId": names[0], **_condition(call, step)}, {"sequenceId": names[1], "fallback": True}]


def _condition(call: Call, step: Resource) -> Resource:
    if step["conditionKey"] != _PUBLISHED_LABEL:
        call.behaviour("condition-labels")
    return {
        "label": _LABELS[step["conditionKey"]],
        "key": step["conditionKey"],
        "delay": step["delay"],
        "delayType": step["delayType"],
    }


def _update_step(call: Call) -> Resource:
    step = call.table("steps")[call.parameters["stepId"]]
    fields = _accepted(call, with_defaults=False)
    if (
        "message" in fields
        and step["type"] not in ("linkedinInvite", "linkedinSend")
        and step["type"].startswith("linkedin")
    ):
        call.behaviour("message-on-update")
    step.update(fields)
    if step["type"] == "conditional":
        step["conditions"][0].update(_condition(call, step))
    return _reply(step)


def _reply(step: Resource) -> Resource:
    if "conditions" in step:
        return {"_id": step["_id"], "type": step["type"], "conditions": step["conditions"]}
    return {name: step[name] for name in _REPLY_FIELDS if name in step}


def _accepted(call: Call, *, with_defaults: bool) -> Resource:
    """Return the fields of a step that are taken; raises Refused for media that are not."""
    fields = call.accepted(with_defaults=with_defaults)
    if "" in fields.values():
        call.behaviour("empty-text")
    _refuse_magic_media(fields)
    _refuse_bad_media(call, fields)
    return fields


def _refuse_magic_media(fields: Resource) -> None:
    """Refuse the addresses that stand for a failed download."""
    for url in (*fields.get("images", ()), *fields.get("videos", ())):
        if (match := _MAGIC_URL.match(url)) is None:
            continue
        code = match[1].lower()
        if code == "ok":
            continue
        if code not in _MAGIC_CODES:
            raise Refused(
                "media-download-failed",
                f"There is no /{match[1][:40]}/ at media.stepmock.test; there are /ok/, /{'/, /'.join(_MAGIC_CODES)}/.",
            )
        raise Refused(_MAGIC_CODES[code], f"The address stands for {code}.")


def _refuse_bad_media(call: Call, fields: Resource) -> None:
    """Download the media of a step, where that is asked for, and refuse what lemlist would not take."""
    types = call.declared("x-media-types")
    media = dict.fromkeys((url, name) for name in types for url in fields.get(name, ()))
    downloads = call.downloads(_MOST_MEDIA_BYTES, _MOST_MEDIA_SECONDS) if media else None
    if downloads is None:
        return
    call.rely_on("assumed")  # how many bytes 20 MB are, and what a good GIF is, no page says
    for url, name in media:
        if _MAGIC_URL.match(url):
            continue
        try:
            downloads.check(url, types[name])
        except Trouble as trouble:
            raise Refused(f"media-{trouble.kind}", trouble.reason) from None


def _delete_step(call: Call) -> Resource:
    sequence = _sequence(call, "sequence-not-found")
    step = _step(call, sequence, "step-not-found")
    campaign = call.table("campaigns")[sequence["campaignId"]]
    if campaign["status"] == "running":
        raise Refused("campaign-is-running")
    if step["type"] == "conditional":
        call.behaviour("delete-conditional")
    gone = set(_sequences_below(call, step))
    for name in gone:
        for below in call.table("sequences").pop(name)["steps"]:
            del call.table("steps")[below]
    campaign["sequenceIds"] = [name for name in campaign["sequenceIds"] if name not in gone]
    sequence["steps"].remove(step["_id"])
    del call.table("steps")[step["_id"]]
    return {"ok": True}


def _sequences_below(call: Call, step: Resource) -> Iterator[str]:
    """Yield the sequences that hang from a step, at any depth."""
    waiting = [step]
    while waiting:
        for condition in waiting.pop().get("conditions", ()):
            yield condition["sequenceId"]
            waiting.extend(
                call.table("steps")[name] for name in call.table("sequences")[condition["sequenceId"]]["steps"]
            )


def _list_sequences(call: Call) -> Resource:
    campaign = _campaign(call)
    if not campaign["sequenceIds"]:
        raise Refused("no-sequence")
    call.behaviour("listing-fields")
    return {name: _listed_sequence(call, call.table("sequences")[name]) for name in campaign["sequenceIds"]}


def _listed_sequence(call: Call, sequence: Resource) -> Resource:
    steps = call.table("steps")
    listed = {
        "_id": sequence["_id"],
        "level": sequence["level"],
        "steps": [
            {**steps[name], "index": place + 1, "sequenceStep": place} for place, name in enumerate(sequence["steps"])
        ],
    }
    if "parentId" in sequence:
        condition = sequence["conditionalStepId"]
        parent = call.table("sequences")[steps[condition]["sequenceId"]]
        listed["parentId"] = parent["_id"]
        listed["conditionalStepIndex"] = parent["steps"].index(condition) + 1
    return listed


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
    campaign = _campaign(call)
    campaign.update(call.accepted(with_defaults=False))
    call.behaviour("update-campaign-reply")
    return _whole_campaign(call, campaign, _state(campaign))


def _get_campaign(call: Call) -> Resource:
    return _summary(call, _campaign(call))


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
    return _move(call, "running", "start-running-campaign", stays=_campaign(call)["status"] == "running")


def _pause_campaign(call: Call) -> Resource:
    return _move(call, "paused", "pause-idle-campaign", stays=_campaign(call)["status"] != "running")


def _move(call: Call, status: str, when_it_stays: str, *, stays: bool) -> Resource:
    """Give a campaign another status, unless it has nothing to change; then the profile decides."""
    campaign = _campaign(call)
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


def _campaign(call: Call) -> Resource:
    return call.named("campaigns", "campaignId", "campaign-not-found")


def _sequence(call: Call, refusal: str) -> Resource:
    return call.named("sequences", "sequenceId", refusal)


def _step(call: Call, sequence: Resource, refusal: str) -> Resource:
    step = call.named("steps", "stepId", refusal)
    if step["sequenceId"] != sequence["_id"]:
        raise Refused(refusal)
    return step


HANDLERS = {
    "addStep": Handler(_add_step, _in_sequence),
    "updateStep": Handler(_update_step, _on_step),
    "deleteStep": Handler(_delete_step),
    "listSequences": Handler(_list_sequences),
    "createCampaign": Handler(_create_campaign),
    "listCampaigns": Handler(_list_campaigns),
    "getCampaign": Handler(_get_campaign),
    "updateCampaign": Handler(_update_campaign, lambda call: Context(stored=_campaign(call))),
    "startCampaign": Handler(_start_campaign),
    "pauseCampaign": Handler(_pause_campaign),
    "getTeam": Handler(_get_team),
}
