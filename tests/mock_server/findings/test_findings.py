"""What the journal says about a client, and what it must not say: the form, and what was done."""

from fault_client import LISTING, STEPS, VISIT, FaultClient
from finding import CONDITION, TEAM, codes, found, numbers
from stepmock.contracts.limits import MAX_JOURNAL_ENTRIES
from stepmock.contracts.model import SEVERITIES
from stepmock.mock_server.findings import KINDS

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
