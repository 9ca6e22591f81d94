"""What Saleshandy's operations store and answer, in both profiles."""

from typing import Any

import pytest
from saleshandy_client import BOTH, EMAIL, MAIL, SEED, SEQUENCE, STEPS, TASK, Client, headers_of, refused, rules_of
from stepmock.mock_server import Emulator, Response, Settings
from stepmock.validators.breakers import valid_examples


def test_the_sample_call_of_the_page_gets_the_reply_of_the_page() -> None:
    reply = Client().call("POST", STEPS, SEED)
    assert reply.status == 200
    assert {**reply.json(), "id": ""} == {"id": "", "name": "Step 1", "number": 1, "type": 1, "absoluteDays": 3}
    assert headers_of(reply)["X-Stepmock-Confidence"] == "documented"


def test_the_live_reply_is_an_envelope() -> None:
    client = Client("observed")
    reply = client.call("POST", STEPS, SEED)
    (step,) = client.steps()
    assert reply.status == 200
    assert reply.json() == {
        "message": "Sequence step created successfully",
        "payload": {
            "number": 1,
            "sequence": {"id": SEQUENCE, "steps": []},
            "variants": [{"stepId": step["id"], "id": step["variants"][0]["id"]}],
            "sequenceId": SEQUENCE,
            "id": step["id"],
        },
    }
    assert headers_of(reply)["X-Stepmock-Confidence"] == "observed"


@BOTH
def test_a_created_step_is_listed_with_what_was_sent(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(SEED)
    assert step == {
        "id": step["id"], "name": "Step 1", "number": 1, "type": 1, "absoluteDays": 3,
        "variants": [{"id": step["variants"][0]["id"], "status": 1, **SEED["variants"][0]}],  # type: ignore[index]
    }  # fmt: skip


@pytest.mark.parametrize("spelling", ["CallOther", 15, 15.0, "15"])
def test_a_type_is_listed_as_its_number_however_it_was_spelt(spelling: Any) -> None:
    assert Client().new_step({**TASK, "type": spelling})["type"] == 15


@BOTH
@pytest.mark.parametrize(("sent", "listed"), [("Urgent", 1), ("High", 2), (3, 3), ("4", 4), (2.0, 2)])
def test_a_priority_is_listed_as_its_number(profile: str, sent: Any, listed: int) -> None:
    assert Client(profile).new_step({**TASK, "priority": sent})["priority"] == listed


def test_a_task_step_is_of_normal_priority_and_for_the_owner_unless_it_says_otherwise() -> None:
    client = Client()
    assert {"priority": 3, "assigneeId": "z6R8Mw4vBn"}.items() <= client.new_step(TASK).items()
    assert client.new_step({**TASK, "assigneeId": "someone000"})["assigneeId"] == "someone000"


@pytest.mark.parametrize("code", [5, 6])
def test_steps_without_texts_take_a_note_too(code: int) -> None:
    step = Client().new_step({"type": code, "absoluteDays": 1, "variants": [{"payload": {}, "taskNote": "Look"}]})
    assert step["variants"][0]["taskNote"] == "Look"


def test_fields_that_are_ignored_are_not_stored() -> None:
    step = Client().new_step(
        {**EMAIL, "priority": 1, "zz": 1, "variants": [{"payload": {**MAIL, "message": "x"}, "y": 1}]}
    )
    assert step.keys() == {"id", "name", "number", "type", "absoluteDays", "variants"}
    assert step["variants"][0] == {"id": step["variants"][0]["id"], "status": 1, "payload": MAIL}


@BOTH
def test_steps_are_numbered_by_day(profile: str) -> None:
    client = Client(profile)
    for day in (5, 2, 9, 2):
        client.new_step({**TASK, "absoluteDays": day})
    listed = client.steps()
    assert [(step["name"], step["number"], step["absoluteDays"]) for step in listed] == [
        ("Step 1", 1, 2), ("Step 2", 2, 2), ("Step 3", 3, 5), ("Step 4", 4, 9),
    ]  # fmt: skip
    assert [step["name"] for step in client.sequences()[0]["steps"]] == ["Step 1", "Step 2", "Step 3", "Step 4"]
    late = client.call("POST", STEPS, {**TASK, "absoluteDays": 1})
    assert (late.json() if profile == "documented" else late.json()["payload"])["number"] == 1
    assert headers_of(late)["X-Stepmock-Confidence"] == "assumed"


@BOTH
def test_a_day_holds_one_email_and_the_second_changes_nothing(profile: str) -> None:
    client = Client(profile)
    client.new_step(EMAIL)
    before = client.everything()
    reply = client.call("POST", STEPS, EMAIL)
    assert refused(reply) == (400, 4000)
    assert rules_of(reply) == ["SHY023"]
    assert client.everything() == before
    client.new_step(TASK)
    client.new_step({**EMAIL, "absoluteDays": 4})


@BOTH
def test_variants_are_added_up_to_26(profile: str) -> None:
    client = Client(profile)
    step = client.new_step({**EMAIL, "variants": [{"payload": MAIL}] * 25})
    path = f"{STEPS}/{step['id']}/variants"
    reply = client.call("POST", path, {"type": 1, "payload": MAIL, "attachmentIds": ["a"]})
    assert reply.status == 200
    assert reply.json()["payload"].items() >= {"stepId": step["id"], "sequenceId": SEQUENCE, "payload": MAIL}.items()
    assert len(client.steps()[0]["variants"]) == 26
    full = client.call("POST", path, {"type": 1, "payload": MAIL})
    assert (refused(full), rules_of(full)) == ((400, 4000), ["SHY032"])
    assert len(client.steps()[0]["variants"]) == 26


@BOTH
def test_another_channel_keeps_its_one_variant(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(TASK)
    reply = client.call("POST", f"{STEPS}/{step['id']}/variants", {"type": 9, "payload": {}})
    assert (refused(reply), rules_of(reply)) == ((400, 4000), ["SHY033"])


@BOTH
def test_a_variant_changes_by_what_is_sent(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(SEED)
    path, new = client.variant_path(step), {"subject": "Again", "content": "<p>One more thing</p>"}
    assert client.call("PATCH", path, {"payload": new}).status == 200
    assert client.call("PATCH", path, {"status": 0, "type": 1}).status == 200
    (variant,) = client.steps()[0]["variants"]
    assert variant == {"id": variant["id"], "status": 0, "payload": new, "attachmentIds": ["lN5xKp2vJq"]}
    reply = client.call("PATCH", path, {"attachmentIds": []})
    assert reply.json()["payload"]["attachmentIds"] == client.steps()[0]["variants"][0]["attachmentIds"] == []
    before = client.everything()
    assert client.call("PATCH", path, {}).status == 200
    assert client.everything() == before


@BOTH
def test_a_change_of_a_variant_moves_its_step(profile: str) -> None:
    client = Client(profile)
    first, second = client.new_step({**TASK, "absoluteDays": 1}), client.new_step({**TASK, "absoluteDays": 2})
    change = {"absoluteDays": 8, "priority": "Low", "assigneeId": "other00000", "taskNote": "Now"}
    assert client.call("PATCH", client.variant_path(first), change).status == 200
    assert [step["id"] for step in client.steps()] == [second["id"], first["id"]]
    moved = client.steps()[1]
    assert {"number": 2, "absoluteDays": 8, "priority": 4, "assigneeId": "other00000"}.items() <= moved.items()
    assert moved["variants"][0]["taskNote"] == "Now"


@BOTH
def test_an_email_cannot_move_to_the_day_of_another(profile: str) -> None:
    client = Client(profile)
    step = client.new_step(EMAIL)
    client.new_step({**EMAIL, "absoluteDays": 5})
    before = client.everything()
    reply = client.call("PATCH", client.variant_path(step), {"absoluteDays": 5, "status": 0})
    assert (refused(reply), rules_of(reply)) == ((400, 4000), ["SHY023"])
    assert client.everything() == before
    assert client.call("PATCH", client.variant_path(step), {"absoluteDays": 3}).status == 200


@BOTH
def test_the_type_of_a_step_stays(profile: str) -> None:
    client = Client(profile)
    reply = client.call("PATCH", client.variant_path(client.new_step(EMAIL)), {"type": 9})
    assert (refused(reply), rules_of(reply)) == ((400, 4000), ["SHY013"])


@BOTH
def test_a_created_sequence_is_paused_and_takes_steps(profile: str) -> None:
    client = Client(profile)
    reply = client.call("POST", "/sequences", {"title": "Spring", "emailAccountIds": ["bwOLEx4l8G"]})
    made = reply.json()["payload"]
    assert reply.json()["message"] == "Sequence created successfully"
    assert {"title": "Spring", "active": False}.items() <= made.items()
    assert made.get("sequenceId") == (made["id"] if profile == "observed" else None)
    assert client.call("POST", f"/sequences/{made['id']}/steps", EMAIL).status == 200
    assert len(client.steps(made["id"])) == 1
    assert client.steps() == []


def test_the_list_is_filtered_sorted_and_paged() -> None:
    client = Client()
    for title in ("beta", "Alpha", "alphabet"):
        client.call("POST", "/sequences", {"title": title})
    titles = ["Documentation", "beta", "Alpha", "alphabet"]
    cases = {
        "": titles, "sort=DESC": titles[::-1], "sortBy=sequence.title&sort=ASC": sorted(titles),
        "sequenceName=ALPHA": ["Alpha", "alphabet"], "pageSize=3": titles[:3], "pageSize=3&page=2": titles[3:],
        "page=2": [], "clientIds=x": [], "unknown=1": titles, "sequenceName=": titles,
    }  # fmt: skip
    for query, expected in cases.items():
        assert [entry["title"] for entry in client.sequences(query)] == expected


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=1001", "pageSize=x", "page=0", "page=-1", "page=1.5",
                                   "sort=asc", "sortBy=title", f"page={'9' * 5000}", "pageSize=",
                                   "page=%ED%A0%80"])  # fmt: skip
def test_a_parameter_that_does_not_fit_is_refused(query: str) -> None:
    assert refused(Client().call("GET", "/sequences", query=query)) == (400, 4000)


@BOTH
def test_sequences_are_resumed_and_paused_all_or_none(profile: str) -> None:
    client = Client(profile)
    other = client.call("POST", "/sequences", {"title": "Other"}).json()["payload"]["id"]

    def states() -> list[bool]:
        return [entry["active"] for entry in client.sequences()]

    def change(status: str, *names: str) -> Response:
        return client.call("POST", "/sequences/status", {"status": status, "sequenceIds": list(names)})

    assert change("resume", SEQUENCE).status == 200
    assert states() == [True, False]
    assert refused(change("resume", other, SEQUENCE)) == (400, 40102)
    assert refused(change("resume", other, "nowhere000")) == (400, 40100)
    assert refused(change("pause", SEQUENCE, other)) == (400, 40101)
    assert states() == [True, False]
    assert change("resume", other).status == 200
    assert change("pause", SEQUENCE, other, other).status == 200
    assert states() == [False, False]


def test_a_sequence_without_an_email_account_is_not_resumed() -> None:
    sequence = {"id": "bare000000", "title": "Bare", "active": False, "createdAt": "2021-02-16T08:02:42.000Z",
                "userId": "z6R8Mw4vBn", "emailAccountIds": [], "steps": []}  # fmt: skip
    user = {"id": "z6R8Mw4vBn", "firstName": "A", "lastName": "B", "email": "a@example.com"}
    world = {"format": "stepmock-world", "version": 1, "provider": "saleshandy",
             "resources": {"sequences": {"bare000000": sequence}, "users": {"z6R8Mw4vBn": user}}}  # fmt: skip
    client = Client(emulator=Emulator(Settings(worlds={"saleshandy": world})))
    reply = client.call("POST", "/sequences/status", {"status": "resume", "sequenceIds": ["bare000000"]})
    assert refused(reply) == (400, 40103)
    assert client.sequences()[0]["active"] is False


def test_an_empty_world_has_no_sequence_and_can_make_one() -> None:
    client = Client(emulator=Emulator(Settings(world="empty", rate_limit=False)))
    assert client.sequences() == []
    name = client.call("POST", "/sequences", {"title": "First"}).json()["payload"]["id"]
    assert client.call("POST", f"/sequences/{name}/steps", TASK).status == 200
    assert client.call("POST", "/sequences/status", {"status": "resume", "sequenceIds": [name]}).status == 200


@BOTH
def test_what_is_listed_is_of_the_contracts_shape(profile: str) -> None:
    client = Client(profile)
    for day, example in enumerate(valid_examples("saleshandy", "createStep", profile), 1):
        assert client.call("POST", STEPS, {**example, "absoluteDays": day}).status == 200
    assert len(client.call("GET", STEPS).json()["payload"]) == len(client.steps()) >= 15
    assert len(client.call("GET", "/sequences").json()["payload"]) == 1
