"""The Flask app: its routes, and how it sits in another application."""

from typing import Any

import flask
import pytest
from stepmock.contracts import load, providers
from stepmock.mock_server import Emulator, Settings, create_app
from stepmock.mock_server.clock import FrozenClock
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client as Browser

KEY = {"Authorization": "Basic OmtleQ=="}
TEAM = "/lemlist/api/team"


@pytest.fixture
def app() -> flask.Flask:
    return create_app(Settings(clock=FrozenClock(1_700_000_000)))


def request(app: Any, path: str, method: str = "GET", **options: Any) -> Any:
    with Browser(app).open(path, method=method, headers=KEY, **options) as reply:
        reply.get_data()
        return reply


def test_it_is_a_flask_app(app: flask.Flask) -> None:
    assert isinstance(app, flask.Flask)


def test_it_has_a_route_for_every_operation(app: flask.Flask) -> None:
    routes = {rule.endpoint: rule for rule in app.url_map.iter_rules()}
    for operation in load("lemlist").operations.values():
        rule = routes[f"lemlist.{operation.name}"]
        assert operation.method in (rule.methods or ())
        assert rule.rule == "/lemlist/api" + operation.path.replace("{", "<").replace("}", ">")


def test_every_provider_is_a_blueprint(app: flask.Flask) -> None:
    assert set(providers()) <= set(app.blueprints)


def test_it_needs_no_settings() -> None:
    assert request(create_app(), TEAM).status_code == 200


def test_it_mounts_an_emulator_that_exists() -> None:
    emulator = Emulator(Settings(seed=5))
    team = request(create_app(emulator=emulator), TEAM).json
    assert team == request(create_app(emulator=emulator), TEAM).json
    assert team["_id"] != request(create_app(), TEAM).json["_id"]


def test_two_apps_share_nothing(app: flask.Flask) -> None:
    other = create_app(Settings(clock=FrozenClock(1_700_000_000)))
    request(app, "/lemlist/api/campaigns", "POST", json={"name": "A"})
    assert len(request(app, "/lemlist/api/campaigns").json) == 4
    assert len(request(other, "/lemlist/api/campaigns").json) == 3


def test_head_is_get_without_a_body(app: flask.Flask) -> None:
    head, get = request(app, TEAM, "HEAD"), request(app, TEAM)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert request(app, "/lemlist/api/nothing", "HEAD").status_code == 404


def test_options_is_a_method_like_any_other(app: flask.Flask) -> None:
    reply = request(app, TEAM, "OPTIONS")
    assert (reply.status_code, reply.text, reply.headers["Allow"]) == (405, "Method not allowed", "GET")
    assert not any(name.lower().startswith("access-control") for name, _ in reply.headers.items())


@pytest.mark.parametrize("path", ["/lemlist/api//team", "/lemlist//api/team"])
def test_a_doubled_slash_is_not_redirected(app: flask.Flask, path: str) -> None:
    assert request(app, path).status_code == 404


def test_an_app_can_be_mounted_twice_below_other_paths(app: flask.Flask) -> None:
    second = create_app(Settings(profile="observed"))
    both = DispatcherMiddleware(flask.Flask(__name__), {"/one": app, "/two": second})
    assert request(both, f"/one{TEAM}").status_code == 200
    assert request(both, "/one/lemlist/api/nothing").status_code == 404
    assert request(both, "/two/lemlist/api/nothing").status_code == 200
    assert request(both, TEAM).status_code == 404


def test_another_request_in_the_same_process_is_not_disturbed(app: flask.Flask) -> None:
    with app.test_client() as client:
        first = client.get(TEAM, headers=KEY)
        second = client.get(TEAM, headers=KEY)
        assert first.data == second.data
        assert first.headers["X-RateLimit-Remaining"] == "19"
        assert second.headers["X-RateLimit-Remaining"] == "18"


def test_a_body_of_unknown_length_is_read(app: flask.Flask) -> None:
    from io import BytesIO

    reply = request(
        app,
        "/lemlist/api/campaigns",
        "POST",
        input_stream=BytesIO(b'{"name":"A"}'),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (reply.status_code, reply.json["name"]) == (200, "A")
