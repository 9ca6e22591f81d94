"""What Smartlead's operations do: campaigns, and the sequences in them, which are saved all at once.

Pages: Save Campaign Sequences, Get Campaign Sequences, Campaigns, Update Campaign Status. What no page says is a
behaviour of the contract, by name. Ids are integers; the tables of a world have them as texts.
"""

from collections.abc import Mapping
from typing import Any

from ...contracts.model import Contract
from ...validators.context import Context
from ..call import Call, Handler, Refused
from ..clock import iso_text
from ..world import Resource, World

_USER_ID = 1
_NEW_CAMPAIGN = {
    "user_id": _USER_ID,
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
}
_PRIVATE_FIELDS = frozenset({"sequence_ids"})
_KEPT_FIELDS = ("seq_type", "variant_distribution_type", "lead_distribution_percentage", "winning_metric_property")
_STATUS_AS_READ = {"START": "ACTIVE", "PAUSED": "PAUSED", "STOPPED": "STOPPED"}


def open_account(world: World, contract: Contract, now: float) -> None:
    """Leave a new world as it is: an account has nothing of its own but its campaigns."""


def _in_campaign(call: Call) -> Context:
    """Locate a campaign for writing to it; ids in the payload are looked for in it alone."""
    campaign = _campaign(call)

    def find(kind: str, name: str) -> Resource | None:
        found = call.table(kind).get(name)
        if found is None:
            return None
        sequence = found if kind == "sequences" else call.table("sequences")[str(found["email_campaign_seq_id"])]
        return found if sequence["email_campaign_id"] == campaign["id"] else None

    return Context(parent=campaign, find=find)


def _on_campaign(call: Call) -> Context:
    """Locate a campaign for changing its status."""
    return Context(parent=_campaign(call))


def _save_sequences(call: Call) -> Resource:
    """Put the payload in the place of what the campaign has; a sequence or variant sent with its id keeps it."""
    campaign = _campaign(call)
    olds, old_variants = _sequences(call, campaign), _variants(call, campaign)
    for kind, gone in (("sequences", olds), ("variants", old_variants)):
        for name in gone:
            del call.table(kind)[name]
    sent = sorted(call.payload["sequences"], key=lambda each: each["seq_number"])
    free_variants = dict(old_variants)
    campaign["sequence_ids"] = [_save_sequence(call, campaign, each, olds, free_variants) for each in sent]
    campaign["updated_at"] = iso_text(call.now)
    if call.behaviour("save-reply") == "empty-data":
        return {"success": True, "data": {}}
    saved = [{"seqNumber": each["seq_number"], "id": each["id"]} for each in _sequences(call, campaign).values()]
    return {"ok": True, "data": {"sequences": saved}}


def _save_sequence(
    call: Call, campaign: Resource, sent: Mapping[str, Any], olds: dict[str, Resource], variants: dict[str, Resource]
) -> int:
    """Store one sequence and its variants; return its id. What it takes of the old ones is taken out of them."""
    old = _taken(sent, olds)
    if old is None and sent.get("id") is not None:
        call.behaviour("gone-sequence-id")
    stored = {
        **_stamped(call, "sequence", old),
        "email_campaign_id": campaign["id"],
        "seq_number": int(sent["seq_number"]),
        "subject": sent.get("subject", ""),
        "email_body": sent.get("email_body", ""),
        "delay_in_days": _whole(sent["seq_delay_details"]["delay_in_days"]),
        **{name: _whole(sent[name]) for name in _KEPT_FIELDS if name in sent},
    }
    call.table("sequences")[str(stored["id"])] = stored
    stored["variant_ids"] = [
        variant["id"]
        for each in sent.get("seq_variants", ())
        if (variant := _save_variant(call, stored, each, variants)) is not None
    ]
    if stored["variant_ids"] and call.behaviour("text-beside-variants") == "empty":
        stored["subject"] = stored["email_body"] = ""
    return int(stored["id"])


def _save_variant(
    call: Call, sequence: Resource, sent: Mapping[str, Any], variants: dict[str, Resource]
) -> Resource | None:
    """Store one variant; None where its id is gone, for then it is dropped."""
    old = _taken(sent, variants)
    if old is None and sent.get("id") is not None and call.behaviour("gone-variant-id") == "drop":
        return None
    label = sent.get("variant_label", sent.get("variant_id"))
    share = sent.get("variant_distribution_percentage", sent.get("distribution"))
    stored = {
        **_stamped(call, "variant", old),
        "is_deleted": False,
        "subject": sent.get("subject", ""),
        "email_body": sent["email_body"],
        "email_campaign_seq_id": sequence["id"],
        "variant_label": label if isinstance(label, str) else "",
        "optional_email_body_1": None,
        "variant_distribution_percentage": _whole(share) if type(share) in (int, float) else None,
    }
    call.table("variants")[str(stored["id"])] = stored
    return stored


def _taken(sent: Mapping[str, Any], olds: dict[str, Resource]) -> Resource | None:
    """Take out of the old resources the one that is sent again; an id sent twice finds it once."""
    return None if sent.get("id") is None else olds.pop(str(int(sent["id"])), None)


def _stamped(call: Call, kind: str, old: Resource | None) -> Resource:
    """Return the id and the times of an old resource, or of a new one."""
    now = iso_text(call.now)
    if old is not None:
        return {"id": old["id"], "created_at": old["created_at"], "updated_at": now}
    return {"id": int(call.new_id(kind)), "created_at": now, "updated_at": now}


def _get_sequences(call: Call) -> Any:
    found = [_as_read(call, each) for each in _sequences(call, _campaign(call)).values()]
    return found if call.behaviour("read-reply") == "bare" else {"success": True, "data": found}


def _as_read(call: Call, sequence: Resource) -> Resource:
    variants = [_variant_as_read(call, call.table("variants")[str(name)]) for name in sequence["variant_ids"]]
    fields = ("id", "created_at", "updated_at", "email_campaign_id", "seq_number", "subject", "email_body")
    return {
        **{name: sequence[name] for name in fields},
        "seq_delay_details": {"delayInDays": sequence["delay_in_days"]},
        "sequence_variants": variants or None,
    }


def _variant_as_read(call: Call, variant: Resource) -> Resource:
    label = call.behaviour("variant-label")
    return {(label if name == "variant_label" else name): value for name, value in variant.items()}


def _create_campaign(call: Call) -> Resource:
    now = iso_text(call.now)
    campaign = {
        "id": int(call.new_id("campaign")),
        **call.accepted(with_defaults=True),
        "created_at": now,
        "updated_at": now,
        "status": "DRAFTED",
        "sequence_ids": [],
    }
    call.table("campaigns")[str(campaign["id"])] = campaign
    return {"ok": True, "id": campaign["id"], "name": campaign["name"], "created_at": now}


def _list_campaigns(call: Call) -> list[Resource]:
    return [_whole_campaign(campaign) for campaign in call.table("campaigns").values()]


def _get_campaign(call: Call) -> Resource:
    missing = str(call.parameters["campaign_id"]) not in call.table("campaigns")
    if missing and call.behaviour("read-missing-campaign") == "empty-object":
        return {}
    campaign = _whole_campaign(_campaign(call))
    return campaign if call.behaviour("campaign-reply") == "bare" else {"success": True, "data": campaign}


def _whole_campaign(campaign: Resource) -> Resource:
    """Return a campaign as it is read; what stepmock does not keep has the value of a new one."""
    shown = {name: value for name, value in campaign.items() if name not in _PRIVATE_FIELDS}
    return {"id": campaign["id"], **_NEW_CAMPAIGN, **shown}


def _delete_campaign(call: Call) -> Resource:
    campaign = _campaign(call)
    if campaign["status"] == "ACTIVE":
        raise Refused("delete-active")
    for kind, gone in (("sequences", _sequences(call, campaign)), ("variants", _variants(call, campaign))):
        for name in gone:
            del call.table(kind)[name]
    del call.table("campaigns")[str(campaign["id"])]
    if call.behaviour("delete-reply") == "ok":
        return {"ok": True}
    return {"success": True, "message": "Campaign deleted successfully"}


def _set_status(call: Call) -> Resource:
    campaign = _campaign(call)
    status = _STATUS_AS_READ[call.payload["status"]]
    if (status == "ACTIVE" and not campaign["sequence_ids"]) or (
        status == "PAUSED" and campaign["status"] not in ("ACTIVE", "PAUSED")
    ):
        call.behaviour("free-status")
    campaign["status"] = status
    campaign["updated_at"] = iso_text(call.now)
    if call.behaviour("status-reply") == "ok":
        return {"ok": True}
    return {
        "success": True,
        "message": "Campaign status updated successfully",
        "campaign": {"id": campaign["id"], "status": status},
    }


def _campaign(call: Call) -> Resource:
    return call.named("campaigns", "campaign_id", "campaign-not-found")


def _sequences(call: Call, campaign: Resource) -> dict[str, Resource]:
    """Return the sequences of a campaign by id, in order."""
    table = call.table("sequences")
    return {str(name): table[str(name)] for name in campaign["sequence_ids"]}


def _variants(call: Call, campaign: Resource) -> dict[str, Resource]:
    """Return the variants of all sequences of a campaign by id."""
    table = call.table("variants")
    return {
        str(name): table[str(name)]
        for sequence in _sequences(call, campaign).values()
        for name in sequence["variant_ids"]
    }


def _whole(value: Any) -> Any:
    """Return a number as JavaScript writes it: 3.0 is 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


HANDLERS = {
    "saveSequences": Handler(_save_sequences, _in_campaign),
    "getSequences": Handler(_get_sequences),
    "createCampaign": Handler(_create_campaign),
    "listCampaigns": Handler(_list_campaigns),
    "getCampaign": Handler(_get_campaign),
    "deleteCampaign": Handler(_delete_campaign),
    "setCampaignStatus": Handler(_set_status, _on_campaign),
}
