"""The fixtures of the providers: fresh worlds, and what a test asks of them."""

import json

import pytest
from stepmock.contracts import load, providers
from stepmock.mock_server.control_client import ControlClient
from stepmock.mock_server.testing.worlds import WorldHandle

KEEPS_IDS = """
    def test_ids(lemlist):
        add(lemlist)
        print("id", lemlist.requests[0].reply_json["_id"], lemlist.api_key)
"""


def test_every_provider_has_a_fixture_whose_credential_is_let_in(run):
    paths = {
        "lemlist": "/campaigns/cam_docs0000000000000/sequences",
        "saleshandy": "/sequences/JA5YdAr9wy/steps",
        "supaglue": "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae",
        "smartlead": "/campaigns/1/sequences",
    }
    assert set(paths) == set(providers())
    run(
        f"""
        @pytest.mark.parametrize(("name", "path"), {list(paths.items())})
        def test_get(name, path, request):
            world = request.getfixturevalue(name)
            reply = requests.get(world.base_url + path, headers=world.headers, params=world.params)
            assert reply.status_code == 200
            assert reply.headers["X-Stepmock-World"] == world.id
            assert [entry.status for entry in world.requests] == [200]
            assert world.provider == name
        """
    ).assert_outcomes(passed=4)


def test_base_addresses_are_the_real_ones_and_no_socket_is_opened(run):
    hosts = {name: load(name).host for name in providers()}
    run(
        f"""
        import socket

        @pytest.fixture(autouse=True)
        def no_network(monkeypatch):
            def refuse(*args, **options):
                raise AssertionError("a socket was opened")
            monkeypatch.setattr(socket, "socket", refuse)
            monkeypatch.setattr(socket, "create_connection", refuse)
            monkeypatch.setattr(socket, "getaddrinfo", refuse)

        def test_hosts(lemlist, saleshandy, supaglue, smartlead):
            for world in (lemlist, saleshandy, supaglue, smartlead):
                assert world.base_url.startswith("https://" + {hosts}[world.provider] + "/")
            assert add(lemlist) == 200
        """
    ).assert_outcomes(passed=1)


def test_worlds_of_two_tests_never_meet(run):
    run(
        """
        @pytest.mark.parametrize("number", range(3))
        def test_alone(lemlist, number):
            assert lemlist.requests == []
            assert add(lemlist) == 200
            assert len(lemlist.requests) == 1
        """
    ).assert_outcomes(passed=3)


def test_a_test_gets_the_same_key_and_ids_in_every_run(run):
    printed = [
        [line for line in run(KEEPS_IDS, "-s", apart=apart).outlines if "id stp_" in line] for apart in (False, True)
    ]
    assert printed[0] == printed[1] != []


def test_requests_are_objects_with_their_bodies_as_json(run):
    run(
        """
        from datetime import UTC

        def test_read(lemlist):
            add(lemlist)
            add(lemlist, WRONG)
            first, second = lemlist.requests
            assert (first.number, first.method, first.operation, first.status) == (1, "POST", "addStep", 200)
            assert first.json == RIGHT
            assert first.reply_json["type"] == "email"
            assert first.at.tzinfo is UTC
            assert (first.rules, first.fault, first.nearest) == ((), None, "")
            assert second.rules == ("LEM022",)
            [broken] = second.violations
            assert (broken.severity, broken.pointer, broken.value) == ("error", "/delay", "5000")
            assert second.reply_json is None
            assert "delay" in second.reply_text
        """
    ).assert_outcomes(passed=1)


def test_what_was_called_is_asserted_with_a_near_miss(run):
    run(
        """
        def test_called(lemlist):
            add(lemlist)
            lemlist.assert_called("addStep")
            lemlist.assert_called("addStep", times=1, json={"subject": "Hi"}, status=200)
            lemlist.assert_not_called("updateStep")
            with pytest.raises(AssertionError, match='json /subject: expected "Ho", got "Hi"'):
                lemlist.assert_called("addStep", json={"subject": "Ho"})
            with pytest.raises(AssertionError):
                lemlist.assert_not_called("addStep")

        def test_misspelt(lemlist):
            from stepmock.mock_server.testing import StepmockError
            with pytest.raises(StepmockError, match="addStep"):
                lemlist.assert_called("addSteps")
        """
    ).assert_outcomes(passed=2)


def test_the_clock_of_a_world_is_moved_without_waiting(run):
    run(
        """
        from datetime import UTC, datetime, timedelta

        def test_time(lemlist):
            lemlist.clock.set("2026-01-31T09:00:00Z")
            lemlist.clock.advance(90)
            assert lemlist.clock.now == datetime(2026, 1, 31, 9, 1, 30, tzinfo=UTC)
            add(lemlist)
            assert lemlist.requests[0].at == lemlist.clock.now
            lemlist.clock.set(datetime(2027, 1, 1, tzinfo=UTC))
            assert lemlist.clock.now.year == 2027
            lemlist.clock.resume()
            assert abs(lemlist.clock.now - datetime.now(UTC)) < timedelta(hours=1)
        """
    ).assert_outcomes(passed=1)


def test_the_next_calls_fail_when_they_are_told_to(run):
    run(
        """
        def test_fault(lemlist):
            lemlist.fail_next("rate-limited", "addStep")
            assert [add(lemlist), add(lemlist)] == [429, 200]
            lemlist.fail_next({"status": 503}, times=2)
            assert [add(lemlist), add(lemlist), add(lemlist)] == [503, 503, 200]
            assert [bool(entry.fault) for entry in lemlist.requests] == [True, False, True, True, False]

        def test_misspelt(lemlist):
            from stepmock.mock_server.testing import StepmockError
            with pytest.raises(StepmockError, match="rate-limited"):
                lemlist.fail_next("rate-limitted")
        """
    ).assert_outcomes(passed=2)


def test_a_world_that_is_reset_begins_again(run):
    run(
        """
        def test_reset(lemlist):
            add(lemlist)
            first = lemlist.requests[0].reply_json["_id"]
            lemlist.reset()
            assert lemlist.requests == []
            add(lemlist)
            assert lemlist.requests[0].reply_json["_id"] == first
        """
    ).assert_outcomes(passed=1)


def test_a_second_world_and_one_with_facts_of_its_own(run):
    run(
        """
        def test_more(stepmock, supaglue):
            other = stepmock.world("supaglue", facts={"provider": "salesloft"})
            assert other.id != supaglue.id
            assert other.headers["x-provider-name"] == "salesloft"
            from stepmock.mock_server.testing import StepmockError
            with pytest.raises(StepmockError, match="There is a world .* already"):
                stepmock.world("supaglue", other.api_key, facts={"provider": "salesloft"})
        """
    ).assert_outcomes(passed=1)


def test_a_fixture_of_the_users_own_wins(run):
    run(
        """
        @pytest.fixture
        def lemlist():
            return "mine"

        def test_mine(lemlist, saleshandy):
            assert lemlist == "mine"
            assert saleshandy.requests == []
        """
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize("decorator", ["", "@pytest.mark.usefixtures('stepmock')"])
def test_hosts_that_nobody_allowed_are_refused_by_name(run, decorator):
    fixture = "" if decorator else "stepmock"
    run(
        f"""
        {decorator}
        def test_refused({fixture}):
            with pytest.raises(requests.ConnectionError, match="api.example.invalid"):
                requests.get("https://api.example.invalid/")
        """
    ).assert_outcomes(passed=1)


def test_test_cases_of_unittest_use_the_fixtures(run):
    run(
        """
        import unittest

        @pytest.mark.usefixtures("stepmock")
        class TestClient(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _world(self, lemlist):
                self.world = lemlist

            def test_right(self):
                self.assertEqual(add(self.world), 200)

            @pytest.mark.stepmock(expect=["LEM022"])
            def test_wrong(self):
                self.assertEqual(add(self.world, WRONG), 400)
        """,
        "--stepmock-strict",
    ).assert_outcomes(passed=2)


def test_asynchronous_clients_are_answered(run):
    run(
        """
        import asyncio
        import httpx

        def test_many(lemlist):
            async def send():
                async with httpx.AsyncClient(base_url=lemlist.base_url, headers=lemlist.headers) as client:
                    path = "sequences/seq_lkCSKd32qSZZTe5Ru/steps"
                    return await asyncio.gather(*(client.post(path, json=RIGHT) for _ in range(5)))

            assert [reply.status_code for reply in asyncio.run(send())] == [200] * 5
            lemlist.assert_called("addStep", times=5)
        """
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("provider", "kind"),
    [("lemlist", "steps"), ("saleshandy", "steps"), ("supaglue", "steps"), ("smartlead", "sequences")],
)
def test_steps_and_sequences_are_read_from_the_snapshot_of_the_world(provider, kind):
    snapshot = {"resources": {kind: {"a": {"type": "email"}, "b": {"type": "phone"}}}}

    def send(method, path, query, body):
        assert (method, path, query) == ("GET", "worlds/w/snapshot", "")
        return 200, json.dumps(snapshot).encode()

    contract = load(provider)
    facts = dict.fromkeys(contract.credential.get("facts", {}), "x")
    world = WorldHandle(ControlClient(send), contract, "w", "https://a.test", "key", facts)
    assert [(step.kind, step.id, step["type"]) for step in world.steps] == [(kind, "a", "email"), (kind, "b", "phone")]
    assert [step.id for step in world.sequences] == (["a", "b"] if kind == "sequences" else [])
    with pytest.raises(KeyError, match=f"{provider} has no stepz; it has .*{kind}"):
        world.resources("stepz")
