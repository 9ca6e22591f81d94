"""Writes what linting found as JUnit XML, in which each file is a test case."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ..linter.result import Located, reaches
from .formats import Report
from .wording import path_text, summary

_NO_XML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, and the control characters that it should not."""


def as_junit(report: Report) -> str:
    """Return a suite with a test case a file.

    One with a violation that fails the run is a failure; one that was not checked is an error where that fails the
    run, and skipped where it does not; violations that do not fail it stand in its output. Only ASCII is written, so
    that any encoding of the output will do.
    """
    result = report.result
    by_path: dict[str, list[Located]] = {path: [] for path in result.files}
    for located in result.located:
        by_path.setdefault(located.path, []).append(located)
    unchecked: dict[str, list[str]] = {}
    for path, reason in result.not_checked:
        unchecked.setdefault(path, []).append(reason)
    failing = {path: [item for item in items if reaches(item, report.bar)] for path, items in by_path.items()}
    counts = {
        "name": "steplint",
        "tests": str(len(by_path.keys() | unchecked)),
        "failures": str(sum(map(bool, failing.values()))),
        "errors": str(len(unchecked) if result.unusable else 0),
    }
    skipped = str(0 if result.unusable else len(unchecked))
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {**counts, "skipped": skipped})
    for path in dict.fromkeys([*by_path, *unchecked]):
        case = SubElement(suite, "testcase", name=_text(path_text(path)), classname="steplint")
        _add_failure(case, failing.get(path, []))
        if path in unchecked:
            reasons = [f"{reason}." for reason in unchecked[path]]
            element = SubElement(case, "error" if result.unusable else "skipped", type="not-checked")
            element.set("message", _text(reasons[0]))
            element.text = _text("\n".join(reasons))
        if passing := [item for item in by_path.get(path, []) if not reaches(item, report.bar)]:
            SubElement(case, "system-out").text = _text("\n".join(map(_line, passing)))
    SubElement(suite, "system-out").text = summary(result)
    indent(root)
    written: bytes = tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode("ascii")


def _add_failure(case: Element, items: Sequence[Located]) -> None:
    """Add one element for all failures of a file, as most readers show only the first."""
    if items:
        first = items[0].violation
        more = f" (and {len(items) - 1} more)" if len(items) > 1 else ""
        failure = SubElement(case, "failure", type=first.code, message=_text(f"{first.code} {first.message}{more}"))
        failure.text = _text("\n".join(map(_line, items)))


def _line(located: Located) -> str:
    item, position = located.violation, located.position
    about = f" (in {located.about})" if located.about else ""
    profiles = "/".join(located.profiles)
    return (
        f"{path_text(located.path)}:{position.line}:{position.column}: {item.code} {item.message}{about}\n"
        f"    {item.severity}, {item.confidence}, profile {profiles}; expected {item.expected}. {item.hint}\n"
        f"    {item.source}{f' <{item.source.url}>' if item.source.url else ''}"
    )


def _text(text: str) -> str:
    """Return a text that XML 1.0 can hold."""
    return _NO_XML.sub("\ufffd", text)
