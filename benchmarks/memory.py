"""Peak memory of linting recordings of 50 MB, over their size."""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from commands import peak_memory
from lint import OURS
from machine import stepmock_command
from measure import interleaved, show, show_ratio
from steps import Sample, fresh_key

SIZE = 50_000_000
ENTRY = 2_498
"""The bytes of an entry that goes to the provider; with its separator, 20,000 of these make a recording."""

BIG_BODY = 200_000
"""The characters of an answer of another host; one entry in ten goes to the provider."""

READING = "json.load in Python"
_READ = ["-c", "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"]
_KEY = fresh_key()
_STARTED = datetime(2026, 1, 5, tzinfo=UTC)
_SCRIPT = "function greet(name) { return \"<p class='greeting'>\" + name + '</p>'; }\n"


def run(sample: Sample, rounds: int, prism_path: str | None) -> None:
    """Measure and print."""
    flawed = replace(sample, right=sample.flawed)
    lint = [stepmock_command("steplint"), "check"]
    with tempfile.TemporaryDirectory() as folder:
        short, file = Path(folder, "short.har"), Path(folder, "recording.har")
        _write(short, _own_traffic(sample), 1)
        for title, entries, status in (
            ("right requests only", _own_traffic(sample), 0),
            ("requests with an error each", _own_traffic(flawed), 1),
            ("mostly traffic of other hosts", _mixed_traffic(sample, ""), 0),
            ("mostly traffic of other hosts, with an emoji", _mixed_traffic(sample, "\U0001f600"), 0),
        ):
            number = _write(file, entries, SIZE)
            candidates = {
                OURS: _beyond([*lint, str(short)], [*lint, str(file)], status),
                READING: _beyond([sys.executable, "-c", ""], [sys.executable, *_READ, str(file)], 0),
            }
            found = interleaved(candidates, rounds)
            show(f"Linting 50 MB of {sample.provider}, {number:,} entries: {title}", found, "MB of memory", scale=1e-6)
            show_ratio("steplint's memory over the size", [value / SIZE for value in found[OURS]], "at most 10")


def _beyond(empty: list[str], full: list[str], status: int) -> Callable[[], float]:
    """Return what measures the peak of a command beyond that of a run with next to nothing to do."""
    return lambda: peak_memory(full, status) - peak_memory(empty)


def _write(file: Path, entries: Iterator[dict[str, Any]], size: int) -> int:
    """Write a recording of about so many bytes, of an entry at least; return how many it has."""
    written = 0
    with file.open("wb") as out:
        out.write(b'{"log": {"version": "1.2", "creator": {"name": "benchmark", "version": "1"}, "entries": [')
        for number, entry in enumerate(entries, 1):  # noqa: B007  returned
            text = json.dumps(entry, ensure_ascii=False).encode()
            out.write(b",\n" * (written > 0) + text)
            written += len(text) + 2
            if written >= size:
                break
        out.write(b"]}}")
    return number


def _own_traffic(sample: Sample) -> Iterator[dict[str, Any]]:
    """Yield requests to the provider without end, each of the same size."""
    for number in count():
        entry = _entry(number, sample, "")
        yield _entry(number, sample, "x" * (ENTRY - len(json.dumps(entry))))


def _mixed_traffic(sample: Sample, mark: str) -> Iterator[dict[str, Any]]:
    """Yield requests without end, of which most fetch something big from elsewhere; `mark` stands in each of these."""
    script = mark + _SCRIPT * (BIG_BODY // len(_SCRIPT))
    for number in count():
        entry = _entry(number, sample, "")
        if number % 10:
            entry["request"] = {"method": "GET", "url": f"https://cdn.example.org/{number}.js", "headers": []}
            entry["response"]["content"]["text"] = f"// {number}\n{script}"
        yield entry


def _entry(number: int, sample: Sample, padding: str) -> dict[str, Any]:
    """Return an entry as browsers write it, with the sample's request; the padding makes its answer longer."""
    sent = sample.request(_KEY)
    kept = [{"name": f"X-Header-{each}", "value": f"of a usual length, {each}"} for each in range(8)]
    reply = {"_id": f"stp_{number:017}", **sample.right, "padding": padding}
    return {
        "startedDateTime": (_STARTED + timedelta(seconds=number)).isoformat(),
        "time": 12.5,
        "request": {
            "method": sent.method,
            "url": f"http://127.0.0.1:8377{sent.path}?{sent.query}",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [*({"name": name, "value": value} for name, value in sent.headers.items()), *kept],
            "queryString": [],
            "postData": {"mimeType": "application/json", "text": sent.body.decode()},
            "headersSize": -1,
            "bodySize": len(sent.body),
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": "X-Request-Id", "value": f"{number:032x}"}, *kept],
            "content": {"size": 1, "mimeType": "application/json", "text": json.dumps(reply)},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 1,
        },
        "cache": {},
        "timings": {"blocked": -1, "dns": -1, "connect": -1, "send": 0.2, "wait": 10.4, "receive": 0.8, "ssl": -1},
        "serverIPAddress": "127.0.0.1",
        "connection": str(number),
    }
