"""What tests of lemlist's steps send, and how they look at what came of it."""

import json
import re
from typing import Any

from stepmock.validators.checker import checker

SEQUENCE = "seq_lkCSKd32qSZZTe5Ru"
CAMPAIGN = "cam_docs0000000000000"
STEP_ID = re.compile(r"stp_[0-9A-Za-z]{17}")
SEQUENCE_ID = re.compile(r"seq_[0-9A-Za-z]{17}")
TEMPLATE_ID = re.compile(r"etp_[0-9A-Za-z]{17}")
VISIT = {"type": "linkedinVisit"}
CONDITION = {"type": "conditional", "conditionKey": "linkedinInviteAccepted", "delayType": "waitUntil"}
EXAMPLES = {example["type"]: example for example in checker("lemlist", "addStep").examples}
CHANGES = {example["type"]: example for example in checker("lemlist", "updateStep").examples}
PLAIN_TYPES = sorted(EXAMPLES.keys() - {"conditional"})


def add(client: Any, step: dict[str, Any], sequence: str = SEQUENCE) -> Any:
    return client.post(f"/sequences/{sequence}/steps", json=step)


def added(client: Any, step: dict[str, Any], sequence: str = SEQUENCE) -> dict[str, Any]:
    reply = add(client, step, sequence)
    assert reply.status == 200, reply.text
    return reply.json()


def update(client: Any, step: str, change: dict[str, Any], sequence: str = SEQUENCE) -> Any:
    return client.patch(f"/sequences/{sequence}/steps/{step}", json=change)


def remove(client: Any, step: str, sequence: str = SEQUENCE) -> Any:
    return client.delete(f"/sequences/{sequence}/steps/{step}")


def listing(client: Any, campaign: str = CAMPAIGN) -> dict[str, Any]:
    reply = client.get(f"/campaigns/{campaign}/sequences")
    assert reply.status == 200, reply.text
    return reply.json()


def steps(client: Any, sequence: str = SEQUENCE) -> list[dict[str, Any]]:
    return listing(client)[sequence]["steps"]


def codes(reply: Any) -> list[str]:
    return [item["rule"] for item in json.loads(reply.headers["X-Stepmock-Violations"])]


def is_text(reply: Any) -> bool:
    return reply.content_type == "text/plain; charset=utf-8" and bool(reply.text.strip())
