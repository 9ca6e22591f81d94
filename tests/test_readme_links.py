"""Every link of the README leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = re.sub(r"^```.*?^```", "", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
HEADINGS = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
CHAPTERS = re.findall(r"^## (.+)$", README, re.MULTILINE)
TARGETS = re.findall(r"\]\(([^)\s]+)\)", README)


def anchor(heading: str) -> str:
    """The name that Markdown viewers give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_no_two_headings_have_one_name():
    assert len({anchor(heading) for heading in HEADINGS}) == len(HEADINGS)


@pytest.mark.parametrize("target", dict.fromkeys(TARGETS))
def test_a_link_leads_to_a_heading_or_a_file(target):
    path, _, name = target.partition("#")
    assert path.startswith("https://") or not path or (ROOT / path).is_file()
    assert path or name in map(anchor, HEADINGS)


def test_the_index_at_the_top_has_every_chapter():
    top = README[: README.index("\n## ")]
    missing = [chapter for chapter in CHAPTERS if f"(#{anchor(chapter)})" not in top]
    assert missing == ["Licence"]
