"""The faults of a world in the control plane: declared, listed, taken away."""

import pytest
from fault_client import FaultClient
from stepmock.mock_server import Request


@pytest.fixture
def client() -> FaultClient:
    return FaultClient().open()


def test_one_fault_is_declared_by_itself(client: FaultClient) -> None:
    reply = client.control("POST", body={"fault": "rate-limited", "operation": "addStep", "times": 2})
    shown = {
        "id": "1",
        "fault": "rate-limited",
        "operation": "addStep",
        "times": 2,
        "seen": 0,
        "applied": 0,
        "remaining": 2,
    }
    assert (reply.status, reply.json()) == (201, {"faults": [shown], "added": ["1"]})
    assert client.control("GET").json() == {"faults": [shown]}


def test_several_are_declared_in_their_order_and_no_id_comes_twice(client: FaultClient) -> None:
    client.declare({"fault": "lost-reply"}, {"fault": "latency"})
    assert client.control("DELETE", query="id=2").status == 204
    assert client.control("POST", body={"status": 503}).json()["added"] == ["3"]
    assert [entry["id"] for entry in client.standing()] == ["1", "3"]


def test_an_empty_list_declares_nothing(client: FaultClient) -> None:
    assert client.control("POST", body=[]).json() == {"faults": [], "added": []}


def test_all_are_taken_away_at_once(client: FaultClient) -> None:
    client.declare({"status": 503}, {"latency": 1})
    reply = client.control("DELETE")
    assert (reply.status, reply.body) == (204, b"")
    assert client.standing() == []
    assert client.add().status == 200


@pytest.mark.parametrize(
    ("query", "status"), [("id=9", 404), ("id=", 404), ("di=1", 400), ("id=1&id=2", 400), ("id=1&all=1", 400)]
)
def test_one_that_does_not_stand_cannot_be_taken_away(client: FaultClient, query: str, status: int) -> None:
    client.declare({"status": 503})
    reply = client.control("DELETE", query=query)
    assert reply.status == status
    assert reply.json()["error"]["hint"]
    assert len(client.standing()) == 1


def test_another_method_is_told_which_there_are(client: FaultClient) -> None:
    reply = client.control("PUT")
    assert (reply.status, dict(reply.headers)["Allow"]) == (405, "DELETE, GET, POST")


def test_a_page_of_another_site_declares_nothing(client: FaultClient) -> None:
    path = f"/_stepmock/worlds/{client.world}/faults"
    sent = {"host": "localhost", "origin": "https://example.com"}
    assert client.emulator.handle(Request("POST", path, "", sent, b'{"status":503}')).status == 403
    assert client.standing() == []
