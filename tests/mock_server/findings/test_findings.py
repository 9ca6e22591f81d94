"""What the journal says about a client, and what it must not say."""

import json

import pytest
from fault_client import AT, EMAIL, LISTING, STEPS, VISIT, FaultClient
from stepmock.contracts import load, providers
from stepmock.contracts.limits import MAX_FINDING_EVIDENCE, MAX_JOURNAL_ENTRIES
from stepmock.contracts.model import SEVERITIES
from stepmock.mock_server.clock import FrozenClock, javascript_seconds, javascript_text
from stepmock.mock_server.findings import KINDS, Material, findings
from stepmock.mock_server.journal import JournalEntry

TEAM = "/lemlist/api/team"
CONDITION = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "within", "delay": 2}


def found(client, *codes):
    """Return the findings of a world; mere advice is left out unless it is asked for by its code."""
    reply = client.control("GET", "findings")
    assert reply.status == 200, reply.body
    return [
        each
        for each in reply.json()["findings"]
        if each["code"] in codes or (not codes and each["severity"] != "advice")
    ]


def codes(client):
    return [each["code"] for each in found(client)]


def numbers(finding):
    return [each["number"] for each in finding["evidence"]]


def advance(client, seconds):
    assert client.control("POST", "clock", {"advance": seconds}).status == 200


@pytest.fixture
def client():
    return FaultClient().open()


@pytest.fixture
def limited():
    return FaultClient(rate_limit=True)


def use_up(client):
    for _ in range(20):
        assert client.send("GET", TEAM).status == 200


# The form


def test_a_world_with_an_empty_journal_has_no_findings(client):
    assert client.control("DELETE", "journal").status == 204
    assert client.control("GET", "findings").json() == {"findings": [], "dropped": 0}


def test_a_finding_says_what_was_seen_and_what_to_do(client):
    client.add(fault="lost-reply")
    client.add()
    [finding] = found(client)
    assert finding["code"] == "FND03"
    assert finding["severity"] == "error"
    assert finding["title"] == KINDS["FND03"].title
    assert finding["advice"] == KINDS["FND03"].advice
    assert finding["confidence"] == "likely"
    assert [each["seen"].partition(",")[0] for each in finding["evidence"]] == [
        "addStep -> no reply (lost-reply)",
        "addStep -> 200",
    ]


def test_findings_take_no_arguments(client):
    reply = client.control("GET", "findings", query="severity=error")
    assert reply.status == 400
    assert reply.json()["error"]["code"] == "bad_request"


def test_each_kind_is_declared_once_and_whole():
    assert list(KINDS) == sorted(KINDS)
    for code, kind in KINDS.items():
        assert kind.code == code
        assert kind.severity in SEVERITIES
        assert all(kind)


# FND01: before Retry-After


def test_a_retry_before_retry_after_is_found(limited):
    use_up(limited)
    assert limited.add().status == 429
    advance(limited, 1.5)
    limited.add()
    [finding] = found(limited)
    assert (finding["code"], numbers(finding)) == ("FND01", [21, 22])


@pytest.mark.parametrize("provider", ["lemlist", "smartlead"])
def test_a_retry_exactly_at_retry_after_is_right(provider):
    client = FaultClient(provider, rate_limit=True)
    path = {"lemlist": TEAM, "smartlead": "/smartlead/api/v1/campaigns"}[provider]
    limit = load(provider).rate_limit
    for _ in range(limit.requests):
        assert client.send("GET", path).status == 200
    assert client.send("GET", path).status == 429
    advance(client, limit.window_seconds)
    assert client.send("GET", path).status == 200
    assert codes(client) == []


def test_a_retry_at_the_reset_that_the_reply_tells_is_right(limited):
    use_up(limited)
    advance(limited, 0.5)
    assert limited.add().status == 429  # Retry-After is 2, rounded up from 1.5
    advance(limited, 1.5)
    assert limited.add().status == 200
    assert codes(limited) == []


def test_a_fault_with_retry_after_is_waited_for_too(client):
    limited = {"status": 429, "headers": {"Retry-After": "30", "X-RateLimit-Reset": "later"}}
    client.add(fault=limited)
    advance(client, 29)
    client.add()
    assert codes(client) == ["FND01"]


def test_a_reply_that_never_came_asks_for_no_wait(client):
    client.declare({"fault": "lost-reply"})
    client.send("GET", TEAM)
    client.send("GET", TEAM)
    assert codes(client) == []


def test_another_request_is_no_retry(limited):
    use_up(limited)
    assert limited.add().status == 429
    assert limited.add(VISIT).status == 429
    assert codes(limited) == []


def test_a_refusal_without_retry_after_asks_for_no_wait(client):
    client = FaultClient("saleshandy", rate_limit=True)
    for _ in range(22):
        client.send("GET", "/saleshandy/v1/sequences")
    assert codes(client) == []


# FND02: into a used-up quota


@pytest.mark.parametrize("provider", ["lemlist", "saleshandy", "smartlead"])
def test_sending_on_into_a_used_up_quota_is_found(provider):
    client = FaultClient(provider, rate_limit=True).open()
    paths = {"lemlist": "/lemlist/api/campaigns/{}", "saleshandy": "/saleshandy/v1/sequences/{}/steps"}
    path = paths.get(provider, "/smartlead/api/v1/campaigns/{}")
    for number in range(load(provider).rate_limit.requests + 4):
        client.send("GET", path.format(number))
    [finding] = found(client)
    assert finding["code"] == "FND02"
    assert len(finding["evidence"]) == 5


def test_two_refusals_may_have_been_on_their_way(limited):
    use_up(limited)
    limited.add()
    limited.add(VISIT)
    assert codes(limited) == []


def test_refusals_in_different_windows_are_not_counted_together(limited):
    for _ in range(4):
        use_up(limited)
        assert limited.add().status == 429
        advance(limited, 2)
    assert codes(limited) == []


def test_refusals_by_a_fault_are_no_used_up_quota(client):
    client.declare({"fault": "rate-limited", "times": 5})
    for name in range(5):
        client.send("GET", f"/lemlist/api/campaigns/cam_{name}")
    assert "FND02" not in codes(client)


def test_a_quota_that_is_off_is_never_used_up(client):
    for _ in range(50):
        assert client.send("GET", TEAM).status == 200
    assert codes(client) == []


def test_evidence_is_bounded(limited):
    use_up(limited)
    for number in range(MAX_FINDING_EVIDENCE + 5):
        limited.send("GET", f"/lemlist/api/campaigns/cam_{number}")
    [finding] = found(limited)
    assert len(finding["evidence"]) == MAX_FINDING_EVIDENCE


# FND03: twice after a lost reply


@pytest.mark.parametrize("fault", ["lost-reply", "truncated-body", {"fault": "slow-after-commit", "clock_latency": 60}])
def test_a_step_that_exists_twice_after_a_lost_reply_is_found(client, fault):
    client.add(fault=fault)
    client.add()
    [finding] = [each for each in found(client) if each["code"] == "FND03"]
    assert numbers(finding) == [2, 3]
    assert all(step["_id"] in finding["message"] for step in client.steps())


@pytest.mark.parametrize(("provider", "path", "payload"), [
    ("saleshandy", "/saleshandy/v1/sequences/JA5YdAr9wy/steps",
     {"type": "Custom", "absoluteDays": 1, "variants": [{"payload": {}, "taskNote": "Call"}]}),
    ("supaglue", "/supaglue/engagement/v2/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps",
     {"record": {"type": "call"}}),
    ("smartlead", "/smartlead/api/v1/campaigns/create", {"name": "Spring"}),
])  # fmt: skip
def test_every_provider_can_have_something_twice(provider, path, payload):
    client = FaultClient(provider).open()
    assert client.send("POST", path, payload, fault="lost-reply").status in (200, 201)
    assert client.send("POST", path, payload).status in (200, 201)
    assert codes(client) == ["FND03"]


def test_a_step_that_exists_twice_after_an_error_behind_it_is_found(client):
    client.add(VISIT)
    client.add(fault={"status": 500, "after": True})
    client.add(fault={"status": 502, "after": True})
    client.add()
    [finding] = found(client)
    assert (finding["code"], numbers(finding)) == ("FND03", [3, 4, 5])
    assert [step["_id"] in finding["message"] for step in client.steps()] == [False, True, True, True]


def test_a_step_like_the_lost_one_that_was_there_before_is_no_duplicate(client):
    other = client.add(EMAIL).json()["_id"]
    client.add({**EMAIL, "delay": 3}, fault={"status": 500, "after": True})
    assert codes(client) == []
    client.add({**EMAIL, "delay": 3})
    [finding] = found(client)
    assert other not in finding["message"]


def test_an_error_before_the_step_is_no_error_behind_it(client):
    client.add(EMAIL, fault={"status": 500})
    client.add(EMAIL)
    client.send("PATCH", f"{STEPS}/{client.steps()[0]['_id']}", {"type": "email", "delay": 4})
    assert codes(client) == []


def test_a_payload_that_is_sent_again_on_purpose_is_right(client):
    client.add(VISIT)
    client.add(VISIT)
    client.add(VISIT, fault="lost-reply")
    client.add(VISIT)
    assert codes(client) == []


def test_a_retry_is_found_though_an_equal_step_was_there_before(client):
    other = client.add(VISIT).json()["_id"]
    client.add(VISIT, fault="lost-reply")
    client.add(VISIT)
    [finding] = found(client)
    assert finding["code"] == "FND03"
    assert other not in finding["message"]


def test_a_lost_request_makes_nothing_twice(client):
    client.add(fault="lost-request")
    client.add()
    assert codes(client) == []


def test_an_error_in_the_place_of_the_step_makes_nothing_twice(client):
    client.add(fault={"status": 500})
    client.add()
    assert codes(client) == []


def test_a_duplicate_that_was_removed_again_is_right(client):
    client.add(fault="lost-reply")
    client.add()
    [first, _] = client.steps()
    assert client.send("DELETE", f"{STEPS}/{first['_id']}").status == 200
    assert codes(client) == []


def test_reading_after_a_lost_reply_and_not_sending_again_is_right(client):
    client.add(fault="lost-reply")
    client.steps()
    client.add(VISIT)
    assert codes(client) == []


def test_saving_all_sequences_again_makes_nothing_twice():
    client = FaultClient("smartlead").open()
    step = {"id": None, "seq_number": 1, "subject": "A", "email_body": "B", "seq_delay_details": {"delay_in_days": 0}}
    for fault in ("lost-reply", None):
        sent = client.send("POST", "/smartlead/api/v1/campaigns/1/sequences", {"sequences": [step]}, fault=fault)
        assert sent.status == 200
    assert codes(client) == []


# FND04: no back-off


def retry(client, *pauses, payload=EMAIL):
    client.add(payload)
    for pause in pauses:
        advance(client, pause)
        client.add(payload)


@pytest.mark.parametrize("pauses", [(0, 0, 0), (1, 1, 1, 1), (8, 4, 2, 1), (2, 2, 1, 1, 0)])
def test_retries_at_the_same_or_a_shrinking_pace_are_found(client, pauses):
    client.declare({"status": 503})
    retry(client, *pauses)
    [finding] = found(client)
    assert finding["code"] == "FND04"
    assert len(finding["evidence"]) == len(pauses) + 1


@pytest.mark.parametrize("pauses", [(0, 0), (1, 2, 4, 8), (1, 2, 3, 4), (0.1, 0.2, 0.4), (1, 1, 1), (60, 60, 60, 60)])
def test_few_slow_or_slowing_retries_are_right(client, pauses):
    client.declare({"status": 503})
    retry(client, *pauses)
    assert codes(client) == []


def test_retries_of_lost_requests_are_retries_too(client):
    client.declare({"fault": "lost-request"})
    retry(client, 0, 0, 0)
    assert codes(client) == ["FND04"]


def test_a_pace_that_retry_after_asked_for_is_right(client):
    client.declare({"status": 429, "headers": {"Retry-After": "2", "X-RateLimit-Reset": "later"}})
    retry(client, 2, 2, 2, 2, 2)
    assert codes(client) == []


def test_requests_that_succeed_are_no_retries(client):
    retry(client, 0, 0, 0, 0, payload=VISIT)
    assert codes(client) == []


def test_a_refused_payload_that_comes_again_is_no_matter_of_pace(client):
    retry(client, 0, 0, 0, 0, payload={"type": "email"})
    assert codes(client) == []


def test_a_success_begins_anew(client):
    for _ in range(3):
        client.declare({"status": 503, "times": 2})
        retry(client, 0, 0)
    assert "FND04" not in codes(client)


def test_other_payloads_are_no_retries(client):
    client.declare({"status": 503})
    for number in range(6):
        client.add({"type": "linkedinVisit", "delay": number})
    assert codes(client) == []


# FND05: ids that are gone


def test_a_change_of_a_deleted_step_is_found(client):
    name = client.add().json()["_id"]
    assert client.send("DELETE", f"{STEPS}/{name}").status == 200
    assert client.send("PATCH", f"{STEPS}/{name}", {"type": "email", "delay": 2}).status == 400
    [finding] = found(client)
    assert (finding["code"], numbers(finding)) == ("FND05", [3, 4])
    assert name in finding["message"]


def test_adding_to_a_branch_of_a_deleted_condition_is_found(client):
    made = client.add(CONDITION).json()
    client.send("DELETE", f"{STEPS}/{made['_id']}")
    branch = made["conditions"][0]["sequenceId"]
    assert client.send("POST", f"/lemlist/api/sequences/{branch}/steps", VISIT).status == 400
    assert codes(client) == ["FND05"]


def test_saving_into_a_deleted_campaign_is_found():
    client = FaultClient("smartlead").open()
    assert client.send("DELETE", "/smartlead/api/v1/campaigns/1").status == 200
    assert client.send("POST", "/smartlead/api/v1/campaigns/1/status", {"status": "START"}).status == 404
    assert codes(client) == ["FND05"]


def test_making_sure_and_deleting_twice_are_right(client):
    name = client.add().json()["_id"]
    for _ in range(2):
        client.send("DELETE", f"{STEPS}/{name}")
    client.send("GET", LISTING)
    assert codes(client) == []
    smartlead = FaultClient("smartlead").open()
    smartlead.send("DELETE", "/smartlead/api/v1/campaigns/1")
    assert smartlead.send("GET", "/smartlead/api/v1/campaigns/1").status == 404
    assert codes(smartlead) == []


def test_a_delete_that_failed_deletes_nothing(client):
    name = client.add().json()["_id"]
    client.send("DELETE", f"{STEPS}/{name}", fault={"status": 500})
    client.send("PATCH", f"{STEPS}/{name}", {"type": "email", "delay": -2})
    assert codes(client) == []


def test_an_id_that_never_was_is_not_gone(client):
    client.send("PATCH", f"{STEPS}/stp_none", {"type": "email", "delay": 2})
    assert codes(client) == []


# FND06: edits of what is live


def smartlead_edit(client):
    step = {"id": None, "seq_number": 1, "subject": "A", "email_body": "B", "seq_delay_details": {"delay_in_days": 0}}
    return client.send("POST", "/smartlead/api/v1/campaigns/1/sequences", {"sequences": [step]})


def set_status(client, status):
    return client.send("POST", "/smartlead/api/v1/campaigns/1/status", {"status": status})


def test_an_edit_of_an_active_campaign_is_found():
    client = FaultClient("smartlead").open()
    assert smartlead_edit(client).status == 200
    assert set_status(client, "START").status == 200
    assert smartlead_edit(client).status == 400
    [finding] = found(client)
    assert (finding["code"], numbers(finding)) == ("FND06", [4])
    assert "status is ACTIVE" in finding["message"]


def test_an_edit_after_a_pause_is_right():
    client = FaultClient("smartlead").open()
    for status in ("START", "PAUSED"):
        assert set_status(client, status).status == 200
    assert smartlead_edit(client).status == 200
    assert codes(client) == []


def test_a_status_that_cannot_be_set_is_no_edit():
    client = FaultClient("smartlead").open()
    set_status(client, "STOPPED")
    assert set_status(client, "START").status >= 400
    assert codes(client) == []


# FND07: empty branches


def fill(client, branch, payload=VISIT):
    reply = client.send("POST", f"/lemlist/api/sequences/{branch['sequenceId']}/steps", payload)
    assert reply.status == 200
    return reply.json()


def test_an_empty_branch_is_found_until_it_is_filled(client):
    yes, no = client.add(CONDITION).json()["conditions"]
    [finding] = found(client)
    assert (finding["code"], numbers(finding)) == ("FND07", [2])
    assert yes["sequenceId"] in finding["message"]
    assert no["sequenceId"] in finding["message"]
    fill(client, yes)
    [finding] = found(client)
    assert yes["sequenceId"] not in finding["message"]
    fill(client, no)
    assert codes(client) == []


def test_nobody_misses_the_other_branch_of_a_wait_without_an_end(client):
    yes, _ = client.add({**CONDITION, "delayType": "waitUntil"}).json()["conditions"]
    fill(client, yes)
    assert codes(client) == []


def test_a_condition_that_was_deleted_again_has_no_empty_branch(client):
    made = client.add(CONDITION).json()
    client.send("DELETE", f"{STEPS}/{made['_id']}")
    assert codes(client) == []


def test_a_condition_that_nobody_is_known_to_have_made_is_left_alone(client):
    client.add(CONDITION)
    client.control("DELETE", "journal")
    client.open()
    assert codes(client) == []


# FND08: never tried with a fault


def test_operations_that_met_no_fault_are_advice(client):
    client.add()
    [advice] = found(client, "FND08")
    assert advice["severity"] == "advice"
    assert advice["message"] == "No fault was ever injected into getTeam, addStep."
    client.add(fault="lost-request")
    [advice] = found(client, "FND08")
    assert advice["message"] == "No fault was ever injected into getTeam."


def test_all_operations_that_met_a_fault_are_enough(client):
    client.send("GET", TEAM, fault={"status": 500})
    assert found(client, "FND08") == []


def test_a_journal_that_has_forgotten_requests_advises_nothing():
    client = FaultClient()
    client.send("GET", TEAM, fault={"status": 500})
    for _ in range(MAX_JOURNAL_ENTRIES):
        client.send("GET", TEAM)
    reply = client.control("GET", "findings").json()
    assert reply == {"findings": [], "dropped": 1}


# Time


def entries(*ats, heard=()):
    """Return failing requests that are the same, at these times of a world and these real ones."""
    return [
        JournalEntry(
            number, at, "GET", TEAM, "", {}, "getTeam", {}, 503, [], (), "", b"", b"", 0, 0, "lemlist", "", real
        )
        for number, (at, real) in enumerate(zip(ats, heard or [0.0] * len(ats), strict=True), 1)
    ]  # fmt: skip


def paced(*ats, heard=()):
    material = Material(entries(*ats, heard=heard), load("lemlist"), {})
    return [each.kind.code for each in findings(material) if each.severity != "advice"]


def test_a_client_that_waits_for_real_beside_a_clock_that_stands_still_has_waited():
    assert paced(AT, AT, AT, AT, AT) == ["FND04"]
    assert paced(AT, AT, AT, AT, AT, heard=[10, 11, 13, 17, 25]) == []
    assert paced(AT, AT, AT, AT, AT, heard=[10, 10.01, 10.02, 10.03, 10.04]) == ["FND04"]


def test_across_a_clock_that_was_set_back_no_pace_is_known():
    assert paced(AT, AT - 100, AT - 100, AT - 100) == []


@pytest.mark.parametrize("at", [0, AT, 4_102_444_799])
def test_the_reset_of_a_quota_is_read_as_it_is_written(at):
    assert javascript_seconds(javascript_text(at)) == at


@pytest.mark.parametrize("text", ["", "later", "Tue Foo 16 2021 08:02:42 GMT", "Tue Feb 99 2021 08:02:42 GMT"])
def test_another_text_is_no_reset(text):
    assert javascript_seconds(text) is None


@pytest.mark.parametrize("provider", providers())
def test_findings_of_any_traffic_are_json(provider):
    client = FaultClient(provider, clock=FrozenClock(AT)).open()
    client.send("POST", f"/{provider}/nowhere", {"a": 1})
    reply = client.control("GET", "findings")
    assert reply.status == 200
    assert json.loads(reply.body)["dropped"] == 0
