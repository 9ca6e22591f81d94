"""What a file holds: documents of JSON, JSON Lines or YAML, each with the way back to its places in the text.

Problems of reading are findings whose codes are the kinds of `x-body-rules` (`syntax`, `number`, ...): which contract
they belong to is known only later.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from ...contracts.vocabulary import BODY_RULES
from ..json_text import after_space
from ..plain import plain_problems
from ..positions import Spot, json_spots, yaml_spots
from ..reading import UNREADABLE, Reading, decoded, may_hide_problems, parse_json
from ..violation import Finding

KINDS = {kind: kind for kind in BODY_RULES}

JSON_SUFFIXES = (".json",)
LINES_SUFFIXES = (".jsonl", ".ndjson")
YAML_SUFFIXES = (".yaml", ".yml")
HAR_SUFFIXES = (".har",)
SUFFIXES = (*JSON_SUFFIXES, *LINES_SUFFIXES, *YAML_SUFFIXES, *HAR_SUFFIXES)

_LINE = re.compile(r"[^\r\n]+")
_RECORDED = re.compile(r"\binteractions[\"']?\s*:|[\"']log[\"']\s*:\s*\{")
"""What the text of a recording has, whether or not it can be read."""

_HAR = re.compile(r"\s*\{\s*\"log\"\s*:\s*\{")
_LINE_WITH_TEXT = re.compile(r"[^ \t\r\n][^\r\n]*")
_SCHEMA_LINE = re.compile(r"^#\s*yaml-language-server:\s*\$schema=(\S+)", re.MULTILINE)


class Document:
    """One JSON or YAML value of a file; `payload` is UNREADABLE where there is none, and `offset` says where not.

    `schema` is the address of the schema that a comment of a YAML file names, and `node` the root of what PyYAML read.
    `syntax` is `json` or `yaml` where the `text` of the file is the payload's own, and empty where it is not. The
    document stands in that text from `start` to `stop`.
    """

    syntax = ""
    text = ""
    start = 0
    stop = 0
    is_empty = False
    node: Any = None

    def __init__(self, reading: Reading, schema: str = "") -> None:
        self.payload: Any = reading.payload
        self.findings: list[Finding] = reading.findings
        self.offset: int | None = reading.offset
        self.schema = schema

    @property
    def is_secret(self) -> bool:
        """Whether the text may hold credentials, so that nothing of it may be shown."""
        return self._may_be_recording

    @cached_property
    def _may_be_recording(self) -> bool:
        """Whether this may be a recording that cannot be read as one."""
        return bool(self.syntax) and _RECORDED.search(self.text, self.start, self.stop) is not None

    @cached_property
    def may_hide_problems(self) -> bool:
        """Whether a walk over the payload may find that it is no plain JSON."""
        return may_hide_problems(self.text[self.start : self.stop])

    @property
    def window(self) -> tuple[int, int] | None:
        """The characters of the file that may be shown; None for all."""
        return None

    def spots(self, pointers: Collection[str]) -> Mapping[str, Spot]:
        """Return where some pointers, and what holds them, stand in the text of the file; nothing is known here."""
        return {}


class _Json(Document):
    syntax = "json"

    def __init__(self, reading: Reading, text: str, start: int, stop: int) -> None:
        super().__init__(reading)
        self.text, self.start, self.stop = text, start, stop

    def spots(self, pointers: Collection[str]) -> Mapping[str, Spot]:
        return json_spots(self.text, pointers, self.start) if self.payload is not UNREADABLE else {}


class _Yaml(Document):
    syntax = "yaml"

    def __init__(self, reading: Reading, text: str, node: Any, schema: str) -> None:
        super().__init__(reading, schema)
        self.text, self.start, self.stop = text, 0, len(text)
        if node is not None:
            self.start, self.stop = node.start_mark.index, node.end_mark.index
        self.node = node

    def spots(self, pointers: Collection[str]) -> Mapping[str, Spot]:
        return yaml_spots(self.node) if self.node is not None else {}


class _Empty(Document):
    """A file with nothing to read in it; if there is not a byte, some providers take that for an empty object."""

    def __init__(self, data: bytes) -> None:
        self.is_empty = not data
        super().__init__(Reading(UNREADABLE, [Finding("syntax", (), None, "a JSON object", "The file is empty.")], 0))


def documents_of(path: str, data: bytes) -> tuple[str, list[Document]]:
    """Return the text of a file, and the documents in it; the ending of its name says how it is to be read."""
    text = decoded(data, KINDS)
    if isinstance(text, Reading):
        return data.decode("utf-8-sig", errors="replace"), [Document(text)]
    name = path.lower()
    if name.endswith(YAML_SUFFIXES):
        return text, list(_yaml_documents(text))
    if name.endswith(LINES_SUFFIXES):
        return text, list(_json_lines(text)) or [_Empty(data)]
    if not text.strip():
        return text, [_Empty(data)]
    is_har = name.endswith(HAR_SUFFIXES) or _HAR.match(text) is not None
    reading = parse_json(text, KINDS, duplicates=not is_har, shares=is_har)
    if reading.payload is UNREADABLE and not name.endswith(SUFFIXES) and _is_of_lines(text):
        return text, list(_json_lines(text))  # the name does not tell; that of standard input never does
    return text, [_Json(reading, text, 0, len(text))]


def may_be_recording(payload: Any) -> bool:
    """Return whether a value may be a recording of traffic, by a quick look."""
    return isinstance(payload, dict) and ("log" in payload or "interactions" in payload)


def problems(payload: Any, document: Document) -> Iterator[Finding]:
    """Yield what keeps a value of a document from being a JSON object that a provider reads."""
    if not isinstance(payload, dict) or document.may_hide_problems:
        yield from plain_problems(payload, KINDS)


def _yaml_documents(text: str) -> Iterator[Document]:
    from ..yaml_reading import read_yaml  # PyYAML is not needed for JSON

    match = _SCHEMA_LINE.search(text)
    for reading, node in read_yaml(text, KINDS):
        yield _Yaml(reading, text, node, match[1] if match else "")


def _json_lines(text: str) -> Iterator[Document]:
    for line in _LINE.finditer(text):
        if (begin := after_space(text, line.start())) < line.end():
            reading = parse_json(text, KINDS, start=begin, stop=line.end(), duplicates=True)
            yield _Json(reading, text, begin, line.end())


def _is_of_lines(text: str) -> bool:
    """Return whether the first of several lines is a JSON text by itself, be its values right or not."""
    lines = [line.span() for line in islice(_LINE_WITH_TEXT.finditer(text), 2)]
    if len(lines) < 2:
        return False
    reading = parse_json(text, KINDS, start=lines[0][0], stop=lines[0][1])
    return not any(finding.code == "syntax" for finding in reading.findings)
