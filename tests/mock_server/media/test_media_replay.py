"""A replay downloads nothing: the recording says what came of each download."""

import json
import socket
from copy import deepcopy

import jsonschema
import pytest
from media_files import GIF, PDF, PNG
from stepmock.mock_server.snapshots import schema
from stepmock.mock_server.snapshots.replay import replay
from stepmock.mock_server.world import WorldError

STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


@pytest.fixture
def recorded(site, core):
    """Return a function that sends steps with media, and returns the recording; the keys are those of faults."""

    def run(*steps, key="k", **settings):
        client = core(media=site.media(**settings))
        for media in steps:
            fault = media.pop("fault", None)
            headers = {"X-Stepmock-Fault": fault} if fault else {}
            reply = client.post(STEPS, json={"type": "linkedinSend", "message": "m", **media}, headers=headers, key=key)
        world = reply.headers["X-Stepmock-World"]
        data = client.get(f"/worlds/{world}/recording", base="/_stepmock", headers={"Host": "localhost"}).json()
        jsonschema.Draft202012Validator(schema("recording")).validate(data)
        return data

    return run


@pytest.fixture
def same(monkeypatch):
    """Return a function that replays a recording where nothing can go out, and asserts that it is the same."""

    def run(data):
        with monkeypatch.context() as patched:
            for name in ("socket", "create_connection", "getaddrinfo"):
                patched.setattr(socket, name, lambda *unused, **named: pytest.fail("something wanted to go out"))
            found = replay(data)
        assert found.difference == []
        assert found.sent == len(data["entries"])
        return found

    return run


def test_media_that_were_taken_and_refused_are_replayed(site, recorded, same):
    good, gif = site.file("/good.png", PNG), site.file("/a.gif", GIF)
    steps = [
        {"images": [good, gif]},
        {"images": [good, site.file("/bad.png", PDF), good]},
        {"images": [site.file("/b.gif", GIF[:-1])]},
        {"images": [site.raw("/none.png", b"HTTP/1.1 404 Not Found\r\n\r\n")]},
        {"images": [site.redirect("/to.png", "https://10.0.0.1/a.png")]},
        {"images": ["https://elsewhere.example.org/a.png"]},
        {"images": ["https://media.stepmock.test/too-large/a.png"]},
        {"images": []},
        {"images": [good], "delay": -1},
    ]
    data = recorded(*steps)
    told = [entry.get("downloads") for entry in data["entries"]]
    assert [found and [each and each["kind"] for each in found] for found in told] == [
        [None, None], [None, "invalid-type"], ["gif-invalid"], ["download-failed"], ["unsafe-url"], [None],
        None, None, None,
    ]  # fmt: skip
    same(data)


def test_a_timeout_is_replayed_at_once(site, recorded, same):
    site.answers["/a.png"] = lambda handler: site.go_on.wait()
    data = recorded({"images": [site.url("/a.png")]}, seconds=0.2)
    assert [entry["downloads"][0]["kind"] for entry in data["entries"]] == ["timeout"]
    same(data)


@pytest.mark.parametrize("content", [PNG, PDF])
@pytest.mark.parametrize("fault", ["lost-request", "lost-reply", "rate-limited", "truncated-body", "latency"])
def test_downloads_under_a_fault_are_replayed(site, recorded, same, content, fault):
    url = site.file("/a.png", content)
    text = json.dumps({"fault": fault, **({"clock_latency": 3} if fault == "latency" else {})})
    same(recorded({"images": [url]}, {"images": [url], "fault": text}, {"images": [url]}))


def test_a_credential_in_an_address_is_not_recorded_and_said_to_be_why_a_reply_differs(site, recorded):
    site.file("/a.png?access_token=sesame", PDF)
    data = recorded({"images": [site.url("/a.png?access_token=sesame")]})
    assert "sesame" not in json.dumps(data)
    lines = replay(data).difference
    assert "status: 415 recorded, 400 replayed" in lines
    assert lines[-1].startswith("A credential was taken out of this request when it was recorded")


def test_a_recording_without_its_downloads_shows_as_a_difference_or_says_what_is_missing(site, recorded):
    data = recorded({"images": [site.file("/a.png", PNG), site.file("/b.png", PDF)]})
    offline, short = deepcopy(data), deepcopy(data)
    del offline["entries"][0]["downloads"]
    assert "status: 415 recorded, 200 replayed" in replay(offline).difference
    short["entries"][0]["downloads"].pop()
    with pytest.raises(
        WorldError, match=r"Request 1 cannot be replayed: the recording does not say what came of one of"
    ):
        replay(short)


def test_what_came_of_old_requests_is_forgotten_with_them(site, core):
    client = core(media=site.media())
    step = {"type": "linkedinSend", "message": "m", "images": [site.file("/a.png", PNG)]}
    world = client.post(STEPS, json=step).headers["X-Stepmock-World"]
    control = {"base": "/_stepmock", "headers": {"Host": "localhost"}}
    assert client.request("DELETE", f"/worlds/{world}/journal", **control).status == 204
    client.post(STEPS, json=step)
    data = client.get(f"/worlds/{world}/recording", **control).json()
    assert [(entry["number"], entry["downloads"]) for entry in data["entries"]] == [(2, [None])]
