"""The rate limit: 20 requests in 2 seconds, counted from the first."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from stepmock.mock_server import Settings, create_app
from stepmock.mock_server.clock import FrozenClock, javascript_text

START = 1_613_462_562.0  # 2021-02-16T08:02:42Z
QUOTA_HEADERS = ("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
JAVASCRIPT_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d \d{4} \d\d:\d\d:\d\d "
    r"GMT\+0000 \(Coordinated Universal Time\)"
)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


@pytest.fixture
def limited(core: Callable[..., Any], clock: FrozenClock) -> Any:
    return core(clock=clock, rate_limit=True)


def codes(client: Any, count: int) -> list[int]:
    return [client.get("/team").status for _ in range(count)]


def test_20_requests_pass_and_the_21st_does_not(limited: Any) -> None:
    assert codes(limited, 22) == [200] * 20 + [429] * 2


def test_the_refusal_is_a_text_with_the_headers_of_the_quota(limited: Any) -> None:
    codes(limited, 20)
    reply = limited.get("/team")
    assert (reply.status, reply.text, reply.content_type) == (429, "Too many requests", "text/plain; charset=utf-8")
    assert [reply.headers[name] for name in QUOTA_HEADERS] == [
        "2",
        "20",
        "0",
        "Tue Feb 16 2021 08:02:44 GMT+0000 (Coordinated Universal Time)",
    ]


def test_the_window_opens_again_after_2_seconds(limited: Any, clock: FrozenClock) -> None:
    codes(limited, 20)
    clock.advance(1.999)
    assert codes(limited, 1) == [429]
    clock.advance(0.001)
    assert codes(limited, 21) == [200] * 20 + [429]


@pytest.mark.parametrize("start", [0.0, 1.0, 1.5, START, START + 0.25], ids=str)
def test_the_window_begins_with_the_first_request(core: Callable[..., Any], start: float) -> None:
    clock = FrozenClock(start)
    client = core(clock=clock, rate_limit=True)
    codes(client, 1)
    clock.advance(1.5)
    assert codes(client, 20) == [200] * 19 + [429]
    clock.advance(0.5)
    assert codes(client, 1) == [200]


def test_refused_requests_do_not_lengthen_the_window(limited: Any, clock: FrozenClock) -> None:
    codes(limited, 20)
    for _ in range(15):
        clock.advance(0.125)
        assert limited.get("/team").status == 429
    clock.advance(0.125)
    reply = limited.get("/team")
    assert (reply.status, reply.headers["X-RateLimit-Remaining"]) == (200, "19")


def test_remaining_counts_down_after_each_request(limited: Any) -> None:
    remaining = [limited.get("/team").headers["X-RateLimit-Remaining"] for _ in range(22)]
    assert remaining == [str(number) for number in range(19, -1, -1)] + ["0", "0"]


@pytest.mark.parametrize(
    ("later", "seconds"), [(0, "2"), (0.001, "2"), (0.999, "2"), (1, "1"), (1.5, "1"), (1.999, "1")]
)
def test_retry_after_is_whole_seconds_and_never_0(limited: Any, clock: FrozenClock, later: float, seconds: str) -> None:
    codes(limited, 1)
    clock.advance(later)
    assert limited.get("/team").headers["Retry-After"] == seconds


def test_reset_is_the_text_of_a_javascript_date(limited: Any) -> None:
    text = limited.get("/team").headers["X-RateLimit-Reset"]
    assert JAVASCRIPT_DATE.fullmatch(text)
    assert text == "Tue Feb 16 2021 08:02:44 GMT+0000 (Coordinated Universal Time)"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (0, "Thu Jan 01 1970 00:00:00"),
        (START, "Tue Feb 16 2021 08:02:42"),
        (1_709_208_000.9, "Thu Feb 29 2024 12:00:00"),
        (1_798_761_599, "Thu Dec 31 2026 23:59:59"),
    ],
)
def test_javascript_dates_are_written_alike_in_every_locale(at: float, text: str) -> None:
    assert javascript_text(at) == f"{text} GMT+0000 (Coordinated Universal Time)"


STEPS = "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        pytest.param("GET", "/team", {}, 200, id="200"),
        pytest.param("POST", STEPS, {"json": {"type": "email"}}, 400, id="400-rule"),
        pytest.param("POST", "/sequences/seq_x/steps", {"json": {"type": "linkedinVisit"}}, 400, id="400-bad-team"),
        pytest.param(
            "POST", STEPS, {"body": b"{", "headers": {"Content-Type": "application/json"}}, 400, id="400-syntax"
        ),
        pytest.param("GET", "/campaigns?limit=0", {}, 400, id="400-query"),
        pytest.param("GET", "/campaigns/cam_x", {}, 404, id="404-campaign"),
        pytest.param("GET", "/nothing", {}, 404, id="404-path"),
        pytest.param("PUT", "/team", {}, 405, id="405"),
        pytest.param("POST", STEPS, {"body": b"x" * (10 * 1024 * 1024 + 1)}, 413, id="413"),
        pytest.param("POST", STEPS, {"body": b"{}", "headers": {"Content-Type": "text/xml"}}, 415, id="415"),
        pytest.param(
            "POST",
            STEPS,
            {"json": {"type": "linkedinInvite", "images": ["https://media.stepmock.test/timeout/a.png"]}},
            504,
            id="504-media",
        ),
    ],
)
def test_every_authenticated_reply_counts_and_carries_the_headers(
    connect: Callable[..., Any], method: str, path: str, options: dict[str, Any], status: int
) -> None:
    client = connect(rate_limit=True, clock="2021-02-16T08:02:42Z")
    reply = client.request(method, path, **options)
    assert reply.status == status
    assert [reply.headers.get(name) for name in QUOTA_HEADERS] == [
        "2",
        "20",
        "19",
        "Tue Feb 16 2021 08:02:44 GMT+0000 (Coordinated Universal Time)",
    ]
    assert client.get("/team").headers["X-RateLimit-Remaining"] == "18"


@pytest.mark.parametrize("key", [None, "invalid"], ids=["missing", "refused"])
def test_a_reply_to_nobody_has_no_quota(limited: Any, key: str | None) -> None:
    for path in ("/team", "/campaigns/cam_docs0000000000000/sequences"):
        reply = limited.get(path, key=key)
        assert reply.status in (400, 401)
        assert not set(QUOTA_HEADERS) & set(reply.headers)


def test_a_refused_key_uses_nobodys_quota(limited: Any) -> None:
    for _ in range(25):
        assert limited.get("/team", key="invalid").status == 401
    assert limited.get("/team").headers["X-RateLimit-Remaining"] == "19"


def test_each_key_has_a_window_of_its_own(limited: Any, clock: FrozenClock) -> None:
    codes(limited, 21)
    other = limited.with_key("another")
    assert other.get("/team").headers["X-RateLimit-Remaining"] == "19"
    clock.advance(1)
    assert limited.get("/team").status == 429
    assert other.get("/team").status == 200


def test_a_limited_request_changes_nothing(limited: Any, clock: FrozenClock) -> None:
    codes(limited, 20)
    assert limited.post(STEPS, json={"type": "linkedinVisit"}).status == 429
    assert limited.post("/campaigns", json={"name": "A"}).status == 429
    clock.advance(2)
    assert limited.get("/campaigns/cam_docs0000000000000/sequences").json()["seq_lkCSKd32qSZZTe5Ru"]["steps"] == []
    assert len(limited.get("/campaigns").json()) == 3


def test_a_clock_that_goes_back_locks_nobody_out(limited: Any, clock: FrozenClock) -> None:
    codes(limited, 21)
    clock.advance(-3600)
    assert codes(limited, 1) == [200]


def test_a_quota_that_is_switched_off_is_told_and_never_refuses(client: Any) -> None:
    replies = [client.get("/team") for _ in range(25)]
    assert [reply.status for reply in replies] == [200] * 25
    assert all(name in reply.headers for reply in replies for name in QUOTA_HEADERS)


def test_quotas_are_on_unless_said() -> None:
    assert Settings().rate_limit is True
    client = create_app(Settings(clock=FrozenClock(START))).test_client()
    with client.get("/lemlist/api/team", headers={"Authorization": "Basic OmtleQ=="}) as reply:
        assert reply.headers["X-RateLimit-Remaining"] == "19"
