"""`stepmock timeline FILE`: what it reads, what it tells, and what it refuses in one line."""

import json
from io import BytesIO, TextIOWrapper

import pytest
from fault_client import LISTING, FaultClient
from stepmock.contracts.limits import MAX_TIMELINE_STEPS
from stepmock.mock_server.cli import main

CONDITION = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "within", "delay": 2}
PAYLOADS = {
    "lemlist": [{"type": "email", "subject": "A", "message": "B"}, {"type": "linkedinVisit"}],
    "saleshandy": [{"type": "Email", "absoluteDays": 1, "variants": []}, {"type": 5, "absoluteDays": 2}],
    "smartlead": {
        "sequences": [
            {"seq_number": 2, "subject": "Y", "seq_delay_details": {"delay_in_days": 1}},
            {"seq_number": 1, "subject": "X", "seq_delay_details": {"delay_in_days": 0}},
        ]
    },
    "supaglue": [{"record": {"type": "call"}}, {"record": {"type": "task", "interval_seconds": 86400}}],
}


@pytest.mark.parametrize("provider", PAYLOADS)
def test_a_list_of_steps_is_read_and_its_provider_known(write, told, provider):
    days = [entry["day"] for entry in told(write(PAYLOADS[provider]))["entries"]]
    assert days == ([1, 2] if provider == "saleshandy" else [0, 1])


def test_yaml_is_read_too(write, told):
    text = b"steps:\n- {type: email, subject: A, delay: 1}\n- type: phone\n  delay: 2\n"
    assert [entry["day"] for entry in told(write(text, "steps.yaml"))["entries"]] == [1, 3]


def built():
    """Return a client that has built a condition with one filled branch."""
    client = FaultClient().open()
    client.add()
    branch = client.add(CONDITION).json()["conditions"][0]["sequenceId"]
    client.send("POST", f"/lemlist/api/sequences/{branch}/steps", {"type": "phone", "delay": 3})
    return client


def test_a_listing_is_read_with_its_branches(write, told):
    listing = built().send("GET", LISTING).json()
    found = told(write(listing), "--lead", "emailsOpened")
    assert [(entry["day"], entry["type"]) for entry in found["entries"]] == [
        (0, "email"),
        (0, "conditional"),
        (3, "phone"),
    ]


def test_a_file_and_a_world_tell_the_same(write, told):
    client = built()
    listing = client.send("GET", LISTING).json()
    there = client.control("GET", "timeline", query="sequence=seq_lkCSKd32qSZZTe5Ru").json()
    assert told(write(listing), "--start", there["start"]) == there


def test_a_world_is_read(write, told):
    client = built()
    with client.emulator._store.find(client.world) as world:
        data = {"format": "stepmock-world", "version": 1, "provider": "lemlist", "resources": world.resources}
    found = told(write(data), "--sequence", "seq_lkCSKd32qSZZTe5Ru", "--lead", "emailsOpened")
    assert found["entries"][-1]["path"] == "main > emailsOpened"


@pytest.mark.parametrize(("provider", "path"), [
    ("saleshandy", "/saleshandy/v1/sequences/JA5YdAr9wy/steps"),
    ("smartlead", "/smartlead/api/v1/campaigns/1/sequences"),
    ("supaglue", "/supaglue/engagement/v2/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae"),
])  # fmt: skip
@pytest.mark.parametrize("profile", ["documented", "observed"])
def test_what_a_provider_lists_is_read(write, told, provider, path, profile):
    client = FaultClient(provider, profile=profile).open()
    steps = {
        "saleshandy": [(path, {"type": 9, "absoluteDays": 4, "variants": [{"payload": {}, "taskNote": "x"}]})],
        "smartlead": [(path, {"sequences": [{
            "id": None, "seq_number": 1, "subject": "A", "email_body": "B",
            "seq_delay_details": {"delay_in_days": 4},
        }]})],
        "supaglue": [(f"{path}/sequence_steps", {"record": {"type": "call", "interval_seconds": 4 * 86400}})],
    }  # fmt: skip
    for place, payload in steps[provider]:
        assert client.send("POST", place, payload).status in (200, 201)
    found = told(write(client.send("GET", path).json()), "--profile", profile)
    assert [entry["day"] for entry in found["entries"]] == [4]


def test_dates_stand_where_a_start_is_given(write, told):
    file = write(PAYLOADS["lemlist"])
    assert "at" not in told(file)["entries"][0]
    found = told(file, "--start", "2026-03-01T09:00:00Z")
    assert [entry["at"] for entry in found["entries"]] == ["2026-03-01T09:00:00.000Z", "2026-03-02T09:00:00.000Z"]


def test_the_text_is_a_table(write, capsys):
    listing = built().send("GET", LISTING).json()
    assert main(["timeline", write(listing), "--start", "2026-03-01"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Sequence seq_lkCSKd32qSZZTe5Ru; the lead meets no condition."
    assert lines[2].split() == ["day", "step", "type", "title", "path", "why"]
    assert lines[3].startswith("0  2026-03-01T00:00  stp_")
    assert any(line.startswith("Assumed") for line in lines)


def test_the_text_says_what_never_ends_and_what_nobody_reaches(write, capsys):
    client = FaultClient().open()
    client.add({**CONDITION, "delayType": "waitUntil"})
    client.add({"type": "phone"})
    assert main(["timeline", write(client.send("GET", LISTING).json())]) == 0
    out = capsys.readouterr().out
    assert "never ends: stp_" in out
    assert "unreachable: branch otherwise of stp_" in out
    assert "unreachable: the steps from stp_" in out


def test_a_control_character_does_not_reach_the_terminal(write, capsys):
    assert main(["timeline", write([{"type": "email", "subject": "\x1b[31mred", "_id": "stp\x1b[2J"}])]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_standard_input_is_read(monkeypatch, told):
    text = TextIOWrapper(BytesIO(json.dumps(PAYLOADS["lemlist"]).encode()))
    monkeypatch.setattr("sys.stdin", text)
    assert len(told("-")["entries"]) == 2


def test_a_file_that_is_not_there_is_refused(refused):
    assert "cannot be read: no such file" in refused("/nowhere/steps.json")


@pytest.mark.parametrize(("data", "words"), [
    (b"\xff\xfe\x00", "The text is not UTF-8: byte 0"),
    (b"[{", "The text is not JSON: Expecting property name enclosed in double quotes at line 1, column 3."),
    (b"", "The file is empty."),
    (b"[" * 100_000, "nested"),
    (b"[]", "It holds an empty list, no steps."),
    (b"3", "It holds 3, which is no step."),
    (b'{"steps": [{"type": "fax"}]}', 'Step 1 has the type "fax", which no provider has.'),
    (b'[{"type": "email", "delay": "soon"}]', 'The delay of step 1 is "soon"'),
    (b'[{"type": "email", "delay": 1' + b"0" * 400 + b"}]", "The delay of step 1 is an integer of 1329 bits."),
    (b'[{"type": "email", "delay": NaN}]', "NaN is no JSON number, at line 1, column 29."),
    (b'[{"type": "email", "delay": 1e999}]', "The number 1e999 is too large, at line 1, column 29."),
    (b'[{"type": "conditional", "conditions": [{"key": "emailsOpened", "delay": "x"}]}]', "The delay of a branch"),
    (b'[{"record": {"type": "call", "date": "soon"}}]', 'The date of step 1 is "soon"'),
    (b'{"format": "stepmock-world", "version": 9, "provider": "lemlist"}', "version 9"),
    (b'{"format": "stepmock-world", "version": 1, "provider": "nobody"}', "no provider 'nobody'"),
    (b'{"format": "stepmock-world", "version": 1}', "no provider 'None'"),
])  # fmt: skip
def test_what_is_no_sequence_is_refused_in_one_line(write, refused, data, words):
    assert words in refused(write(data))


def test_an_unknown_provider_is_refused(write, refused):
    assert "Known are" in refused(write(PAYLOADS["lemlist"]), "--provider", "lemlst")


def test_steps_of_another_provider_can_be_named(write, refused, told):
    file = write([{"type": "own", "delay": 2}])
    assert "--provider" in refused(file)
    assert [entry["day"] for entry in told(file, "--provider", "lemlist")["entries"]] == [2]


def test_unknown_keys_and_sequences_are_refused_with_the_nearest(write, refused):
    file = write(PAYLOADS["lemlist"])
    assert 'Did you mean "emailsOpened"?' in refused(file, "--lead", "emailOpened")
    assert 'Did you mean "file"?' in refused(file, "--sequence", "fil")


def test_a_time_that_is_none_is_refused(write):
    with pytest.raises(SystemExit) as stopped:
        main(["timeline", write(PAYLOADS["lemlist"]), "--start", "yesterday"])
    assert stopped.value.code == 2


def test_a_long_file_is_walked_as_far_as_the_limit(write, told):
    found = told(write([{"type": "phone", "delay": 0}] * (MAX_TIMELINE_STEPS + 1)))
    assert len(found["entries"]) == MAX_TIMELINE_STEPS
