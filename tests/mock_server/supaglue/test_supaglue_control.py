"""The control plane shows the native requests of a world, to this machine alone."""

import pytest
from stepmock.mock_server import Emulator, Request, Settings, create_app
from supaglue_client import APOLLO, BASE, CALL, DOCS, STEPS, Client, control


def test_the_requests_of_a_world_are_shown_with_method_url_and_body():
    client = Client()
    client.created(STEPS, {"type": "call"})
    reply = control(client.emulator, f"worlds/{client.world}/downstream")
    assert reply.json() == {"requests": [{
        "method": "POST", "url": f"{APOLLO}/emailer_steps",
        "body": {"emailer_campaign_id": DOCS, "position": 1, "type": "call", "wait_mode": "second", "wait_time": 0},
    }]}  # fmt: skip


def test_a_world_that_nobody_opened_is_not_found_and_is_not_made():
    client = Client()
    for _ in range(2):
        reply = control(client.emulator, "worlds/0123456789abcdef/downstream")
        assert (reply.status, reply.json()["error"]["code"]) == (404, "unknown_world")
        assert set(reply.json()["error"]) == {"code", "message", "hint"}


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8377", "[::1]", "[::1]:8377"])
def test_the_control_plane_answers_to_this_machine(host):
    client = Client()
    client.read()
    assert control(client.emulator, f"worlds/{client.world}/downstream", host=host).status == 200


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.2", "::1", "a@localhost", "api.supaglue.io"]
)
@pytest.mark.parametrize("path", ["worlds/x/downstream", "nothing"])
def test_the_control_plane_answers_to_no_other_host(host, path):
    reply = control(Client().emulator, path, host=host)
    assert (reply.status, reply.json()["error"]["code"]) == (403, "foreign_host")


@pytest.mark.parametrize(("origin", "status"), [
    ("http://localhost:8377", 200), ("http://evil.example", 403), ("null", 403), ("http://localhost:1", 403), ("", 403),
])  # fmt: skip
def test_the_control_plane_answers_no_page_of_another_site(origin, status):
    client = Client()
    client.read()
    assert control(client.emulator, f"worlds/{client.world}/downstream", origin=origin).status == status


def test_health_is_open_to_all():
    assert control(Client().emulator, "health", host="evil.example", origin="http://evil.example").status == 200


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_what_is_read_only_says_so(method):
    for path in ("worlds/x/downstream", "health"):
        reply = control(Client().emulator, path, method)
        assert (reply.status, dict(reply.headers)["Allow"]) == (405, "GET")


def test_the_flask_app_shows_them_too():
    emulator = Emulator(Settings())
    browser = create_app(emulator=emulator).test_client()
    headers = {"x-api-key": "k", "x-customer-id": "c", "x-provider-name": "apollo"}
    made = browser.post(BASE + STEPS, json=CALL, headers=headers)
    shown = browser.get(f"/_stepmock/worlds/{made.headers['X-Stepmock-World']}/downstream")
    assert (made.status_code, shown.status_code, len(shown.json["requests"])) == (201, 200, 1)


def test_a_world_of_another_provider_has_no_downstream():
    emulator = Emulator(Settings())
    made = emulator.handle(Request("GET", "/lemlist/api/team", "", {"authorization": "Basic OmtleQ=="}))
    world = dict(made.headers)["X-Stepmock-World"]
    assert control(emulator, f"worlds/{world}/downstream").json() == {"requests": []}
