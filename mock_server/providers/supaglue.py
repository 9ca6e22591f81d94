"""What Supaglue's operations do: sequences and steps, and the native requests that they stand for.

Page: Create sequence step; everything about the three providers is from the published server. A unified call is
answered from the world, and each request that it would have sent on to Apollo, Outreach or Salesloft is kept as data,
without the key of the connection. What no page says is a behaviour of the contract, by name.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterator
from math import fmod, isfinite
from typing import Any

from ...contracts.limits import MAX_DOWNSTREAM_REQUESTS, MAX_STEPS_PER_SEQUENCE
from ...contracts.model import Contract, Identifier
from ..call import Call, Handler, Refused
from ..clock import iso_text, seconds_of
from ..credentials import Admission
from ..identifiers import identifier, world_id
from ..world import Resource, World

_APOLLO = "https://app.apollo.io/api/v1"
_OUTREACH = "https://api.outreach.io/api/v2"
_SALESLOFT = "https://api.salesloft.com/v2"

_DAY = 86400
_APOLLO_UNITS = (("day", _DAY), ("hour", 3600), ("minute", 60))
_EMAILS = ("auto_email", "manual_email")
_TOUCHED = (*_EMAILS, "linkedin_send_message")
_STEP_FIELDS = ("type", "name", "interval_seconds", "date", "template", "is_reply", "order", "task_note")
_TEMPLATE_FIELDS = ("id", "body", "subject", "name", "to", "cc", "bcc")
_SAFE_INTEGER = 2**53


def open_account(world: World, contract: Contract, now: float) -> None:
    """Leave a new world as it is: a connection begins with nothing of its own."""


def admit(admission: Admission) -> None:
    """Raise Refused where the customer has no connection to the provider.

    Customers whose id begins with `unknown` have none, and there are only three providers.
    """
    customer, provider = admission.facts["customer"], admission.facts["provider"]
    if not customer.startswith("unknown") and provider in _NEW_SEQUENCE:
        return
    key = admission.credential.partition("\n")[0]
    application = identifier(Identifier("application", alphabet="uuid"), 0, world_id("supaglue application", key), 0)
    raise Refused(
        "no-connection",
        f"Connection not found for customer: {application}:{customer} and application: {application} "
        f"and provider: {provider}",
    )


def _create_sequence(call: Call) -> Resource:
    record = as_javascript(call.payload["record"])
    steps = [_with_camel_keys(step, "custom_fields") for step in record.pop("steps", [])]
    if len(steps) > MAX_STEPS_PER_SEQUENCE:
        raise Refused("too-many-steps", f"A sequence holds at most {MAX_STEPS_PER_SEQUENCE} steps in stepmock.")
    now = iso_text(call.now)
    sequence = {
        "id": call.new_id("apollo" if _provider(call) == "apollo" else "number"),
        "name": record["name"],
        "type": record["type"],
        "tags": record.get("tags", []),
        "owner_id": record.get("owner_id"),
        "steps": [],
        "created_at": now,
        "updated_at": now,
    }
    call.table("sequences")[sequence["id"]] = sequence
    _NEW_SEQUENCE[_provider(call)](call, sequence, record, steps)
    return _created(call, sequence["id"])


def _create_step(call: Call) -> Resource:
    sequence = _sequence(call)
    record = _with_camel_keys(as_javascript(call.payload["record"]))
    if len(sequence["steps"]) >= MAX_STEPS_PER_SEQUENCE:
        raise Refused("too-many-steps", f"A sequence holds at most {MAX_STEPS_PER_SEQUENCE} steps in stepmock.")
    if _provider(call) == "salesloft" and sequence["steps"]:
        choice = call.behaviour("salesloft-second-step")
        if choice != "take":
            raise Refused(choice, "Salesloft takes a step only for a cadence without steps.")
    step = _NEW_STEP[_provider(call)](call, sequence, record)
    sequence["updated_at"] = iso_text(call.now)
    of_cadence = _provider(call) == "salesloft" and call.behaviour("salesloft-step-id") == "cadence"
    return _created(call, sequence["id"] if of_cadence else step["id"])


def _created(call: Call, name: str) -> Resource:
    reply: Resource = {"record": {"id": name}}
    if call.warnings and call.behaviour("warnings") == "told":
        reply["warnings"] = [
            {"title": item.message, "detail": item.hint, "problem_type": "VALIDATION_WARNING"} for item in call.warnings
        ]
    return reply


def _update_step(call: Call) -> Resource:
    provider = _provider(call)
    if provider == "salesloft":
        raise Refused(call.behaviour("salesloft-update"), "Update not supported for common object sequence_step")
    sequence = _sequence(call)
    name = call.parameters["sequence_step_id"]
    step = call.table("steps").get(name)
    if step is None or step["sequence_id"] != sequence["id"] or "template" not in step["native"]:
        raise Refused(
            "step-not-found",
            f"Unable to find sequence step touch/template {name} in Apollo"
            if provider == "apollo"
            else f"Sequence step {name} does not have a template",
        )
    record = as_javascript(call.payload["record"])
    change = {field: text for field, text in record.get("template", {}).items() if field in ("body", "subject")}
    body, subject, template = change.get("body"), change.get("subject"), step["native"]["template"]
    custom = record.get("custom_fields", {})
    if provider == "apollo":
        touch = step["native"]["touch"]
        native = {"id": template, **_given(subject=subject, body_html=body)}
        content = {"id": touch, "emailer_step_id": name, "emailer_template": native, **custom}
        _send(call, "PUT", f"{_APOLLO}/emailer_touches/{touch}", content)
    else:
        attributes = {**_given(bodyHtml=body, subject=subject), **custom}
        data = {"type": "template", "id": _parse_int(template), "attributes": attributes}
        _send(call, "PATCH", f"{_OUTREACH}/templates/{template}", {"data": data})
    step["template"] = {**step.get("template", {}), **change}
    step["updated_at"] = sequence["updated_at"] = iso_text(call.now)
    return {}


def _get_sequence(call: Call) -> Resource:
    sequence = _sequence(call)
    return {**_shown(call, sequence), "steps": list(_steps_read_back(call, sequence))}


def _list_sequences(call: Call) -> Resource:
    chosen = list(call.table("sequences").values())
    if (after := call.query.get("modified_after")) is not None:
        try:
            limit = seconds_of(after)
        except ValueError:
            raise _bad_parameter("modified_after") from None
        chosen = [sequence for sequence in chosen if seconds_of(sequence["updated_at"]) > limit]
    size = call.query.get("page_size") or int(call.behaviour("page-size"))
    start, end = _bounds(chosen, call.query.get("cursor"), size)
    page = chosen[start:end]
    return {
        "pagination": {
            "next": _cursor(page[-1], reverse=False) if page and end < len(chosen) else None,
            "previous": _cursor(page[0], reverse=True) if page and start > 0 else None,
            "total_count": len(chosen),
        },
        "records": [_shown(call, sequence) for sequence in page],
    }


def _bounds(chosen: list[Resource], cursor: str | None, size: int) -> tuple[int, int]:
    """Return where the page of a cursor begins and ends; raises Refused for a cursor that no page gave."""
    if cursor is None:
        return 0, size
    try:
        mark = json.loads(urlsafe_b64decode(cursor.encode("ascii")))
        place = next(place for place, sequence in enumerate(chosen) if sequence["id"] == mark["id"])
        reverse = mark["reverse"]
    except (Base64Error, ValueError, RecursionError, LookupError, TypeError, StopIteration):
        raise _bad_parameter("cursor") from None
    return (max(0, place - size), place) if reverse else (place + 1, place + 1 + size)


def _cursor(sequence: Resource, *, reverse: bool) -> str:
    return urlsafe_b64encode(json.dumps({"id": sequence["id"], "reverse": reverse}).encode()).decode()


def _bad_parameter(name: str) -> Refused:
    return Refused("bad-params", f"The parameter {name} cannot be read.", parameter=name)


def _shown(call: Call, sequence: Resource) -> Resource:
    """Return a sequence as replies show it, without its steps."""
    at_salesloft = _provider(call) == "salesloft"  # which has neither tags nor an owner
    shown = {
        "id": sequence["id"],
        "owner_id": None if at_salesloft else sequence["owner_id"],
        "name": sequence["name"],
        "is_enabled": True,
        "is_archived": False,
        "is_deleted": False,
        "share_type": sequence["type"],
        "tags": [] if at_salesloft else sequence["tags"],
        "num_steps": len(sequence["steps"]),
        "metrics": {},
        "created_at": sequence["created_at"],
        "updated_at": sequence["updated_at"],
        "last_modified_at": sequence["updated_at"],
    }
    if call.query.get("include_raw_data") == "true":
        call.behaviour("raw-data")
        shown["raw_data"] = {}
    return shown


def _steps_read_back(call: Call, sequence: Resource) -> Iterator[Resource]:
    """Yield the steps of a sequence as the profile reads them back."""
    steps = [call.table("steps")[name] for name in sequence["steps"]]
    as_mapped = bool(steps) and call.behaviour("steps-read-back") == "as-mapped"
    passed: float | None = 0
    for step in steps:
        shown = {"interval_seconds": 0, **{name: step[name] for name in _STEP_FIELDS if name in step}}
        if "template" in shown:
            shown["template"] = {
                name: shown["template"][name] for name in _TEMPLATE_FIELDS if name in shown["template"]
            }
        if not as_mapped:
            yield {"id": step["id"], **shown, **_times(step)}
            continue
        passed = _sum(passed, shown["interval_seconds"])
        for name in ("order", "is_reply", "name"):
            shown.pop(name, None)
        if _provider(call) == "salesloft":
            yield _read_from_salesloft(step["native"]["group"], passed)
            continue
        if _provider(call) == "apollo":
            shown["interval_seconds"] = passed
        yield {"id": step["id"], **shown, **_times(step)}


def _times(step: Resource) -> Resource:
    return {"created_at": step["created_at"], "updated_at": step["updated_at"], "is_deleted": False}


def _read_from_salesloft(group: Resource, passed: float | None) -> Resource:
    native = group["steps"][0]
    settings = native["type_settings"]
    if native["type"] == "Email":
        template = settings["email_template"]
        named = {"name": template["title"]} if "title" in template else {}
        return {
            "type": "auto_email" if group["automated"] else "manual_email",
            "name": native["name"],
            "interval_seconds": passed,
            "template": {**named, "subject": template["subject"], "body": template["body"]},
        }
    if native["type"] == "Phone":
        timed = {"type": "call", "interval_seconds": passed}
        return {**timed, "name": native["name"], "task_note": settings["instructions"]}
    return {"type": "task", "name": native["name"], "task_note": settings["instructions"]}


def _new_sequence_at_apollo(call: Call, sequence: Resource, record: Resource, steps: list[Resource]) -> None:
    body = {
        "name": record["name"],
        "permissions": "private" if record["type"] == "private" else "team_can_use",
        "active": True,
        **_given(label_ids=record.get("tags"), user_id=record.get("owner_id")),
        **record.get("custom_fields", {}),
    }
    _send(call, "POST", f"{_APOLLO}/emailer_campaigns", body)
    for place, step in enumerate(steps):
        _new_step_at_apollo(call, sequence, step, order=place + 1)


def _new_step_at_apollo(call: Call, sequence: Resource, step: Resource, order: Any = None) -> Resource:
    kind = step["type"]
    if kind == "task":
        kind = "action_item"
    elif kind == "linkedin_send_message":
        kind = call.contract.behaviours["apollo-linkedin-type"].choice  # it is no part of the reply
    unit, count = apollo_wait(step.get("interval_seconds"))
    order = step.get("order", 1) if order is None else order
    body = {
        "emailer_campaign_id": sequence["id"],
        "position": order,
        "type": kind,
        "wait_mode": unit,
        "wait_time": count,
        **_given(exact_datetime=step.get("date"), note=step.get("task_note")),
        **step.get("custom_fields", {}),
    }
    _send(call, "POST", f"{_APOLLO}/emailer_steps", body)
    name = call.new_id("apollo")
    native = {}
    if step["type"] in _TOUCHED:
        touch, made = call.new_id("apollo"), call.new_id("apollo")
        template = step.get("template", {})
        by_content = {"id": made, **_given(subject=template.get("subject"), body_html=template.get("body"))}
        content = {
            "id": touch,
            "emailer_step_id": name,
            "emailer_template": {"id": template["id"]} if "id" in template else by_content,
            "type": "reply_to_thread" if step.get("is_reply") else "new_thread",
        }
        _send(call, "PUT", f"{_APOLLO}/emailer_touches/{touch}", content)
        native = {"touch": touch, "template": template.get("id", made)}
    return _keep(call, sequence, name, step, native)


def apollo_wait(interval: float | None) -> tuple[str, float | None]:
    """Return Apollo's unit and count of an interval in seconds: the largest unit that divides it evenly."""
    if not interval or not float(interval).is_integer():
        return "second", 0
    for unit, size in _APOLLO_UNITS:
        if fmod(interval, size) == 0:
            return unit, as_javascript(interval / size)
    return "second", interval


def _new_sequence_at_outreach(call: Call, sequence: Resource, record: Resource, steps: list[Resource]) -> None:
    attributes = {"name": record["name"], **_given(tags=record.get("tags")), **record.get("custom_fields", {})}
    related = {"owner": _relation(_parse_int(record["owner_id"]), "user")} if "owner_id" in record else {}
    _send_resource(call, "sequences", "sequence", attributes, related)
    for place, step in enumerate(steps):
        _new_step_at_outreach(call, sequence, step, order=place + 1)


def _new_step_at_outreach(call: Call, sequence: Resource, step: Resource, order: Any = None) -> Resource:
    template = step.get("template")
    template_id = template.get("id") if template else None
    if template and not template_id:
        attributes = _given(
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
        **_given(interval=interval, date=step.get("date")),
        "stepType": step["type"],
        **_given(taskNote=step.get("task_note")),
        "order": step.get("order", 0) if order is None else order,
        **step.get("custom_fields", {}),
    }
    related = {"sequence": _relation(_parse_int(sequence["id"]), "sequence")}
    _send_resource(call, "sequenceSteps", "sequenceStep", attributes, related)
    name = call.new_id("number")
    if template_id is None:
        call.behaviour("outreach-without-template")
        return _keep(call, sequence, name, step, {})
    related = {
        "sequenceStep": _relation(_parse_int(name), "sequenceStep"),
        "template": _relation(_parse_int(template_id), "template"),
    }
    _send_resource(call, "sequenceTemplates", "sequenceTemplate", _given(isReply=step.get("is_reply")), related)
    return _keep(call, sequence, name, step, {"template": template_id})


def _send_resource(call: Call, path: str, kind: str, attributes: Resource, related: Resource | None = None) -> None:
    data = {"type": kind, "attributes": attributes, **({"relationships": related} if related else {})}
    _send(call, "POST", f"{_OUTREACH}/{path}", {"data": data})


def _relation(name: Any, kind: str) -> Resource:
    return {"data": {"id": name, "type": kind}}


def _new_sequence_at_salesloft(call: Call, sequence: Resource, record: Resource, steps: list[Resource]) -> None:
    groups: list[Resource] = []
    passed: float | None = 0
    for place, step in enumerate(steps):
        passed = _sum(passed, step.get("interval_seconds", 0))
        groups.append(salesloft_group(step, passed, place + 1))
        _keep(call, sequence, call.new_id("number"), step, {"group": groups[-1]})
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


def _new_step_at_salesloft(call: Call, sequence: Resource, step: Resource) -> Resource:
    group = salesloft_group(step, step.get("interval_seconds", 0), step.get("order"))
    content = {"cadence_id": _parse_int(sequence["id"]), "step_groups": [group], **step.get("custom_fields", {})}
    _send(call, "POST", f"{_SALESLOFT}/cadence_imports", {"cadence_content": content})
    return _keep(call, sequence, call.new_id("number"), step, {"group": group})


def salesloft_group(step: Resource, passed: float | None, order: Any) -> Resource:
    """Return the step group of one step, `passed` seconds after the beginning of the cadence."""
    kind, note = step["type"], step.get("task_note")
    name = step.get("name", f"Step {'undefined' if order is None else order}")
    template = step.get("template", {})
    if kind in _EMAILS and "body" in template:
        content = {**_given(title=template.get("name")), "subject": template["subject"], "body": template["body"]}
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


def _keep(call: Call, sequence: Resource, name: str, step: Resource, native: Resource) -> Resource:
    """Store a step at the end of its sequence, with what is known of it at the provider."""
    now = iso_text(call.now)
    stored = {**step, "id": name, "sequence_id": sequence["id"], "native": native, "created_at": now, "updated_at": now}
    call.table("steps")[name] = stored
    sequence["steps"].append(name)
    return stored


def _send(call: Call, method: str, url: str, body: Resource) -> None:
    """Keep a native request as data; the oldest goes when there are too many."""
    kept = call.table("downstream")
    name = str(int(next(reversed(kept), "0")) + 1)
    if len(kept) >= MAX_DOWNSTREAM_REQUESTS:
        del kept[next(iter(kept))]
    kept[name] = {"id": name, "method": method, "url": url, "body": body}


def _provider(call: Call) -> str:
    return call.settings["provider"]


def _sequence(call: Call) -> Resource:
    name = call.parameters["sequence_id"]
    if (sequence := call.table("sequences").get(name)) is None:
        raise Refused(call.behaviour("unknown-sequence"), f"There is no sequence {name[:80]}.")
    return sequence


def _given(**fields: Any) -> Resource:
    """Return the fields that are there; JavaScript writes no undefined ones."""
    return {name: value for name, value in fields.items() if value is not None}


def _members(value: Any) -> Resource:
    return value if isinstance(value, dict) else {}


def _with_camel_keys(step: Resource, *fields: str) -> Resource:
    """Return a step in which the custom fields of its template, and the named fields, have keys in camel case.

    Supaglue turns all keys of a body into camel case, and gives back only the `custom_fields` of the record itself.
    """
    step = {name: _camel_keys(value) if name in fields else value for name, value in step.items()}
    if "custom_fields" in step.get("template", {}):
        step["template"] = {**step["template"], "custom_fields": _camel_keys(step["template"]["custom_fields"])}
    return step


def _camel_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {camel_case(name): _camel_keys(child) for name, child in value.items()}
    return [_camel_keys(child) for child in value] if isinstance(value, list) else value


def camel_case(name: str) -> str:
    """Return a name in snake case in camel case; any other name stays as it is."""
    return re.sub(r"[_.\- ]+(.|$)", lambda match: match[1].upper(), name.lstrip("_.- "))


def as_javascript(value: Any) -> Any:
    """Return a JSON value with its numbers as JavaScript holds and writes them: 2.0 is 2, and 1e999 is null."""
    if isinstance(value, dict):
        return {name: as_javascript(child) for name, child in value.items()}
    if isinstance(value, list):
        return [as_javascript(child) for child in value]
    if type(value) not in (int, float):
        return value
    try:
        number = float(value)
    except OverflowError:
        return None
    if not isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _SAFE_INTEGER else number


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else as_javascript(one + other)


def _parse_int(text: str) -> Any:
    """Return the number that a text begins with, as JavaScript's parseInt does; None, which JSON writes for NaN."""
    digits = re.match(r"\s*([+-]?[0-9]+)", text)
    return as_javascript(float(digits[1])) if digits else None


_NEW_SEQUENCE: dict[str, Callable[[Call, Resource, Resource, list[Resource]], None]] = {
    "apollo": _new_sequence_at_apollo,
    "outreach": _new_sequence_at_outreach,
    "salesloft": _new_sequence_at_salesloft,
}
_NEW_STEP: dict[str, Callable[[Call, Resource, Resource], Resource]] = {
    "apollo": _new_step_at_apollo,
    "outreach": _new_step_at_outreach,
    "salesloft": _new_step_at_salesloft,
}
HANDLERS = {
    "createSequence": Handler(_create_sequence),
    "listSequences": Handler(_list_sequences),
    "getSequence": Handler(_get_sequence),
    "createSequenceStep": Handler(_create_step),
    "updateSequenceStep": Handler(_update_step),
}
