"""lemlist's sequences as trees, and the steps in them.

Pages: Add Step to Sequence, Update Sequence Step, and the API reference.
"""

from collections.abc import Iterator

from ....contracts.limits import MAX_STEPS_PER_SEQUENCE
from ....validators.context import Context
from ...call import Call, Handler, InOrder, Refused
from ...world import Resource
from .campaigns import named_campaign
from .media import refuse_media

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
_REPLY_FIELDS = ("_id", "type", "delay", "emailTemplateId", "message")


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
    refuse_media(call, fields)
    return fields


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
    campaign = named_campaign(call)
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
}
