"""What a unified call stands for at Apollo, Outreach and Salesloft."""

import pytest
from stepmock.mock_server.providers.supaglue.downstream import apollo_wait
from stepmock.mock_server.providers.supaglue.javascript import as_javascript, camel_case
from supaglue_client import APOLLO, DOCS, MAIL, NORMAL, OUTREACH, SALESLOFT, STEPS, Client

# Salesloft


def test_of_several_bad_steps_salesloft_tells_the_first_step(connect):
    steps = [{"type": "call"}, {"type": "linkedin_send_message"}, {"type": "call", "date": "d"}]
    reply = connect("salesloft").post("/sequences", {"name": "n", "type": "team", "steps": steps})
    assert [item["title"] for item in reply.errors] == [
        "LinkedIn steps are not currently supported for Salesloft sequences"
    ]
    assert (set(reply.errors[0]), reply.errors[0]["code"]) == (NORMAL, "BAD_REQUEST")


def test_a_salesloft_email_is_an_automated_group_of_its_day(connect):
    client = connect("salesloft")
    record = {
        "type": "auto_email", "name": "First", "task_note": "warm", "interval_seconds": 172800, "order": 3,
        "template": {**MAIL, "name": "T", "to": ["x"]}, "custom_fields": {"a_b": {"c_d": 1}},
    }  # fmt: skip
    client.created(STEPS, record)
    email = {"title": "T", "subject": "s", "body": "b"}
    group = {
        "day": 3, "automated": True, "automated_settings": {"send_type": "after_time_delay", "delay_time": 0},
        "due_immediately": False, "reference_id": 3,
        "steps": [
            {"enabled": True, "type": "Email", "name": "First: warm", "type_settings": {"email_template": email}}
        ],
    }  # fmt: skip
    content = {"cadence_id": 258, "step_groups": [group], "a_b": {"c_d": 1}}
    assert client.downstream() == [("POST", f"{SALESLOFT}/cadence_imports", {"cadence_content": content})]


@pytest.mark.parametrize(
    ("record", "kind", "name", "instructions"),
    [
        ({"type": "call"}, "Phone", "Step undefined", ""),
        ({"type": "call", "task_note": "n", "order": 2}, "Phone", "Step 2", "n"),
        ({"type": "task", "task_note": "n", "name": "N"}, "Other", "N", "task: n"),
        ({"type": "manual_email"}, "Other", "Step undefined", "manual_email: "),
    ],
)
def test_a_salesloft_step_that_is_no_email_carries_instructions(connect, record, kind, name, instructions):
    client = connect("salesloft")
    client.created(STEPS, record)
    [group] = client.downstream()[0][2]["cadence_content"]["step_groups"]
    assert group["steps"] == [
        {"enabled": True, "type": kind, "name": name, "type_settings": {"instructions": instructions}}
    ]
    assert (group["day"], group["automated"], group["reference_id"]) == (1, False, record.get("order"))
    assert "automated_settings" not in group


def test_the_intervals_of_a_salesloft_sequence_add_up_to_days(connect):
    client = connect("salesloft")
    steps = [{"type": "call", "interval_seconds": 86400}, {"type": "task", "interval_seconds": 172800}]
    custom = {"settings": {"target_daily_people": 5}, "sharing_settings": {"shared": False}, "extra": 1}
    client.created("/sequences", {"name": "n", "type": "private", "steps": steps, "custom_fields": custom})
    [(method, url, body)] = client.downstream()
    assert (method, url) == ("POST", f"{SALESLOFT}/cadence_imports")
    assert [(group["day"], group["reference_id"]) for group in body["cadence_content"]["step_groups"]] == [
        (2, 1),
        (4, 2),
    ]
    assert body["settings"] == {
        "name": "n", "target_daily_people": 5, "cadence_function": "outbound", "remove_bounced": True,
        "remove_replied": True, "external_identifier": None,
    }  # fmt: skip
    assert (body["sharing_settings"], body["extra"]) == ({"team_cadence": False, "shared": False}, 1)


def test_a_salesloft_cadence_takes_one_step_and_answers_with_its_own_id_where_it_is_observed(profile):
    client = Client(profile, "salesloft")
    first, second = client.post(STEPS, {"type": "call"}), client.post(STEPS, {"type": "task"})
    if profile == "documented":
        assert [reply.status for reply in (first, second)] == [201, 201]
        assert [step["id"] for step in client.read()["steps"]] == [r.body["record"]["id"] for r in (first, second)]
    else:
        assert first.body == {"record": {"id": DOCS}}
        item = second.errors[0]
        assert (second.status, item["status"], item["meta"]) == (500, "400", {"origin": "remote-provider"})
        assert [len(client.read()["steps"]), len(client.downstream())] == [1, 1]


def test_a_salesloft_step_cannot_be_updated(connect):
    reply = connect("salesloft").send("PATCH", f"{STEPS}/1", {"record": {}})
    assert (reply.status, reply.errors[0]["title"]) == (400, "Update not supported for common object sequence_step")


# Apollo


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (None, ("second", 0)), (0, ("second", 0)), (1.5, ("second", 0)), (59, ("second", 59)), (60, ("minute", 1)),
        (90, ("second", 90)), (5400, ("minute", 90)), (3600, ("hour", 1)), (86400, ("day", 1)), (90000, ("hour", 25)),
        (172800, ("day", 2)), (-86400, ("day", -1)), (-60, ("minute", -1)), (120.0, ("minute", 2)),
    ],
)  # fmt: skip
def test_apollo_waits_in_the_largest_unit_that_divides_evenly(interval, expected):
    assert apollo_wait(interval) == expected


# Create sequence step, the table of types
@pytest.mark.parametrize(
    ("unified", "apollo"),
    [
        ("auto_email", "auto_email"), ("manual_email", "manual_email"), ("call", "call"), ("task", "action_item"),
        ("linkedin_send_message", {"documented": "linkedin_send_message", "observed": "linkedin_step_message"}),
    ],
)  # fmt: skip
def test_apollo_has_its_own_names_of_types(profile, unified, apollo):
    client = Client(profile)
    client.created(STEPS, {"type": unified})
    assert client.downstream()[0][2]["type"] == (apollo if isinstance(apollo, str) else apollo[profile])


def test_an_apollo_email_is_a_step_and_a_touch(connect):
    client = connect()
    record = {"type": "auto_email", "interval_seconds": 7200, "date": "2023-01-01", "task_note": "n", "is_reply": True,
              "order": 4, "name": "dropped", "template": {**MAIL, "to": ["x"]},
              "custom_fields": {"wait_time": 9, "my_key": {"in_ner": 1}}}  # fmt: skip
    name = client.created(STEPS, record)
    (post, posted, step), (put, url, touch) = client.downstream()
    assert (post, posted) == ("POST", f"{APOLLO}/emailer_steps")
    assert step == {
        "emailer_campaign_id": DOCS, "position": 4, "type": "auto_email", "wait_mode": "hour", "wait_time": 9,
        "exact_datetime": "2023-01-01", "note": "n", "my_key": {"in_ner": 1},
    }  # fmt: skip
    assert (put, url) == ("PUT", f"{APOLLO}/emailer_touches/{touch['id']}")
    template = touch.pop("emailer_template")
    assert {**template, "id": ""} == {"id": "", "subject": "s", "body_html": "b"}
    assert {**touch, "id": ""} == {"id": "", "emailer_step_id": name, "type": "reply_to_thread"}


def test_an_apollo_template_by_id_is_named_and_calls_and_tasks_have_no_touch(connect):
    client = connect()
    client.created(STEPS, {"type": "manual_email", "template": {"id": "t1"}})
    client.created(STEPS, {"type": "call"})
    client.created(STEPS, {"type": "task"})
    sent = client.downstream()
    assert [(method, body.get("position")) for method, _, body in sent] == [
        ("POST", 1), ("PUT", None), ("POST", 1), ("POST", 1)
    ]  # fmt: skip
    assert (sent[1][2]["emailer_template"], sent[1][2]["type"]) == ({"id": "t1"}, "new_thread")


def test_an_apollo_sequence_comes_first_and_its_steps_follow_in_order(connect):
    client = connect()
    steps = [{"type": "call", "order": 7, "custom_fields": {"snake_key": {"deep_key": [{"a_b": 1}]}}}, {"type": "task"}]
    name = client.created("/sequences", {"name": "n", "type": "team", "tags": ["l1"], "owner_id": "u", "steps": steps,
                                         "custom_fields": {"kept_key": 1}})  # fmt: skip
    sent = client.downstream()
    assert sent[0] == (
        "POST",
        f"{APOLLO}/emailer_campaigns",
        {
            "name": "n",
            "permissions": "team_can_use",
            "active": True,
            "label_ids": ["l1"],
            "user_id": "u",
            "kept_key": 1,
        },
    )
    assert [(body["emailer_campaign_id"], body["position"]) for _, _, body in sent[1:]] == [(name, 1), (name, 2)]
    assert sent[1][2]["snakeKey"] == {"deepKey": [{"aB": 1}]}


def test_a_private_apollo_sequence_is_private(connect):
    client = connect()
    client.created("/sequences", {"name": "n", "type": "private"})
    assert client.downstream()[0][2] == {"name": "n", "permissions": "private", "active": True}


# Outreach


def test_an_outreach_step_with_content_is_three_requests(connect):
    client = connect("outreach")
    template = {**MAIL, "name": "T", "to": ["a"], "cc": ["b"], "bcc": ["c"], "custom_fields": {"share_type": "x"}}
    record = {"type": "auto_email", "interval_seconds": 60, "task_note": "n", "is_reply": True, "order": 2,
              "template": template, "custom_fields": {"my_key": 1, "stepType": "mine"}}  # fmt: skip
    name = client.created(STEPS, record)
    urls = [(method, url) for method, url, _ in client.downstream()]
    assert urls == [("POST", f"{OUTREACH}/{path}") for path in ("templates", "sequenceSteps", "sequenceTemplates")]
    made, step, link = (body["data"] for _, _, body in client.downstream())
    assert made == {"type": "template", "attributes": {
        "name": "T", "bodyHtml": "b", "subject": "s", "toRecipients": ["a"], "ccRecipients": ["b"],
        "bccRecipients": ["c"], "shareType": "x"}}  # fmt: skip
    assert step == {
        "type": "sequenceStep",
        "attributes": {"interval": 60, "stepType": "mine", "taskNote": "n", "order": 2, "my_key": 1},
        "relationships": {"sequence": {"data": {"id": 258, "type": "sequence"}}},
    }
    assert (link["type"], link["attributes"]) == ("sequenceTemplate", {"isReply": True})
    assert link["relationships"]["sequenceStep"] == {"data": {"id": int(name), "type": "sequenceStep"}}
    assert link["relationships"]["template"]["data"]["type"] == "template"


@pytest.mark.parametrize(
    ("record", "attributes"),
    [
        ({"type": "call"}, {"interval": 0, "stepType": "call", "order": 0}),
        ({"type": "task", "interval_seconds": 0}, {"interval": 0, "stepType": "task", "order": 0}),
        ({"type": "task", "date": "d"}, {"date": "d", "stepType": "task", "order": 0}),
        (
            {"type": "call", "date": "d", "interval_seconds": 5},
            {"interval": 5, "date": "d", "stepType": "call", "order": 0},
        ),
    ],
)
def test_an_outreach_step_by_template_id_is_two_requests_with_an_interval(connect, record, attributes):
    client = connect("outreach")
    client.created(STEPS, {**record, "template": {"id": "12"}})
    (_, _, step), (_, _, link) = client.downstream()
    assert step["data"]["attributes"] == attributes
    assert link["data"]["relationships"]["template"] == {"data": {"id": 12, "type": "template"}}


def test_an_outreach_sequence_names_its_owner_and_not_its_type(connect):
    client = connect("outreach")
    steps = [{"type": "call", "order": 9, "template": {"id": "1"}}, {"type": "task", "template": {"id": "2"}}]
    name = client.created("/sequences", {"name": "n", "type": "team", "tags": ["t"], "owner_id": "17", "steps": steps})
    sent = [body["data"] for _, _, body in client.downstream()]
    assert sent[0] == {
        "type": "sequence", "attributes": {"name": "n", "tags": ["t"]},
        "relationships": {"owner": {"data": {"id": 17, "type": "user"}}},
    }  # fmt: skip
    placed = [data for data in sent if data["type"] == "sequenceStep"]
    assert [data["attributes"]["order"] for data in placed] == [1, 2]
    assert {data["relationships"]["sequence"]["data"]["id"] for data in placed} == {int(name)}


@pytest.mark.parametrize("kind", ["auto_email", "manual_email", "call", "task", "linkedin_send_message"])
def test_an_outreach_step_without_a_template_fails_where_it_is_observed(profile, kind):
    client = Client(profile, "outreach")
    reply = client.post(STEPS, {"type": kind})
    if profile == "documented":
        assert (reply.status, len(client.downstream())) == (201, 1)
    else:
        item = reply.errors[0]
        assert (reply.status, item["title"], item["status"]) == (500, "Internal Server Error", "500")
        assert item["detail"] == "Cannot read properties of undefined (reading 'id')"
        assert (client.downstream(), client.read()["steps"]) == ([], [])


# Values as JavaScript has them


@pytest.mark.parametrize(("name", "expected"), [
    ("a", "a"), ("snake_key", "snakeKey"), ("a_b_c", "aBC"), ("_a_b", "aB"), ("a__b", "aB"), ("a_", "a"), ("", ""),
    ("already", "already"), ("alreadyCamel", "alreadyCamel"), ("kebab-key", "kebabKey"), ("x.y z", "xYZ"),
])  # fmt: skip
def test_keys_become_camel_case(name, expected):
    assert camel_case(name) == expected


@pytest.mark.parametrize(("value", "expected"), [
    (2.0, 2), (2.5, 2.5), (10**400, None), (1e300, 1e300), (2**60, float(2**60)), (True, True),
    ([1.0, {"a": 3.0}], [1, {"a": 3}]),
])  # fmt: skip
def test_numbers_are_those_of_javascript(value, expected):
    assert as_javascript(value) == expected
    assert type(as_javascript(value)) is type(expected)
