"""How tests ask for the findings of a world, and move its clock."""

TEAM = "/lemlist/api/team"
CONDITION = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "within", "delay": 2}


def found(client, *codes):
    """Return the findings of a world; mere advice is left out unless it is asked for by its code."""
    reply = client.control("GET", "findings")
    assert reply.status == 200, reply.body
    return [
        each
        for each in reply.json()["findings"]
        if each["code"] in codes or (not codes and each["severity"] != "advice")
    ]


def codes(client):
    return [each["code"] for each in found(client)]


def numbers(finding):
    return [each["number"] for each in finding["evidence"]]


def advance(client, seconds):
    assert client.control("POST", "clock", {"advance": seconds}).status == 200


def use_up(client):
    for _ in range(20):
        assert client.send("GET", TEAM).status == 200
