"""A world is not read for the verdict of a test while it is being reset."""

from threading import Thread
from typing import Any

import pytest
from drives import Caller
from stepmock.mock_server import Emulator
from stepmock.mock_server.testing.transport import in_process
from stepmock.mock_server.testing.watching import Request, Watch


@pytest.mark.parametrize(("method", "part"), [("POST", "reset"), ("DELETE", "journal"), ("PUT", "snapshot")])
def test_whoever_reads_waits_until_a_world_has_forgotten(method: str, part: str) -> None:
    call = Caller(Emulator(), "lemlist")
    call("GET", "/team")
    send = in_process(call.emulator)
    readers: list[Thread] = []
    noted: list[Request] = []

    def sent(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        if method != "GET":
            reader = Thread(target=watch.observe, args=("lemlist", call.world, 64))
            reader.start()
            readers.append(reader)
            locked = watch._lock
            is_free: list[bool] = []
            other = Thread(target=lambda: is_free.append(locked.acquire(blocking=False)))
            other.start()
            other.join()
            assert is_free == [False]
        return send(method, path, query, body)

    watch = Watch(sent, "documented")
    watch.note = noted.append
    snapshot: Any = watch.ask("GET", f"worlds/{call.world}/snapshot") if part == "snapshot" else None
    watch.ask(method, f"worlds/{call.world}/{part}", snapshot)
    [reader] = readers
    reader.join()
    call("GET", "/team")
    watch.look()
    assert [request.recorded.operation for request in noted] == ["getTeam", "getTeam"]
