"""Saving and reading the sequences of a Smartlead campaign, in both profiles."""

import json

from smartlead_client import BEGINNING, BOTH, Client, codes, header, step, variant
from stepmock.mock_server import Emulator, Settings
from stepmock.mock_server.clock import FrozenClock


@BOTH
def test_the_docs_world_has_campaign_1_drafted_and_without_sequences(profile):
    client = Client(profile)
    [campaign] = client.campaigns()
    assert (campaign["id"], campaign["status"], client.steps()) == (1, "DRAFTED", [])


def test_saving_answers_success_and_data_as_documented():
    assert Client().save(step()).json() == {"success": True, "data": {}}


def test_saving_answers_numbers_and_ids_as_observed():
    client = Client("observed")
    body = client.save(step(2, 3), step(1)).json()
    stored = client.steps()
    assert body == {"ok": True, "data": {"sequences": [{"seqNumber": n, "id": stored[n - 1]["id"]} for n in (1, 2)]}}


@BOTH
def test_what_was_saved_is_read_back_in_the_order_of_the_numbers(profile):
    client = Client(profile, Emulator(Settings(profile=profile, rate_limit=False, clock=FrozenClock(BEGINNING))))
    client.save(step(2, 3.0, subject="", email_body="two"), step(1, 0, subject="one"))
    first, second = client.steps()
    assert first == {
        "id": first["id"],
        "created_at": "2023-11-14T22:13:20.000Z",
        "updated_at": "2023-11-14T22:13:20.000Z",
        "email_campaign_id": 1,
        "seq_number": 1,
        "subject": "one",
        "email_body": "<p>Hello</p>",
        "seq_delay_details": {"delayInDays": 0},
        "sequence_variants": None,
    }
    assert (second["seq_number"], second["subject"], second["email_body"]) == (2, "", "two")
    assert json.dumps(second["seq_delay_details"]) == '{"delayInDays": 3}'
    assert type(first["id"]) is int


@BOTH
def test_a_follow_up_without_a_subject_is_stored_with_a_blank_one(profile):
    client = Client(profile)
    bare = {name: value for name, value in step(2, 3).items() if name != "subject"}
    assert client.save(step(), bare).status == 200
    assert client.steps()[1]["subject"] == ""


@BOTH
def test_saving_replaces_everything(profile):
    client = Client(profile)
    client.save(step(1), step(2, 3))
    old = {each["id"] for each in client.steps()}
    client.save(step(1, subject="New"))
    [only] = client.steps()
    assert only["subject"] == "New"
    assert only["id"] not in old
    client.save()
    assert client.steps() == []


@BOTH
def test_a_sequence_sent_with_its_id_keeps_it_and_the_rest_goes(profile):
    clock = FrozenClock(BEGINNING)
    client = Client(profile, Emulator(Settings(profile=profile, rate_limit=False, clock=clock)))
    client.save(step(1), step(2, 3))
    first, second = client.steps()
    clock.advance(60)
    client.save(step(1, subject="New", id=None), step(2, 4, id=second["id"], subject="Kept"))
    new, kept = client.steps()
    assert (kept["id"], kept["subject"], kept["created_at"]) == (second["id"], "Kept", second["created_at"])
    assert kept["updated_at"] > second["updated_at"]
    assert new["id"] not in (first["id"], second["id"])


@BOTH
def test_an_id_that_is_gone_or_sent_twice_or_of_another_campaign_makes_a_new_sequence(profile):
    client = Client(profile)
    other = client.send("POST", "/campaigns/create", {}).json()["id"]
    client.save(step(), campaign=other)
    [foreign] = client.steps(other)
    client.save(step())
    [mine] = client.steps()
    reply = client.save(
        step(1, id=mine["id"]), step(2, 3, id=mine["id"]), step(3, 3, id=foreign["id"]), step(4, 3, id=99)
    )
    assert (reply.status, header(reply, "X-Stepmock-Confidence")) == (200, "assumed")
    stored = client.steps()
    assert stored[0]["id"] == mine["id"]
    assert len({each["id"] for each in stored} | {foreign["id"]}) == 5
    assert client.steps(other) == [foreign]


@BOTH
def test_variants_are_read_back_and_the_sequence_itself_is_blank(profile):
    client = Client(profile)
    shares = [variant("A", variant_distribution_percentage=50.0), variant("B", variant_distribution_percentage=50)]
    assert client.save(step(variant_distribution_type="MANUAL_PERCENTAGE", seq_variants=shares)).status == 200
    [stored] = client.steps()
    assert (stored["subject"], stored["email_body"]) == ("", "")
    name = {"documented": "variant_name", "observed": "variant_label"}[profile]
    found = [(each[name], each["subject"], each["email_body"]) for each in stored["sequence_variants"]]
    assert found == [("A", "S A", "B A"), ("B", "S B", "B B")]
    assert {each["email_campaign_seq_id"] for each in stored["sequence_variants"]} == {stored["id"]}
    assert [each["variant_distribution_percentage"] for each in stored["sequence_variants"]] == [50, 50]


@BOTH
def test_a_variant_keeps_its_id_gets_a_new_one_or_is_dropped(profile):
    client = Client(profile)
    client.save(step(seq_variants=[variant("A"), variant("B")]))
    [stored] = client.steps()
    kept = stored["sequence_variants"][1]["id"]
    client.save(step(id=stored["id"], seq_variants=[variant("B", id=kept), variant("C"), variant("D", id=99)]))
    [again] = client.steps()
    assert [each["subject"] for each in again["sequence_variants"]] == ["S B", "S C"]
    assert again["sequence_variants"][0]["id"] == kept
    assert again["sequence_variants"][1]["id"] not in [each["id"] for each in stored["sequence_variants"]]


@BOTH
def test_a_sequence_whose_variants_are_all_gone_keeps_its_own_text(profile):
    client = Client(profile)
    for variants in ([variant("D", id=99), variant("E", id=98)], []):
        client.save(step(seq_variants=variants))
        [stored] = client.steps()
        assert (stored["subject"], stored["email_body"], stored["sequence_variants"]) == ("Hello", "<p>Hello</p>", None)


@BOTH
def test_the_other_names_of_variant_fields_are_taken(profile):
    client = Client(profile)
    other = {"subject": "S", "email_body": "B", "variant_id": "A", "distribution": 70}
    strange = {"subject": "S", "email_body": "B", "variant_id": [1], "distribution": "x"}
    client.save(step(seq_variants=[other, strange]))
    name = {"documented": "variant_name", "observed": "variant_label"}[profile]
    found = [(each[name], each["variant_distribution_percentage"]) for each in client.steps()[0]["sequence_variants"]]
    assert found == [("A", 70), ("", None)]


@BOTH
def test_a_refused_payload_changes_nothing(profile):
    client = Client(profile)
    client.save(step(), step(2, 3, seq_variants=[variant("A")]))
    before = client.all()
    assert client.save(step(subject="New"), step(2, 366)).status in (400, 422)
    assert client.all() == before


@BOTH
def test_an_active_campaign_refuses_sequences_until_it_is_paused(profile):
    client = Client(profile)
    client.save(step())
    client.status("START")
    before = client.all()
    reply = client.save(step(subject="New"))
    assert (reply.status, list(reply.json()), codes(reply)) == (400, ["error"], ["SML070"])
    assert client.all() == before
    client.status("PAUSED")
    assert client.save(step(subject="New")).status == 200
