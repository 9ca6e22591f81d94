"""Threads for requests, where some of them take long: one for each world, so that none can take all there are."""

from asyncio import Future, Lock, Semaphore, get_running_loop
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from threading import Thread

from ..contracts.limits import MAX_THREADS
from .messages import Response


class Lanes:
    """Does work in threads. The requests of a world come one after another: in a thread they would only wait for it."""

    def __init__(self) -> None:
        self._threads = Semaphore(MAX_THREADS)
        self._locks: dict[str, Lock] = {}
        self._users: Counter[str] = Counter()

    async def do(self, world: str, work: Callable[[], Response]) -> Response:
        """Return what work for a world comes to; an empty name stands for work that is for none."""
        async with self._lane(world), self._threads:
            return await _in_thread(work)

    @asynccontextmanager
    async def _lane(self, world: str) -> AsyncIterator[None]:
        if not world:
            yield
            return
        lock = self._locks.setdefault(world, Lock())
        self._users[world] += 1
        try:
            async with lock:
                yield
        finally:
            self._users[world] -= 1
            if not self._users[world]:
                del self._users[world], self._locks[world]


async def _in_thread(work: Callable[[], Response]) -> Response:
    """Return what work comes to that is done in a thread of its own; a server that stops does not wait for it."""
    loop = get_running_loop()
    result: Future[Response] = loop.create_future()

    def tell(reply: Response) -> None:
        if not result.done():
            result.set_result(reply)

    def run() -> None:
        reply = work()
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, reply)

    Thread(target=run, daemon=True, name="stepmock-request").start()
    return await result
