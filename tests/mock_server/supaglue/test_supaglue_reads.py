"""Updates of Supaglue steps, and sequences as they are read."""

import pytest
from supaglue_client import APOLLO, DOCS, MAIL, OUTREACH, STEPS, VALIDATION, Client


@pytest.mark.parametrize("name", ["apollo", "outreach"])
def test_an_update_changes_the_template_and_answers_with_nothing(connect, name):
    client = connect(name)
    made = client.created(STEPS, {"type": "auto_email", "template": MAIL})
    before = len(client.downstream())
    change = {"template": {"body": "new"}, "custom_fields": {"snake_key": 1}}
    reply = client.send("PATCH", f"{STEPS}/{made}", {"record": change})
    assert (reply.status, reply.body) == (200, {})
    assert client.read()["steps"][0]["template"] == {"subject": "s", "body": "new"}
    [(method, url, body)] = client.downstream()[before:]
    if name == "apollo":
        assert (method, url) == ("PUT", f"{APOLLO}/emailer_touches/{body['id']}")
        assert (body["emailer_template"]["body_html"], body["snake_key"]) == ("new", 1)
    else:
        assert (method, url) == ("PATCH", f"{OUTREACH}/templates/{body['data']['id']}")
        assert body["data"]["attributes"] == {"bodyHtml": "new", "snake_key": 1}


def test_a_step_without_a_template_cannot_be_updated():
    apollo, outreach = Client(), Client(provider="outreach")
    for client, title in (
        (apollo, "Unable to find sequence step touch/template {} in Apollo"),
        (outreach, "Sequence step {} does not have a template"),
    ):
        for name in (client.created(STEPS, {"type": "call"}), "nowhere"):
            reply = client.send("PATCH", f"{STEPS}/{name}", {"record": {}})
            assert (reply.status, reply.errors[0]["title"]) == (404, title.format(name))


def test_a_sequence_is_read_without_a_wrapper_and_its_steps_as_they_were_sent():
    client = Client()
    step = {"type": "auto_email", "name": "N", "interval_seconds": 60, "date": "d", "template": MAIL, "is_reply": True,
            "order": 2, "task_note": "n"}  # fmt: skip
    name = client.created("/sequences", {"name": "n", "type": "private", "tags": ["t"], "owner_id": "o",
                                         "steps": [step, {"type": "call"}]})  # fmt: skip
    read = client.read(name)
    assert (read["id"], read["name"], read["share_type"], read["tags"], read["owner_id"], read["num_steps"]) == (
        name, "n", "private", ["t"], "o", 2
    )  # fmt: skip
    first, second = read["steps"]
    assert {key: first[key] for key in step} == step
    assert (second["interval_seconds"], second["type"], len(second["id"])) == (0, "call", 24)


def test_apollo_is_read_back_with_intervals_added_up_where_it_is_observed():
    client = Client("observed")
    steps = [{"type": "call", "interval_seconds": 60, "order": 1, "is_reply": True, "name": "N"}] * 2
    name = client.created("/sequences", {"name": "n", "type": "team", "steps": steps})
    read = client.read(name)["steps"]
    assert [step["interval_seconds"] for step in read] == [60, 120]
    assert not {"order", "is_reply", "name"} & set(read[0])


def test_salesloft_is_read_back_as_it_maps_steps_where_it_is_observed():
    client = Client("observed", "salesloft")
    steps = [
        {"type": "auto_email", "interval_seconds": 86400, "template": {**MAIL, "name": "T"}},
        {"type": "call", "interval_seconds": 86400, "task_note": "n"},
        {"type": "manual_email", "task_note": "n"},
    ]
    name = client.created("/sequences", {"name": "n", "type": "team", "tags": ["t"], "owner_id": "o", "steps": steps})
    read = client.read(name)
    assert (read["tags"], read["owner_id"]) == ([], None)
    assert read["steps"] == [
        {"type": "auto_email", "name": "Step 1", "interval_seconds": 86400, "template": {**MAIL, "name": "T"}},
        {"type": "call", "interval_seconds": 172800, "name": "Step 2", "task_note": "n"},
        {"type": "task", "name": "Step 3", "task_note": "manual_email: n"},
    ]


def test_warnings_are_told_only_where_they_are_documented(profile):
    body = Client(profile).post(STEPS, {"type": "call", "name": "N"}).body
    assert [set(item) for item in body.get("warnings", [])] == {
        "documented": [{"title", "detail", "problem_type"}], "observed": []
    }[profile]  # fmt: skip
    assert "warnings" not in Client(profile).post(STEPS, {"type": "call"}).body


def test_pages_go_forward_and_back(connect, provider):
    client = connect(provider)
    names = [DOCS, *(client.created("/sequences", {"name": str(n), "type": "team"}) for n in range(4))]

    def page(query):
        body = client.send("GET", "/sequences", query=query).body
        assert "steps" not in body["records"][0]
        return [record["id"] for record in body["records"]], body["pagination"]

    first, marks = page("page_size=2")
    assert (first, marks["previous"], marks["total_count"]) == (names[:2], None, 5)
    second, marks = page(f"page_size=2&cursor={marks['next']}")
    third, last = page(f"page_size=2&cursor={marks['next']}")
    assert (second, third, last["next"]) == (names[2:4], names[4:], None)
    assert page(f"page_size=2&cursor={last['previous']}")[0] == names[2:4]
    assert page(f"page_size=2&cursor={marks['previous']}")[0] == names[:2]
    assert page("")[0] == names
    assert page("modified_after=2023-01-01T00:00:00Z")[0] == names[1:]


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0", "page_size=1001", "page_size=x", "page_size=1.5", "page_size=", "cursor=x", "cursor=%00%ff",
        "cursor=W10=", "cursor=eyJpZCI6ICJ4In0=", "cursor=" + "W" * 40000, "modified_after=yesterday",
        "include_raw_data=1", "read_from_cache=TRUE", "modified_after=" + "9" * 5000,
    ],
)  # fmt: skip
def test_a_parameter_that_does_not_fit_is_refused(connect, query):
    reply = connect().send("GET", "/sequences", query=query)
    assert (reply.status, set(reply.errors[0])) == (400, VALIDATION)
    assert reply.errors[0]["source"]["pointer"] == f"/query/{query.partition('=')[0]}"


def test_raw_data_is_shown_where_it_is_asked_for(connect):
    client = connect()
    assert client.send("GET", f"/sequences/{DOCS}", query="include_raw_data=true").body["raw_data"] == {}
    assert "raw_data" not in client.send("GET", f"/sequences/{DOCS}", query="include_raw_data=false").body
