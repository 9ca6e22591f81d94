"""What Supaglue's operations do: sequences and steps, over Apollo, Outreach and Salesloft.

Page: Create sequence step. A unified call is answered from the world; the requests that it stands for at the provider
are in `downstream`. What no page says is a behaviour of the contract, by name.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator

from ....contracts.limits import MAX_STEPS_PER_SEQUENCE
from ....contracts.model import Contract, Identifier
from ...call import Call, Handler, Refused
from ...clock import iso_text, seconds_of
from ...credentials import Admission
from ...identifiers import identifier, world_id
from ...world import Resource, World
from .downstream import DOWNSTREAM, Downstream, Made, salesloft_group
from .javascript import as_javascript, camel_keys, total

_STEP_FIELDS = ("type", "name", "interval_seconds", "date", "template", "is_reply", "order", "task_note")
_TEMPLATE_FIELDS = ("id", "body", "subject", "name", "to", "cc", "bcc")


def open_account(world: World, contract: Contract, now: float) -> None:
    """Leave a new world as it is: a connection begins with nothing of its own."""


def admit(admission: Admission) -> None:
    """Raise Refused where the customer has no connection to the provider.

    Customers whose id begins with `unknown` have none, and there are only three providers.
    """
    customer, provider = admission.facts["customer"], admission.facts["provider"]
    if not customer.startswith("unknown") and provider in DOWNSTREAM:
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
        "id": call.new_id(_downstream(call).id_kind),
        "name": record["name"],
        "type": record["type"],
        "tags": record.get("tags", []),
        "owner_id": record.get("owner_id"),
        "steps": [],
        "created_at": now,
        "updated_at": now,
    }
    call.table("sequences")[sequence["id"]] = sequence
    for step, made in zip(steps, _downstream(call).add_sequence(call, sequence, record, steps), strict=True):
        _keep(call, sequence, step, made)
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
    made = _downstream(call).add_step(call, sequence, record)
    _keep(call, sequence, record, made)
    sequence["updated_at"] = iso_text(call.now)
    of_cadence = _provider(call) == "salesloft" and call.behaviour("salesloft-step-id") == "cadence"
    return _created(call, sequence["id"] if of_cadence else made.id)


def _created(call: Call, name: str) -> Resource:
    reply: Resource = {"record": {"id": name}}
    if call.warnings and call.behaviour("warnings") == "told":
        reply["warnings"] = [
            {"title": item.message, "detail": item.hint, "problem_type": "VALIDATION_WARNING"} for item in call.warnings
        ]
    return reply


def _update_step(call: Call) -> Resource:
    at = _downstream(call)
    if at.change_template is None:
        raise Refused(call.behaviour("salesloft-update"), "Update not supported for common object sequence_step")
    sequence = _sequence(call)
    name = call.parameters["sequence_step_id"]
    step = call.table("steps").get(name)
    if step is None or step["sequence_id"] != sequence["id"] or at.needs not in step["native"]:
        raise Refused("step-not-found", at.not_found.format(name))
    record = as_javascript(call.payload["record"])
    change = {field: text for field, text in record.get("template", {}).items() if field in ("body", "subject")}
    call.behaviour("update-requests")
    at.change_template(call, step, change, record.get("custom_fields", {}))
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
        passed = total(passed, shown["interval_seconds"])
        for name in ("order", "is_reply", "name"):
            shown.pop(name, None)
        if _provider(call) == "salesloft":
            order = step["native"].get("order", step.get("order"))
            yield _read_from_salesloft(salesloft_group(step, passed, order), passed)
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
        content = settings["email_template"]
        template = {"name" if field == "title" else field: text for field, text in content.items()}
        return {
            "type": "auto_email" if group["automated"] else "manual_email",
            "name": native["name"],
            "interval_seconds": passed,
            "template": template,
        }
    if native["type"] == "Phone":
        timed = {"type": "call", "interval_seconds": passed}
        return {**timed, "name": native["name"], "task_note": settings["instructions"]}
    return {"type": "task", "name": native["name"], "task_note": settings["instructions"]}


def _keep(call: Call, sequence: Resource, step: Resource, made: Made) -> None:
    """Store a step at the end of its sequence, with what is known of it at the provider."""
    now = iso_text(call.now)
    known = {"id": made.id, "sequence_id": sequence["id"], "native": made.native, "created_at": now, "updated_at": now}
    call.table("steps")[made.id] = {**step, **known}
    sequence["steps"].append(made.id)


def _provider(call: Call) -> str:
    return call.settings["provider"]


def _downstream(call: Call) -> Downstream:
    return DOWNSTREAM[_provider(call)]


def _sequence(call: Call) -> Resource:
    name = call.parameters["sequence_id"]
    if (sequence := call.table("sequences").get(name)) is None:
        raise Refused(call.behaviour("unknown-sequence"), f"There is no sequence {name[:80]}.")
    return sequence


def _with_camel_keys(step: Resource, *fields: str) -> Resource:
    """Return a step in which the custom fields of its template, and the named fields, have keys in camel case.

    Supaglue turns all keys of a body into camel case, and gives back only the `custom_fields` of the record itself.
    """
    step = {name: camel_keys(value) if name in fields else value for name, value in step.items()}
    if "custom_fields" in step.get("template", {}):
        step["template"] = {**step["template"], "custom_fields": camel_keys(step["template"]["custom_fields"])}
    return step


HANDLERS = {
    "createSequence": Handler(_create_sequence),
    "listSequences": Handler(_list_sequences),
    "getSequence": Handler(_get_sequence),
    "createSequenceStep": Handler(_create_step),
    "updateSequenceStep": Handler(_update_step),
}
