"""The requests to Apollo, Outreach and Salesloft that a unified call stands for.

Everything here is from the published server. No request is sent: each is kept as data in the world, without the key of
the connection. Requests that only read are not kept.
"""

from collections.abc import Callable, Sequence
from math import fmod
from typing import Any, NamedTuple

from ....contracts.limits import MAX_DOWNSTREAM_REQUESTS
from ...call import Call
from ...world import Resource
from .javascript import as_javascript, given, parse_int, total

_APOLLO = "https://app.apollo.io/api/v1"
_OUTREACH = "https://api.outreach.io/api/v2"
_SALESLOFT = "https://api.salesloft.com/v2"

_DAY = 86400
_APOLLO_UNITS = (("day", _DAY), ("hour", 3600), ("minute", 60))
_EMAILS = ("auto_email", "manual_email")
_LINKEDIN = "linkedin_send_message"


class Made(NamedTuple):
    """A step that the provider has made: its id, and what else is known of it there."""

    id: str
    native: Resource


class Downstream(NamedTuple):
    """What one provider is asked for.

    `add_steps` gets a new sequence with all its steps, `add_step` one more step; each returns what was made of a step.
    `change_template` gets a step, the new texts of its template and the custom fields; None where nothing can be
    changed. `id_kind` is the kind of id that sequences and steps have, and `needs` what must be known of a step that
    changes.
    """

    id_kind: str
    add_sequence: Callable[[Call, Resource, Resource, Sequence[Resource]], list[Made]]
    add_step: Callable[[Call, Resource, Resource], Made]
    change_template: Callable[[Call, Resource, Resource, Resource], None] | None = None
    needs: str = ""
    not_found: str = ""


def _apollo_sequence(call: Call, sequence: Resource, record: Resource, steps: Sequence[Resource]) -> list[Made]:
    body = {
        "name": record["name"],
        "permissions": "private" if record["type"] == "private" else "team_can_use",
        "active": True,
        **given(label_ids=record.get("tags"), user_id=record.get("owner_id")),
        **record.get("custom_fields", {}),
    }
    _send(call, "POST", f"{_APOLLO}/emailer_campaigns", body)
    return [_apollo_step(call, sequence, step, order) for order, step in enumerate(steps, 1)]


def _apollo_step(call: Call, sequence: Resource, step: Resource, order: Any = None) -> Made:
    kind = {"task": "action_item"}.get(step["type"], step["type"])
    if kind == _LINKEDIN:
        kind = call.behaviour("apollo-linkedin-type")
    unit, count = apollo_wait(step.get("interval_seconds"))
    body = {
        "emailer_campaign_id": sequence["id"],
        "position": step.get("order", 1) if order is None else order,
        "type": kind,
        "wait_mode": unit,
        "wait_time": count,
        **given(exact_datetime=step.get("date"), note=step.get("task_note")),
        **step.get("custom_fields", {}),
    }
    _send(call, "POST", f"{_APOLLO}/emailer_steps", body)
    name = call.new_id("apollo")
    if not _has_touch(call, step["type"]):
        return Made(name, {})
    touch, made = call.new_id("apollo"), call.new_id("apollo")
    template = step.get("template", {})
    by_content = {"id": made, **given(subject=template.get("subject"), body_html=template.get("body"))}
    content = {
        "id": touch,
        "emailer_step_id": name,
        "emailer_template": {"id": template["id"]} if "id" in template else by_content,
        "type": "reply_to_thread" if step.get("is_reply") else "new_thread",
    }
    _send(call, "PUT", f"{_APOLLO}/emailer_touches/{touch}", content)
    return Made(name, {"touch": touch, "template": template.get("id", made)})


def _has_touch(call: Call, kind: str) -> bool:
    """Return whether Apollo makes a touch with a template for a step of this type."""
    return kind in _EMAILS or (kind == _LINKEDIN and call.behaviour("apollo-touch") == "touch")


def apollo_wait(interval: float | None) -> tuple[str, float | None]:
    """Return Apollo's unit and count of an interval in seconds: the largest unit that divides it evenly."""
    if not interval or not float(interval).is_integer():
        return "second", 0
    for unit, size in _APOLLO_UNITS:
        if fmod(interval, size) == 0:
            return unit, as_javascript(interval / size)
    return "second", interval


def _change_at_apollo(call: Call, step: Resource, change: Resource, custom: Resource) -> None:
    touch = step["native"]["touch"]
    texts = given(subject=change.get("subject"), body_html=change.get("body"))
    template = {"id": step["native"]["template"], **texts}
    content = {"id": touch, "emailer_step_id": step["id"], "emailer_template": template, **custom}
    _send(call, "PUT", f"{_APOLLO}/emailer_touches/{touch}", content)


def _outreach_sequence(call: Call, sequence: Resource, record: Resource, steps: Sequence[Resource]) -> list[Made]:
    attributes = {"name": record["name"], **given(tags=record.get("tags")), **record.get("custom_fields", {})}
    related = {"owner": _relation(parse_int(record["owner_id"]), "user")} if "owner_id" in record else {}
    _send_resource(call, "sequences", "sequence", attributes, related)
    return [_outreach_step(call, sequence, step, order) for order, step in enumerate(steps, 1)]


def _outreach_step(call: Call, sequence: Resource, step: Resource, order: Any = None) -> Made:
    template = step.get("template")
    template_id = template.get("id") if template else None
    if template and not template_id:
        attributes = given(
            name=template.get("name"),
            bodyHtml=template.get("body"),
            subject=template.get("subject"),
            toRecipients=template.get("to"),
            ccRecipients=template.get("cc"),
            bccRecipients=template.get("bcc"),
        )
        _send_resource(call, "templates", "template", {**attributes, **template.get("custom_fields", {})})
        template_id = call.new_id("number")
    interval = step.get("interval_seconds", None if "date" in step else 0)
    attributes = {
        **given(interval=interval, date=step.get("date")),
        "stepType": step["type"],
        **given(taskNote=step.get("task_note")),
        "order": step.get("order", 0) if order is None else order,
        **step.get("custom_fields", {}),
    }
    related = {"sequence": _relation(parse_int(sequence["id"]), "sequence")}
    _send_resource(call, "sequenceSteps", "sequenceStep", attributes, related)
    name = call.new_id("number")
    if template_id is None:
        call.behaviour("outreach-without-template")
        return Made(name, {})
    related = {
        "sequenceStep": _relation(parse_int(name), "sequenceStep"),
        "template": _relation(parse_int(template_id), "template"),
    }
    _send_resource(call, "sequenceTemplates", "sequenceTemplate", given(isReply=step.get("is_reply")), related)
    return Made(name, {"template": template_id})


def _change_at_outreach(call: Call, step: Resource, change: Resource, custom: Resource) -> None:
    template = step["native"]["template"]
    attributes = {**given(bodyHtml=change.get("body"), subject=change.get("subject")), **custom}
    data = {"type": "template", "id": parse_int(template), "attributes": attributes}
    _send(call, "PATCH", f"{_OUTREACH}/templates/{template}", {"data": data})


def _send_resource(call: Call, path: str, kind: str, attributes: Resource, related: Resource | None = None) -> None:
    data = {"type": kind, "attributes": attributes, **({"relationships": related} if related else {})}
    _send(call, "POST", f"{_OUTREACH}/{path}", {"data": data})


def _relation(name: Any, kind: str) -> Resource:
    return {"data": {"id": name, "type": kind}}


def _salesloft_sequence(call: Call, sequence: Resource, record: Resource, steps: Sequence[Resource]) -> list[Made]:
    groups: list[Resource] = []
    passed: float | None = 0
    for order, step in enumerate(steps, 1):
        passed = total(passed, step.get("interval_seconds", 0))
        groups.append(salesloft_group(step, passed, order))
    custom = record.get("custom_fields", {})
    settings = {
        "name": record["name"],
        "target_daily_people": 0,
        "cadence_function": "outbound",
        "remove_bounced": True,
        "remove_replied": True,
        "external_identifier": None,
    }
    sharing = {"team_cadence": record["type"] == "team", "shared": True}
    body = {
        **custom,
        "settings": {**settings, **_members(custom.get("settings"))},
        "sharing_settings": {**sharing, **_members(custom.get("sharing_settings"))},
        "cadence_content": {"step_groups": groups},
    }
    _send(call, "POST", f"{_SALESLOFT}/cadence_imports", body)
    return [Made(call.new_id("number"), {"order": order}) for order in range(1, len(steps) + 1)]


def _salesloft_step(call: Call, sequence: Resource, step: Resource) -> Made:
    order = step.get("order")
    group = salesloft_group(step, step.get("interval_seconds", 0), order)
    content = {"cadence_id": parse_int(sequence["id"]), "step_groups": [group], **step.get("custom_fields", {})}
    _send(call, "POST", f"{_SALESLOFT}/cadence_imports", {"cadence_content": content})
    return Made(call.new_id("number"), given(order=order))


def salesloft_group(step: Resource, passed: float | None, order: Any) -> Resource:
    """Return the step group of one step, `passed` seconds after the beginning of the cadence."""
    kind, note = step["type"], step.get("task_note")
    name = step.get("name", f"Step {'undefined' if order is None else order}")
    template = step.get("template", {})
    if kind in _EMAILS and "body" in template:
        content = given(title=template.get("name"), subject=template.get("subject"), body=template["body"])
        name = ": ".join(text for text in (name, note) if text)
        native = {"type": "Email", "name": name, "type_settings": {"email_template": content}}
    elif kind == "call":
        native = {"type": "Phone", "name": name, "type_settings": {"instructions": note or ""}}
    else:
        native = {"type": "Other", "name": name, "type_settings": {"instructions": f"{kind}: {note or ''}"}}
    sent_at = {"automated_settings": {"send_type": "after_time_delay", "delay_time": 0}} if kind == "auto_email" else {}
    return {
        "day": None if passed is None else as_javascript(passed / _DAY + 1),
        "automated": kind == "auto_email",
        **sent_at,
        "due_immediately": False,
        "steps": [{"enabled": True, **native}],
        "reference_id": order,
    }


def _members(value: Any) -> Resource:
    return value if isinstance(value, dict) else {}


def _send(call: Call, method: str, url: str, body: Resource) -> None:
    """Keep a native request as data; the oldest goes when there are too many."""
    kept = call.table("downstream")
    number = int(next(reversed(kept), "0")) + 1
    if len(kept) >= MAX_DOWNSTREAM_REQUESTS:
        oldest = str(number - MAX_DOWNSTREAM_REQUESTS)  # finding the first key walks over all that were deleted
        del kept[oldest if oldest in kept else next(iter(kept))]
    name = str(number)
    kept[name] = {"id": name, "method": method, "url": url, "body": body}


DOWNSTREAM = {
    "apollo": Downstream(
        "apollo",
        _apollo_sequence,
        _apollo_step,
        _change_at_apollo,
        "touch",
        "Unable to find sequence step touch/template {} in Apollo",
    ),
    "outreach": Downstream(
        "number",
        _outreach_sequence,
        _outreach_step,
        _change_at_outreach,
        "template",
        "Sequence step {} does not have a template",
    ),
    "salesloft": Downstream("number", _salesloft_sequence, _salesloft_step),
}
"""The three providers that Supaglue stands before, by name."""
