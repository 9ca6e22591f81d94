"""Any series of adding, changing and deleting leaves what a model of a few lines says."""

import json
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import FrozenClock

CAMPAIGN = "cam_docs0000000000000"
MAIN = "seq_lkCSKd32qSZZTe5Ru"
HEADERS = {"authorization": "Basic OmtleQ==", "content-type": "application/json"}
PLAIN = ["linkedinVisit", "sms", "manual"]
FIELDS: dict[str, dict[str, Any]] = {"linkedinVisit": {}, "sms": {"message": "M"}, "manual": {"title": "T"}}


class Steps(RuleBasedStateMachine):
    """`model` holds the steps of each sequence in order; a step is its stored fields."""

    sequences = Bundle("sequences")
    steps = Bundle("steps")

    def __init__(self) -> None:
        super().__init__()
        self.emulator = Emulator(Settings(rate_limit=False, clock=FrozenClock(1_700_000_000)))
        self.model: dict[str, list[dict[str, Any]]] = {MAIN: []}
        self.parents: dict[str, tuple[str, str]] = {}
        self.seen: set[str] = set()

    def send(self, method: str, path: str, payload: Any = None) -> tuple[int, Any]:
        body = b"" if payload is None else json.dumps(payload).encode()
        reply = self.emulator.handle(Request(method, f"/lemlist/api{path}", "", HEADERS, body))
        return reply.status, json.loads(reply.body) if reply.status == 200 else reply.body.decode()

    def insert(self, sequence: str, sent: dict[str, Any]) -> dict[str, Any] | None:
        """Add a step over the wire and to the model; None when the sequence is gone, as it then must be."""
        status, body = self.send("POST", f"/sequences/{sequence}/steps", sent)
        if sequence not in self.model:
            assert (status, body) == (400, "Bad team")
            return None
        assert status == 200
        order = self.model[sequence]
        place = sent.get("index", len(order))
        place = len(order) if place < 0 else min(place, len(order))
        default = 1 if place or sent["type"] == "conditional" else 0
        stored = {"delay": default, **sent, "_id": body["_id"], "sequenceId": sequence}
        stored.pop("index", None)
        assert body["_id"] not in self.seen
        self.seen.add(body["_id"])
        order.insert(place, stored)
        return body

    def place(self, step: str) -> tuple[str, int] | None:
        return next(
            (
                (name, place)
                for name, order in self.model.items()
                for place, each in enumerate(order)
                if each["_id"] == step
            ),
            None,
        )

    @initialize(target=sequences)
    def main_sequence(self) -> str:
        return MAIN

    @rule(
        target=steps,
        sequence=sequences,
        kind=st.sampled_from(PLAIN),
        index=st.none() | st.integers(-1, 6),
        delay=st.none() | st.integers(0, 1500),
    )
    def add(self, sequence: str, kind: str, index: int | None, delay: int | None) -> Any:
        sent = {
            "type": kind,
            **FIELDS[kind],
            **({} if index is None else {"index": index}),
            **({} if delay is None else {"delay": delay}),
        }
        body = self.insert(sequence, sent)
        if body is None:
            return multiple()
        assert body["delay"] == self.model[sequence][self.place(body["_id"])[1]]["delay"]  # type: ignore[index]
        return sequence, body["_id"]

    @rule(target=sequences, sequence=sequences, index=st.none() | st.integers(-1, 3))
    def add_condition(self, sequence: str, index: int | None) -> Any:
        sent = {
            "type": "conditional",
            "conditionKey": "hasScore",
            "delayType": "waitUntil",
            **({} if index is None else {"index": index}),
        }
        body = self.insert(sequence, sent)
        if body is None:
            return multiple()
        branches = [entry["sequenceId"] for entry in body["conditions"]]
        assert not self.seen & set(branches)
        self.seen.update(branches)
        for branch in branches:
            self.model[branch] = []
            self.parents[branch] = (sequence, body["_id"])
        return multiple(*branches)

    @rule(step=steps, delay=st.integers(-1, 1501), kind=st.sampled_from(PLAIN))
    def update(self, step: tuple[str, str], delay: int, kind: str) -> None:
        sequence, name = step
        status, body = self.send("PATCH", f"/sequences/{sequence}/steps/{name}", {"type": kind, "delay": delay})
        found = self.place(name)
        if found is None:
            assert status == 400
            return
        stored = self.model[sequence][found[1]]
        if stored["type"] != kind or not 0 <= delay <= 1500:
            assert status == 400
            return
        assert (status, body["_id"], body["delay"]) == (200, name, delay)
        stored["delay"] = delay

    @rule(step=consumes(steps))
    def delete(self, step: tuple[str, str]) -> None:
        self.remove(*step)

    @rule(branch=sequences)
    def delete_a_condition(self, branch: str) -> None:
        if branch in self.parents:
            self.remove(*self.parents[branch])

    def remove(self, sequence: str, name: str) -> None:
        status, body = self.send("DELETE", f"/sequences/{sequence}/steps/{name}")
        found = self.place(name)
        if found is None:
            assert (status, body) == (404, "Step not found" if sequence in self.model else "Sequence not found")
            return
        assert (status, body) == (200, {"ok": True})
        self.forget(name)

    def forget(self, name: str) -> None:
        """Take a step out of the model, with all that hangs from it."""
        sequence, place = self.place(name)  # type: ignore[misc]
        for branch in [branch for branch, (_, condition) in self.parents.items() if condition == name]:
            for below in list(self.model[branch]):
                self.forget(below["_id"])
            del self.model[branch]
            del self.parents[branch]
        del self.model[sequence][place]

    @invariant()
    def the_listing_is_the_model(self) -> None:
        status, listed = self.send("GET", f"/campaigns/{CAMPAIGN}/sequences")
        assert status == 200
        assert listed.keys() == self.model.keys()
        names = []
        for name, sequence in listed.items():
            order = self.model[name]
            names += [step["_id"] for step in sequence["steps"]]
            assert sequence["_id"] == name
            assert [step["index"] for step in sequence["steps"]] == list(range(1, len(order) + 1))
            assert [step["sequenceStep"] for step in sequence["steps"]] == list(range(len(order)))
            made_by_the_server = {"index", "sequenceStep", "emailTemplateId", "conditions"}
            assert [
                {field: value for field, value in step.items() if field not in made_by_the_server}
                for step in sequence["steps"]
            ] == order
            if name in self.parents:
                parent, condition = self.parents[name]
                assert sequence["parentId"] == parent
                assert sequence["level"] == listed[parent]["level"] + 1
                assert listed[parent]["steps"][sequence["conditionalStepIndex"] - 1]["_id"] == condition
            else:
                assert (name, sequence["level"]) == (MAIN, 0)
        assert len(set(names)) == len(names)


TestSteps = Steps.TestCase
TestSteps.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
