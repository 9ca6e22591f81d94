"""The way to the control plane of an emulator in this process."""

from ..control_client import Transport
from ..emulator import Emulator
from ..messages import Request
from ..settings import CONTROL_PREFIX

__tracebackhide__ = True  # of a traceback, pytest shows what the user wrote


def in_process(emulator: Emulator) -> Transport:
    """Return the way to an emulator in this process."""

    def send(method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        headers = {"host": "localhost", "authorization": f"Bearer {emulator.settings.control_token}"}
        reply = emulator.handle(Request(method, f"{CONTROL_PREFIX}/{path}", query, headers, body))
        return reply.status, reply.body

    return send
