"""An emulator that gives replies as told, and keeps what it was asked."""

from stepmock.mock_server import Emulator, Request, Response

STEPS = "https://api.lemlist.com/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
TEAM = "https://api.lemlist.com/api/team"
EMAIL = {"type": "email", "subject": "Hello", "message": "Hi", "delay": 1}

PLAIN = [("Content-Type", "text/plain; charset=utf-8")]


class Scripted(Emulator):
    """Gives each of `replies` once, the last again and again."""

    def __init__(self, *replies: Response) -> None:
        super().__init__()
        self.replies = list(replies)
        self.asked: list[Request] = []

    def handle(self, request: Request) -> Response:
        self.asked.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
