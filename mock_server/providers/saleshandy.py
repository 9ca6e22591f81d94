"""What Saleshandy's operations do: sequences, their steps by day, and the variants in them.

Pages: Create Sequence Step, Create and Update Sequence Step Variant, Create Sequence, and the API reference. What no
page says is a behaviour of the contract, by name.
"""

from bisect import bisect_right
from collections.abc import Iterable

from ...contracts.limits import MAX_STEPS_PER_SEQUENCE
from ...contracts.model import Contract
from ...validators.context import Context
from ..call import Call, Handler, InOrder, Refused
from ..clock import iso_text
from ..world import Resource, World

_PRIORITIES = ("Urgent", "High", "Normal", "Low")
_SORT_KEYS = {"sequence.createdAt": "createdAt", "sequence.title": "title"}
_PAGE_SIZE = 100


def open_account(world: World, contract: Contract, now: float) -> None:
    """Give a new world its one user and the email account that sequences use by default."""
    users, accounts = world.resources["users"], world.resources["emailAccounts"]
    if not users:
        name = world.new_id(contract.identifiers["user"])
        users[name] = {"id": name, "firstName": "Step", "lastName": "Mock", "email": "user@stepmock.test"}
    if not accounts:
        name = world.new_id(contract.identifiers["emailAccount"])
        accounts[name] = {"id": name, "email": "user@stepmock.test"}


def _in_sequence(call: Call) -> Context:
    """Locate a sequence for creating a step in it."""
    sequence = _sequence(call, "step-not-created")
    return Context(siblings=InOrder(call.table("steps"), sequence["steps"]))


def _on_step(call: Call) -> Context:
    """Locate a step for adding a variant to it."""
    sequence = _sequence(call, "variant-not-created")
    return Context(
        stored=_step(call, sequence, "variant-not-created"), siblings=InOrder(call.table("steps"), sequence["steps"])
    )


def _on_variant(call: Call) -> Context:
    """Locate the step of a variant, which holds what an update must agree with."""
    sequence = _sequence(call, "variant-not-updated")
    step = _step(call, sequence, "variant-not-updated")
    _variant(call, step)
    return Context(stored=step, siblings=InOrder(call.table("steps"), sequence["steps"]))


def _of_sequences(call: Call) -> Context:
    """Locate nothing: the payload names the sequences."""
    return Context(find=lambda kind, name: call.table(kind).get(name))


def _create_step(call: Call) -> Resource:
    sequence = call.table("sequences")[call.parameters["sequenceId"]]
    if len(sequence["steps"]) >= MAX_STEPS_PER_SEQUENCE:
        raise Refused("too-many-steps", f"A sequence holds at most {MAX_STEPS_PER_SEQUENCE} steps in stepmock.")
    fields = call.accepted(with_defaults=True)
    step = {
        "id": call.new_id("step"),
        "sequenceId": sequence["id"],
        "type": next(spelling for spelling in call.spellings() if isinstance(spelling, int)),
        "absoluteDays": fields["absoluteDays"],
    }
    if "priority" in fields:  # a step that makes tasks
        _set_task(call, step, {"assigneeId": sequence["userId"], **fields})
    step["variants"] = [_new_variant(call, entry) for entry in fields["variants"]]
    number = _put_in_order(call, sequence, step)
    if call.behaviour("create-step-reply") == "flat":
        return {
            "id": step["id"],
            "name": _name(number),
            "number": number,
            "type": step["type"],
            "absoluteDays": step["absoluteDays"],
        }
    return {
        "message": "Sequence step created successfully",
        "payload": {
            "number": number,
            "sequence": {"id": sequence["id"], "steps": []},
            "variants": [{"stepId": step["id"], "id": variant["id"]} for variant in step["variants"]],
            "sequenceId": sequence["id"],
            "id": step["id"],
        },
    }


def _put_in_order(call: Call, sequence: Resource, step: Resource) -> int:
    """Store a step in the order of days, behind those of the same day, and return its number."""
    steps = call.table("steps")
    order: list[str] = sequence["steps"]
    place = bisect_right(order, step["absoluteDays"], key=lambda name: steps[name]["absoluteDays"])
    if place < len(order):
        call.behaviour("step-numbers")
    order.insert(place, step["id"])
    steps[step["id"]] = step
    return place + 1


def _set_task(call: Call, step: Resource, fields: Resource) -> None:
    """Give a step what its tasks get of some accepted fields."""
    if "priority" in fields:
        step["priority"] = _priority(fields["priority"])
    if "assigneeId" in fields:
        step["assigneeId"] = fields["assigneeId"]
        _know(call, "users", [fields["assigneeId"]])


def _priority(said: str | int) -> int:
    return _PRIORITIES.index(said) + 1 if said in _PRIORITIES else int(said)


def _new_variant(call: Call, fields: Resource, others: Iterable[Resource] = ()) -> Resource:
    _know(call, "attachments", fields.get("attachmentIds", ()))
    taken = {other["id"] for other in others}
    while (name := call.new_id("variant")) in taken:  # variants have no table that a new id is compared with
        pass
    variant = {"id": name, "status": 1}
    return {**variant, **{name: fields[name] for name in ("payload", "attachmentIds", "taskNote") if name in fields}}


def _know(call: Call, kind: str, names: Iterable[str]) -> None:
    """Note where an id is taken on trust."""
    if any(name not in call.table(kind) for name in names):
        call.behaviour("foreign-ids")


def _add_variant(call: Call) -> Resource:
    step = call.table("steps")[call.parameters["stepId"]]
    fields = call.accepted(with_defaults=False)
    variant = _new_variant(call, fields, step["variants"])
    step["variants"].append(variant)
    _change_step(call, step, fields)
    return _variant_reply(call, "Sequence step variant created successfully", step, variant)


def _update_variant(call: Call) -> Resource:
    step = call.table("steps")[call.parameters["stepId"]]
    variant = _variant(call, step)
    fields = call.accepted(with_defaults=False)
    if "payload" in fields:
        call.behaviour("changed-payload")
    _know(call, "attachments", fields.get("attachmentIds", ()))
    variant.update(
        (name, fields[name]) for name in ("payload", "status", "attachmentIds", "taskNote") if name in fields
    )
    _change_step(call, step, fields)
    return _variant_reply(call, "Sequence step variant updated successfully", step, variant)


def _change_step(call: Call, step: Resource, fields: Resource) -> None:
    """Give a step the fields of it that came with a variant."""
    if not fields.keys() & {"absoluteDays", "priority", "assigneeId"}:
        return
    call.behaviour("step-fields-of-variant")
    _set_task(call, step, fields)
    if fields.get("absoluteDays", step["absoluteDays"]) != step["absoluteDays"]:
        sequence = call.table("sequences")[step["sequenceId"]]
        sequence["steps"].remove(step["id"])
        step["absoluteDays"] = fields["absoluteDays"]
        _put_in_order(call, sequence, step)


def _variant_reply(call: Call, message: str, step: Resource, variant: Resource) -> Resource:
    call.behaviour("variant-reply")
    return {"message": message, "payload": {**variant, "stepId": step["id"], "sequenceId": step["sequenceId"]}}


def _list_steps(call: Call) -> Resource:
    sequence = _sequence(call, "steps-not-fetched")
    call.behaviour("step-list-fields")
    steps = call.table("steps")
    listed = [_listed(steps[name], number) for number, name in enumerate(sequence["steps"], 1)]
    return {"message": "Successfully fetched the steps of the sequence", "payload": listed}


def _listed(step: Resource, number: int) -> Resource:
    fields = {name: value for name, value in step.items() if name != "sequenceId"}
    return {**fields, "name": _name(number), "number": number}


def _name(number: int) -> str:
    return f"Step {number}"


def _list_sequences(call: Call) -> Resource:
    query = call.query
    call.behaviour("list-clients")
    chosen = [] if query.get("clientIds") else list(call.table("sequences").values())
    if query.get("sequenceName"):
        call.behaviour("list-search")
        part = query["sequenceName"].casefold()
        chosen = [sequence for sequence in chosen if part in sequence["title"].casefold()]
    if "sort" not in query:
        call.behaviour("list-order")
    field = _SORT_KEYS[query.get("sortBy", "sequence.createdAt")]
    chosen.sort(key=lambda sequence: str(sequence[field]))
    if query.get("sort") == "DESC":
        chosen.reverse()
    size = query.get("pageSize", _PAGE_SIZE)
    start = (query.get("page", 1) - 1) * size
    return {
        "message": "Successfully fetched all sequences and their associated steps",
        "payload": [_listed_sequence(call, sequence) for sequence in chosen[start : start + size]],
    }


def _listed_sequence(call: Call, sequence: Resource) -> Resource:
    user = call.table("users")[sequence["userId"]]
    return {
        "id": sequence["id"],
        "title": sequence["title"],
        "active": sequence["active"],
        "steps": [{"id": name, "name": _name(number)} for number, name in enumerate(sequence["steps"], 1)],
        "client": None,
        "user": {name: user[name] for name in ("id", "firstName", "lastName", "email")},
    }


def _create_sequence(call: Call) -> Resource:
    fields = call.accepted(with_defaults=True)
    accounts = fields.pop("emailAccountIds", []) or list(call.table("emailAccounts"))[:1]
    _know(call, "emailAccounts", accounts)
    if "scheduleId" in fields:
        call.behaviour("foreign-ids")
    call.behaviour("new-sequence")
    sequence = {
        "id": call.new_id("sequence"),
        **fields,
        "active": False,
        "createdAt": iso_text(call.now),
        "userId": next(iter(call.table("users"))),
        "emailAccountIds": accounts,
        "steps": [],
    }
    call.table("sequences")[sequence["id"]] = sequence
    reply = {name: sequence[name] for name in ("id", "title", "active")}
    if call.behaviour("create-sequence-reply") == "both":
        reply["sequenceId"] = sequence["id"]
    return {"message": "Sequence created successfully", "payload": reply}


def _set_sequence_status(call: Call) -> Resource:
    fields = call.accepted(with_defaults=True)
    chosen = {name: call.table("sequences")[name] for name in fields["sequenceIds"]}
    active = fields["status"] == "resume"
    if active and not all(sequence["emailAccountIds"] for sequence in chosen.values()):
        raise Refused("no-active-account")
    for sequence in chosen.values():
        sequence["active"] = active
    call.behaviour("status-reply")
    return {
        "message": f"Sequences {'resumed' if active else 'paused'} successfully",
        "payload": [{"id": name, "active": active} for name in chosen],
    }


def _sequence(call: Call, refusal: str) -> Resource:
    return call.named("sequences", "sequenceId", refusal)


def _step(call: Call, sequence: Resource, refusal: str) -> Resource:
    step = call.named("steps", "stepId", refusal)
    if step["sequenceId"] != sequence["id"]:
        raise Refused(refusal)
    return step


def _variant(call: Call, step: Resource) -> Resource:
    for variant in step["variants"]:
        if variant["id"] == call.parameters["variantId"]:
            found: Resource = variant
            return found
    raise Refused("variant-not-updated")


HANDLERS = {
    "createStep": Handler(_create_step, _in_sequence),
    "createSequence": Handler(_create_sequence),
    "listSequences": Handler(_list_sequences),
    "listSteps": Handler(_list_steps),
    "addVariant": Handler(_add_variant, _on_step),
    "updateVariant": Handler(_update_variant, _on_variant),
    "setSequenceStatus": Handler(_set_sequence_status, _of_sequences),
}
