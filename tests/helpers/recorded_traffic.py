"""Recordings as tests need them: written, linted, and what is told of them."""

import json
import re

from stepmock.fixtures import FOLDER
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.targets import Targets

ADD = "https://api.lemlist.com/api/sequences/seq_a/steps"
BAD = '{"type": "phone",\n "delay": -1}'
RECORDINGS = sorted((FOLDER / "recordings").glob("*/*"))
VALID = [path for path in RECORDINGS if path.parent.name == "valid"]
INVALID = [path for path in RECORDINGS if path.parent.name == "invalid"]


def named(path):
    return f"{path.parent.name}/{path.name}"


def entry(text=BAD, url=ADD, method="POST", *, time="2024-05-01T10:00:00Z", status=200, reply="", headers=(), **data):
    """Return an entry of a HAR."""
    request = {"method": method, "url": url, "headers": [{"name": name, "value": value} for name, value in headers]}
    if text is not None:
        request["postData"] = {"mimeType": "application/json", "text": text, **data}
    answer = {"status": status, "headers": [], "content": {"text": reply}}
    return {"startedDateTime": time, "request": request, "response": answer}


def har(*entries, **style):
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, **style)


def interaction(body=BAD, uri=ADD, method="POST", *, status=200, reply="", headers=None):
    """Return an interaction of a cassette."""
    return {
        "request": {"method": method, "uri": uri, "headers": headers or {}, "body": body},
        "response": {"status": {"code": status, "message": ""}, "headers": {}, "body": {"string": reply}},
    }


def cassette(*interactions):
    return {"interactions": list(interactions), "version": 1}


def checked(text, path="x.har", operation=None):
    data = text.encode() if isinstance(text, str) else text
    return lint_bytes(path, data, Options(Targets(operation)))


def places(result):
    return [(item.violation.code, item.pointer, tuple(item.position)) for item in result.located]


def reasons(result):
    return [reason for _, reason in result.not_checked]


def character(text, found):
    """Return the rest of the line at which a violation stands."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[found.position.line - 1][found.position.column - 1 :]
