"""Steps that are yet to be sent: the timeline names the rules that they break; misspelt fields count for nothing."""

import pytest
from stepmock.mock_server.cli import main

EMAIL = {"type": "email", "subject": "A", "message": "B"}
SMARTLEAD = {"subject": "A", "email_body": "B"}
HEAD = "Rules are broken, so this may not be what is meant; `steplint check --operation {}` shows where:"


def notes(told, file, *more):
    return [note for note in told(file, *more)["notes"] if not note.endswith("the lead ends here.")]


def test_a_misspelt_field_of_a_step_is_told(write, told):
    file = write([EMAIL, {"type": "linkedinInvite", "dealy": 2}])
    assert notes(told, file) == [
        HEAD.format("lemlist/addStep"),
        '  LEM090 warning in step 2 at /dealy: "dealy" is not a field that is known here. Did you mean "delay"?',
    ]


def test_steps_around_which_something_stands_are_looked_at_too(write, told):
    text = b"steps:\n- {type: email, subject: A, message: B}\n- {type: phone, delay: 5000}\n"
    assert notes(told, write(text, "steps.yaml"))[1:] == [
        "  LEM022 error in step 2 at /delay: delay must be at most 1500; 5000 is not."
    ]


def test_a_misspelt_field_of_a_whole_payload_is_told(write, told):
    first = {**SMARTLEAD, "seq_number": 1, "seq_delay_details": {"delay_in_days": 1}}
    second = {"seq_number": 2, "subject": "", "email_boddy": "B", "seq_delay_details": {"delay_in_days": 2}}
    found = notes(told, write({"sequences": [first, second]}))
    assert found[0] == HEAD.format("smartlead/saveSequences")
    assert any(note.startswith("  SML060 error in /sequences/1/email_boddy: ") for note in found)


def test_rules_about_several_steps_hold(write, told):
    step = {"type": "Email", "absoluteDays": 1, "variants": [{"payload": {"subject": "A", "content": "<p>B</p>"}}]}
    found = notes(told, write([step, step]))
    assert [note.split()[:5] for note in found[1:]] == [["SHY023", "error", "in", "step", "2"]]


def test_no_more_than_five_are_told_and_then_that_there_are_more(write, told):
    found = notes(told, write([{"type": "phone", "delay": -1}] * 6))
    assert (len(found), found[-1]) == (7, "There are more.")
    assert len(notes(told, write([{"type": "phone", "delay": -1}] * 5))) == 6


def test_an_operation_that_is_named_is_the_one_whose_rules_count(write, told):
    file = write([{"type": "phone", "dealy": 1}], "x.lemlist.updateStep.json")
    assert notes(told, file)[0] == HEAD.format("lemlist/updateStep")


@pytest.mark.parametrize(
    "right",
    [
        [EMAIL, {"type": "phone", "delay": 2}],
        {"$schema": "./lemlist.addStep.schema.json", **EMAIL},
        {"sequences": [{**SMARTLEAD, "seq_number": 1, "seq_delay_details": {"delay_in_days": 1}}]},
        [{"type": "Email", "absoluteDays": 1, "variants": [{"payload": {"subject": "A", "content": "<p>B</p>"}}]}],
    ],
)
def test_of_right_steps_nothing_is_told(write, told, right):
    assert notes(told, write(right)) == []


def test_what_was_read_and_not_written_is_taken_as_it_is(write, told):
    listed = {"success": True, "data": [{"id": 7, "seq_number": 1, "seq_delay_details": {"delayInDays": 1}}]}
    assert notes(told, write(listed)) == []


def test_the_table_shows_them_too(write, capsys):
    assert main(["timeline", write([{"type": "phone", "dealy": 2}])]) == 0
    assert '  LEM090 warning in step 1 at /dealy: "dealy" is not' in capsys.readouterr().out
