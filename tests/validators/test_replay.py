"""Recorded requests are followed in time order, with what their answers tell; what was not seen stays unknown."""

import json

import pytest
from stepmock.contracts import load, providers
from stepmock.contracts.model import PROFILES
from stepmock.validators import check
from stepmock.validators.context import Context
from stepmock.validators.linter.lint import Options, lint_bytes

HOSTS = {provider: f"https://{load(provider).host}{load(provider).paths[0]}" for provider in providers()}
UNREAD = object()


def calls(provider, *exchanges, profile="documented", headers=None, settings=None):
    """Return the rule codes that the requests of a recording break, by number, without the warnings.

    An exchange is `METHOD /path`, what was sent, the status, and the answer.
    """
    entries = []
    for line, sent, status, reply in exchanges:
        method, _, path = line.partition(" ")
        named = [{"name": name, "value": value} for name, value in (headers or {}).items()]
        request = {"method": method, "url": HOSTS[provider] + path, "headers": named}
        if sent is not None:
            request["postData"] = {"text": json.dumps(sent)}
        content = {} if reply is UNREAD else {"text": json.dumps(reply)}
        entries.append({"request": request, "response": {"status": status, "content": content}})
    text = json.dumps({"log": {"entries": entries}}).encode()
    result = lint_bytes("x.har", text, Options(profiles=(profile,), settings=settings))
    return [
        (int(item.about.rpartition(" ")[2][:-1]), item.violation.code)
        for item in result.located
        if item.violation.severity == "error"
    ]


EMAIL = {"type": "email", "subject": "Hello", "message": "<p>Hi</p>"}
FOLLOW_UP = {"type": "email", "message": "<p>Hi</p>"}
SMS = {"type": "sms", "message": "Hi"}
NEW_CAMPAIGN = ("POST /campaigns", {"name": "a"}, 200, {"_id": "cam_1", "sequenceId": "seq_1", "state": "running"})
ADDED = ("POST /sequences/seq_1/steps", EMAIL, 200, {"_id": "stp_1", "type": "email"})
CHANGED = ("PATCH /sequences/seq_1/steps/stp_1", SMS, 200, {"_id": "stp_1"})
DELETED = ("DELETE /sequences/seq_1/steps/stp_1", None, 200, {"ok": True})
FIRST = ("POST /sequences/seq_1/steps", FOLLOW_UP, 200, {"_id": "stp_9"})
LISTED = ("GET /campaigns/cam_1/sequences", None, 200)


def test_a_step_keeps_the_type_that_it_was_created_with():
    assert calls("lemlist", ADDED, CHANGED) == [(2, "LEM012")]


@pytest.mark.parametrize(
    "before",
    [
        (),
        (("POST /sequences/seq_1/steps", EMAIL, 400, "no"),),
        (("POST /sequences/seq_1/steps", EMAIL, 500, {"_id": "stp_1"}),),
        (("POST /sequences/seq_1/steps", EMAIL, 0, UNREAD),),
        (("POST /sequences/seq_1/steps", EMAIL, 200, UNREAD),),
        (("POST /sequences/seq_1/steps", EMAIL, 200, ["stp_1"]),),
        (("POST /sequences/seq_1/steps", EMAIL, 200, {"_id": {"x": "stp_1"}}),),
        (("POST /sequences/seq_1/steps", EMAIL, 200, {"_id": True}),),
        (ADDED, DELETED),
        (ADDED, ("PUT /sequences/seq_1/steps/stp_1", {"type": "sms"}, 200, {})),
        (ADDED, ("POST /sequences/seq_1/steps", SMS, 200, {"_id": "stp_1"})),
        (("POST /sequences/seq_1/steps", EMAIL, 200, {"_id": "stp_2"}),),
    ],
    ids=[
        "nothing",
        "refused",
        "failed",
        "no answer",
        "answer without a text",
        "answer of another form",
        "id that is an object",
        "id that is a truth value",
        "deleted",
        "replaced by what nobody knows",
        "id that comes again",
        "another step",
    ],
)
def test_what_is_not_known_of_a_step_breaks_no_rule(before):
    assert calls("lemlist", *before, CHANGED) == []


def test_a_refused_deletion_removes_nothing():
    refused = (DELETED[0], None, 400, "no")
    assert calls("lemlist", ADDED, refused, CHANGED) == [(3, "LEM012")]


def test_a_change_that_was_refused_changes_nothing():
    refused = (CHANGED[0], SMS, 400, "no")
    assert calls("lemlist", ADDED, refused, CHANGED) == [(2, "LEM012"), (3, "LEM012")]


def test_a_step_is_known_from_a_listing():
    listing = {"seq_1": {"_id": "seq_1", "level": 0, "steps": [{"_id": "stp_1", "type": "email"}]}}
    assert calls("lemlist", (*LISTED, listing), CHANGED) == [(2, "LEM012")]
    assert calls("lemlist", (*LISTED, {"seq_1": {"_id": "seq_1", "steps": [{"_id": "stp_1"}]}}), CHANGED) == []


@pytest.mark.parametrize(
    ("before", "broken"),
    [
        ((NEW_CAMPAIGN,), True),
        ((), False),
        ((NEW_CAMPAIGN, ADDED), False),
        ((NEW_CAMPAIGN, ADDED, DELETED), True),
        ((NEW_CAMPAIGN, (*ADDED[:2], 400, "no")), True),
        ((NEW_CAMPAIGN, ("POST /sequences/seq_1/steps", None, 200, {"_id": "stp_3"})), False),
        ((NEW_CAMPAIGN, ("POST /sequences/seq_1/steps", SMS, 200, {})), False),
        ((NEW_CAMPAIGN, ("POST /sequences/seq_1/copy", {}, 200, {})), False),
        ((NEW_CAMPAIGN, ("POST /sequences/seq_1/copy", {}, 404, {})), True),
        ((NEW_CAMPAIGN, ("PATCH /sequences/seq_1/steps/stp_7", EMAIL, 200, {})), False),
        (((*LISTED, {"seq_1": {"_id": "seq_1", "steps": []}}),), True),
        (((*LISTED, {"seq_1": {"_id": "seq_1", "steps": [{"_id": "a", "type": "sms"}]}}),), True),
        (((*LISTED, {"seq_1": {"_id": "seq_1", "steps": [{"_id": "a", "type": "email"}]}}),), False),
        (((*LISTED, {"seq_1": {"_id": "seq_1", "steps": [5]}}),), False),
        (((*LISTED, {"seq_1": {"_id": "seq_1"}}),), False),
        ((NEW_CAMPAIGN, ADDED, NEW_CAMPAIGN), True),
    ],
    ids=[
        "new campaign",
        "unknown sequence",
        "after an email",
        "after a deleted email",
        "after a refused email",
        "after a step that cannot be read",
        "after a step without an id",
        "after a request that nobody knows",
        "after a request that nobody knows and that failed",
        "after a change of a step that was never seen",
        "listed as empty",
        "listed with another step",
        "listed with an email",
        "listed with something else",
        "listed without steps",
        "world that began anew",
    ],
)
def test_the_first_email_is_known_only_where_all_steps_are(before, broken):
    assert ((len(before) + 1, "LEM030") in calls("lemlist", *before, FIRST, profile="observed")) is broken


def test_the_branches_of_a_new_condition_are_empty():
    condition = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "within", "delay": 1}
    reply = {"_id": "stp_2", "conditions": [{"sequenceId": "seq_2"}, {"sequenceId": "seq_1", "fallback": True}]}
    made = ("POST /sequences/seq_0/steps", condition, 200, reply)
    assert calls("lemlist", made, FIRST, profile="observed") == [(2, "LEM030")]


@pytest.mark.parametrize(
    ("read", "broken"),
    [
        (("GET /campaigns/cam_9", None, 200, {"_id": "cam_9", "status": "archived"}), True),
        (("GET /campaigns", None, 200, [{"_id": "cam_9", "status": "archived"}]), True),
        (("GET /campaigns?version=v2", None, 200, {"campaigns": [{"_id": "cam_9", "status": "archived"}]}), True),
        (("GET /campaigns/cam_9", None, 200, {"_id": "cam_9", "status": "running"}), False),
        (("GET /campaigns/cam_9", None, 404, {"_id": "cam_9", "status": "archived"}), False),
        (("GET /campaigns", None, 200, []), False),
    ],
)
def test_an_archived_campaign_is_known_from_replies_and_no_other_is_missing(read, broken):
    send = ("POST /sequences/seq_1/steps", {"type": "sendToAnotherCampaign", "campaignId": "cam_9"}, 400, "no")
    assert calls("lemlist", read, send) == ([(2, "LEM066")] if broken else [])
    if broken:
        assert calls("lemlist", read, ("POST /campaigns/cam_9/start", None, 200, {}), send) == []


def mail(day):
    return {
        "type": 1,
        "absoluteDays": day,
        "variants": [{"payload": {"subject": "a", "content": "b", "preheader": "c"}}],
    }


def created(day, name, *, wrapped=False, status=200):
    reply = {"payload": {"id": name, "variants": [{"id": "v"}]}, "message": "x"} if wrapped else {"id": name}
    return ("POST /sequences/s/steps", mail(day), status, reply)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_saleshandy_sequence_has_one_email_a_day(wrapped):
    first, second = created(1, "a", wrapped=wrapped), created(1, "b", wrapped=wrapped)
    assert calls("saleshandy", first, second) == [(2, "SHY023")]
    assert calls("saleshandy", first, created(2, "b")) == []
    assert calls("saleshandy", created(1, "a", status=400), second) == []
    other = ("POST /sequences/other/steps", mail(1), 200, {"id": "c"})
    assert calls("saleshandy", first, other) == []


def test_a_saleshandy_step_is_no_sibling_of_itself_and_may_move():
    move = ("PATCH /sequences/s/steps/a/variants/v", {"type": "Email", "absoluteDays": 3}, 200, {})
    same = ("PATCH /sequences/s/steps/a/variants/v", {"type": "Email", "absoluteDays": 1}, 200, {})
    assert calls("saleshandy", created(1, "a"), same, move, created(1, "b"), created(3, "c")) == [(5, "SHY023")]


def test_a_saleshandy_listing_tells_all_steps():
    listing = {"message": "x", "payload": [{"id": "z", "type": 1, "absoluteDays": 5, "variants": []}]}
    found = calls("saleshandy", created(1, "a"), ("GET /sequences/s/steps", None, 200, listing), created(1, "b"))
    assert found == []
    assert calls("saleshandy", ("GET /sequences/s/steps", None, 200, listing), created(5, "b")) == [(2, "SHY023")]


def test_a_saleshandy_step_has_room_for_so_many_variants():
    variant = ("POST /sequences/s/steps/a/variants", {"type": 9, "payload": {}}, 200, {})
    assert calls("saleshandy", variant) == []
    assert calls("saleshandy", variant, variant) == [(2, "SHY033")]
    step = {"type": 9, "absoluteDays": 1, "variants": [{"payload": {}}]}
    assert calls("saleshandy", ("POST /sequences/s/steps", step, 200, {"id": "a"}), variant) == [(2, "SHY033")]


@pytest.mark.parametrize(("status", "codes"), [("resume", ["SHY085"]), ("pause", ["SHY086"])])
def test_the_state_of_a_saleshandy_sequence_is_followed(status, codes):
    change = ("POST /sequences/status", {"sequenceIds": ["s"], "status": status}, 200, {})
    broken = [code for number, code in calls("saleshandy", change, change) if number == 2]
    assert broken == [code for code in codes if load("saleshandy").rules[code].severity == "error"]
    listed = ("GET /sequences", None, 200, {"payload": [{"id": "s", "active": status == "resume"}]})
    assert [code for _, code in calls("saleshandy", listed, change)] == broken
    assert calls("saleshandy", change, ("DELETE /sequences/s", None, 200, {}), change) == []


SAVE = {
    "sequences": [
        {"seq_number": 1, "subject": "a", "email_body": "b", "seq_delay_details": {"delay_in_days": 1}},
    ]
}
SEQUENCES = "/campaigns/5/sequences"


@pytest.mark.parametrize(
    ("before", "broken"),
    [
        ([("POST /campaigns/5/status", {"status": "START"}, 200, {})], True),
        ([("POST /campaigns/5/status", {"status": "START"}, 400, {})], False),
        ([("POST /campaigns/6/status", {"status": "START"}, 200, {})], False),
        ([("POST /campaigns/5/status", {"status": status}, 200, {}) for status in ("START", "PAUSED")], False),
        ([("GET /campaigns/5", None, 200, {"data": {"id": 5, "status": "ACTIVE"}})], True),
        ([("GET /campaigns/5", None, 200, {"id": 5, "status": "ACTIVE"})], True),
        ([("GET /campaigns", None, 200, [{"id": 5, "status": "ACTIVE"}])], True),
        (
            [
                ("POST /campaigns/5/status", {"status": "START"}, 200, {}),
                ("POST /campaigns/5/status", None, 200, {}),
            ],
            False,
        ),
        (
            [
                ("POST /campaigns/5/status", {"status": "START"}, 200, {}),
                ("DELETE /campaigns/5", None, 200, {}),
            ],
            False,
        ),
    ],
)
def test_a_smartlead_campaign_that_runs_takes_no_sequences(before, broken):
    found = calls("smartlead", *before, (f"POST {SEQUENCES}", SAVE, 400, {}))
    assert found == ([(len(before) + 1, "SML070")] if broken else [])


def with_id(name):
    return {"sequences": [{**SAVE["sequences"][0], "id": name}]}


def gone(*exchanges):
    """Return whether the last of some requests names a sequence that is known to be missing."""
    entries = []
    for line, sent, status, reply in exchanges:
        method, _, path = line.partition(" ")
        data = {} if sent is None else {"postData": {"text": json.dumps(sent)}}
        request = {"method": method, "url": HOSTS["smartlead"] + path, **data}
        entries.append({"request": request, "response": {"status": status, "content": {"text": json.dumps(reply)}}})
    result = lint_bytes("x.har", json.dumps({"log": {"entries": entries}}).encode())
    return [item.violation.code for item in result.located if item.about.endswith(f"(entry {len(entries)})")] == [
        "SML083"
    ]


@pytest.mark.parametrize(
    ("before", "is_gone"),
    [
        ([], False),
        ([("POST /campaigns/create", {"name": "a"}, 200, {"ok": True, "id": 5})], True),
        ([(f"POST {SEQUENCES}", SAVE, 200, {"data": {"sequences": [{"id": 7}]}})], False),
        ([(f"POST {SEQUENCES}", SAVE, 200, {"data": {"sequences": [{"id": 8}]}})], True),
        ([(f"POST {SEQUENCES}", SAVE, 200, {"success": True, "data": {}})], False),
        ([(f"GET {SEQUENCES}", None, 200, {"data": [{"id": 7}]})], False),
        ([(f"GET {SEQUENCES}", None, 200, [{"id": 8}])], True),
        (
            [
                ("POST /campaigns/create", {"name": "a"}, 200, {"ok": True, "id": 5}),
                (f"POST {SEQUENCES}", SAVE, 200, {"data": {}}),
            ],
            False,
        ),
    ],
)
def test_a_smartlead_sequence_is_missing_only_where_all_are_known(before, is_gone):
    assert gone(*before, (f"POST {SEQUENCES}", with_id(7), 200, {})) is is_gone


STEP = {"record": {"type": "auto_email", "interval_seconds": 60, "template": {"subject": "a", "body": "b"}}}


@pytest.mark.parametrize(
    ("headers", "settings", "broken"),
    [
        ({"X-Provider-Name": "salesloft"}, {}, True),
        ({"x-provider-name": "outreach"}, {}, False),
        ({"x-provider-name": "outreach"}, {"provider": "salesloft"}, False),
        ({}, {"provider": "salesloft"}, True),
        ({"x-provider-name": ""}, {"provider": "salesloft"}, True),
        ({}, {}, False),
    ],
)
def test_the_headers_of_a_request_tell_facts(headers, settings, broken):
    found = calls("supaglue", ("POST /sequences/s/sequence_steps", STEP, 201, {}), headers=headers, settings=settings)
    assert found == ([(1, "SUP021")] if broken else [])


def test_providers_do_not_know_of_each_other():
    entries = []
    for provider, path in (("saleshandy", "/sequences/s/steps"), ("lemlist", "/sequences/s/steps")):
        request = {"method": "POST", "url": HOSTS[provider] + path, "postData": {"text": json.dumps(mail(1))}}
        entries.append({"request": request, "response": {"status": 200, "content": {"text": '{"id": "a"}'}}})
    entries.append(entries[0])
    result = lint_bytes("x.har", json.dumps({"log": {"entries": entries}}).encode())
    assert [item.violation.code for item in result.located if item.operation == "saleshandy/createStep"] == ["SHY023"]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_an_operation_that_changes_anything_says_what(provider, profile):
    for operation in load(provider, profile).operations.values():
        assert operation.method == "GET" or operation.replay is not None


def test_only_what_is_made_within_another_resource_can_be_told_as_a_list():
    creating = {
        f"{provider}/{name}"
        for provider in providers()
        for name, each in load(provider).operations.items()
        if each.creates
    }
    assert creating == {"lemlist/addStep", "saleshandy/createStep", "supaglue/createSequenceStep"}


def test_rules_about_the_whole_are_silent_where_it_is_not_known():
    def codes(context):
        return [item.code for item in check("lemlist", "addStep", FOLLOW_UP, profile="observed", context=context)]

    assert codes(Context(siblings=[])) == ["LEM030"]
    assert codes(Context(siblings=[], siblings_are_whole=False)) == []


def test_a_stored_resource_without_the_field_breaks_no_rule():
    assert check("lemlist", "updateStep", SMS, context=Context(stored={})) == []
