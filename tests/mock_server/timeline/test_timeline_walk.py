"""A lead on the way through a plan, provider by provider, over the control plane; and through plans made by hand."""

from itertools import count

import pytest
from fault_client import AT, EMAIL, VISIT, FaultClient
from stepmock.contracts.limits import MAX_TIMELINE_STEPS
from stepmock.mock_server.clock import iso_text
from stepmock.mock_server.timeline import Plan, walk
from stepmock.mock_server.timeline.model import DAY, Branch, Step

MAIN = "seq_lkCSKd32qSZZTe5Ru"
INVITED = {"type": "conditional", "conditionKey": "linkedinInviteAccepted", "delayType": "within", "delay": 3}
FOREVER = {"type": "conditional", "conditionKey": "linkedinInviteAccepted", "delayType": "waitUntil"}


@pytest.fixture
def client():
    return FaultClient().open()


def add(client, sequence, payload):
    reply = client.send("POST", f"/lemlist/api/sequences/{sequence}/steps", payload)
    assert reply.status == 200, reply.body
    return reply.json()


def timeline(client, sequence=MAIN, lead=""):
    reply = client.control("GET", "timeline", query=f"sequence={sequence}&lead={lead}")
    assert reply.status == 200, reply.body
    return reply.json()


def days(told):
    return [(entry["day"], entry["type"]) for entry in told["entries"]]


def build(client, condition):
    """Build: visit, condition; in one branch a message after 1 day, in the other an email after 2."""
    add(client, MAIN, VISIT)
    yes, no = (each["sequenceId"] for each in add(client, MAIN, condition)["conditions"])
    add(client, yes, {"type": "linkedinSend", "message": "Thank you", "delay": 1})
    add(client, no, {**EMAIL, "delay": 2})
    return yes, no


# lemlist


def test_delays_add_up_from_the_day_on_which_the_lead_enters(client):
    add(client, MAIN, EMAIL)
    add(client, MAIN, VISIT)
    add(client, MAIN, {"type": "phone", "delay": 4})
    told = timeline(client)
    assert days(told) == [(0, "email"), (1, "linkedinVisit"), (5, "phone")]
    first, second, _ = told["entries"]
    assert (first["title"], first["path"], first["at"]) == ("A word", "main", iso_text(AT))
    assert first["reason"] == "0 days after the lead enters"
    assert second["reason"] == f"1 day after {first['step']}"
    assert second["at"] == iso_text(AT + DAY)
    assert {entry["confidence"] for entry in told["entries"]} == {"documented"}


def test_a_condition_that_comes_true_leads_into_its_branch_at_once(client):
    yes, _ = build(client, INVITED)
    told = timeline(client, lead="linkedinInviteAccepted")
    assert days(told) == [(0, "linkedinVisit"), (0, "conditional"), (1, "linkedinSend")]
    assert told["lead"] == ["linkedinInviteAccepted"]
    assert told["entries"][-1]["sequence"] == yes
    assert told["entries"][-1]["path"] == "main > linkedinInviteAccepted"
    assert told["entries"][-1]["reason"] == "1 day after linkedinInviteAccepted came true"
    assert any("as soon as" in sentence for sentence in told["assumed"])
    assert told["never"] == told["unreachable"] == []


def test_a_condition_that_does_not_leads_into_the_other_one_when_its_time_is_over(client):
    _, no = build(client, INVITED)
    told = timeline(client, lead="emailsOpened")
    assert days(told) == [(0, "linkedinVisit"), (0, "conditional"), (5, "email")]
    assert told["entries"][-1]["sequence"] == no
    assert told["entries"][-1]["path"] == "main > otherwise"
    assert told["entries"][-1]["reason"] == "2 days after no linkedinInviteAccepted within 3 days"


def test_a_wait_without_an_end_never_ends_where_the_condition_does_not_come_true(client):
    _, no = build(client, FOREVER)
    told = timeline(client)
    assert days(told) == [(0, "linkedinVisit"), (0, "conditional")]
    [stuck] = told["never"]
    assert stuck["step"] == told["entries"][-1]["step"]
    assert stuck["confidence"] == "assumed"
    [shut] = told["unreachable"]
    assert (shut["sequence"], shut["branch"]) == (no, "otherwise")
    assert timeline(client, lead="linkedinInviteAccepted")["never"] == []


def test_steps_behind_a_condition_are_unreachable(client):
    build(client, INVITED)
    behind = add(client, MAIN, {"type": "phone"})
    [shut] = timeline(client)["unreachable"]
    assert (shut["step"], shut["sequence"], shut["branch"]) == (behind["_id"], MAIN, None)


def test_what_came_true_stays_true_in_the_branch_below(client):
    yes, _ = build(client, INVITED)
    inner = [each["sequenceId"] for each in add(client, yes, INVITED)["conditions"]]
    [shut] = timeline(client)["unreachable"]
    assert (shut["sequence"], shut["branch"]) == (inner[1], "otherwise")
    assert "came true before" in shut["reason"]


def test_what_did_not_come_true_may_still(client):
    _, no = build(client, INVITED)
    add(client, no, INVITED)
    assert timeline(client)["unreachable"] == []


def test_an_empty_branch_ends_the_lead(client):
    yes = add(client, MAIN, INVITED)["conditions"][0]["sequenceId"]
    told = timeline(client, lead="linkedinInviteAccepted")
    assert told["notes"] == [f"{yes} has no step; the lead ends here."]


def send_to(client, sequence, campaign, delay=1):
    return add(client, sequence, {"type": "sendToAnotherCampaign", "campaignId": campaign, "delay": delay})


def test_a_lead_that_is_sent_on_goes_on_in_the_other_campaign(client):
    sent = send_to(client, MAIN, "cam_ABC123XYZ456")
    add(client, "seq_target00000000000", {"type": "phone", "delay": 2})
    told = timeline(client)
    assert days(told) == [(1, "sendToAnotherCampaign"), (3, "phone")]
    assert told["entries"][-1]["path"] == f"main > by {sent['_id']}"


def test_a_loop_ends_with_a_note(client):
    send_to(client, MAIN, "cam_ABC123XYZ456")
    send_to(client, "seq_target00000000000", "cam_docs0000000000000")
    told = timeline(client)
    assert len(told["entries"]) == 2
    assert "a loop" in told["notes"][-1]
    assert MAIN in told["notes"][-1]


def test_an_index_changes_the_order_in_time(client):
    add(client, MAIN, {**EMAIL, "delay": 2})
    add(client, MAIN, {**VISIT, "delay": 1, "index": 0})
    assert days(timeline(client)) == [(1, "linkedinVisit"), (3, "email")]


# The other providers


def test_saleshandys_days_are_absolute():
    client = FaultClient("saleshandy").open()
    for day in (3, 1, 10):
        step = {"type": "Custom", "absoluteDays": day, "variants": [{"payload": {}, "taskNote": f"Day {day}"}]}
        assert client.send("POST", "/saleshandy/v1/sequences/JA5YdAr9wy/steps", step).status == 200
    told = timeline(client, "JA5YdAr9wy")
    assert [(entry["day"], entry["title"]) for entry in told["entries"]] == [(1, "Day 1"), (3, "Day 3"), (10, "Day 10")]
    assert {entry["type"] for entry in told["entries"]} == {"Custom"}
    assert told["entries"][0]["reason"] == "day 1 of the sequence"
    assert any("Absolute days" in sentence for sentence in told["assumed"])


def supaglue_steps(*records):
    """Return a client, and the sequence in which it has made these steps."""
    client = FaultClient("supaglue").open()
    name = "0258cbc6-6020-430a-848e-aafacbadf4ae"
    for record in records:
        path = f"/supaglue/engagement/v2/sequences/{name}/sequence_steps"
        assert client.send("POST", path, {"record": record}).status in (200, 201)
    return client, name


def test_supaglues_intervals_are_seconds():
    client, name = supaglue_steps(
        {"type": "call", "interval_seconds": 3600}, {"type": "task", "interval_seconds": 2 * 86400}
    )
    told = timeline(client, name)
    assert days(told) == [(0, "call"), (2, "task")]
    assert told["entries"][0]["at"] == iso_text(AT + 3600)
    assert told["entries"][0]["reason"] == "1 hour after the lead enters"


def test_supaglues_dates_are_dates():
    client, name = supaglue_steps({"type": "call", "date": "2023-11-20T00:00:00Z"}, {"type": "task"})
    told = timeline(client, name)
    assert [entry["at"] for entry in told["entries"]] == ["2023-11-20T00:00:00.000Z"] * 2
    assert told["entries"][0]["reason"] == "on its date"


def test_a_date_that_is_none_is_told():
    client, name = supaglue_steps({"type": "call", "date": "soon"})
    reply = client.control("GET", "timeline", query=f"sequence={name}")
    assert reply.status == 400
    assert '"soon"' in reply.json()["error"]["message"]


def test_an_interval_beyond_all_time_ends_the_timeline():
    client, name = supaglue_steps({"type": "call", "interval_seconds": 1e308}, {"type": "task"})
    told = timeline(client, name)
    assert told["entries"] == []
    assert "9998" in told["notes"][0]


def test_smartleads_delays_go_by_the_numbers_of_the_sequences():
    client = FaultClient("smartlead").open()
    sent = [
        {
            "id": None,
            "seq_number": number,
            "subject": f"Mail {number}",
            "email_body": "B",
            "seq_delay_details": {"delay_in_days": days},
        }
        for number, days in ((2, 3), (1, 0), (3, 4))
    ]
    assert client.send("POST", "/smartlead/api/v1/campaigns/1/sequences", {"sequences": sent}).status == 200
    told = timeline(client, "1")
    assert [(entry["day"], entry["title"]) for entry in told["entries"]] == [
        (0, "Mail 1"),
        (3, "Mail 2"),
        (7, "Mail 3"),
    ]
    assert {(entry["type"], entry["confidence"]) for entry in told["entries"]} == {("email", "observed")}


# What is asked wrongly


@pytest.mark.parametrize(("query", "status", "code", "words"), [
    (f"sequence={MAIN}&lead=linkedinInvitAccepted", 400, "bad_request", "linkedinInviteAccepted"),
    (f"sequence={MAIN}&leed=emailsOpened", 400, "bad_request", 'Did you mean "lead"?'),
    ("sequence=seq_lkCSKd32qSZZTe5R", 404, "unknown_sequence", MAIN),
    ("sequence=", 404, "unknown_sequence", MAIN),
    ("lead=emailsOpened", 400, "bad_request", MAIN),
])  # fmt: skip
def test_what_is_asked_wrongly_is_refused(client, query, status, code, words):
    reply = client.control("GET", "timeline", query=query)
    error = reply.json()["error"]
    assert (reply.status, error["code"]) == (status, code)
    assert words in error["message"] + error["hint"]


def test_a_provider_without_conditions_knows_no_keys():
    client = FaultClient("smartlead").open()
    reply = client.control("GET", "timeline", query="sequence=1&lead=emailsOpened")
    assert reply.status == 400
    assert "have none" in reply.json()["error"]["hint"]


def test_the_only_sequence_needs_no_name():
    client = FaultClient("smartlead").open()
    assert client.control("GET", "timeline").json()["sequence"] == "1"


def test_a_timeline_changes_nothing(client):
    build(client, INVITED)
    assert timeline(client) == timeline(client)
    assert client.steps()[0]["type"] == "linkedinVisit"


def test_keys_may_stand_with_spaces_and_empty_ones_are_none(client):
    told = timeline(client, lead="emailsOpened,%20linkedinInviteAccepted,,")
    assert told["lead"] == ["emailsOpened", "linkedinInviteAccepted"]


# Plans by hand


def plan(**sequences):
    return Plan({name: lambda steps=steps: iter(steps) for name, steps in sequences.items()}, ("main",), ("a", "b"))


def step(name, delay=0.0, **more):
    return Step(name, "email", name, delay, **more)


def parts(name, *branches):
    return Step(name, "conditional", "", 0.0, branches=tuple(branches))


def test_a_walk_is_bounded():
    asked = []

    def many():
        for number in count():
            asked.append(number)
            yield step(f"s{number}", DAY)

    told = walk(Plan({"main": many}, ("main",)), "main", ())
    assert max(asked) == MAX_TIMELINE_STEPS
    assert len(told.entries) == MAX_TIMELINE_STEPS
    assert [note.partition(";")[0] for note in told.notes] == [
        "The timeline ends after 10,000 steps",
        "More than 10,000 steps: which of them nobody reaches is not told.",
    ]
    assert told.unreachable == []


def test_nothing_is_due_after_the_end_of_time():
    told = walk(plan(main=[step("s", 1e299)]), "main", ())
    assert told.entries == []
    assert "9998" in told.notes[-1]
    told = walk(plan(main=[parts("c", Branch("x", "a", 1e308), Branch("z"))], z=[parts("d")]), "main", (), AT)
    assert [entry.step.id for entry in told.entries] == ["c"]


def test_the_first_branch_whose_key_comes_true_is_taken():
    both = parts("c", Branch("x", "a", DAY), Branch("y", "b", 2 * DAY), Branch("z"))
    told = walk(plan(main=[both], x=[step("in x")], y=[step("in y")], z=[step("in z")]), "main", ("a", "b"))
    assert [entry.step.id for entry in told.entries] == ["c", "in x"]


def test_where_no_key_comes_true_the_longest_wait_counts():
    both = parts("c", Branch("x", "a", DAY), Branch("y", "b", 2 * DAY), Branch("z"))
    told = walk(plan(main=[both], x=[], y=[], z=[step("in z")]), "main", ())
    assert told.entries[-1].after == 2 * DAY


def test_a_branch_that_was_not_read_ends_the_timeline():
    told = walk(plan(main=[parts("c", Branch("x", "a", DAY), Branch("z"))]), "main", ())
    assert told.notes == ["no a within 1 day: the sequence z is not in what was read; the timeline ends here."]


def test_branches_that_lead_back_are_a_loop_for_both_questions():
    told = walk(plan(main=[parts("c", Branch("main", "a", 0.0), Branch("main"))]), "main", ("a",))
    assert len(told.entries) == 1
    assert "a loop" in told.notes[-1]


def test_a_step_with_a_date_is_due_then_or_at_once_where_it_has_passed():
    dated = plan(main=[step("late", date=AT + 3 * DAY), step("early", date=AT - DAY), step("next", DAY)])
    told = walk(dated, "main", (), AT)
    assert [entry.after for entry in told.entries] == [3 * DAY, 3 * DAY, 4 * DAY]
    assert [entry.confidence for entry in told.entries] == ["documented", "assumed", "documented"]


def test_without_a_start_a_date_is_at_once():
    [entry] = walk(plan(main=[step("dated", date=AT)]), "main", ()).entries
    assert (entry.after, entry.confidence) == (0.0, "assumed")
    assert "not known" in entry.reason


def test_a_delay_below_zero_does_not_turn_back_time():
    told = walk(plan(main=[step("s", DAY), step("t", -DAY)]), "main", ())
    assert [entry.after for entry in told.entries] == [DAY, DAY]


def test_a_branch_that_one_way_shuts_and_another_opens_is_reachable():
    twice = plan(
        main=[parts("c", Branch("x", "a", 0.0), Branch("y"))],
        x=[Step("send", "s", "", 0.0, sends_to="z")],
        y=[Step("send", "s", "", 0.0, sends_to="z")],
        z=[parts("d", Branch("p", "a", 0.0), Branch("q"))],
        p=[],
        q=[],
    )
    assert walk(twice, "main", ()).unreachable == []
