"""contracts <- validators <- mock_server, and every heavy import in its one room."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "contracts": {"contracts"},
    "fixtures": {"fixtures"},
    "validators": {"contracts", "fixtures", "validators"},
    "mock_server": {"contracts", "fixtures", "validators", "mock_server"},
}
ONLY_IN = {
    "flask": {"mock_server/flask_app.py"},
    "uvicorn": {"mock_server/serve.py"},
    "hypothesis": {"validators/strategies.py"},
    "requests": {"mock_server/interception/with_requests.py"},
    "httpx": {"mock_server/interception/with_httpx.py"},
    "anyio": {"mock_server/interception/with_httpx.py"},
    "urllib3": {"mock_server/interception/with_urllib3.py", "mock_server/interception/with_requests.py"},
    "time": {"mock_server/clock.py"},
    "datetime": {"mock_server/clock.py", "mock_server/testing/worlds.py", "validators/linter/har.py"},
}
MODULES = sorted(path for folder in ALLOWED for path in (ROOT / folder).rglob("*.py"))


def _imports(path: Path):
    """Yield the dotted name of each import, absolute, with the project's own below `stepmock`."""
    here = ["stepmock", *path.relative_to(ROOT).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: -node.level] if node.level else []
            yield ".".join([*base, *(node.module or "").split(".")]).rstrip(".")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_along_the_arrow(path):
    folder = path.relative_to(ROOT).parts[0]
    own = {name.split(".")[1] for name in _imports(path) if name.startswith("stepmock.")}
    assert own <= ALLOWED[folder]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_is_imported_only_in_its_room(path):
    name = path.relative_to(ROOT).as_posix()
    strays = {imported for imported in _imports(path) if name not in ONLY_IN.get(imported.split(".")[0], {name})}
    assert strays == set()


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        (
            "stepmock.validators.cli",
            {"yaml", "flask", "uvicorn", "jsonschema", "hypothesis", "openapi_core", "click", "tqdm", "xml"},
        ),
        ("stepmock.mock_server.cli", {"flask", "yaml", "jsonschema", "hypothesis", "openapi_core"}),
    ],
)
def test_a_command_starts_without_what_it_does_not_need(module, heavy):
    code = f"import sys, {module}; print(*sorted({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
