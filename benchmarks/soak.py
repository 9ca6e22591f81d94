"""Sixteen clients and random faults: is every acknowledged write there at the end, none twice, and the memory flat?

A client knows of a step what an honest client knows: a 2xx that was read whole acknowledges it, anything else leaves it
open. Each step is sent once and has a title of its own.
"""

import json
import os
import random
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from servers import free_port, running, stepmock

CLIENTS = 16
SECONDS = 60
_STEPS = 400
"""Steps that a client sends before it reads its world back and begins again, so that memory has a reason to be flat."""
_SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
_FAULTS: list[dict[str, Any]] = [
    {"fault": "lost-request", "operation": "addStep", "probability": 0.05},
    {"fault": "lost-reply", "operation": "addStep", "probability": 0.05},
    {"fault": "truncated-body", "operation": "addStep", "probability": 0.05},
    {"fault": "rate-limited", "operation": "addStep", "probability": 0.05},
    {"fault": "internal-error", "operation": "addStep", "probability": 0.05},
    {"fault": "internal-error", "operation": "addStep", "after": True, "probability": 0.02},
    {"fault": "wrong-content-type", "operation": "addStep", "probability": 0.05},
    {"latency": 0.05, "operation": "addStep", "probability": 0.05},
]


class _Client(threading.Thread):
    """Adds steps until its time is over, in one world after another, and reads each world back."""

    def __init__(self, number: int, port: int, end: float) -> None:
        super().__init__(name=f"client {number}")
        self.seen: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._number = number
        self._port = port
        self._end = end
        self._connection: HTTPConnection | None = None
        self._random = random.Random(number)

    def run(self) -> None:
        """Fill the world, check it, and begin again."""
        turn = 0
        while time.monotonic() < self._end:
            turn += 1
            try:
                self._fill(f"{self.name}, {turn}")
            except Exception as error:
                self.wrong.append(f"{self.name}, {turn}: {type(error).__name__}: {error}")
                return

    def _fill(self, name: str) -> None:
        _, headers, _ = self._send("GET", "/lemlist/api/team")
        world = f"/_stepmock/worlds/{headers['x-stepmock-world']}"
        status, _, body = self._send("POST", f"{world}/faults", _FAULTS)
        if status != 201:
            raise ValueError(f"the faults were not taken: {body[:200]!r}")
        acknowledged: set[str] = set()
        refused: set[str] = set()
        sent = 0
        while sent < _STEPS and time.monotonic() < self._end:
            sent += 1
            title = f"{name}, {sent}"
            step = {"type": "manual", "title": title, "index": self._random.choice((0, -1))}
            try:
                status, headers, body = self._send("POST", f"/lemlist/api/sequences/{_SEQUENCE}/steps", step)
                if status == 200:
                    json.loads(body)
            except (OSError, HTTPException, ValueError) as error:
                self._close()
                self.seen[type(error).__name__] += 1
                continue
            self.seen[str(status)] += 1
            if status == 200:
                acknowledged.add(title)
            elif status == 429:
                refused.add(title)
        self._judge(acknowledged, refused)
        self._send("POST", f"{world}/reset")

    def _judge(self, acknowledged: set[str], refused: set[str]) -> None:
        _, _, body = self._send("GET", "/lemlist/api/campaigns/cam_docs0000000000000/sequences")
        stored = Counter(step["title"] for step in json.loads(body)[_SEQUENCE]["steps"])
        self.seen["acknowledged"] += len(acknowledged)
        self.seen["stored"] += stored.total()
        self.wrong += [f"{title} was acknowledged and is not there" for title in acknowledged - set(stored)]
        self.wrong += [f"{title} was refused and is there" for title in refused & set(stored)]
        self.wrong += [f"{title} is there {count} times" for title, count in stored.items() if count > 1]

    def _send(self, method: str, path: str, payload: Any = None) -> tuple[int, dict[str, str], bytes]:
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {
            "Authorization": "Basic " + b64encode(f":soak-{self._number}".encode()).decode(),
            "Content-Type": "application/json",
        }
        self._connection.request(method, path, None if payload is None else json.dumps(payload), headers)
        reply = self._connection.getresponse()
        return reply.status, {name.lower(): text for name, text in reply.getheaders()}, reply.read()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def run(seconds: int) -> None:
    """Run the soak and print what came of it; ends with SystemExit where a write was lost or came twice."""
    port = free_port()
    with running(stepmock(port), port, "/_stepmock/health"):
        server = _process_on(port)
        end = time.monotonic() + seconds
        clients = [_Client(number, port, end) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        memory = []
        while time.monotonic() < end:
            time.sleep(min(1.0, seconds / 10))
            memory.append(_resident_mebibytes(server))
        for client in clients:
            client.join()
    seen: Counter[str] = Counter()
    for client in clients:
        seen.update(client.seen)
    wrong = [line for client in clients for line in client.wrong]
    print(f"\nSoak: {CLIENTS} clients, {seconds} s, faults at random")
    print("  " + ", ".join(f"{name} {count:,}" for name, count in sorted(seen.items())))
    print(f"  acknowledged writes lost, refused ones stored, or any twice: {len(wrong)}   goal: 0")
    _show_memory(memory)
    if wrong or not seen["acknowledged"]:
        raise SystemExit("\n".join(wrong[:20]) or "nothing was acknowledged; this is no measurement")


def _show_memory(memory: Sequence[float]) -> None:
    """Print the memory of the server; journals fill at first, so what should be flat is the second half."""
    if memory and memory[0]:
        shown = " ".join(f"{memory[len(memory) * part // 5]:.0f}" for part in range(5))
        print(f"  resident memory, MiB, from start to end: {shown} {memory[-1]:.0f}   goal: the second half is flat")


def _process_on(port: int) -> int:
    """Return the process id of the server that listens on a port, 0 where the system does not tell."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"serve" in words and str(port).encode() in words:
            return int(folder.name)
    return 0


def _resident_mebibytes(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
