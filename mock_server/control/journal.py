"""`journal`: the requests that a world got."""

import json
from typing import Any

from ..clock import iso_text
from ..journal import JournalEntry
from ..messages import Response
from .answers import Ask, Routes, answer, done


def _show(ask: Ask) -> Response:
    """Answer with the entries, the oldest first."""
    return answer({"entries": [as_json(entry) for entry in ask.world.journal], "next": None})


def _clear(ask: Ask) -> Response:
    ask.world.journal.clear()
    return done()


def as_json(entry: JournalEntry) -> dict[str, Any]:
    """Return an entry as a JSON object; a body is a text."""
    return {
        "number": entry.number,
        "at": iso_text(entry.at),
        "operation": entry.operation,
        "parameters": dict(entry.parameters),
        "request": {
            "method": entry.method,
            "path": entry.path,
            "query": entry.query,
            "headers": dict(entry.headers),
            "body": entry.request_body.decode("utf-8", "replace"),
            "bytes": entry.request_bytes,
        },
        "response": {
            "status": entry.status,
            "headers": [list(header) for header in entry.response_headers],
            "body": entry.response_body.decode("utf-8", "replace"),
            "bytes": entry.response_bytes,
        },
        "violations": [dict(item) for item in entry.violations],
        "confidence": entry.confidence,
        "fault": json.loads(entry.fault) if entry.fault else None,
    }


ROUTES: Routes = {("GET", "journal"): _show, ("DELETE", "journal"): _clear}
