"""The journal of a world, over the control plane: filters, pages, counts, and what reached no world."""

import json
from threading import Thread

import pytest
from control_client import ControlClient
from drives import Caller, callers, drive
from stepmock.contracts import providers
from stepmock.contracts.limits import JOURNAL_PAGE, MAX_JOURNAL_ENTRIES, MAX_JOURNAL_PAGE
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.mock_server.clock import FrozenClock

SEQUENCE = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


@pytest.fixture
def emulator():
    return Emulator(Settings(rate_limit=False, clock=FrozenClock(1_700_000_000)))


@pytest.fixture
def call(emulator):
    return Caller(emulator, "lemlist")


@pytest.fixture
def ask(emulator, call):
    return ControlClient(emulator, f"worlds/{call.world}/")


@pytest.fixture
def traffic(call):
    """Seven requests: two good steps, two bad ones, a listing, a path and a method that no operation has."""
    call("POST", SEQUENCE, {"type": "linkedinVisit"})
    call("POST", SEQUENCE, {"type": "email", "delay": -1})
    call("POST", SEQUENCE, {"type": "phone", "delay": -1})
    call("GET", "/campaigns", query="version=v2")
    call("POST", "/sequence/seq_lkCSKd32qSZZTe5Ru/step", {"type": "email"})
    call("PUT", f"{SEQUENCE}/stp_1", {"type": "email"})
    call("POST", SEQUENCE, {"type": "phone"})


def numbers(reply):
    return [entry["number"] for entry in reply["entries"]]


@pytest.mark.parametrize(("query", "expected"), [
    ("", [1, 2, 3, 4, 5, 6, 7]),
    ("operation=addStep", [1, 2, 3, 7]),
    ("operation=", [5, 6]),
    ("operation=deleteStep", []),
    ("method=get", [4]),
    ("method=PUT", [6]),
    ("status=200", [1, 4, 7]),
    ("status=4xx", [2, 3, 5, 6]),
    ("status=405", [6]),
    ("status=5xx", []),
    ("rule=LEM022", [2, 3]),
    ("type=phone", [3, 7]),
    ("type=email", [2]),
    ("since=5", [6, 7]),
    ("since=99", []),
    ("status=0", []),
    ("fault=lost-reply", []),
    ("fault=LINKEDIN_MEDIA_TIMEOUT", []),
    ("fault=", [1, 2, 3, 4, 5, 6, 7]),
    ("operation=addStep&status=4xx&type=phone", [3]),
])  # fmt: skip
def test_a_filter_leaves_what_it_names(ask, traffic, query, expected):
    assert numbers(ask.get(f"journal?{query}")) == expected
    assert ask.get(f"journal/count?{query}")["count"] == len(expected)


def test_entries_are_found_by_the_fault_that_came_over_them(ask, call):
    call("GET", "/team")
    faults = [{"fault": "lost-reply"}, {"status": 503, "body": "x"}, {"fault": "latency", "clock_latency": 1}]
    ask("POST", "faults", [{**fault, "operation": "addStep", "nth": number} for number, fault in enumerate(faults, 1)])
    for title in "abcd":
        call("POST", SEQUENCE, {"type": "manual", "title": title})
    found = {
        name: numbers(ask.get(f"journal?fault={name}"))
        for name in ("lost-reply", "status", "latency", "lost-request", "")
    }
    assert found == {"lost-reply": [2], "status": [3], "latency": [4], "lost-request": [], "": [1, 5]}


def test_the_kind_of_a_payload_is_known_in_every_spelling_and_at_any_depth(emulator):
    saleshandy, supaglue = Caller(emulator, "saleshandy"), Caller(emulator, "supaglue")
    saleshandy("POST", "/sequences/JA5YdAr9wy/steps", {"type": 1})
    saleshandy("POST", "/sequences/JA5YdAr9wy/steps", {"type": "Email"})
    steps = [{"type": "call"}, {"type": "task"}]
    supaglue("POST", "/sequences", {"record": {"name": "n", "type": "team", "steps": steps}})
    for kind in ("1", "Email"):
        assert numbers(ControlClient(emulator).get(f"worlds/{saleshandy.world}/journal?type={kind}")) == [1, 2]
    for kind, expected in (("task", [1]), ("call", [1]), ("auto_email", [])):
        assert numbers(ControlClient(emulator).get(f"worlds/{supaglue.world}/journal?type={kind}")) == expected


def test_the_counts_are_those_of_the_entries(ask, traffic):
    assert ask.get("journal/count") == {
        "count": 7,
        "operations": {"addStep": 4, "listCampaigns": 1, "": 2},
        "statuses": {"200": 3, "400": 2, "404": 1, "405": 1},
        "rules": {"LEM022": 2, "LEM030": 1, "LEM040": 1},
        "dropped": 0,
    }
    assert ask.get("journal/count?operation=addStep&status=400")["statuses"] == {"400": 2}


@pytest.mark.parametrize(("query", "part"), [
    ("operaton=addStep", 'Did you mean "operation"?'),
    ("operation=addSteps", 'Did you mean "addStep"?'),
    ("rule=LEM0222", 'Did you mean "LEM022"?'),
    ("type=emial", 'Did you mean "email"?'),
    ("type=", "There is no type ''."),
    ("rule=", "There is no rule ''."),
    ("method=GTE", 'Did you mean "GET"?'),
    ("method=", "There is no method ''."),
    ("fault=nope", "There is no fault 'nope'. Known are latency, lost-request,"),
    ("fault=lost-repy", 'Did you mean "lost-reply"?'),
    ("fault=Status", 'Did you mean "status"?'),
    ("status=00", "status cannot be"),
    ("status=4x", "status cannot be"),
    ("status=700", "status cannot be"),
    ("status=", "status cannot be"),
    ("since=-1", "since cannot be"),
    ("since=1e3", "since cannot be"),
    ("since=" + "9" * 5000, "since cannot be"),
    ("limit=0", "limit cannot be"),
    (f"limit={MAX_JOURNAL_PAGE + 1}", "limit cannot be"),
    ("limit=\u0663", "limit cannot be"),
    ("next=x", "next cannot be"),
    ("next=8", "The world was reset"),
    ("operation=addStep&operation=updateStep", "twice"),
    ("%00=1", "There is no argument"),
])  # fmt: skip
def test_a_query_that_cannot_be_meant_is_refused_and_says_why(ask, traffic, query, part):
    status, error = ask.refusal("GET", f"journal?{query}")
    assert (status, error["code"]) == (400, "bad_request")
    assert part in f"{error['message']} {error['hint']}"


@pytest.mark.parametrize("path", ["journal/count", "journal.har"])
def test_every_view_of_the_journal_refuses_the_same_filters(ask, traffic, path):
    assert ask.refusal("GET", f"{path}?fault=nope")[0] == 400


def test_a_value_that_some_request_had_is_a_filter_whatever_it_is(ask, call):
    call("POST", SEQUENCE, {"type": "emial"})
    call("PROPFIND", SEQUENCE)
    assert numbers(ask.get("journal?type=emial")) == [1]
    assert numbers(ask.get("journal?method=propfind")) == [2]
    assert ask("DELETE", "journal").status == 204
    assert ask.refusal("GET", "journal?type=emial")[0] == 400


def test_requests_without_a_reply_are_found_by_status_0(ask, call):
    call("GET", "/team")
    ask("POST", "faults", [{"fault": "lost-request"}])
    call("GET", "/team")
    assert numbers(ask.get("journal?status=0")) == [2]


@pytest.mark.parametrize(("provider", "query", "known"), [
    ("saleshandy", "type=Emial", 'Did you mean "Email"?'), ("supaglue", "type=cal", 'Did you mean "call"?'),
    ("smartlead", "type=EMIAL", 'Did you mean "EMAIL"?'), ("smartlead", "fault=rate_limited", "rate-limited"),
])  # fmt: skip
def test_every_provider_knows_its_kinds_and_faults(emulator, provider, query, known):
    call = Caller(emulator, provider)
    call("GET", "/nowhere")
    status, error = ControlClient(emulator, f"worlds/{call.world}/").refusal("GET", f"journal?{query}")
    assert status == 400
    assert known in error["message"]


def test_count_and_har_take_no_pages(ask, traffic):
    for path in ("journal/count", "journal.har"):
        assert ask.refusal("GET", f"{path}?limit=1")[0] == 400


def test_pages_join_to_the_whole_while_requests_keep_coming(ask, call):
    for _ in range(JOURNAL_PAGE + 1):
        call("GET", "/team")
    found, page = [], ask.get("journal")
    assert len(page["entries"]) == JOURNAL_PAGE
    page = ask.get("journal?limit=7")
    while page["next"] is not None:
        found += numbers(page)
        if len(found) < 50:
            call("GET", "/team")
        page = ask.get(f"journal?limit=7&next={page['next']}")
    found += numbers(page)
    assert found == list(range(1, len(found) + 1))
    assert len(found) == JOURNAL_PAGE + 1 + 7


def test_pages_of_a_filtered_journal_hold_what_the_filter_leaves(ask, traffic):
    first = ask.get("journal?operation=addStep&limit=2")
    assert (numbers(first), first["next"]) == ([1, 2], "2")
    second = ask.get("journal?operation=addStep&limit=2&next=2")
    assert (numbers(second), second["next"]) == ([3, 7], None)


def test_pages_are_whole_under_requests_of_many_threads(ask, call):
    def send():
        for _ in range(60):
            call("GET", "/team")

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    found, after = [], 0
    while any(thread.is_alive() for thread in threads) or ask.get(f"journal?since={after}")["entries"]:
        page = ask.get(f"journal?limit=5&since={after}")
        found += numbers(page)
        after = found[-1] if found else 0
    for thread in threads:
        thread.join()
    assert found == list(range(1, 241))


def test_what_fell_off_the_ring_is_told(ask, call):
    for _ in range(MAX_JOURNAL_ENTRIES + 30):
        call("GET", "/team")
    page = ask.get("journal?limit=1")
    assert (numbers(page), page["dropped"], page["next"]) == ([31], 30, "31")
    assert ask.get("journal?next=20&limit=1")["dropped"] == 10
    assert ask.get("journal?next=30&limit=1")["dropped"] == 0
    assert ask.get("journal/count")["dropped"] == 30
    assert "30 older requests" in ask.get("journal.har")["log"]["comment"]


def test_a_cleared_journal_is_empty_and_counts_on(ask, call, traffic):
    assert ask("DELETE", "journal").status == 204
    assert ask.get("journal") == {"entries": [], "next": None, "dropped": 0}
    call("GET", "/team")
    assert numbers(ask.get("journal")) == [8]
    assert ask.get("journal")["dropped"] == 0


def test_a_filter_does_not_clear_a_part(ask, traffic):
    assert ask.refusal("DELETE", "journal?status=4xx")[0] == 400
    assert len(ask.get("journal")["entries"]) == 7


def test_a_request_to_no_operation_names_the_nearest(ask, traffic):
    found = {entry["number"]: entry["nearest"] for entry in ask.get("journal")["entries"]}
    steps = "/sequences/{sequenceId}/steps"
    assert found.pop(5) == {"provider": "lemlist", "operation": "addStep", "method": "POST", "path": steps}
    assert found.pop(6)["operation"] == "updateStep"
    assert set(found.values()) == {None}


# What reached no world


def test_what_reached_no_world_is_in_the_journal_of_the_server(emulator):
    ask = ControlClient(emulator)
    Caller(emulator, "lemlist", "invalid-very-secret")("POST", SEQUENCE, {"type": "email"})
    emulator.handle(Request("GET", "/smartlead/api/v1/campaigns", "api_key=invalid-very-secret"))
    emulator.handle(Request("POST", "/lemlist/sequences/x/steps", "", {"host": "localhost:1"}, b"{}"))
    emulator.handle(Request("GET", "/favicon.ico"))
    emulator.handle(Request("GET", "/_stepmock/nothing"))
    reply = ask.get("journal")
    found = [(entry["number"], entry["provider"], entry["operation"]) for entry in reply["entries"]]
    assert found == [(1, "lemlist", "addStep"), (2, "smartlead", "listCampaigns"), (3, "", ""), (4, "", "")]
    assert [entry["response"]["status"] for entry in reply["entries"]] == [401, 401, 404, 404]
    assert [entry["nearest"] and entry["nearest"]["operation"] for entry in reply["entries"]] == [
        None, None, "addStep", None
    ]  # fmt: skip
    assert "very-secret" not in json.dumps(reply)
    assert numbers(ask.get("journal?status=401&method=GET")) == [2]
    assert numbers(ask.get("journal?operation=createStep")) == []
    assert ask.refusal("GET", "journal?operation=nothing")[0] == 400
    assert ask.get("journal/count")["statuses"] == {"401": 2, "404": 2}
    assert len(ask.get("journal.har")["log"]["entries"]) == 4
    assert ask("DELETE", "journal").status == 204
    assert ask.get("journal")["entries"] == []
    assert ask("POST", "journal").status == 405


def test_a_reply_that_no_provider_gives_names_the_nearest_operation(emulator):
    reply = emulator.handle(Request("POST", "/lemlist/sequences/x/steps"))
    assert reply.json()["error"]["hint"].endswith("POST /lemlist/api/sequences/{sequenceId}/steps.")


def test_the_journal_of_the_server_is_bounded(emulator):
    for _ in range(MAX_JOURNAL_ENTRIES + 5):
        emulator.handle(Request("GET", "/nothing"))
    assert ControlClient(emulator).get("journal?limit=1")["dropped"] == 5


@pytest.mark.parametrize("provider", providers())
def test_every_entry_names_its_provider(emulator, provider):
    for each in callers(emulator, provider):
        drive(each)
        reply = ControlClient(emulator).get(f"worlds/{each.world}/journal?limit=1000")
        assert {entry["provider"] for entry in reply["entries"]} == {provider}


def test_a_world_that_is_not_there_has_no_journal(emulator):
    ask = ControlClient(emulator, "worlds/0123456789abcdef/")
    for method, path in (("GET", "journal"), ("DELETE", "journal"), ("POST", "journal/assert"), ("GET", "journal.har")):
        assert ask.refusal(method, path)[0] == 404
