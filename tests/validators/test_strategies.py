"""Strategies: their examples are what the checker says they are, and shrink to something plain."""

import json
import re
import subprocess
import sys
from functools import cache

import pytest
from drives import Caller
from hypothesis import find, given, settings
from stepmock.contracts import ContractError, load, providers
from stepmock.contracts.model import PROFILES
from stepmock.mock_server import Emulator, Settings
from stepmock.validators.breakers import breakers, operations_with_payload
from stepmock.validators.checker import checker
from stepmock.validators.context import Context
from stepmock.validators.reading import read_json
from stepmock.validators.strategies import broken, changes, next_payloads, payloads, sequences
from stepmock.validators.worlds import docs_context

OPERATIONS = [
    (provider, operation, profile)
    for provider in providers()
    for profile in PROFILES
    for operation in operations_with_payload(provider, profile)
]
every_operation = pytest.mark.parametrize(("provider", "operation", "profile"), OPERATIONS)
CONNECTIONS = ("apollo", "outreach", "salesloft")
FEW = settings(max_examples=25, deadline=None, database=None, derandomize=True)
MANY = settings(max_examples=2000, deadline=None, database=None, derandomize=True)


def codes(check, payload, context):
    return [item.code for item in check.check(payload, context)]


def examples(strategy, count=25):
    """Return the first examples of a run."""
    seen = []

    @settings(FEW, max_examples=count)
    @given(strategy)
    def note(example):
        seen.append(example)

    note()
    return seen


def least(strategy, condition=lambda example: True):
    return find(strategy, condition, settings=MANY)


@cache
def can_be_broken(provider, operation, profile):
    """The codes that the edits of the shipped examples break."""
    rules = load(provider, profile).rules
    return {code for code in rules if next(breakers(provider, operation, code, profile), None) is not None}


@every_operation
def test_right_payloads_are_right(provider, operation, profile):
    check = checker(provider, operation, profile)
    made = examples(payloads(f"{provider}/{operation}", profile=profile), 40)
    assert [codes(check, payload, Context(siblings=[])) for payload in made] == [[]] * len(made)
    assert json.loads(json.dumps(made)) == made
    assert len({check.branch_of(payload).name for payload in made}) > len(check.branches) / 3


@every_operation
def test_each_rule_that_can_be_broken_is_broken_alone(provider, operation, profile):
    check = checker(provider, operation, profile)
    target = f"{provider}/{operation}"
    told = set()
    for code in load(provider, profile).rules:
        try:
            strategy = broken(target, profile=profile, breaking=code)
        except ContractError:
            told.add(code)
            continue

        for example in examples(strategy, 5):
            assert (example.code, example.operation) == (code, operation)
            reading = read_json(example.body, check.contract.body_rules, duplicates=True)
            found = [finding.code for finding in reading.findings]
            assert (found or codes(check, example.payload, example.context)) == [code]
    assert told & can_be_broken(provider, operation, profile) == set()


@every_operation
def test_a_payload_breaks_the_rule_that_was_asked_for_or_it_is_told_why_not(provider, operation, profile):
    check = checker(provider, operation, profile)
    docs = docs_context(check.contract)
    reasons = "hangs on more than the payload|about the text of a body|add settings=|in the world docs"
    unexplained = []
    for code in can_be_broken(provider, operation, profile):
        try:
            strategy = payloads(f"{provider}/{operation}", profile=profile, breaking=code)
        except ContractError as error:
            unexplained += [] if re.search(reasons, str(error)) else [error]
            continue

        for payload in examples(strategy, 3):
            assert codes(check, payload, Context(find=docs.find)) == [code]
    assert unexplained == []


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_facts_are_kept_to(connection):
    check = checker("supaglue", "createSequenceStep")
    facts = {"provider": connection}
    context = Context(settings=facts)

    made = examples(payloads("supaglue/createSequenceStep", settings=facts), 100)
    assert [codes(check, payload, context) for payload in made] == [[]] * len(made)
    least_of_all = least(payloads("supaglue/createSequenceStep", settings=facts, breaking="SUP016"))
    assert codes(check, least_of_all, context) == ["SUP016"]


def test_a_rule_about_facts_is_broken_where_they_are_known():
    strategy = payloads("supaglue/createSequenceStep", settings={"provider": "salesloft"}, breaking="SUP041")
    assert "order" in least(strategy)["record"]
    with pytest.raises(ContractError, match=r'add settings={"provider": "salesloft"}'):
        payloads("supaglue/createSequenceStep", breaking="SUP041")
    with pytest.raises(ContractError, match="SUP041 is not seen for provider apollo, but for salesloft"):
        payloads("supaglue/createSequenceStep", settings={"provider": "apollo"}, breaking="SUP041")
    example = least(broken("supaglue/createSequenceStep", breaking="SUP041"))
    assert example.context.settings == {"provider": "salesloft"}


def test_any_rule_is_broken_in_turn():
    seen = {example.code for example in examples(broken("lemlist/updateStep"), 300)}
    assert seen > {"LEM001", "LEM002", "LEM012", "LEM031", "LEM091"}


@pytest.mark.parametrize(
    ("operation", "condition", "expected"),
    [
        ("lemlist/addStep", lambda step: True, {"type": "phone"}),
        ("lemlist/addStep", lambda step: step.get("delay", 0) > 100, {"type": "phone", "delay": 101}),
        ("lemlist/addStep", lambda step: "subject" in step, {"type": "email", "subject": "", "message": ""}),
        (
            "lemlist/addStep",
            lambda step: len(step.get("videos", ())) > 1,
            {"type": "linkedinInvite", "videos": ["https://cdn.example.com/spring.mp4"] * 2},
        ),
        (
            "lemlist/addStep",
            lambda step: len(step.get("title", "")) > 399,
            {"type": "manual", "title": None},
        ),
        (
            "saleshandy/createStep",
            lambda step: len(step["variants"]) > 2,
            {"type": "Email", "absoluteDays": 1, "variants": [{"payload": {"subject": "", "content": ""}}] * 3},
        ),
        (
            "supaglue/createSequenceStep",
            lambda step: "name" in step["record"],
            {"record": {"type": "auto_email", "name": "Phone the lead"}},
        ),
        (
            "smartlead/saveSequences",
            lambda save: len(save["sequences"]) > 1,
            {
                "sequences": [
                    {"seq_number": 1, "seq_delay_details": {"delay_in_days": 0}, "email_body": "A", "subject": "A"},
                    {"seq_number": 2, "seq_delay_details": {"delay_in_days": 3}, "email_body": "A"},
                ]
            },
        ),
    ],
)
def test_examples_shrink_to_the_plainest(operation, condition, expected):
    found = least(payloads(operation), condition)
    if expected.get("title", "") is None:
        assert len(found.pop("title")) == 400
        expected = {"type": "manual"}
    found.pop("type", None), expected.pop("type", None)
    assert found == expected


@pytest.mark.parametrize(
    ("operation", "code", "expected"),
    [
        ("lemlist/addStep", "LEM030", {"type": "email", "message": ""}),
        ("lemlist/addStep", "LEM013", {"type": 12345}),
        ("lemlist/addStep", "LEM091", {"type": "phone", "images": ["https://cdn.example.com/plan.jpg"]}),
        ("saleshandy/createStep", "SHY020", {"type": "LinkedInViewProfile", "variants": [{"payload": {}}]}),
    ],
)
def test_broken_examples_shrink_and_still_break_their_rule(operation, code, expected):
    provider, _, name = operation.partition("/")
    found = least(payloads(operation, breaking=code))
    assert codes(checker(provider, name), found, Context()) == [code]
    assert len(found) <= len(expected)  # as plain as this one; which of several plain ones it is depends on the draws
    assert len(json.dumps(found)) <= 2 * len(json.dumps(expected))


def test_texts_are_readable_and_values_reach_their_bounds():
    made = examples(payloads("lemlist/addStep"), 2000)
    texts = {value for payload in made for value in payload.values() if isinstance(value, str)}
    delays = {payload["delay"] for payload in made if "delay" in payload}
    assert {0, 1500} <= delays
    assert {0, 400} <= {len(text) for text in texts}
    assert all(text.isprintable() for text in texts)


def test_the_same_examples_come_when_derandomized():
    assert examples(sequences("lemlist"), 60) == examples(sequences("lemlist"), 60)


def test_a_shown_strategy_says_what_it_is():
    assert repr(payloads("lemlist/addStep")) == "payloads('lemlist/addStep')"
    strategy = broken("supaglue/createSequence", profile="observed", settings={"provider": "apollo"}, breaking="sup010")
    assert repr(strategy) == (
        "broken('supaglue/createSequence', profile='observed', settings={'provider': 'apollo'}, breaking='SUP010')"
    )
    assert repr(sequences("lemlist", max_size=3)) == "sequences('lemlist', max_size=3)"


def test_a_change_keeps_to_what_is_stored():
    check = checker("lemlist", "updateStep")
    stored = {"type": "manual", "title": "T"}

    for payload in examples(changes("lemlist/updateStep", stored), 60):
        assert payload["type"] == "manual"
        assert codes(check, payload, docs_context(check.contract, stored)) == []


def test_a_next_payload_goes_with_those_before_it():
    before = [{"type": "Email", "absoluteDays": day, "variants": []} for day in (1, 2)]
    found = least(next_payloads("saleshandy", before), lambda payload: payload["type"] == "Email")
    assert found["absoluteDays"] == 3


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("provider", providers())
def test_the_emulator_takes_every_sequence(provider, profile):
    facts = {"provider": "outreach"} if provider == "supaglue" else None
    emulator = Emulator(Settings(profile=profile, rate_limit=False))
    made = examples(sequences(provider, profile=profile, settings=facts), 60)
    for number, steps in enumerate(made):
        call = Caller(emulator, provider, key=f"key {number}", connection="outreach")
        opened = {None: SEQUENCES[provider]}
        for place, step in enumerate(steps):
            operation = load(provider, profile).operations[step.operation]
            (holder,) = [part for part in operation.path.split("/") if part.startswith("{")]
            path = operation.path.replace(holder, opened[step.within])
            reply = call(operation.method.upper(), path, step.payload)
            assert reply.status < 300, reply.body
            if provider == "lemlist":
                for branch, condition in enumerate(reply.json().get("conditions", ())):
                    opened[place, branch] = condition["sequenceId"]
    lengths = {len(steps) for steps in made}
    assert min(lengths) == 1
    assert (max(lengths) >= 3) == (provider != "smartlead")
    assert any(step.within for steps in made for step in steps) == (provider == "lemlist")


SEQUENCES = {
    "lemlist": "seq_lkCSKd32qSZZTe5Ru",
    "saleshandy": "JA5YdAr9wy",
    "smartlead": "1",
    "supaglue": "0258cbc6-6020-430a-848e-aafacbadf4ae",
}


def test_sequences_say_the_places_of_their_steps():
    steps = least(sequences("supaglue"), lambda steps: sum("order" in step.payload["record"] for step in steps) > 2)
    assert [step.payload["record"].get("order") for step in steps] == [1, 2, 3]
    days = least(
        sequences("saleshandy"), lambda steps: sum(step.payload["type"] in ("Email", 1, "1") for step in steps) > 2
    )
    assert [step.payload["absoluteDays"] for step in days] == [1, 2, 3]
    inner = least(sequences("lemlist"), lambda steps: any(step.within == (0, 1) for step in steps))
    assert inner[0].payload["type"] == "conditional"
    assert inner[0].within is None
    assert inner[-1].within == (0, 1)
    assert len(inner) <= 3


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("lemlist",), {}, "write PROVIDER/OPERATION"),
        (("lemlst/addStep",), {}, 'Did you mean "lemlist"?'),
        (("lemlist/addStp",), {}, 'Did you mean "addStep"?'),
        (("lemlist/deleteStep",), {}, "takes no request body"),
        (("lemlist/addStep",), {"profile": "observd"}, 'Did you mean "observed"?'),
        (("lemlist/addStep",), {"breaking": "LEM0311"}, 'Did you mean "LEM031"?'),
        (("lemlist/addStep",), {"breaking": "SHY023"}, "SHY023 is a rule of saleshandy, not of lemlist"),
        (("lemlist/addStep",), {"breaking": "LEM012"}, "one of lemlist/updateStep can."),
        (("lemlist/updateStep",), {"breaking": "LEM012"}, "on the stored step that the request changes"),
        (("saleshandy/setSequenceStatus",), {"breaking": "SHY085"}, "in the world docs"),
        (("lemlist/addStep",), {"breaking": "LEM001"}, 'use broken("lemlist/addStep", breaking="LEM001")'),
        (("lemlist/addStep",), {"settings": {"provider": "apollo"}}, 'lemlist knows no fact "provider"'),
        (("supaglue/createSequence",), {"settings": {"providr": "apollo"}}, 'Did you mean "provider"?'),
        (("supaglue/createSequence",), {"settings": {"provider": "apolo"}}, 'Did you mean "apollo"?'),
    ],
)
def test_a_mistake_is_told_when_the_strategy_is_made(arguments, options, words):
    with pytest.raises(ContractError) as caught:
        payloads(*arguments, **options)
    assert words in str(caught.value)


def test_a_sequence_needs_sizes_and_a_provider_that_fills_one():
    for sizes in ({"min_size": 0}, {"min_size": 3, "max_size": 2}):
        with pytest.raises(ContractError, match="1 <= min_size <= max_size"):
            sequences("lemlist", **sizes)
    with pytest.raises(ContractError, match='Did you mean "lemlist"'):
        sequences("lemlst")


def test_without_hypothesis_it_is_told_what_to_install():
    code = "import sys; sys.modules['hypothesis'] = None; import stepmock.validators.strategies"
    for module in ("validators.strategies", "mock_server.stateful"):
        run = subprocess.run(
            [sys.executable, "-c", code.replace("validators.strategies", module)], capture_output=True, text=True
        )
        assert run.returncode == 1
        assert run.stderr.splitlines()[-1] == (
            "ModuleNotFoundError: stepmock.validators.strategies needs Hypothesis: pip install 'stepmock[hypothesis]'"
        )
