"""Whatever stands in a recording, reading it never fails."""

import copy
import io
import json
import subprocess
import sys
from contextlib import redirect_stdout

import yaml
from hypothesis import given
from hypothesis import strategies as st
from recorded_traffic import ADD, VALID, checked, entry, har, reasons
from stepmock.fixtures import FOLDER

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 700)
    | st.sampled_from(["", "x", "gzip", "base64", "POST", ADD, "{", "\ud83d"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["string", "text", "name", "value", "code", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@st.composite
def mutated(draw):
    """Return a right recording in which some places hold anything."""
    path = draw(st.sampled_from(VALID))
    loaded = copy.deepcopy(LOADED[path])
    for _ in range(draw(st.integers(1, 4))):
        spot, key = loaded, None
        for _ in range(draw(st.integers(1, 8))):
            below = spot if key is None else spot[key]
            if not isinstance(below, (dict, list)) or not below:
                break
            spot = below
            key = draw(st.sampled_from(list(spot) if isinstance(spot, dict) else range(len(spot))))
        if key is not None:
            spot[key] = draw(ANYTHING)
    return loaded


LOADED = {
    path: json.loads(path.read_bytes()) if path.suffix == ".har" else yaml.safe_load(path.read_bytes())
    for path in VALID
}


@given(mutated(), st.sampled_from(["x.har", "x.json"]))
def test_whatever_stands_in_a_recording_is_told_and_never_fails(loaded, name):
    result = checked(json.dumps(loaded), name)
    assert result.checked or result.not_checked


@given(st.sampled_from(VALID), st.data())
def test_a_truncated_recording_never_fails(path, data):
    content = path.read_bytes()
    result = checked(content[: data.draw(st.integers(0, len(content) - 1))], path.name)
    assert result.checked or result.not_checked


@given(st.text() | st.text().map(lambda text: f"https://api.lemlist.com/api/{text}"))
def test_whatever_the_address_a_line_is_one_line(url):
    result = checked(har(entry(url=url), entry()))
    with redirect_stdout(io.StringIO()):
        assert all("\n" not in reason and len(reason) < 400 for reason in reasons(result))
    assert all(item.about.isprintable() for item in result.located)


def test_a_large_recording_takes_at_most_ten_times_its_size(tmp_path):
    whole = json.loads((FOLDER / "recordings/invalid/lemlist.har").read_bytes())
    whole["log"]["entries"] *= 1_000
    path = tmp_path / "large.har"
    path.write_text(json.dumps(whole))
    program = (
        "import resource, sys; from stepmock.validators.linter.lint import lint;"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024;"
        "before = peak(); lint([sys.argv[1]]); print(peak() - before)"
    )
    found = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert int(found.stdout) <= 10 * path.stat().st_size
