"""Which requests a fault comes over: operation, step type, n-th call, times, chance; and the order of several."""

from typing import Any

import pytest
from fault_client import EMAIL, VISIT, FaultClient, header
from stepmock.mock_server import Request

SENT_FAULT = "X-Stepmock-Fault"


@pytest.fixture
def client() -> FaultClient:
    return FaultClient().open()


def statuses(client: FaultClient, count: int, payload: Any = EMAIL) -> list[int]:
    return [client.add(payload).status for _ in range(count)]


def test_without_a_selection_it_comes_over_every_call(client: FaultClient) -> None:
    client.declare({"status": 503})
    assert statuses(client, 3) == [503] * 3
    assert client.send("GET", "/lemlist/api/team").status == 503


def test_it_is_of_one_operation(client: FaultClient) -> None:
    client.declare({"status": 503, "operation": "getTeam"})
    assert statuses(client, 2) == [200, 200]
    assert client.send("GET", "/lemlist/api/team").status == 503


def test_a_named_error_comes_over_its_own_operations_only(client: FaultClient) -> None:
    client.declare({"fault": "media-timeout"})
    assert client.send("GET", "/lemlist/api/team").status == 200
    assert client.add().status == 504


def test_no_fault_comes_over_what_is_no_operation(client: FaultClient) -> None:
    client.declare({"status": 503})
    assert client.send("GET", "/lemlist/api/nothing").status == 404
    assert client.send("PUT", "/lemlist/api/team").status == 405
    assert client.send("GET", "/lemlist/api/nothing", fault={"status": 503}).status == 404


def test_it_is_of_one_step_type(client: FaultClient) -> None:
    client.declare({"status": 503, "step_type": "email"})
    assert statuses(client, 1, VISIT) + statuses(client, 1) == [200, 503]
    assert client.send("GET", "/lemlist/api/team").status == 200
    assert client.standing()[0]["seen"] == 1


@pytest.mark.parametrize("payload", [[], "email", {"type": None}, {"type": ["email"]}, {"type": "emial"}, {}])
def test_a_payload_without_a_type_is_of_none(client: FaultClient, payload: Any) -> None:
    client.declare({"status": 503, "step_type": "email"})
    assert client.add(payload).status == 400


@pytest.mark.parametrize("asked", ["LinkedInInMail", "4"])
@pytest.mark.parametrize("sent", ["LinkedInInMail", 4, "4"])
def test_all_spellings_of_a_type_are_one(asked: str, sent: Any) -> None:
    client = FaultClient("saleshandy").open()
    client.declare({"status": 503, "step_type": asked})
    path = "/saleshandy/v1/sequences/JA5YdAr9wy/steps"
    assert client.send("POST", path, {"type": sent}).status == 503
    assert client.send("POST", path, {"type": "Email"}).status == 400


def test_a_type_may_stand_anywhere_in_a_payload() -> None:
    client = FaultClient("supaglue").open()
    client.declare({"status": 503, "step_type": "task"})
    path = "/supaglue/engagement/v2/sequences"
    assert client.send("POST", path, {"record": {"name": "A", "type": "team"}}).status == 201
    steps = [{"type": "call"}, {"type": "task"}]
    assert client.send("POST", path, {"record": {"name": "A", "type": "team", "steps": steps}}).status == 503


def test_the_nth_call_is_counted_among_those_that_it_is_for(client: FaultClient) -> None:
    client.declare({"status": 503, "operation": "addStep", "step_type": "email", "nth": 2})
    client.open()
    assert statuses(client, 1) + statuses(client, 2, VISIT) + statuses(client, 3) == [200, 200, 200, 503, 200, 200]
    assert client.standing() == []


def test_the_nth_call_and_those_after_it(client: FaultClient) -> None:
    client.declare({"status": 503, "nth": 2, "times": 2})
    assert statuses(client, 5) == [200, 503, 503, 200, 200]


def test_it_ends_after_so_many_times(client: FaultClient) -> None:
    client.declare({"status": 503, "times": 2})
    assert statuses(client, 1) == [503]
    [left] = client.standing()
    assert (left["seen"], left["applied"], left["remaining"]) == (1, 1, 1)
    assert statuses(client, 2) == [503, 200]
    assert client.standing() == []


def chances(**settings: Any) -> list[int]:
    client = FaultClient(**settings).open()
    client.declare({"status": 503, "probability": 0.3, "operation": "addStep"})
    return statuses(client, 200)


def test_a_chance_is_the_same_in_each_run_and_another_in_each_world() -> None:
    first = chances()
    assert first == chances()
    assert len({tuple(first), tuple(chances(seed=1)), tuple(chances(key="other"))}) == 3
    assert 35 <= first.count(503) <= 85


@pytest.mark.parametrize(("probability", "status"), [(0, 200), (0.0, 200), (1, 503)])
def test_a_chance_may_be_none_or_certain(client: FaultClient, probability: float, status: int) -> None:
    client.declare({"status": 503, "probability": probability})
    assert statuses(client, 20) == [status] * 20


def test_of_several_the_first_declared_comes_over_a_request(client: FaultClient) -> None:
    client.declare({"status": 501, "times": 1}, {"status": 502, "times": 1})
    client.declare({"status": 503, "times": 1})
    assert statuses(client, 4) == [501, 502, 503, 200]


def test_a_later_fault_counts_the_calls_that_an_earlier_one_came_over(client: FaultClient) -> None:
    client.declare({"status": 501, "times": 2}, {"status": 502, "nth": 2})
    assert statuses(client, 4) == [501, 501, 502, 200]


def test_an_earlier_fault_that_does_not_fire_leaves_the_call_to_a_later_one(client: FaultClient) -> None:
    client.declare({"status": 501, "nth": 2}, {"status": 502, "times": 2})
    assert statuses(client, 4) == [502, 501, 502, 200]


def test_latencies_add_up_and_go_with_an_error(client: FaultClient) -> None:
    client.declare({"latency": 1}, {"status": 503, "latency": 2, "times": 1}, {"latency": 4, "times": 2})
    first, second, third = (client.add() for _ in range(3))
    assert [(reply.status, reply.delay) for reply in (first, second, third)] == [(503, 7), (200, 5), (200, 1)]
    assert [header(reply, SENT_FAULT) for reply in (first, second)] == ["status", "latency"]
    assert client.faults_in_journal()[-3:] == [
        {"status": 503, "latency": 7}, {"fault": "latency", "latency": 5}, {"fault": "latency", "latency": 1}
    ]  # fmt: skip


def test_latencies_together_have_a_limit(client: FaultClient) -> None:
    client.declare({"latency": 200}, {"latency": 200})
    assert client.add().delay == 300


def test_a_fault_in_a_header_comes_before_those_that_stand(client: FaultClient) -> None:
    client.declare({"status": 503, "times": 1}, {"latency": 2})
    asked = client.add(fault={"status": 418})
    assert (asked.status, asked.delay) == (418, 2)
    assert statuses(client, 2) == [503, 200]


@pytest.mark.parametrize("fault", ["rate-limited", {"fault": "rate-limited"}, {"fault": "rate-limited", "times": 5}])
def test_a_fault_in_a_header_is_for_this_request_only(client: FaultClient, fault: Any) -> None:
    assert client.add(fault=fault).status == 429
    assert client.add().status == 200
    assert client.standing() == []


def test_a_fault_in_a_header_has_its_selection_too(client: FaultClient) -> None:
    fault = {"status": 503, "step_type": "email", "operation": "addStep"}
    assert [client.add(payload, fault=fault).status for payload in (VISIT, EMAIL)] == [200, 503]
    assert client.send("GET", "/lemlist/api/team", fault=fault).status == 200


@pytest.mark.parametrize(
    "fault",
    ["", "rate-limted", "429", "no-sequence", "{", "[]", '[{"fault":"latency"}]', '{"latency":NaN}', '{"latency":-1}',
     '{"fault":"lost-reply","nth":2}', '{"fault":"x","y":1}', "{" * 100_000, '{"a":' * 100_000, "\xe9"],
)  # fmt: skip
def test_a_header_that_asks_for_no_fault_is_refused_and_nothing_happens(client: FaultClient, fault: str) -> None:
    reply = client.add(fault=fault)
    assert (reply.status, reply.json()["error"]["code"]) == (400, "bad_request")
    assert header(reply, "X-Stepmock-World") == ""
    assert client.steps() == []
    assert client.faults_in_journal() == [None, None]


def test_a_header_that_asks_for_no_fault_opens_no_world() -> None:
    client = FaultClient()
    assert client.add(fault="rate-limted").status == 400
    assert client.emulator.handle(Request("GET", "/_stepmock/worlds", "", {"host": "localhost"})).json() == {
        "worlds": []
    }


def test_a_refused_credential_is_refused_whatever_is_asked_for() -> None:
    assert FaultClient(key="invalid").add(fault="rate-limted").status == 401


def test_a_quota_that_is_used_up_leaves_a_fault_where_it_is() -> None:
    client = FaultClient(rate_limit=True).open()
    client.declare({"status": 503, "nth": 21})
    assert statuses(client, 21) == [200] * 19 + [429, 429]
    assert client.standing()[0]["seen"] == 19
