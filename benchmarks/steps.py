"""What is sent of each provider: the request and the payloads that all figures use. A provider is one entry here."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from stepmock.mock_server import Request

Payload = dict[str, Any]
_keys = count()


def fresh_key() -> str:
    """Return a key that was not used before, and so opens an empty world."""
    return f"key{next(_keys)}"


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What makes a world grow, where that is not the sample's own request."""

    path: str
    payload: Payload
    unit: str


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One provider's sample request, and what its checker is asked.

    `path` has the names of `names` in braces. `credential` gives the headers and the query of a key. `right` breaks no
    rule, `flawed` breaks one, and `broken` breaks five.
    """

    provider: str
    operation: str
    path: str
    names: Mapping[str, str]
    credential: Callable[[str], tuple[dict[str, str], str]]
    right: Payload
    flawed: Payload
    broken: Payload
    method: str = "POST"
    growth: Growth | None = None

    def request(self, key: str) -> Request:
        """Return the sample request of a key."""
        return self._sent(key, self.path.format(**self.names), self.right)

    def growing(self, key: str) -> Request:
        """Return the request that makes the world of a key grow."""
        if self.growth is None:
            return self.request(key)
        return self._sent(key, self.growth.path, self.growth.payload)

    def _sent(self, key: str, path: str, payload: Payload) -> Request:
        fields, query = self.credential(key)
        headers = {"content-type": "application/json", **fields}
        return Request(self.method, path, query, headers, json.dumps(payload).encode())


def _basic(key: str) -> tuple[dict[str, str], str]:
    return {"authorization": "Basic " + b64encode(f":{key}".encode()).decode()}, ""


def _api_key(key: str) -> tuple[dict[str, str], str]:
    return {"x-api-key": key}, ""


def _apollo(key: str) -> tuple[dict[str, str], str]:
    return {"x-api-key": key, "x-customer-id": "customer-1", "x-provider-name": "apollo"}, ""


def _query(key: str) -> tuple[dict[str, str], str]:
    return {}, f"api_key={key}"


_LEMLIST = Sample(
    provider="lemlist",
    operation="addStep",
    path="/lemlist/api/sequences/{sequence}/steps",
    names={"sequence": "seq_lkCSKd32qSZZTe5Ru"},
    credential=_basic,
    # Without an index a step goes to the end of its sequence.
    right={
        "type": "email",
        "subject": "A word about {{companyName}}",
        "message": "<p>Have you a minute, {{firstName}}?</p>",
        "delay": 1,
    },
    # No subject.
    flawed={"type": "email", "message": "<p>Hello</p>", "delay": 1},
    # No subject, two numbers out of range, an open brace, a misspelt name.
    broken={"type": "email", "message": "<p>Hello {{firstName</p>", "delay": -1, "index": 0.5, "subjct": "A word"},
)

_SALESHANDY = Sample(
    provider="saleshandy",
    operation="createStep",
    path="/saleshandy/v1/sequences/{sequence}/steps",
    names={"sequence": "JA5YdAr9wy"},
    credential=_api_key,
    # No email: a day holds one at most, and there are 999 days.
    right={
        "type": "LinkedInInMail",
        "priority": "Normal",
        "absoluteDays": 3,
        "variants": [
            {
                "payload": {
                    "subject": "A word about {{companyName}}",
                    "message": "Have you a minute, {{firstName}}?",
                }
            }
        ],
    },
    # No subject.
    flawed={
        "type": "LinkedInInMail",
        "priority": "Normal",
        "absoluteDays": 3,
        "variants": [{"payload": {"message": "Hello"}}],
    },
    # No subject, two values out of range, an open brace, a misspelt name.
    broken={
        "type": "LinkedInInMail",
        "priority": 7,
        "absoluteDays": 0,
        "variants": [{"payload": {"message": "Hello {{firstName", "subjct": "A word"}}],
    },
)

_SUPAGLUE = Sample(
    provider="supaglue",
    operation="createSequenceStep",
    path="/supaglue/engagement/v2/sequences/{sequence}/sequence_steps",
    names={"sequence": "0258cbc6-6020-430a-848e-aafacbadf4ae"},
    credential=_apollo,
    right={
        "record": {
            "type": "auto_email",
            "interval_seconds": 86400,
            "template": {
                "subject": "A word about {{companyName}}",
                "body": "<p>Have you a minute, {{firstName}}?</p>",
            },
        }
    },
    # No subject.
    flawed={"record": {"type": "auto_email", "interval_seconds": 86400, "template": {"body": "<p>Hello</p>"}}},
    # No subject, an unknown type, two values of a wrong JSON type (one rule, broken twice), a misspelt name.
    broken={
        "record": {
            "type": "auto_mail",
            "interval_seconds": "86400",
            "is_reply": "no",
            "templte": {},
            "template": {"body": "<p>Hello</p>"},
        }
    },
)

_EMAILS: list[Payload] = [
    {
        "seq_number": 1,
        "subject": "A question about {{company_name}}",
        "email_body": "<p>Hi {{first_name}},</p><p>I saw that {{company_name}} is looking for two more people in its "
        "support team. Teams of that size often tell us that the first answer takes them longer than they wish, as "
        "the same ten questions come back every day.</p><p>Who looks after that at your place?</p><p>Best,<br>Ana</p>",
        "seq_delay_details": {"delay_in_days": 0},
    },
    {
        "seq_number": 2,
        "subject": "",
        "email_body": "<p>Hi {{first_name}},</p><p>One figure that may be of use: after three weeks, a team of nine "
        "people answered within the hour instead of within the day, with nobody added. I have written down on one "
        "page how they went about it.</p><p>Shall I send it to you?</p><p>Best,<br>Ana</p>",
        "seq_delay_details": {"delay_in_days": 3},
    },
    {
        "seq_number": 3,
        "subject": "",
        "email_body": "<p>Hi {{first_name}},</p><p>I do not want to fill your inbox, so this is my last word on it. "
        "If this is not the time, a short no is just as welcome, and I will come back only when you ask.</p>"
        "<p>All the best to everybody at {{company_name}},<br>Ana</p>",
        "seq_delay_details": {"delay_in_days": 4},
    },
]


def _without(fields: Payload, name: str) -> Payload:
    return {key: value for key, value in fields.items() if key != name}


_SMARTLEAD = Sample(
    provider="smartlead",
    operation="saveSequences",
    path="/smartlead/api/v1/campaigns/{campaign}/sequences",
    names={"campaign": "1"},
    credential=_query,
    right={"sequences": _EMAILS},
    # No body.
    flawed={"sequences": [_EMAILS[0], _without(_EMAILS[1], "email_body"), _EMAILS[2]]},
    # No body, two values out of range, an open brace, a misspelt name.
    broken={
        "sequences": [
            {**_EMAILS[0], "seq_delay_details": {"delay_in_days": -1}},
            {**_without(_EMAILS[1], "email_body"), "seq_type": "MAIL"},
            {**_EMAILS[2], "email_body": "<p>Hello {{first_name</p>", "subjct": "A word"},
        ]
    },
    # A save puts its payload in the place of the old one, so what grows is the number of campaigns.
    growth=Growth(path="/smartlead/api/v1/campaigns/create", payload={"name": "Autumn"}, unit="campaigns"),
)

SAMPLES = {sample.provider: sample for sample in (_LEMLIST, _SALESHANDY, _SUPAGLUE, _SMARTLEAD)}
"""The samples by provider."""
