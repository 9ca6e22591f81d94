"""What exists twice after a lost reply, and what does not: FND03."""

import pytest
from fault_client import EMAIL, STEPS, VISIT, FaultClient
from finding import codes, found, numbers


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
