"""The state machine drives a client as its user would write one, and finds what is planted in it."""

import json
import re
from base64 import b64encode

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from stepmock.contracts import ContractError
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Request
from stepmock.mock_server.stateful import ClientMachine

CAMPAIGN = "cam_docs0000000000000"
FEW = settings(
    max_examples=20,
    stateful_step_count=8,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow],
)


class Client:
    """What a user might have written: JSON over anything that sends."""

    def __init__(self, send, headers):
        self._send = send
        self._headers = {"content-type": "application/json", **headers}

    def call(self, method, path, payload=None):
        body = b"" if payload is None else json.dumps(payload).encode()
        status, answer = self._send(method, path, self._headers, body)
        assert status == 200 or status == 201, (status, answer)
        return json.loads(answer)


def in_process(machine, headers):
    def send(method, path, headers, body):
        reply = machine.handle(Request(method, machine.address + path, "", headers, body))
        return reply.status, reply.body

    return Client(send, headers)


def basic(key):
    return {"authorization": "Basic " + b64encode(f":{key}".encode()).decode()}


class Lemlist(ClientMachine):
    provider = "lemlist"
    unread = frozenset({"index"})

    def connect(self):
        self.client = in_process(self, basic(self.api_key))

    def add(self, sequence, payload):
        return self.client.call("POST", f"/sequences/{sequence}/steps", payload)["_id"]

    def update(self, sequence, step, payload):
        self.client.call("PATCH", f"/sequences/{sequence}/steps/{step}", payload)

    def delete(self, sequence, step):
        self.client.call("DELETE", f"/sequences/{sequence}/steps/{step}")

    def read(self, sequence):
        steps = self.client.call("GET", f"/campaigns/{CAMPAIGN}/sequences")[sequence]["steps"]
        return {step["_id"]: step for step in steps}


class Saleshandy(ClientMachine):
    provider = "saleshandy"

    def connect(self):
        self.client = in_process(self, {"x-api-key": self.api_key})

    def add(self, sequence, payload):
        reply = self.client.call("POST", f"/sequences/{sequence}/steps", payload)
        return reply.get("payload", reply)["id"]

    def read(self, sequence):
        return {step["id"]: step for step in self.client.call("GET", f"/sequences/{sequence}/steps")["payload"]}

    def expected(self, payload):
        return {name: payload[name] for name in ("type", "absoluteDays")}


class Supaglue(ClientMachine):
    provider = "supaglue"
    facts = {"provider": "outreach"}
    unread = frozenset({"custom_fields"})

    def connect(self):
        headers = {"x-api-key": self.api_key, "x-customer-id": "c", "x-provider-name": self.facts["provider"]}
        self.client = in_process(self, headers)

    def add(self, sequence, payload):
        return self.client.call("POST", f"/sequences/{sequence}/sequence_steps", payload)["record"]["id"]

    def read(self, sequence):
        return {step["id"]: step for step in self.client.call("GET", f"/sequences/{sequence}")["steps"]}

    def expected(self, payload):
        record = super().expected(payload)["record"]
        return {name: record[name] for name in ("type", "task_note", "date") if name in record}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("machine", [Lemlist, Saleshandy, Supaglue])
def test_a_right_client_passes(machine, profile):
    run_state_machine_as_test(type(machine.__name__, (machine,), {"profile": profile}), settings=FEW)


def failure(machine):
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=settings(FEW, max_examples=200))
    lines = [line.strip() for note in caught.value.__notes__ for line in note.splitlines()]
    return str(caught.value), [line for line in lines if "state." in line and "_step(" in line]


class DropsAField(Lemlist):
    def add(self, sequence, payload):
        return super().add(
            sequence, {name: value for name, value in payload.items() if name != "delay" or "delayType" in payload}
        )


class AddsAgainAfterALostReply(Lemlist):
    """Every second reply gets lost, and the client sends the request again."""

    def connect(self):
        super().connect()
        self.number = 0

    def add(self, sequence, payload):
        self.number += 1
        if self.number % 2 == 0:
            super().add(sequence, payload)
        return super().add(sequence, payload)


class UpdatesTheWrongStep(Lemlist):
    def update(self, sequence, step, payload):
        same_type = [name for name, sent in self.sent.items() if sent["type"] == payload["type"]]
        super().update(sequence, same_type[0], payload)


class ForgetsToDelete(Lemlist):
    def delete(self, sequence, step):
        pass


def test_a_dropped_field_is_found_with_the_plainest_step_that_has_it():
    message, calls = failure(DropsAField)
    assert message.startswith("what is read is not what was sent:\nstep 'stp_")
    assert message.endswith("': delay was sent as 1, and is read as 0")
    (call,) = calls
    assert re.fullmatch(r"steps_0 = state.add_step\(payload={'type': '\w+', 'delay': 1}\)", call)


def test_a_step_that_is_added_twice_is_found_in_two_calls():
    message, calls = failure(AddsAgainAfterALostReply)
    assert "was never sent, and is read as {'_id': 'stp_" in message
    assert [call.split("(payload=")[0] for call in calls] == [f"steps_{n} = state.add_step" for n in range(2)]


def test_a_change_of_the_wrong_step_is_found():
    message, calls = failure(UpdatesTheWrongStep)
    assert "was sent as" in message
    names = [call.split("state.")[1].split("(")[0] for call in calls]
    assert names[0] == "add_step"
    assert names[-1] == "update_step"
    assert len(names) <= 6


def test_a_step_that_is_not_deleted_is_found():
    message, _ = failure(ForgetsToDelete)
    assert "was never sent" in message


def test_a_machine_drives_a_client_against_a_running_server(server, session):
    class OverHttp(Lemlist):
        base_url = f"http://127.0.0.1:{server('--rate-limit', 'off').port}"

        def connect(self):
            def send(method, path, headers, body):
                reply = session.request(method, self.address + path, headers=headers, data=body)
                return reply.status_code, reply.content

            self.client = Client(send, basic(self.api_key))

    run_state_machine_as_test(OverHttp, settings=settings(FEW, max_examples=5, stateful_step_count=5))
    with pytest.raises(RuntimeError, match="not to handle"):
        OverHttp().handle(Request("GET", "/"))


def test_what_a_subclass_leaves_out_is_told():
    with pytest.raises(ContractError, match="no operation that adds steps one by one"):
        type("Whole", (ClientMachine,), {"provider": "smartlead"})()
    with pytest.raises(NotImplementedError, match="Bare has no read"):
        run_state_machine_as_test(type("Bare", (ClientMachine,), {"provider": "lemlist"}), settings=FEW)
    with pytest.raises(ContractError, match='knows no fact "x"'):
        run_state_machine_as_test(type("Odd", (Lemlist,), {"facts": {"x": "y"}}), settings=FEW)
