"""The payloads and the request that all figures use."""

import json
from base64 import b64encode
from itertools import count

PATH = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
EMAIL = {
    "type": "email",
    "subject": "A word about {{companyName}}",
    "message": "<p>Have you a minute, {{firstName}}?</p>",
    "delay": 1,
}
"""A right step; without an index it goes to the end of its sequence."""

FLAWED = {"type": "email", "message": "<p>Hello</p>", "delay": 1}
"""A step that breaks one rule: no subject."""

BROKEN = {"type": "email", "message": "<p>Hello {{firstName</p>", "delay": -1, "index": 0.5, "subjct": "A word"}
"""A step that breaks five rules: no subject, two numbers out of range, an open brace, a misspelt name."""

BODY = json.dumps(EMAIL).encode()
_keys = count()


def fresh_key() -> str:
    """Return a key that was not used before, and so opens an empty world."""
    return f"key{next(_keys)}"


def headers(key: str) -> dict[str, str]:
    """Return the headers of an add-step."""
    return {"content-type": "application/json", "authorization": "Basic " + b64encode(f":{key}".encode()).decode()}
