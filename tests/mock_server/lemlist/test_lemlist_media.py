"""Images and videos of lemlist's steps: the addresses that stand for a failure."""

from collections.abc import Callable
from typing import Any

import pytest
from lemlist_steps import CONDITION, VISIT, add, added, listing, steps, update
from stepmock.contracts import load


def media(code: str, kind: str = "png") -> str:
    return f"https://media.stepmock.test/{code}/name.{kind}"


MEDIA = [
    pytest.param(
        {"images": [f"https://cdn.example.com/{number}.png" for number in range(7)]}, 400, "TOO_MANY", id="7-images"
    ),
    pytest.param(
        {
            "images": [f"https://cdn.example.com/{number}.png" for number in range(4)],
            "videos": [f"https://cdn.example.com/{number}.mp4" for number in range(3)],
        },
        400,
        "TOO_MANY",
        id="4-images-and-3-videos",
    ),
    pytest.param({"images": ["http://cdn.example.com/a.png"]}, 400, "UNSAFE_URL", id="http"),
    pytest.param({"images": ["https://127.0.0.1/a.png"]}, 400, "UNSAFE_URL", id="loopback"),
    pytest.param({"images": ["https://localhost/a.png"]}, 400, "UNSAFE_URL", id="localhost"),
    pytest.param({"images": ["https://[::1]/a.png"]}, 400, "UNSAFE_URL", id="loopback-v6"),
    pytest.param({"videos": ["https://10.1.2.3/a.mp4"]}, 400, "UNSAFE_URL", id="private"),
    pytest.param({"images": ["https://169.254.169.254/a.png"]}, 400, "UNSAFE_URL", id="link-local"),
    pytest.param({"images": ["https://user:secret@cdn.example.com/a.png"]}, 400, "UNSAFE_URL", id="credentials"),
    pytest.param({"images": ["https://cdn.example.com/a.mp4"]}, 415, "INVALID_TYPE", id="video-as-image"),
    pytest.param({"videos": ["https://cdn.example.com/a.png"]}, 415, "INVALID_TYPE", id="image-as-video"),
    pytest.param({"images": [media("invalid-type")]}, 415, "INVALID_TYPE", id="invalid-type"),
    pytest.param({"images": [media("too-large")]}, 413, "TOO_LARGE", id="too-large"),
    pytest.param({"videos": [media("too-large", "mp4")]}, 413, "TOO_LARGE", id="too-large-video"),
    pytest.param({"images": [media("gif-invalid", "gif")]}, 422, "GIF_INVALID", id="gif-invalid"),
    pytest.param({"images": [media("download-failed")]}, 502, "DOWNLOAD_FAILED", id="download-failed"),
    pytest.param({"images": [media("av-unavailable")]}, 503, "AV_UNAVAILABLE", id="av-unavailable"),
    pytest.param({"images": ["https://cdn.example.com/fine.png", media("timeout")]}, 504, "TIMEOUT", id="timeout"),
]


@pytest.mark.parametrize("step_type", ["linkedinInvite", "linkedinSend"])
@pytest.mark.parametrize(("fields", "status", "code"), MEDIA)
def test_refused_media_answer_their_code_and_leave_nothing_behind(
    client: Any, step_type: str, fields: dict[str, Any], status: int, code: str
) -> None:
    stored = {"type": step_type, "message": "Hi", "images": [], "videos": []}
    new = added(client, stored)
    before = listing(client)
    for reply in (
        add(client, {**stored, **fields}),
        update(client, new["_id"], {"type": step_type, "message": "New", **fields}),
    ):
        assert (reply.status, reply.json()["code"]) == (status, f"LINKEDIN_MEDIA_{code}")
        assert reply.json().keys() == {"error", "code"}
        assert reply.content_type.startswith("application/json")
        assert isinstance(reply.json()["error"], str)
    assert listing(client) == before


def test_the_cases_above_reach_all_eight_media_codes() -> None:
    refusals = [refusal.body["code"] for refusal in load("lemlist").refusals.values() if isinstance(refusal.body, dict)]
    assert {f"LINKEDIN_MEDIA_{case.values[2]}" for case in MEDIA} == set(refusals)
    assert len(set(refusals)) == 8


@pytest.mark.parametrize(
    "urls",
    [
        pytest.param(["https://cdn.example.com/a"], id="no-extension"),
        pytest.param(["https://cdn.example.com/a.PNG?size=1#x"], id="capitals-and-query"),
        pytest.param(["https://media.stepmock.test/ok/a.gif"], id="magic-ok"),
        pytest.param([f"https://cdn.example.com/{number}.jpeg" for number in range(6)], id="six"),
        pytest.param([], id="none"),
    ],
)
def test_media_that_nothing_is_wrong_with_are_stored_and_never_fetched(client: Any, urls: list[str]) -> None:
    added(client, {"type": "linkedinInvite", "images": urls})
    assert steps(client)[0]["images"] == urls


@pytest.mark.parametrize(
    "refused",
    [
        pytest.param({"type": "linkedinInvite", "images": [media("timeout")]}, id="media"),
        pytest.param({"type": "linkedinInvite", "delay": -1}, id="rule"),
        pytest.param({"type": "sendToAnotherCampaign", "campaignId": "cam_archived000000000"}, id="archived"),
    ],
)
def test_a_refused_step_uses_up_no_id(core: Callable[..., Any], refused: dict[str, Any]) -> None:
    straight, stumbling = core(), core()
    assert add(stumbling, refused).status >= 400
    assert added(straight, VISIT) == added(stumbling, VISIT)
    assert added(straight, CONDITION) == added(stumbling, CONDITION)
