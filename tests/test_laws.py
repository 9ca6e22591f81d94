"""What holds for any payload: linter and emulator agree, breakers break one rule, engines give the same verdict."""

import base64
import itertools
import json
from functools import cache
from pathlib import Path

import jsonschema
import jsonschema_rs
import pytest
import stepmock.contracts
from drives import Caller
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from stepmock.contracts import load
from stepmock.contracts.model import PROFILES
from stepmock.contracts.source import read_document, with_overlay
from stepmock.mock_server import Emulator, Request, Settings
from stepmock.validators import Violation, check
from stepmock.validators.breakers import breakers, operations_with_payload, valid_examples
from stepmock.validators.linter.lint import Options, lint_bytes
from stepmock.validators.linter.targets import Targets
from stepmock.validators.reading import read_json
from stepmock.validators.worlds import docs_context

settings.register_profile("stepmock", deadline=None, derandomize=True, database=None)
settings.load_profile("stepmock")

PROVIDER = "lemlist"
SEQUENCE = "/lemlist/api/sequences/seq_lkCSKd32qSZZTe5Ru/steps"
EMULATORS = {profile: Emulator(Settings(profile=profile, rate_limit=False)) for profile in PROFILES}
KEYS = itertools.count()

# Texts that lie near a rule's boundary, so that mutations meet more than the type rules.
TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        "email",
        "phone",
        "manual",
        "conditional",
        "linkedinSend",
        "within",
        "waitUntil",
        "GET",
        "get",
        "ai",
        "hasScore",
        "x" * 400,
        "x" * 401,
        "\N{GRINNING FACE}" * 401,
        "{{a}}",
        "{{a",
        "}}",
        "http://example.com",
        "ftp://example.com",
        "https://example.com/a.png",
        "https://example.com/a.mp4",
        "https://localhost/a.png",
        "https://10.0.0.1/a",
        "cam_ABC123XYZ456",
        "cam_archived000000000",
        "cam_nowhere0000000000",
    ]
)
NUMBERS = (
    st.integers(-3, 1505)
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([-1, -2, 0, 1500, 1501, 1.0, 1500.0, 1500.5, -0.0, 1e300])
)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)
FIELDS = [
    "type",
    "index",
    "delay",
    "subject",
    "message",
    "altMessage",
    "title",
    "method",
    "url",
    "conditionKey",
    "delayType",
    "campaignId",
    "images",
    "videos",
    "skillName",
    "endorseAnyFallback",
    "recordMode",
    "name",
    "timezone",
    "autoReview",
    "autoReviewConditions",
    "unheardOf",
]
EXAMPLES = {name: valid_examples(PROVIDER, name) for name in operations_with_payload(PROVIDER)}


@st.composite
def payloads(draw, operation):
    """A valid example of an operation with some fields dropped, added or replaced; now and then any JSON value."""
    if draw(st.integers(0, 19)) == 19:
        return draw(JSON)
    payload = dict(draw(st.sampled_from(EXAMPLES[operation])))
    for name in draw(st.lists(st.sampled_from(sorted(payload)), max_size=2)):
        payload.pop(name, None)
    for name in draw(st.lists(st.sampled_from(FIELDS) | st.text(max_size=5), max_size=3)):
        others = [example[name] for example in EXAMPLES[operation] if name in example]
        payload[name] = draw(JSON | st.sampled_from(others) if others else JSON)
    return payload


class Client:
    """A client with a world of its own."""

    def __init__(self, profile):
        key = base64.b64encode(f":key{next(KEYS)}".encode()).decode()
        self._headers = {"authorization": f"Basic {key}", "content-type": "application/json"}
        self._emulator = EMULATORS[profile]

    def send(self, method, path, body):
        return self._emulator.handle(Request(method, path, "", self._headers, body))

    def call(self, operation, body, stored=None):
        """Send a body to an operation; for an update, a step of the type of `stored` is added first."""
        if operation == "createCampaign":
            return self.send("POST", "/lemlist/api/campaigns", body)
        if operation == "updateCampaign":
            return self.send("PATCH", "/lemlist/api/campaigns/cam_ABC123XYZ456", body)
        if operation == "addStep":
            return self.send("POST", SEQUENCE, body)
        step = self.send("POST", SEQUENCE, json.dumps(stored).encode()).json()
        return self.send("PATCH", f"{SEQUENCE}/{step['_id']}", body)


def rules_in_header(response):
    header = dict(response.headers).get("X-Stepmock-Violations", "[]")
    return [(item["rule"], item["pointer"]) for item in json.loads(header) if "rule" in item]


def encoded(body):
    return (
        body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    )


def the_law(profile, operation, payload, stored=None):
    """With the same facts, an error is found exactly when the emulator refuses, and it is the reason."""
    assume("media.stepmock.test" not in json.dumps(payload))
    body = json.dumps(payload).encode()
    assume(not read_json(body, load(PROVIDER).body_rules).findings or not isinstance(payload, dict))
    context = docs_context(load(PROVIDER, profile), stored)
    violations = check(PROVIDER, operation, payload, profile=profile, context=context)
    errors = [item for item in violations if item.severity == "error"]
    response = Client(profile).call(operation, body, stored)
    if errors:
        assert (response.status, response.body) == (errors[0].status, encoded(errors[0].body))
        assert rules_in_header(response) == [(item.code, item.pointer) for item in errors][:20]
    else:
        assert response.status == 200
        assert rules_in_header(response) == []


MANY = settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@pytest.mark.parametrize("profile", PROFILES)
@given(payload=payloads("addStep"))
@MANY
def test_an_error_is_found_exactly_when_adding_a_step_is_refused(profile, payload):
    the_law(profile, "addStep", payload)


@pytest.mark.parametrize("profile", PROFILES)
@given(payload=payloads("updateStep"), stored=st.sampled_from(EXAMPLES["addStep"]))
@MANY
def test_an_error_is_found_exactly_when_changing_a_step_is_refused(profile, payload, stored):
    the_law(profile, "updateStep", payload, stored)


@pytest.mark.parametrize("profile", PROFILES)
@given(change=payloads("updateStep"), stored=st.sampled_from(EXAMPLES["addStep"]))
@MANY
def test_an_error_is_found_exactly_when_changing_a_step_of_the_same_type_is_refused(profile, change, stored):
    assume(isinstance(change, dict))
    the_law(profile, "updateStep", {**change, "type": stored["type"]}, stored)


@pytest.mark.parametrize("profile", PROFILES)
@given(payload=payloads("createCampaign"))
@MANY
def test_an_error_is_found_exactly_when_creating_a_campaign_is_refused(profile, payload):
    the_law(profile, "createCampaign", payload)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("operation", EXAMPLES)
def test_every_example_is_accepted(profile, operation):
    for example in valid_examples(PROVIDER, operation, profile):
        stored = next((step for step in EXAMPLES["addStep"] if step["type"] == example.get("type")), None)
        assert Client(profile).call(operation, json.dumps(example).encode(), stored).status == 200


BREAKABLE = [
    (profile, operation, code)
    for profile in PROFILES
    for operation in EXAMPLES
    for code in load(PROVIDER, profile).rules
    if next(breakers(PROVIDER, operation, code, profile), None)
]


def test_every_rule_is_broken_by_some_operation():
    for profile in PROFILES:
        assert {code for name, _, code in BREAKABLE if name == profile} == set(load(PROVIDER, profile).rules)


@pytest.mark.parametrize(("profile", "operation", "code"), BREAKABLE)
def test_a_breaker_breaks_one_rule_through_the_checker_and_through_the_emulator(profile, operation, code):
    rule = load(PROVIDER, profile).rules[code]
    for broken in itertools.islice(breakers(PROVIDER, operation, code, profile), 25):
        reading = read_json(broken.body, load(PROVIDER).body_rules, duplicates=True)
        if not reading.findings:
            violations = check(PROVIDER, operation, reading.payload, profile=profile, context=broken.context)
            assert [item.code for item in violations] == [code]
        else:
            assert [finding.code for finding in reading.findings] == [code]
        kind = (broken.context.stored or {}).get("type")
        stored = next((step for step in EXAMPLES["addStep"] if step["type"] == kind), None)
        response = Client(profile).call(operation, broken.body, stored)
        if rule.severity == "error":
            assert response.status == load(PROVIDER, profile).refusals[rule.refusal].status
            assert [name for name, _ in rules_in_header(response)] == [code]
        else:
            assert response.status == 200
            assert rules_in_header(response) == []


class Strange:
    """A value that JSON does not have."""


PYTHON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=4)
    | st.complex_numbers()
    | st.sampled_from(["\ud83d", -(10**400), Strange(), Strange, ..., range(3), float("nan"), len])
    | st.dates()
    | st.decimals()
    | st.fractions()
    | st.sampled_from([4300, 6000]).map(lambda digits: 10**digits),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.frozensets(st.integers(), max_size=2)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from(FIELDS) | st.integers() | st.none() | st.tuples(st.integers()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("operation", EXAMPLES)
@given(value=PYTHON, data=st.data())
@settings(max_examples=200)
def test_check_never_raises_and_gives_violations_that_can_be_printed(operation, value, data):
    payload = value
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(FIELDS))
        payload = {**data.draw(st.sampled_from(EXAMPLES[operation])), name: value}
    for profile in PROFILES:
        violations = check(PROVIDER, operation, payload, profile=profile)
        assert all(isinstance(item, Violation) for item in violations)
        assert violations or isinstance(payload, dict)
        json.dumps([item.as_json() for item in violations])
        for item in violations:
            assert item.message.isprintable()
            assert item.code in load(PROVIDER).rules


@cache
def engines(operation, branch):
    """Return both engines for the schema of a branch; of the root, if the branch is None."""
    checks = load(PROVIDER).operations[operation].checks
    schema = checks["branches"][branch]["schema"] if branch else checks["root"]["schema"]
    return jsonschema_rs.Draft202012Validator(schema), jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("operation", EXAMPLES)
@given(data=st.data())
@settings(max_examples=150)
def test_both_json_schema_engines_give_the_same_verdict(operation, data):
    payload = data.draw(payloads(operation))
    branches = load(PROVIDER).operations[operation].checks["branches"]
    for branch in (None, *branches):
        fast, slow = engines(operation, branch)
        assert fast.is_valid(payload) == slow.is_valid(payload)


FOLDER = Path(stepmock.contracts.__file__).parent
DOCUMENT = read_document(FOLDER / "lemlist.yaml")
ORACLES = {
    "documented": OpenAPI.from_dict(DOCUMENT.data),
    "observed": OpenAPI.from_dict(with_overlay(DOCUMENT, FOLDER / "lemlist.observed.yaml").data),
}
ROUTES = {
    "addStep": ("post", "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"),
    "createCampaign": ("post", "/campaigns"),
    "updateStep": ("patch", "/sequences/seq_lkCSKd32qSZZTe5Ru/steps/stp_00000000000000000"),
}


def schema_codes(profile, operation):
    """Return the rules that an assertion of JSON Schema has in an operation, and the rule about the root."""
    checks = load(PROVIDER, profile).operations[operation].checks
    branches = [checks["root"], *checks["branches"].values()]
    return {"LEM002", *(code for branch in branches for code in branch["codes"].values())}


def oracle_accepts(profile, operation, payload):
    """Return whether openapi-core finds the request valid; the request has credentials."""
    method, path = ROUTES[operation]
    request = MockRequest(
        "https://api.lemlist.com",
        method,
        f"/api{path}",
        headers={"Authorization": "Basic Omtlea=="},
        data=json.dumps(payload).encode(),
        content_type="application/json",
    )
    try:
        ORACLES[profile].validate_request(request)
    except OpenAPIError:
        return False
    return True


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("operation", ROUTES)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_openapi_core_agrees_with_the_rules_of_json_schema(profile, operation, data):
    payload = data.draw(payloads(operation))
    violations = check(PROVIDER, operation, payload, profile=profile)
    errors = {item.code for item in violations if item.severity == "error"}
    assume("LEM005" not in errors)
    assume(not isinstance(payload, dict) or not isinstance(payload.get("type"), (dict, list)))  # openapi-core stumbles
    assert oracle_accepts(profile, operation, payload) == (not errors & schema_codes(profile, operation))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("operation", ROUTES)
def test_openapi_core_accepts_every_example(profile, operation):
    for example in valid_examples(PROVIDER, operation, profile):
        assert oracle_accepts(profile, operation, example)


TARGETS = [
    ("lemlist/addStep", "POST", "/sequences/seq_lkCSKd32qSZZTe5Ru/steps"),
    ("lemlist/createCampaign", "POST", "/campaigns"),
    ("saleshandy/createStep", "POST", "/sequences/JA5YdAr9wy/steps"),
    ("saleshandy/createSequence", "POST", "/sequences"),
    ("smartlead/saveSequences", "POST", "/campaigns/1/sequences"),
    ("smartlead/createCampaign", "POST", "/campaigns/create"),
    ("supaglue/createSequenceStep", "POST", "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps"),
    ("supaglue/createSequence", "POST", "/sequences"),
    ("supaglue/updateSequenceStep", "PATCH", "/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae/sequence_steps/1"),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("operation", "method", "path"), TARGETS, ids=[target[0] for target in TARGETS])
@pytest.mark.parametrize("body", [b"", b" ", b"\n", b"{}", b"[]", b"null", b"{", b"\xef\xbb\xbf", b'{"a":1,"a":NaN}'])
def test_a_file_and_a_request_of_the_same_bytes_break_the_same_rules(profile, operation, method, path, body):
    call = Caller(EMULATORS[profile], operation.partition("/")[0], f"bytes{next(KEYS)}")
    located = lint_bytes("step.json", body, Options(Targets(operation), (profile,))).located
    told = [(item.violation.code, item.violation.pointer) for item in located if item.violation.severity == "error"]
    response = call(method, path, body=body)
    assert sorted(rules_in_header(response)) == sorted(told)
    assert (response.status >= 400) == bool(told)
