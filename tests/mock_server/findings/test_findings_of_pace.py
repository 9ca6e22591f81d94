"""Requests that come too soon or too often: FND01, FND02, FND04, and the time that they go by."""

import json

import pytest
from fault_client import AT, EMAIL, VISIT, FaultClient
from finding import TEAM, advance, codes, found, numbers, use_up
from stepmock.contracts import load, providers
from stepmock.contracts.limits import MAX_FINDING_EVIDENCE
from stepmock.mock_server.clock import FrozenClock, javascript_seconds, javascript_text
from stepmock.mock_server.findings import Material, findings
from stepmock.mock_server.journal import JournalEntry

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
