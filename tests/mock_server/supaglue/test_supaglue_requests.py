"""Requests to Supaglue that are refused before anything is done: connections, validation, bad input."""

import pytest
from stepmock.mock_server import Emulator, Settings
from supaglue_client import CALL, DOCS, MAIL, NORMAL, STEPS, VALIDATION, Client

# Credentials, worlds and the order of checks


@pytest.mark.parametrize(
    ("headers", "status", "title"),
    [
        ({"x_api_key": None}, 401, "x-api-key header must be set"),
        ({"x_api_key": None, "x_customer_id": None}, 401, "x-api-key header must be set"),
        ({"x_api_key": "invalid-1"}, 401, "Can't find application by api key"),
        ({"x_customer_id": None}, 401, "x-customer-id and x-provider-name headers must be set"),
        ({"x_provider_name": None}, 401, "x-customer-id and x-provider-name headers must be set"),
        ({"x_provider_name": ""}, 401, "x-customer-id and x-provider-name headers must be set"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", STEPS), ("GET", "/sequences"), ("GET", "/nothing"), ("PUT", STEPS)]
)
def test_a_request_without_a_connection_is_refused_before_all_else(connect, headers, status, title, method, path):
    reply = connect().send(method, path, {}, **headers)
    assert (reply.status, reply.errors[0]["title"], set(reply.errors[0])) == (status, title, NORMAL)
    assert (reply.errors[0]["code"], reply.errors[0]["status"]) == ("UNAUTHORIZED_ERROR", "401")
    assert "X-Stepmock-World" not in reply.headers


@pytest.mark.parametrize(("customer", "name"), [("unknown-7", "apollo"), ("c", "salesforce"), ("c", "Apollo")])
def test_a_customer_or_provider_without_a_connection_gets_404(connect, customer, name):
    reply = connect(name, customer=customer).send("POST", STEPS, {})
    item = reply.errors[0]
    assert (reply.status, item["code"], set(item)) == (404, "NOT_FOUND_ERROR", NORMAL)
    assert item["title"].startswith("Connection not found for customer: ")
    assert item["title"].endswith(f" and provider: {name}")
    assert f":{customer} and application: " in item["title"]


def test_key_customer_and_provider_each_select_a_world(profile):
    emulator = Emulator(Settings(profile=profile))
    clients = [Client(profile, *names, emulator=emulator, key=key) for *names, key in
               [("apollo", "a", "k"), ("salesloft", "a", "k"), ("apollo", "b", "k"), ("apollo", "a", "l")]]  # fmt: skip
    for number, client in enumerate(clients):
        for _ in range(number):
            client.created("/sequences", {"name": "n", "type": "team"})
    counts = [client.send("GET", "/sequences").body["pagination"]["total_count"] for client in clients]
    assert counts == [1, 2, 3, 4]
    assert len({client.world for client in clients}) == 4


def test_the_vendors_sample_call_works_under_any_connection_by_path_and_by_host(connect, provider):
    client = connect(provider)
    record = {"type": "auto_email", "template": MAIL}
    assert client.post(STEPS, record).status == 201
    fresh = connect(provider)
    assert fresh.post(STEPS, record, base="/engagement/v2", host="API.supaglue.io:443").status == 201


def test_the_same_calls_give_the_same_bytes(connect, provider):
    def run():
        client = connect(provider)
        calls = [
            ("POST", STEPS, CALL),
            ("POST", STEPS, {}),
            ("GET", f"/sequences/{DOCS}", None),
            ("GET", "/nothing", None),
        ]
        return [client.send(*call).raw for call in calls]

    assert run() == run()


# Validation


def test_validation_shows_one_item_for_each_failure_under_one_title(connect):
    reply = connect().post(STEPS, {"template": {"body": "b"}})
    title = ", ".join(
        f"request/body/record{text}"
        for text in [
            " must have required property 'type'", "/template must have required property 'id'",
            "/template must have required property 'subject'", "/template must match exactly one schema in oneOf",
        ]
    )  # fmt: skip
    assert reply.status == 400
    assert [set(item) for item in reply.errors] == [VALIDATION] * 4
    assert {(item["title"], item["detail"], item["problem_type"]) for item in reply.errors} == {
        (title, title, "VALIDATION_ERROR")
    }
    assert [item["source"]["pointer"] for item in reply.errors] == [
        "/body/record/type", "/body/record/template/id", "/body/record/template/subject", "/body/record/template"
    ]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "options", "status", "title"), [
    ("PUT", STEPS, {}, 405, "PUT method not allowed"),
    ("PATCH", f"/sequences/{DOCS}", {}, 405, "PATCH method not allowed"),
    ("GET", "/nothing", {}, 404, "not found"),
    ("POST", STEPS, {"content_type": "text/plain"}, 415, "unsupported media type text/plain"),
    ("POST", STEPS, {"content_type": None}, 415, "unsupported media type undefined"),
])  # fmt: skip
def test_the_validator_refuses_paths_methods_and_media_types(connect, method, path, options, status, title):
    reply = connect().send(method, path, CALL, **options)
    assert (reply.status, reply.errors[0]["title"], set(reply.errors[0])) == (status, title, VALIDATION)


def test_an_empty_body_is_an_empty_object_and_needs_its_media_type_too(connect):
    client = connect()
    assert client.send("POST", STEPS, body=b"").errors == client.send("POST", STEPS, {}).errors
    assert client.send("POST", STEPS, body=b"", content_type=None).status == 415


@pytest.mark.parametrize("headers", [{}, {"x_api_key": None}, {"x_provider_name": "nobody"}])
@pytest.mark.parametrize(("method", "path"), [("POST", STEPS), ("PUT", STEPS), ("POST", "/sequences")])
def test_broken_json_is_told_before_anything_else(connect, profile, headers, method, path):
    reply = connect().send(method, path, body=b'{"record":', **headers)
    status, code = {"documented": (400, "BAD_REQUEST"), "observed": (500, "INTERNAL_SERVER_ERROR")}[profile]
    assert (reply.status, reply.errors[0]["code"], reply.errors[0]["status"]) == (status, code, str(status))
    assert set(reply.errors[0]) == NORMAL


def test_validation_comes_before_the_sequence_and_salesloft_before_it_too():
    client = Client(provider="salesloft")
    nowhere = "/sequences/nowhere/sequence_steps"
    assert client.post(nowhere, {}).status == 400
    assert client.post(nowhere, {"type": "task", "date": "d"}).status == 400
    assert client.post(nowhere, {"type": "task"}).status == 404


def test_an_unknown_sequence_is_not_found(connect, provider):
    client = connect(provider)
    replies = [
        client.post("/sequences/nowhere/sequence_steps", {"type": "call", "template": MAIL}),
        client.send("GET", "/sequences/nowhere"),
    ]
    assert [(reply.status, reply.errors[0]["code"]) for reply in replies] == [(404, "NOT_FOUND_ERROR")] * 2


# Bad input

BODIES = [("POST", STEPS), ("POST", "/sequences"), ("PATCH", f"{STEPS}/1")]
UNREADABLE = {
    "empty": (b"", 400), "blank": (b"  ", "broken"), "broken": (b'{"record":', "broken"), "root": (b"[]", 400),
    "null": (b"null", 400), "text": (b'"x"', 400), "nan": (b'{"record":{"order":NaN}}', 400),
    "big integer": (b'{"record":{"order":' + b"9" * 5000 + b"}}", 400),
    "overflow": (b'{"record":{"order":1e999}}', 400),
    "surrogate": (b'{"record":{"type":"call","name":"\\ud83d"}}', 400),
    "brackets": (b"[" * 20000, 400), "deep": (b'{"record":' + b'{"a":' * 300 + b"1" + b"}" * 301, 400),
    "utf-8": (b'{"record":{"name":"\xff"}}', 400), "huge": (b'{"record":"' + b"x" * (11 * 2**20) + b'"}', 413),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
@pytest.mark.parametrize(("method", "path"), BODIES)
def test_a_bad_body_gets_the_error_list_and_changes_nothing(profile, provider, method, path, case):
    client = Client(profile, provider)
    before = client.read()
    body, status = UNREADABLE[case]
    reply = client.send(method, path, body=body)
    status = {"documented": 400, "observed": 500}[profile] if status == "broken" else status
    assert reply.status == status
    assert reply.errors
    assert all(set(item) in (VALIDATION, NORMAL) for item in reply.errors)
    assert (client.read(), client.downstream()) == (before, [])


@pytest.mark.parametrize("name", ["%00", "..", "a b", "<x>", "é", "\ud83d", "x" * 5000, "'", "{}", "0258cbc6"])
def test_a_hostile_id_is_not_found(connect, provider, name):
    client = connect(provider)
    mail = {"record": {"type": "auto_email", "template": MAIL}}
    replies = [
        client.send("GET", f"/sequences/{name}"),
        client.send("POST", f"/sequences/{name}/sequence_steps", mail),
        client.send("PATCH", f"{STEPS}/{name}", {"record": {}}),
    ]
    assert [reply.status for reply in replies] == [404, 404, 400 if provider == "salesloft" else 404]


@pytest.mark.parametrize(
    "seconds", [10**4000, -(10**4000), 1e308, -1e308, 86400 * 10**4000, 1e-300], ids=lambda value: str(value)[:8]
)
def test_extreme_intervals_are_stored_and_shown(connect, provider, seconds):
    client = connect(provider)
    step = {"type": "auto_email", "interval_seconds": seconds, "order": seconds, "template": MAIL}
    reply = client.post("/sequences", {"name": "n", "type": "team", "steps": [step, step]})
    is_whole = seconds % 86400 == 0 if isinstance(seconds, int) else seconds != 1e-300
    assert reply.status == (201 if is_whole or provider != "salesloft" else 400)
    if reply.status == 201:
        assert len(client.read(reply.body["record"]["id"])["steps"]) == 2
