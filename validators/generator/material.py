"""What texts are made of: phrases that a person could have written, and what the examples of the contract show."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..addresses import MEDIA_TYPES
from ..template import variables
from .draw import Draw

HEADINGS = (
    "A short question",
    "Ten minutes next week?",
    "Notes from our call",
    "An idea for your team",
    "Following up",
    "Your plans for spring",
    "Who looks after hiring?",
    "Before you decide",
    "Grüße aus Köln",
    "Une idée à partager",
    "ご連絡のお願い",
    "Zażółć plan 📈",
)
SENTENCES = (
    "Have you a minute this week?",
    "We help teams like yours to answer sooner.",
    "I saw that you are hiring again.",
    "Here is the plan I spoke of.",
    "Would Tuesday at ten suit you?",
    "The pilot takes two weeks and one person.",
    "Tell me if somebody else should read this.",
    "No answer is an answer too, and I will not write again.",
    "A customer of ours cut the work from days to hours.",
    "Shall I send a short recording?",
    "Thank you for your time yesterday!",
    "Qu'en pensez-vous ?",
    "Über eine kurze Antwort würde ich mich freuen.",
    "お返事をお待ちしております。",
)
NAMES = ("Spring", "Summer", "Autumn", "Pilot", "Writing", "Negotiation", "Welcome", "Müller", "Łódź", "春")
_WORDS = ("spring", "lead", "report", "offer", "team", "pilot", "intro", "plan", "demo", "card", "notes", "price-list")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz"
_DATE = re.compile(r"(\d{4})-\d\d-\d\d")
_ENDINGS = {kind: ending for ending, kind in reversed(MEDIA_TYPES.items())}


class Material:
    """What a contract's examples show at each place, and the variables that their texts use.

    Where an operation's examples show nothing, a field of the same name in those of another one will do.
    """

    def __init__(
        self, examples: Sequence[Any], others: Sequence[Any] = (), known_variables: Sequence[str] = ()
    ) -> None:
        self._seen: dict[tuple[str, ...], list[Any]] = {}
        self._by_name: dict[tuple[str, ...], list[Any]] = {}
        for example in examples:
            for where, value in _walk(example, ()):
                _note(self._seen, where, value)
        for example in (*examples, *others):
            for where, value in _walk(example, ()):
                _note(self._by_name, _named(where), value)
        texts = [value for values in self._by_name.values() for value in values if isinstance(value, str)]
        names = dict.fromkeys([*known_variables, *(name for text in texts for name in variables(text))])
        self._greeted = [name for name in names if "first" in name.lower()]
        self._named = [name for name in names if "company" in name.lower()]

    def at(self, where: tuple[str, ...]) -> list[Any]:
        """Return what the examples show at a place, `*` being every item."""
        return self._seen.get(where) or self._by_name.get(_named(where), [])

    def text(self, draw: Draw, where: tuple[str, ...], longest: int) -> str:
        """Return a text of at most so many characters, in the style of the examples of its place."""
        shown = [value for value in self.at(where) if isinstance(value, str)]
        if shown and draw.boolean(0.2):
            text = draw.choice(shown)
        elif any("<" in value for value in shown):
            text = "".join(f"<p>{part}</p>" for part in self._parts(draw, draw.integer(1, 3)))
        elif any(value.endswith((".", "!", "?")) for value in shown):
            text = " ".join(self._parts(draw, draw.integer(1, 2)))
        else:
            text = draw.choice(HEADINGS)
            if self._named and draw.boolean(0.4):
                text = f"{text}: {{{{{draw.choice(self._named)}}}}}"
        return text if len(text) <= longest else text_of_length(draw, longest)

    def _parts(self, draw: Draw, count: int) -> list[str]:
        parts = [draw.choice(SENTENCES) for _ in range(count)]
        if self._greeted and draw.boolean():
            parts[0] = f"Hello {{{{{draw.choice(self._greeted)}}}}}! {parts[0]}"
        return parts

    def word(self, draw: Draw, where: tuple[str, ...]) -> str:
        """Return a name, an id or another short text that is no prose: one of the examples, or one of its form."""
        shown = [value for value in self.at(where) if isinstance(value, str)]
        if not shown:
            return draw.choice(_WORDS)
        text = draw.choice(shown)
        return draw.choice(HEADINGS) if " " in text and draw.boolean() else _varied(draw, text)


def text_of_length(draw: Draw, length: int) -> str:
    """Return a plain text of exactly so many characters."""
    text = draw.choice(SENTENCES)
    while len(text) < length:
        text += f" {draw.choice(SENTENCES)}"
    return f"{text[: length - 1]}." if length else ""


def address(draw: Draw, kinds: Sequence[str] = ()) -> str:
    """Return a public HTTPS address, of a file of one of some media types where they are given."""
    name = f"{draw.choice(_WORDS)}-{draw.integer(1, 99)}"
    if kinds:
        return f"https://cdn.example.com/{name}.{_ENDINGS[draw.choice(kinds)]}"
    return f"https://hooks.example.com/{name}{draw.choice(('', '?lead=7', '/v2', '#step'))}"


def _varied(draw: Draw, text: str) -> str:
    """Return a text of the form of another: a name, a letter, a date, a mailbox, an id; any other stays as it is."""
    if text.istitle() and text.isalpha():
        return _of_its_kind(draw, text) if len(text) == 1 else draw.choice(NAMES)
    if date := _DATE.fullmatch(text):
        return f"{date[1]}-{draw.integer(1, 12):02}-{draw.integer(1, 28):02}"
    if "@" in text:
        return f"{draw.choice(_WORDS)}{draw.integer(1, 99)}{text[text.index('@') :]}"
    if any(char.isdigit() for char in text) and text.isalnum():
        return "".join(_of_its_kind(draw, char) for char in text)
    return text


def _of_its_kind(draw: Draw, char: str) -> str:
    if char.isdigit():
        return str(draw.integer(1, 9))
    other = draw.choice(_ALPHABET)
    return other.upper() if char.isupper() else other


def _note(seen: dict[tuple[str, ...], list[Any]], where: tuple[str, ...], value: Any) -> None:
    values = seen.setdefault(where, [])
    if value not in values:
        values.append(value)


def _named(where: tuple[str, ...]) -> tuple[str, ...]:
    """Return the end of a place that names it: its field, and the items below."""
    last = max((index for index, token in enumerate(where) if token != "*"), default=0)
    return where[last:]


def _walk(value: Any, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield where, value
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from _walk(child, (*where, name))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, (*where, "*"))
