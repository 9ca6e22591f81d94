"""A contract that says anything outside of the vocabulary refuses to load, and the refusal names the place."""

import re
from pathlib import Path

import pytest
import stepmock.contracts
from stepmock.contracts import ContractError
from stepmock.contracts.compile import compile_contract

FOLDER = Path(stepmock.contracts.__file__).parent
TEXT = (FOLDER / "lemlist.yaml").read_text(encoding="utf-8")


@pytest.fixture
def compile_text(tmp_path):
    """Compile a contract from its text."""

    def run(text, profile="documented"):
        path = tmp_path / "lemlist.yaml"
        path.write_text(text, encoding="utf-8")
        return compile_contract(path, profile)

    return run


def edited(old, new):
    """Return the contract with its first `old` replaced, and the line on which that stands."""
    assert old in TEXT
    return TEXT.replace(old, new, 1), TEXT[: TEXT.index(old)].count("\n") + 1


def test_the_shipped_contract_compiles(compile_text):
    assert compile_text(TEXT)["provider"] == "lemlist"


WRONG = {
    "unknown keyword in a schema": (
        "      x-combined-max-items: {properties",
        "      x-combined-max-itms: {properties",
        ['"x-combined-max-itms" is not in the vocabulary', 'Did you mean "x-combined-max-items"?'],
    ),
    "unknown keyword at the root": (
        "x-resources:\n",
        "x-resorces:\n  a: {}\nx-resources:\n",
        ['"x-resorces" is not in the vocabulary', 'Did you mean "x-resources"?'],
    ),
    "unknown keyword on an operation": (
        "      x-missing-credentials: no-api-key",
        "      x-missing-credential: no-api-key",
        ['"x-missing-credential" is not in the vocabulary', 'Did you mean "x-missing-credentials"?'],
    ),
    "a timeline of no resource": (
        "sequence: {kind: sequences, steps: steps,",
        "sequence: {kind: sequence, steps: steps,",
        ['There is no resource "sequence"', 'Did you mean "sequences"?'],
    ),
    "a timeline whose list refers to something else": (
        "sequence: {kind: sequences, steps: steps,",
        "sequence: {kind: sequences, steps: parentId,",
        ['The member "parentId" refers to no steps'],
    ),
    "a timeline that sends leads nowhere": (
        "kind: campaigns, sequences: sequenceIds}",
        "kind: campaigns, sequences: scheduleIds}",
        ['The member "scheduleIds" refers to no sequences', 'Did you mean "sequenceIds"?'],
    ),
    "a timeline whose steps have parts of no resource": (
        "type: [/type], place: [/index],",
        "type: [/type], part: {at: [/_id], kind: step},",
        ['There is no resource "step"', 'Did you mean "steps"?'],
    ),
    "a timeline in a unit that there is not": (
        "unit: days, from: previous, first",
        "unit: weeks, from: previous, first",
        ["x-timeline"],
    ),
    "unknown keyword like no other": (
        "      x-template: {}",
        "      x-zzzz: {}",
        ['"x-zzzz" is not in the vocabulary'],
    ),
    "keyword in the wrong place": (
        "      operationId: addStep",
        "      x-template: {}\n      operationId: addStep",
        ['"x-template" stands in a operation'],
    ),
    "misspelt schema keyword": (
        "      maxLength: 400",
        "      maxLenght: 400",
        ['"maxLenght" is no schema keyword', 'Did you mean "maxLength"?'],
    ),
    "unknown schema keyword": (
        "      maxLength: 400",
        "      contentEncoding: base64",
        ['"contentEncoding" is no schema keyword'],
    ),
    "unknown rule code": (
        "      x-rule: {type: LEM020,",
        "      x-rule: {type: LEM920,",
        ['There is no rule "LEM920"'],
    ),
    "unknown rule code of a body rule": ("  syntax: LEM001", "  syntax: LEM091x", ['There is no rule "LEM091x"']),
    "unknown rule code of a misplaced field": (
        "      x-misplaced-fields: {altMessage: LEM092}",
        "      x-misplaced-fields: {altMessage: LEM992}",
        ['There is no rule "LEM992"', 'Did you mean "LEM092"?'],
    ),
    "rule without source": (
        "    source: {page: add-step, section: OpenAPI request body}\n    hint: Send",
        "    hint: Send",
        ['"source" is a required property'],
    ),
    "source without section": (
        "    source: {page: stepmock, section: Limits}",
        "    source: {page: stepmock}",
        ['"section" is a required property'],
    ),
    "unknown page": (
        "    source: {page: stepmock, section: Limits}",
        "    source: {page: stepmok, section: Limits}",
        ['There is no page "stepmok"', 'Did you mean "stepmock"?'],
    ),
    "operation without source": (
        "      x-source: {page: add-step, section: Add Step to Sequence}\n",
        "",
        ["The operation has no x-source"],
    ),
    "operation without name": ("      operationId: addStep\n", "", ["The operation has no operationId"]),
    "rule that nothing uses": (
        "  LEM100:\n",
        "  LEM099:\n    meaning: Nothing.\n    severity: advice\n    confidence: assumed\n"
        "    source: {page: stepmock, section: Limits}\n    hint: None.\n  LEM100:\n",
        ["LEM099 is declared, but no assertion names it"],
    ),
    "assertion without code": (
        "      x-rule: {type: LEM021, minimum: LEM022, maximum: LEM022}",
        "      x-rule: {type: LEM021, minimum: LEM022}",
        ['"properties/delay/maximum" has no rule code'],
    ),
    "required member without code": (
        "      x-rule: {missing: LEM041, type: LEM013,",
        "      x-rule: {type: LEM013,",
        ["has no rule code"],
    ),
    "keyword without code": (
        "      x-rule: {missing: LEM052, type: LEM013, x-http-url: LEM053}",
        "      x-rule: {missing: LEM052, type: LEM013}",
        ['"properties/url/x-http-url" has no rule code'],
    ),
    "code for a keyword that is not there": (
        "      x-rule: {type: LEM021, minimum: LEM022,",
        "      x-rule: {type: LEM021, minLength: LEM022, minimum: LEM022,",
        ['`x-rule` names "minLength", which does not stand beside it'],
    ),
    "misspelt severity": ("    severity: warning", "    severity: warn", ["is not one of"]),
    "misspelt confidence": ("    confidence: assumed", "    confidence: guessed", ["is not one of"]),
    "misspelt member of a rule": (
        "    refusal: media-too-many",
        "    refusl: media-too-many",
        ["refusl", 'Did you mean "refusal"?'],
    ),
    "unknown refusal": (
        "    refusal: media-too-many",
        "    refusal: media-to-many",
        ['There is no refusal "media-to-many"', 'Did you mean "media-too-many"?'],
    ),
    "status that is none": ("    status: 413", "    status: 1413", ["1413"]),
    "rule code of another provider": ("  LEM004:\n", "  SAL004:\n", ["A rule code is LEM and three digits"]),
    "rule code with two digits": ("  LEM004:\n", "  LEM04:\n", ["A rule code is LEM and three digits"]),
    "unknown resource": (
        "    refers: {sequenceId: sequences, conditions",
        "    refers: {sequenceId: sequence, conditions",
        ['There is no resource "sequence"', 'Did you mean "sequences"?'],
    ),
    "unknown kind of a replay": (
        "x-replay: {does: creates, kind: steps,",
        "x-replay: {does: creates, kind: step,",
        ['There is no resource "step"', 'Did you mean "steps"?'],
    ),
    "unknown holder of a replay": (
        "within: {kind: sequences, named: sequenceId}",
        "within: {kind: sequence, named: sequenceId}",
        ['There is no resource "sequence"', 'Did you mean "sequences"?'],
    ),
    "unknown parameter of a replay": (
        "kind: steps, named: stepId,",
        "kind: steps, named: stepid,",
        ['The path has no parameter "stepid"', 'Did you mean "stepId"?'],
    ),
    "unknown kind that a replay opens": (
        "opens: {kind: sequences, at: /sequenceId}",
        "opens: {kind: seqs, at: /sequenceId}",
        ['There is no resource "seqs"'],
    ),
    "unknown kind that a resource of a replay holds": (
        "holds: {steps: steps}",
        "holds: {stpes: steps}",
        ['There is no resource "stpes"', 'Did you mean "steps"?'],
    ),
    "unknown member of a replay": (
        "x-replay: {does: creates, kind: steps,",
        "x-replay: {dose: creates, does: creates, kind: steps,",
        ["dose", 'Did you mean "does"?'],
    ),
    "replay with a reply and no id": (
        "reply: [''], id: _id}",
        "reply: ['']}",
        ["x-replay", '"id" is a required property'],
    ),
    "unknown operation of a fault": (
        "fault: {operations: [listSequences]}",
        "fault: {operations: [listSequence]}",
        ['There is no operation "listSequence"', 'Did you mean "listSequences"?'],
    ),
    "unknown fact of a fault": (
        "fault: {operations: [listSequences]}",
        "fault: {where: {provider: [apollo]}}",
        ['There is no fact "provider"'],
    ),
    "unknown member of a fault": (
        "fault: {operations: [listSequences]}",
        "fault: {operation: [listSequences]}",
        ["operation"],
    ),
    "a step type at no pointer": ("      x-step-type: /type", "      x-step-type: type", ["x-step-type"]),
    "reference to nothing": (
        "      delay: {$ref: '#/components/schemas/Delay'}".replace("      delay", "        delay"),
        "        delay: {$ref: '#/components/schemas/Dely'}",
        ["#/components/schemas/Dely"],
    ),
    "value of the wrong form": ("      x-immutable: {field: type}", "      x-immutable: type", ["x-immutable"]),
    "value with an unknown member": (
        "      x-immutable: {field: type}",
        "      x-immutable: {feild: type, field: type}",
        ["feild", 'Did you mean "field"?'],
    ),
    "no YAML": ("  LEM004:\n", "  LEM004: [\n", ["The contract is no YAML"]),
    "a field that holds and refers to nothing": (
        "    holds: {steps: sequenceId}",
        "    holds: {step: sequenceId}",
        ['The field "step" refers to no resource.', 'Did you mean "steps"?'],
    ),
    "values of a fact that is none": (
        "      x-credential: {user: empty, legacy-query: access_token}",
        "      x-credential: {user: empty, facts: {provider: x-provider}, fact-values: {povider: [apollo]}}",
        ['There is no fact "povider"', 'Did you mean "provider"?'],
    ),
    "tab": ("  LEM004:\n", "\tLEM004:\n", ["The contract is no YAML"]),
}


ABOVE = {
    "rule without source",
    "source without section",
    "operation without source",
    "operation without name",
    "assertion without code",
    "required member without code",
    "keyword without code",
    "misspelt member of a rule",
    "reference to nothing",
    "no YAML",
}
"""Mistakes that are told at what holds them, or, for a YAML syntax error, where reading stopped."""


@pytest.mark.parametrize("name", WRONG)
def test_what_the_vocabulary_does_not_allow_is_refused_with_file_and_line(compile_text, name):
    old, new, words = WRONG[name]
    text, line = edited(old, new)
    with pytest.raises(ContractError) as caught:
        compile_text(text)
    assert re.match(r"lemlist\.yaml:\d+: ", str(caught.value))
    for word in words:
        assert word in str(caught.value)
    assert caught.value.line == line or name in ABOVE


@pytest.mark.parametrize(
    "key",
    ["x-provider", "x-pages", "x-rules", "x-body-rules", "x-refusals", "x-behaviours", "x-resources"],
)
def test_a_contract_without_a_part_is_refused(compile_text, key):
    text = re.sub(rf"^{key}:.*\n((?: .*|)\n)*", "", TEXT, count=1, flags=re.MULTILINE)
    with pytest.raises(ContractError, match=f"The contract has no {key}"):
        compile_text(text)


@pytest.mark.parametrize(
    "name",
    [
        "unauthorized",
        "rate-limited",
        "invalid-payload",
        "method-not-allowed",
        "body-too-large",
        "unsupported-media-type",
        "too-many-worlds",
    ],
)
def test_a_contract_without_a_needed_refusal_is_refused(compile_text, name):
    text = TEXT.replace(f"\n  {name}:\n", f"\n  {name}-no-more:\n", 1)
    with pytest.raises(ContractError, match=f'refusal "{name}"'):
        compile_text(text)


@pytest.mark.parametrize("text", ["", "[]", "hello", "- a\n- b\n"], ids=["empty", "list", "word", "items"])
def test_a_text_that_is_no_mapping_is_no_contract(compile_text, text):
    with pytest.raises(ContractError, match=r"^lemlist\.yaml:1: A contract is a mapping"):
        compile_text(text)


def test_a_file_that_is_not_there_is_no_contract(tmp_path):
    with pytest.raises(ContractError, match=r"^gone\.yaml: The contract cannot be read"):
        compile_contract(tmp_path / "gone.yaml", "documented")


def test_a_file_that_is_no_utf8_is_no_contract(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ContractError, match=r"^bad\.yaml: The contract cannot be read"):
        compile_contract(tmp_path / "bad.yaml", "documented")
