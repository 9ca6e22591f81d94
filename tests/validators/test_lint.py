"""Which files are linted, for which operation, and where their violations stand."""

import pytest
from stepmock.contracts.limits import MAX_FINDINGS
from stepmock.validators.linter.lint import Options, lint, lint_bytes
from stepmock.validators.linter.targets import Targets, operation_of


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("welcome.lemlist.addStep.json", "lemlist/addStep"),
        ("welcome.lemlist.updateStep.yaml", "lemlist/updateStep"),
        ("a.b.lemlist.createCampaign.yml", "lemlist/createCampaign"),
        ("deep/down/x.lemlist.addStep.json", "lemlist/addStep"),
        ("lemlist/addStep/welcome.json", "lemlist/addStep"),
        ("payloads/lemlist/updateStep/week1/welcome.json", "lemlist/updateStep"),
        ("payloads\\lemlist\\addStep\\welcome.json", "lemlist/addStep"),
        ("lemlist/addStep/x.lemlist.updateStep.json", "lemlist/updateStep"),
        ("lemlist/addStep/lemlist/updateStep/x.json", "lemlist/updateStep"),
        ("lemlist/addStep/v1.2.json", "lemlist/addStep"),
        ("welcome.json", None),
        ("welcome.addStep.json", None),
        ("welcome.lemlist.addSteps.json", None),
        ("welcome.lemlist.deleteStep.json", None),
        ("welcome.other.addStep.json", None),
        ("lemlist/welcome.json", None),
        ("addStep/welcome.json", None),
        ("lemlist.addStep.json", "lemlist/addStep"),
        ("", None),
    ],
)
def test_a_file_belongs_to_the_operation_of_its_name_or_else_of_its_folder(path, operation):
    assert operation_of(path) == operation


GOOD = '{"type": "phone"}'
BAD = '{\n  "type": "phone",\n  "delay": 1501\n}'


@pytest.fixture
def folder(tmp_path):
    """A folder with right and wrong payloads, and with files that are none."""
    for name, text in {
        "lemlist/addStep/good.json": GOOD,
        "lemlist/addStep/bad.json": BAD,
        "lemlist/addStep/bad.yaml": "type: phone\ndelay: 1501\n",
        "lemlist/addStep/notes.txt": "not a payload",
        "lemlist/updateStep/bad.yml": "type: phone\ndelay: 1501\n",
        "lemlist/.hidden/addStep/bad.json": BAD,
        "node_modules/lemlist/addStep/bad.json": BAD,
        "package.json": "{}",
        "x.lemlist.addStep.json": BAD,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def located(result, folder):
    return [
        (item.path.removeprefix(f"{folder}/"), tuple(item.position), item.violation.code) for item in result.located
    ]


def test_a_folder_is_linted_with_all_below_it_but_hidden_folders(folder):
    result = lint([str(folder)])
    assert located(result, folder) == [
        ("x.lemlist.addStep.json", (3, 3), "LEM022"),
        ("lemlist/addStep/bad.json", (3, 3), "LEM022"),
        ("lemlist/addStep/bad.yaml", (2, 1), "LEM022"),
        ("lemlist/updateStep/bad.yml", (2, 1), "LEM022"),
    ]
    assert [path for path, _ in result.not_checked] == [str(folder / "package.json")]
    assert (result.unusable, result.checked) == (False, 5)


def test_a_given_operation_is_that_of_all_files(folder):
    result = lint([str(folder / "package.json")], Options(Targets("lemlist/addStep")))
    assert located(result, folder) == [("package.json", (1, 1), "LEM010")]
    assert result.not_checked == []


def test_a_named_file_that_belongs_to_no_operation_makes_the_result_unusable(folder):
    result = lint([str(folder / "package.json")])
    assert [path for path, _ in result.not_checked] == [str(folder / "package.json")]
    assert (result.unusable, result.checked) == (True, 0)


def test_a_file_that_is_not_there_makes_the_result_unusable(tmp_path):
    path = str(tmp_path / "gone.lemlist.addStep.json")
    result = lint([path])
    assert result.not_checked == [(path, "it cannot be read: no such file or directory")]
    assert (result.located, result.unusable, result.checked) == ([], True, 0)


def test_a_link_that_leads_nowhere_makes_the_result_unusable_even_in_a_folder(folder):
    (folder / "lemlist/addStep/link.json").symlink_to(folder / "gone.json")
    result = lint([str(folder / "lemlist/addStep")])
    assert [path for path, _ in result.not_checked] == [str(folder / "lemlist/addStep/link.json")]
    assert (result.unusable, result.checked) == (True, 3)


@pytest.mark.parametrize(
    ("data", "column"), [(b"\x00\x01\x02\xff", 4), (b"\x89PNG\r\n\x1a\n", 1)], ids=["bytes", "picture"]
)
@pytest.mark.parametrize("ending", ["json", "yaml"])
def test_a_binary_file_breaks_a_rule_where_it_is_no_text(tmp_path, data, column, ending):
    path = tmp_path / f"x.lemlist.addStep.{ending}"
    path.write_bytes(data)
    result = lint([str(path)])
    assert located(result, tmp_path) == [(path.name, (1, column), "LEM005")]
    assert result.unusable is False


def test_each_file_is_linted_in_the_order_of_the_arguments(folder):
    names = ["lemlist/addStep/bad.yaml", "lemlist/addStep/bad.json"]
    result = lint([str(folder / name) for name in names])
    assert [path for path, _, _ in located(result, folder)] == names


def places(text, *, path="x.json", operation="lemlist/addStep", profile="documented"):
    data = text.encode() if isinstance(text, str) else text
    found = lint_bytes(path, data, Options(Targets(operation), (profile,))).located
    return [(item.violation.code, item.pointer, tuple(item.position)) for item in found]


def test_violations_come_in_the_order_of_the_text():
    text = '{"nope": 1,\n"type": "sms",\n"delay": -1,\n"subject": "x"}'
    assert places(text) == [
        ("LEM040", "/message", (1, 1)),
        ("LEM090", "/nope", (1, 2)),
        ("LEM022", "/delay", (3, 1)),
        ("LEM091", "/subject", (4, 1)),
    ]


def test_at_one_place_the_gravest_comes_first():
    assert places('{"type": "linkedinInvite", "images": ["http://example.com/a.pdf"]}') == [
        ("LEM081", "/images/0", (1, 39)),
        ("LEM082", "/images/0", (1, 39)),
    ]


def test_a_missing_member_stands_at_its_object():
    assert places('\n  {"type": "sms"}') == [("LEM040", "/message", (2, 3))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"type": "phone",\n "type": "phone"}', [("LEM093", "/type", (2, 2))]),
        (
            '{"type": "sms",\n "type": "phone", "delay": -1}',
            [("LEM093", "/type", (2, 2)), ("LEM022", "/delay", (2, 19))],
        ),
        ('{"type": "phone",\n "x": {"a": 1, "a": 2}}', [("LEM090", "/x", (2, 2)), ("LEM093", "/x/a", (2, 16))]),
    ],
    ids=["alone", "with an error", "below"],
)
def test_a_key_that_stands_twice_is_told_at_its_second_place(text, expected):
    assert places(text) == expected


def test_a_yaml_key_that_stands_twice_is_told_at_its_second_place():
    assert places("type: phone\ndelay: 1\ndelay: 2\n", path="x.yaml") == [("LEM093", "/delay", (3, 1))]


@pytest.mark.parametrize(
    ("text", "path", "position"),
    [
        ("", "x.json", (1, 1)),
        ('{"type": "phone",\n  "delay": }', "x.json", (2, 12)),
        ('{"type": "phone"}\nx', "x.json", (2, 1)),
        ('\ufeff{"type" "phone"}', "x.json", (1, 9)),
        ("type: phone\n\tdelay: 1\n", "x.yaml", (2, 1)),
        ("type: phone\n--- ]\ntype: sms\n", "x.yaml", (2, 5)),
        ("type: phone\nmessage: @x\n", "x.yaml", (2, 10)),
    ],
)
def test_a_syntax_error_stands_where_reading_stopped(text, path, position):
    assert places(text, path=path) == [("LEM001", "", position)]


def test_a_byte_order_mark_takes_no_column():
    assert places('\ufeff{"type": "fax"}') == [("LEM011", "/type", (1, 2))]


@pytest.mark.parametrize("levels", [101, 150, 500, 900, 980, 990, 1_000, 5_000, 100_000])
@pytest.mark.parametrize("path", ["x.json", "x.yaml"])
def test_nesting_of_any_depth_breaks_one_rule(levels, path):
    text = '{"type": "phone", "x": ' + "[" * levels + "]" * levels + "}"
    assert [code for code, _, _ in places(text, path=path)] == ["LEM004"]


def test_a_body_rule_hides_what_else_is_wrong():
    assert places('{"type": "fax", "x": "\\ud83d"}') == [("LEM005", "/x", (1, 17))]


def test_a_rule_about_siblings_stays_silent_as_observed():
    assert places('{"type": "email", "message": "x"}', profile="observed") == []
    assert places('{"type": "email", "message": "x"}') == [("LEM030", "/subject", (1, 1))]


def test_a_yaml_file_follows_the_same_rules_as_a_json_file():
    text = "type: linkedinSend\nmessage: 'Hi {{firstName'\nimages:\n  - http://example.com/a.png\n"
    assert places(text, path="x.yml") == [("LEM094", "/message", (2, 1)), ("LEM081", "/images/0", (4, 5))]


def test_of_a_rule_that_is_broken_very_often_only_so_many_places_are_told():
    keys = ", ".join(f'"k{number}": 1' for number in range(2_000))
    told = [code for code, _, _ in places(f'{{"type": "phone", "type": "phone", {keys}}}')]
    assert told == ["LEM093"] + ["LEM090"] * MAX_FINDINGS


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\ufffe"])
def test_a_character_that_yaml_does_not_allow_is_told_where_it_stands(character):
    text = f"type: phone\nmessage: \u00e4\U0001f600{character}\n"
    [item] = lint_bytes("x.yaml", text.encode(), Options(Targets("lemlist/addStep"))).located
    assert item.violation.message == "The text is not YAML: it holds a character that YAML does not allow."
    assert item.position == (2, 12)
