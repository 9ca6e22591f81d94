"""Whose steps a file holds, and that a file and the world that was built with it tell the same."""

import os
import subprocess
import sys

import pytest
from fault_client import EMAIL, LISTING, STEPS, FaultClient
from stepmock.contracts.limits import MAX_STEPS_PER_SEQUENCE
from stepmock.mock_server.cli import main

VISIT = {"type": "linkedinVisit"}
OPENED = {"type": "conditional", "conditionKey": "emailsOpened", "delayType": "within", "delay": 2}
SALESHANDY = "/saleshandy/v1/sequences/JA5YdAr9wy/steps"
SUPAGLUE = "/supaglue/engagement/v2/sequences/0258cbc6-6020-430a-848e-aafacbadf4ae"
SMARTLEAD = "/smartlead/api/v1/campaigns/1/sequences"


def email_on(day, subject="A"):
    return {"type": 1, "absoluteDays": day, "variants": [{"payload": {"subject": subject, "content": "x"}}]}


def sequence(number, days, **text):
    return {"id": None, "seq_number": number, "seq_delay_details": {"delay_in_days": days}, **text}


MAILS = {"subject": "A", "email_body": "B"}
VARIANTS = {"seq_variants": [{"subject": name, "email_body": "B", "variant_label": name} for name in ("V", "W")]}

BUILT = {
    "delays": ("lemlist", STEPS, [EMAIL, VISIT, {"type": "phone", "delay": 4}]),
    "places": (
        "lemlist",
        STEPS,
        [EMAIL, {**VISIT, "index": 0}, {"type": "phone", "index": 1.0, "delay": 3}, {**VISIT, "index": -1},
         {"type": "phone", "index": 99}],
    ),
    "days": ("saleshandy", SALESHANDY, [email_on(3), email_on(1, "B"), email_on(7, "C")]),
    "intervals": (
        "supaglue",
        f"{SUPAGLUE}/sequence_steps",
        [{"record": {"type": "call", **more}} for more in (
            {"interval_seconds": 86400}, {"interval_seconds": 3600}, {}, {"date": "2023-12-01"},
            {"interval_seconds": 1.5},
        )],
    ),
    "numbers": ("smartlead", SMARTLEAD, {"sequences": [sequence(7, 3, **MAILS), sequence(2, 0.5, **MAILS)]}),
    "variants": ("smartlead", SMARTLEAD, {"sequences": [sequence(1, 2, **VARIANTS)]}),
}  # fmt: skip
"""What is sent, one payload after another, by what it shows."""


def build(provider, path, payloads):
    """Return a client that has sent payloads, and what the control plane says of the sequence."""
    client = FaultClient(provider).open()
    for payload in payloads if isinstance(payloads, list) else [payloads]:
        assert client.send("POST", path, payload).status in (200, 201)
    name = {"saleshandy": "JA5YdAr9wy", "supaglue": SUPAGLUE.rpartition("/")[2], "smartlead": "1"}
    return client, client.control(
        "GET", "timeline", query=f"sequence={name.get(provider, 'seq_lkCSKd32qSZZTe5Ru')}"
    ).json()


def essence(told):
    """Return what does not depend on the ids."""
    return [(entry["at"], entry["type"], entry["title"], entry["reason"].split(" after ")[0], entry["confidence"])
            for entry in told["entries"]]  # fmt: skip


@pytest.mark.parametrize("case", BUILT)
def test_what_was_sent_and_what_was_built_tell_the_same(write, told, case):
    provider, path, payloads = BUILT[case]
    _, there = build(provider, path, payloads)
    here = told(write(payloads), "--provider", provider, "--start", there["start"])
    assert essence(here) == essence(there) != []


@pytest.mark.parametrize("case", BUILT)
def test_the_recording_of_a_world_tells_the_same_as_the_world(write, told, case):
    client, there = build(*BUILT[case])
    har = client.control("GET", "journal.har").json()
    assert essence(told(write(har, "run.har"), "--start", there["start"])) == essence(there) != []


def test_a_recording_tells_branches_changes_and_deletions(write, told):
    client = FaultClient().open()
    first = client.add().json()["_id"]
    gone = client.add({"type": "phone"}).json()["_id"]
    condition = client.add(OPENED).json()
    for branch, delay in zip(condition["conditions"], (3, 4), strict=True):
        client.send("POST", f"/lemlist/api/sequences/{branch['sequenceId']}/steps", {"type": "phone", "delay": delay})
    client.add({"type": "phone"}, fault="rate-limited")
    assert client.send("PATCH", f"{STEPS}/{first}", {**EMAIL, "delay": 5}).status == 200
    assert client.send("DELETE", f"{STEPS}/{gone}").status == 200
    changed = {**OPENED, "conditionKey": "emailsClicked", "delay": 9}
    assert client.send("PATCH", f"{STEPS}/{condition['_id']}", changed).status == 200
    har = write(client.control("GET", "journal.har").json(), "run.har")
    for lead, days in {"": [5, 5, 18], "emailsClicked": [5, 5, 8]}.items():
        query = f"sequence=seq_lkCSKd32qSZZTe5Ru&lead={lead}"
        there = client.control("GET", "timeline", query=query).json()
        assert told(har, "--lead", lead, "--start", there["start"]) == there
        assert [entry["day"] for entry in there["entries"]] == days


def test_a_recording_in_which_nothing_was_built_says_so(write, refused):
    client = FaultClient().open()
    client.add({"type": "phone"}, fault="rate-limited")
    assert "No request in it built or read steps" in refused(
        write(client.control("GET", "journal.har").json(), "a.har")
    )
    assert "no recording that can be read" not in refused(write({"log": {"entries": []}}, "b.har"))


def test_of_recordings_put_together_the_provider_is_asked_for(write, told, refused):
    both = [build(*BUILT[case])[0].control("GET", "journal.har").json() for case in ("delays", "days")]
    both[0]["log"]["entries"] += both[1]["log"]["entries"]
    file = write(both[0], "both.har")
    assert "--provider lemlist|saleshandy" in refused(file)
    assert len(told(file, "--provider", "saleshandy")["entries"]) == 3
    assert "No request in it built or read steps of smartlead" in refused(file, "--provider", "smartlead")


@pytest.mark.parametrize("name", [
    "a.lemlist.addStep.json", "lemlist/addStep/a.json", "a.saleshandy.createStep.json",
])  # fmt: skip
def test_the_name_and_the_folder_tell_whose_steps_they_are(write, told, name):
    """Of both providers the type could be, were it spelt right."""
    found = told(write({"type": "emial"}, name))
    provider = "lemlist" if "lemlist" in name else "Saleshandy"
    assert found["notes"][0] == f'Step 1 has the type "emial", which {provider} does not have. Did you mean ' + (
        '"email"?' if provider == "lemlist" else '"Email"?'
    )


@pytest.mark.parametrize(("data", "name"), [
    ({"$schema": "./schemas/lemlist.addStep.schema.json", "type": "own"}, "a.json"),
    ([{"$schema": "./schemas/lemlist.addStep.schema.json", "type": "own"}], "a.json"),
    (b"# yaml-language-server: $schema=./lemlist.addStep.schema.json\ntype: own\n", "a.yaml"),
    (b'{"type": "own"}\n', "x.lemlist.addStep.jsonl"),
])  # fmt: skip
def test_the_schema_that_a_payload_names_tells_whose_it_is(write, told, data, name):
    assert [entry["type"] for entry in told(write(data, name))["entries"]] == ["own"]


def test_an_option_tells_whose_steps_they_are(write, told, refused):
    file = write({"type": "own", "delay": 3}, "a.saleshandy.createStep.json")
    assert [entry["day"] for entry in told(file, "--operation", "lemlist/addStep")["entries"]] == [3]
    assert [entry["day"] for entry in told(file, "--provider", "lemlist")["entries"]] == [3]
    assert "smartlead/saveSequences is no operation of lemlist" in refused(
        file, "--provider", "lemlist", "--operation", "smartlead/saveSequences"
    )
    assert 'Did you mean "addStep"?' in refused(file, "--operation", "lemlist/addSte")
    assert 'Did you mean "lemlist"?' in refused(file, "--provider", "lemlst")


@pytest.mark.parametrize("data", [
    {"type": "phone", "delay": 2},
    [{"type": "phone", "delay": 2}],
    b'{"type": "phone", "delay": 2}\n',
    b"\xef\xbb\xbf" + b'{"type": "phone", "delay": 2}',
])  # fmt: skip
def test_one_step_is_a_sequence(write, told, data):
    assert [(entry["day"], entry["type"]) for entry in told(write(data))["entries"]] == [(2, "phone")]


@pytest.mark.parametrize(("data", "name"), [
    (b'{"type":"email"}\n{"type":"phone","delay":2}\n', "a.jsonl"),
    (b'{"type":"email"}\n{"type":"phone","delay":2}\n', "a"),
    (b"type: email\n---\ntype: phone\ndelay: 2\n", "a.yaml"),
    (b"- type: email\n- type: phone\n  delay: 2\n", "a.txt"),
])  # fmt: skip
def test_steps_in_lines_and_documents_are_one_sequence(write, told, data, name):
    assert [entry["day"] for entry in told(write(data, name))["entries"]] == [0, 2]


@pytest.mark.parametrize(("data", "name", "words"), [
    (b'{"type":"emial","subject":"x"}', "a.json", 'Step 1 has the type "emial", which no provider has. Did you mean "'),
    (b'[{"type":"email"},{"subject":"x"}]', "a.json", "Step 2 has no type, and others have one."),
    (b'[{"type":"email"},{"type":"Email","absoluteDays":1}]', "a.json", "of no one provider"),
    (b"{}", "a.json", "It holds an empty object."),
    (b'{"steps": []}', "a.json", "There are sequences in it, but no steps."),
    (b'{"a": 1}', "a.json", "There are no steps in it. Give a step"),
    (b'[{"type":"email"}, 5]', "a.json", "Item 2 of its list is 5."),
    (b'[[{"type":"email"}]]', "a.json", "Item 1 of its list is an array of 1."),
    (b"- type: email\n  delay: [\n", "a.yaml", "at line 3, column 1"),
    (b"hello", "a.txt", "The text is not JSON"),
    (b"", "a.yaml", "The text is not YAML: it is empty"),
    (b'{"type":"phone","delay":1e400}', "a.json", "The number 1e400 is too large, at line 1, column 25."),
    (b"type: phone\ndelay: .inf\n", "a.yaml", "The delay of step 1 is Infinity."),
    (b'{"format":"stepmock-recording"}', "a.json", "stepmock replay --save"),
    (b'{"format":"other"}', "a.json", "The file is no world"),
    (b'{"format":{}}', "a.json", "The file is no world"),
    (b'{"format":"stepmock-world","version":1,"provider":{}}', "a.json", "There is no provider '{}'."),
    (b'{"entries":[],"next":null}', "a.json", "It is a journal. Give GET worlds/ID/journal.har"),
    (b'{"name":"n"}', "a.lemlist.createCampaign.json", "It is for lemlist/createCampaign, and there are"),
    (b'{"record":{"name":"n","type":"team"}}', "a.supaglue.createSequence.json", "there are no steps in it"),
    (b'[{"subject":"x"}]', "a.smartlead.saveSequences.json", "Step 1 has no seq_number."),
    (b'{"$schema":"lemlist.adStep.schema.json"}', "a.json", "Its $schema names lemlist/adStep; the payloads of"),
    (b'[{"_id":"s","steps":[]},{"_id":"s","steps":[]}]', "a.json", 'Two sequences have the id "s".'),
])  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(write, refused, data, name, words):
    assert words in refused(write(data, name))


def test_a_sequence_that_no_world_would_take_is_refused(write, refused):
    steps = [{"type": "phone", "index": 0}] * (MAX_STEPS_PER_SEQUENCE + 1)
    assert 'The sequence "file" has 100,001 steps. A sequence holds at most 100,000' in refused(write(steps))


def test_a_folder_is_told_from_a_file(tmp_path, refused):
    assert "It is a folder. Name one file in it." in refused(str(tmp_path))


def test_a_closed_standard_input_is_told(monkeypatch, refused):
    monkeypatch.setattr("sys.stdin", None)
    assert "standard input is closed" in refused("-")


def test_sequences_without_ids_do_not_hide_one_another(write, told, refused):
    file = write([{"steps": [{"type": "email"}]}, {"steps": [{"type": "phone"}, {"type": "phone"}]}])
    assert "Which sequence? These are file, file 2." in refused(file)
    assert len(told(file, "--sequence", "file 2")["entries"]) == 2


def test_a_wait_below_zero_does_not_turn_time_back(write, told):
    fallback = {"sequenceId": "b", "fallback": True}
    opened = {"key": "emailsOpened", "delayType": "within", "delay": -5, "sequenceId": "a"}
    steps = [{"type": "email", "delay": 5}, {"type": "conditional", "conditions": [opened, fallback]}]
    found = told(write({"main": {"steps": steps}, "b": {"steps": [{"type": "phone"}]}}))
    assert [entry["day"] for entry in found["entries"]] == [5, 5, 5]


def test_long_delays_are_written_out(write, told):
    found = told(write([{"type": "phone", "delay": 2_900_000}]))
    assert found["entries"][0]["reason"] == "2,900,000 days after the lead enters"


def test_of_a_plan_too_large_it_is_said_that_nobody_looked_for_what_is_unreachable(write, told):
    found = told(write([{"type": "phone", "delay": 0}] * 10_001))
    assert "More than 10,000 steps: which of them nobody reaches is not told." in found["notes"]


def test_a_listing_keeps_its_order_whatever_its_places_say(write, told):
    client, there = build(*BUILT["places"])
    listing = client.send("GET", LISTING).json()
    assert told(write(listing), "--sequence", "seq_lkCSKd32qSZZTe5Ru", "--start", there["start"]) == there


def test_the_text_names_a_strange_type_before_the_end(write, capsys):
    assert main(["timeline", write([{"type": "own"}]), "--provider", "lemlist"]) == 0
    assert capsys.readouterr().out.index("which lemlist does not have") > 0


def test_a_title_with_half_a_character_is_told(write, capsys):
    assert main(["timeline", write(b'[{"type":"email","subject":"\\ud800"}]')]) == 0
    assert "\\ud800" in capsys.readouterr().out


def test_the_text_says_how_to_walk_the_other_path(write, capsys):
    client = FaultClient().open()
    client.add(OPENED)
    file = write(client.send("GET", LISTING).json())
    hint = "Another lead takes another path: --lead emailsOpened"
    assert main(["timeline", file]) == 0
    assert hint in capsys.readouterr().out.splitlines()
    assert main(["timeline", file, "--lead", "emailsOpened"]) == 0
    assert "Another lead" not in capsys.readouterr().out


def test_a_terminal_that_knows_few_characters_gets_escapes(write):
    command = [
        sys.executable,
        "-m",
        "stepmock.mock_server.cli",
        "timeline",
        write([{"type": "email", "subject": "日é"}]),
    ]
    shown = subprocess.run(command, capture_output=True, timeout=60, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert rb"\u65e5\xe9" in shown.stdout


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by the shell")
def test_closed_streams_are_no_reason_to_fail(write):
    line = f"{sys.executable} -m stepmock.mock_server.cli timeline {write([VISIT])} >&- 2>&-"
    assert subprocess.run(["sh", "-c", line], timeout=60).returncode == 0
