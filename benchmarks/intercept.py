"""Calls under `intercept()`, with all checks and state, beside static answers by libraries that have neither."""

import gc
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import requests
from machine import BENCH_ADVICE, has, skipped
from measure import interleaved, ratios, show, show_ratio
from stepmock.contracts import load
from stepmock.mock_server import Request, Settings, intercept
from steps import Sample, fresh_key

_CALLS = 500
_SETTINGS = Settings(rate_limit=False)
_POST, _SESSION = "requests.post", "requests.Session"
_STATIC, _MOCK = "responses", "MockTransport"

Call = Callable[[], Any]


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    answer = _answer_of(sample)
    candidates: dict[str, Callable[[], float]] = {
        f"{_POST}, stepmock": partial(_intercepted, sample, requests.request),
        f"{_SESSION}, stepmock": partial(_intercepted, sample, requests.Session().request),
    }
    if has("responses"):
        candidates[f"{_POST}, {_STATIC}"] = partial(_answered, sample, requests.request, answer)
        candidates[f"{_SESSION}, {_STATIC}"] = partial(_answered, sample, requests.Session().request, answer)
    else:
        skipped(_STATIC, BENCH_ADVICE)
    with httpx.Client() as ours, httpx.Client(transport=_mock(answer)) as theirs:
        candidates["httpx.Client, stepmock"] = partial(_intercepted, sample, ours.request)
        candidates[f"httpx.Client, {_MOCK}"] = partial(_timed, sample, theirs.request)
        found = interleaved(candidates, rounds)
    show(f"{sample.provider} {sample.operation} in one process", found, "calls/s")
    for library, peer, goal in ((_POST, _STATIC, 1.0), (_SESSION, _STATIC, 1.0), ("httpx.Client", _MOCK, 0.6)):
        if f"{library}, {peer}" in found:
            ratio = ratios(found[f"{library}, stepmock"], found[f"{library}, {peer}"])
            show_ratio(f"{library}: stepmock over {peer}", ratio, f"at least {goal}")


def _parts(sample: Sample) -> tuple[str, Request]:
    request = sample.request(fresh_key())
    path = request.path.removeprefix(f"/{sample.provider}")
    return f"https://{load(sample.provider).host}{path}?{request.query}", request


def _answer_of(sample: Sample) -> requests.Response:
    url, request = _parts(sample)
    with intercept(_SETTINGS):
        return requests.request(request.method, url, headers=request.headers, data=request.body)


def _mock(answer: requests.Response) -> httpx.MockTransport:
    status, headers, body = answer.status_code, dict(answer.headers), answer.content
    return httpx.MockTransport(lambda request: httpx.Response(status, headers=headers, content=body))


def _intercepted(sample: Sample, send: Callable[..., Any]) -> float:
    with intercept(_SETTINGS):
        return _timed(sample, send)


def _answered(sample: Sample, send: Callable[..., Any], answer: requests.Response) -> float:
    import responses

    url, request = _parts(sample)
    with responses.RequestsMock() as mock:
        mock.add(
            request.method,
            url.partition("?")[0],
            body=answer.content,
            status=answer.status_code,
            content_type=answer.headers["content-type"],
        )
        return _timed(sample, send)


def _timed(sample: Sample, send: Callable[..., Any]) -> float:
    """Return calls a second; the payload is written as JSON by the library, as a client has it done."""
    url, request = _parts(sample)
    fields = {name: value for name, value in request.headers.items() if name != "content-type"}
    call = partial(send, request.method, url, headers=fields, json=sample.right)
    assert call().status_code == 200  # makes the world, and whatever else only a first call makes
    gc.collect()
    start = time.perf_counter()
    for _ in range(_CALLS):
        reply = call()
    seconds = time.perf_counter() - start
    assert reply.status_code == 200
    return _CALLS / seconds
