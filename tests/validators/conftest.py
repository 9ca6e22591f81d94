import json
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from stepmock.contracts.model import PROFILES
from stepmock.validators.cli import main
from stepmock.validators.linter.lint import Options, lint, lint_bytes
from stepmock.validators.linter.targets import Targets
from stepmock.validators.reports.formats import Report, writer_of

settings.register_profile("stepmock", deadline=None, derandomize=True, database=None)
settings.load_profile("stepmock")

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def run(capsys):
    """Run the command, and return its exit status, its output and its complaints."""

    def invoke(*arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as error:
            status = error.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return invoke


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder that is the current one, and a function that writes files into it."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


@pytest.fixture(scope="session")
def written():
    """Lint a text as a payload of lemlist's addStep, and return the report in a form."""

    def write(form, text, path="x.json", profiles=("documented",), **options):
        data = text if isinstance(text, bytes) else text.encode()
        result = lint_bytes(path, data, Options(Targets("lemlist/addStep"), profiles))
        return writer_of(form)(Report(result, profiles, **options))

    return write


@pytest.fixture(scope="session", params=["lemlist", "saleshandy", "smartlead", "supaglue"])
def fixtures_report(request):
    """The report on all shipped payloads of a provider in both profiles, the broken ones too."""
    return Report(lint([str(FIXTURES / request.param)], Options(profiles=PROFILES)), PROFILES)


@pytest.fixture(scope="session")
def strange_payloads():
    """JSON texts of steps with any text as names and values."""
    words = st.text(st.characters(), max_size=8)
    values = words | st.integers() | st.none() | st.lists(words, max_size=2)
    return st.dictionaries(words, values, max_size=3).map(lambda extra: json.dumps({"type": "phone", **extra}))


@pytest.fixture(scope="session")
def strange_paths():
    """Names of files that Unix allows."""
    escaped = st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"])
    characters = st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | escaped
    return st.text(characters, min_size=1, max_size=12).map(lambda name: f"{name}.json")
