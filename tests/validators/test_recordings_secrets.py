"""No credential in a recording is ever shown."""

import copy
import json
from base64 import b64encode

import pytest
import yaml
from recorded_traffic import BAD, cassette, checked, entry, har, interaction
from stepmock.validators.cli import main
from stepmock.validators.linter.lint import lint
from stepmock.validators.reports.formats import FORMATS

SECRETS = [
    "KEYINBASIC77",
    b64encode(b":KEYINBASIC77").decode(),
    "KEYINHEADER77",
    "KEYINQUERY77",
    "TOKENINQUERY77",
    "COOKIEVALUE77",
    "USERINURL77",
    "PASSINURL77",
    "BEARER77TOKEN",
    "HOOKUSER77",
    "HOOKKEY77",
    "SETCOOKIE77",
]
SECRET_HEADERS = [
    ("Authorization", "Basic " + b64encode(b":KEYINBASIC77").decode()),
    ("Proxy-Authorization", "Bearer BEARER77TOKEN"),
    ("X-API-Key", "KEYINHEADER77"),
    ("Cookie", "a=1; session=COOKIEVALUE77"),
]
SECRET_BODIES = [
    '{"type": "phone", "delay": -1}',
    '{"type": "KEYINBASIC77", "delay": -1}',
    '{"type": "phone", "KEYINHEADER77": 1, "KEYINHEADER77": 2}',
    '{"type": "phone", "api_key": "HOOKKEY77", "delay": "KEYINHEADER77"}',
    '{"type": "api", "method": "POST", "url": "ftp://HOOKUSER77:x@h.example/?api_key=HOOKKEY77", "delay": -1}',
    '{"type": "phone", "message": "x-api-key: HOOKKEY77", "delay": -1, "x": ["COOKIEVALUE77"]}',
    '{"type": "phone", "message": "KEYINQUERY77 \\ud83d"}',
    '{"type": "phone", "authorization": {"x": "KEYINBASIC77 {{", "y": "BEARER77TOKEN"}, "access_token": HOOKKEY77}',
    '{"api_key": "HOOKKEY77", ',
    "api_key=HOOKKEY77",
    '"KEYINHEADER77"',
    '["SETCOOKIE77"]',
]
SECRET_URLS = [
    "https://USERINURL77:PASSINURL77@api.lemlist.com/api/sequences/seq_a/steps?api_key=KEYINQUERY77&access_token=TOKENINQUERY77",
    "https://api.lemlist.com/api/KEYINHEADER77/COOKIEVALUE77?api_key=KEYINQUERY77",
    "https://USERINURL77:PASSINURL77@other.example/KEYINBASIC77?api_key=KEYINQUERY77",
    "https://USERINURL77:PASSINURL77@api.lemlist.com:bad/api/team",
    "https://server.smartlead.ai/api/v1/campaigns/1/sequences?api_key=KEYINQUERY77",
    "https://open-api.saleshandy.com/v1/sequences/a/steps/b",
]


def secret_recordings():
    """Return recordings full of credentials, by file name."""
    entries = [
        {
            **entry(body, url, method, headers=SECRET_HEADERS),
            "response": {"headers": [{"name": "Set-Cookie", "value": "s=SETCOOKIE77"}]},
        }
        for url in SECRET_URLS
        for body in SECRET_BODIES
        for method in ("POST", "KEYINHEADER77")
    ]
    headers = {name: [value] for name, value in SECRET_HEADERS}
    tape = cassette(
        *(interaction(body, url, headers=headers) for url in SECRET_URLS for body in SECRET_BODIES),
        *(
            interaction({"string": body.encode()}, url, headers=headers)
            for url in SECRET_URLS
            for body in SECRET_BODIES
        ),
    )
    tape["interactions"] = [
        {**each, "response": {"headers": {"set-cookie": ["s=SETCOOKIE77"]}}} for each in tape["interactions"]
    ]
    broken = copy.deepcopy(entries)
    for each in broken:
        each["request"]["headers"].append({"name": "x", "value": None})
    whole, text = har(*entries), yaml.dump(tape)
    return {
        "a.har": whole,
        "b.json": har(*entries, indent=1),
        "broken.har": har(*broken),
        "cut.har": whole[:5_000],
        "cut.json": whole[:5_000],
        "cut.lemlist.addStep.json": whole[:5_000],
        "strange.lemlist.addStep.json": json.dumps({"log": {"entries": {"x": entries[0]}}}),
        "c.yaml": text,
        "cut.yaml": text[:3_000] + "\n'",
        "cut.lemlist.addStep.yaml": text[:3_000] + "\n'",
    }


@pytest.fixture(scope="module")
def secret_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    for name, text in secret_recordings().items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("operation", [None, "lemlist/addStep"])
@pytest.mark.parametrize("name", [*secret_recordings(), "."])
def test_no_credential_is_ever_printed(secret_folder, capfd, format_, operation, name):
    options = ["--operation", operation] if operation else []
    main(["check", "--profile", "both", "--format", format_, *options, str(secret_folder / name)])
    shown = "".join(capfd.readouterr())
    assert shown
    assert [secret for secret in SECRETS if secret in shown] == []


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("operation", [None, "smartlead/saveSequences"])
def test_no_credential_is_printed_or_recorded_whatever_is_asked_for(secret_folder, tmp_path, capfd, format_, operation):
    baseline = tmp_path / "known.json"
    options = ["--format", format_, "--profile", "both", "--severity", "advice", "--baseline", str(baseline)]
    options += ["--operation", operation] if operation else []
    for mode in (["--write-baseline"], ["--ignore", "LEM0"], ["--fix", "--diff"]):
        main(["check", *options, *mode, str(secret_folder)])
        shown = "".join(capfd.readouterr()) + baseline.read_text()
        assert "known.json" in shown
        assert [secret for secret in SECRETS if secret in shown] == []
    assert {path.name: path.read_text() for path in secret_folder.iterdir()} == secret_recordings()


@pytest.mark.parametrize("name", [*secret_recordings()])
def test_no_credential_stands_in_what_linting_gives(secret_folder, name):
    shown = repr(lint([str(secret_folder / name)]))
    assert [secret for secret in SECRETS if secret in shown] == []


def test_the_recordings_of_credentials_have_something_to_show(secret_folder):
    assert len(lint([str(secret_folder / "a.har")]).located) > 20
    assert len(lint([str(secret_folder / "c.yaml")]).located) > 20


def test_an_excerpt_shows_nothing_but_the_body():
    [found] = checked(har(entry(headers=[("X-Other", "next door")]))).located
    assert found.excerpt.text == json.dumps(BAD)
    assert found.excerpt.text[found.excerpt.start :].startswith('\\"delay')
