"""What texts are made of: phrases that a person could have written, and what the examples of the contract show."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ..addresses import MEDIA_TYPES
from ..template import variables

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
_SHORT = "Hi"
_LENGTHS = (60, 120, 250, 500)
"""Lengths of some longer texts; more words than that are bad style for some providers."""
_VARIANTS = 24
LONGEST_AT_WILL = 20_000
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
        self._texts: dict[tuple[tuple[str, ...], int, int], tuple[str, ...]] = {}
        self._words: dict[tuple[str, ...], tuple[str, ...]] = {}
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

    def texts(self, where: tuple[str, ...], low: int, high: int) -> tuple[str, ...]:
        """Return texts of `low` to `high` characters in the style of the examples of a place, the plainest first.

        There are always two or more, unless `high` is `low`: the shortest, and the longest where that is no essay.
        """
        key = (where, low, high)
        if (found := self._texts.get(key)) is None:
            found = self._texts[key] = tuple(self._written(where, low, high))
        return found

    def _written(self, where: tuple[str, ...], low: int, high: int) -> Iterator[str]:
        """Yield texts for a place from the shortest to the longest."""
        shown = [value for value in self.at(where) if isinstance(value, str)]
        if any("<" in value for value in shown):
            texts = [f"<p>{text}</p>" for text in self._prose()]
            texts += [f"{text}<p>{other}</p>" for text, other in zip(texts, SENTENCES[::-1], strict=False)]
        elif any(value.endswith((".", "!", "?")) for value in shown):
            texts = self._prose()
            texts += [f"{text} {other}" for text, other in zip(texts, SENTENCES[::-1], strict=False)]
        else:
            texts = [*HEADINGS, *(f"{text}: {{{{{name}}}}}" for name in self._named[:2] for text in HEADINGS)]
        texts = [
            text
            for text in dict.fromkeys([_SHORT, *texts, *shown, *map(text_of_length, _LENGTHS)])
            if low < len(text) < high
        ]
        yield text_of_length(low)
        yield from sorted(texts, key=len)
        if low < high <= LONGEST_AT_WILL:
            yield text_of_length(high)

    def _prose(self) -> list[str]:
        greetings = [f"Hello {{{{{name}}}}}!" for name in self._greeted[:2]]
        return [*greetings, *SENTENCES, *(f"{greeting} {text}" for greeting in greetings for text in SENTENCES)]

    def words(self, where: tuple[str, ...]) -> tuple[str, ...]:
        """Return names, ids or other short texts that are no prose: the examples of a place, and others of their form.

        The plainest come first.
        """
        if (found := self._words.get(where)) is None:
            shown = [value for value in self.at(where) if isinstance(value, str)]
            others = [text for number in range(_VARIANTS) for value in shown for text in _varied(value, number)]
            found = self._words[where] = tuple(dict.fromkeys([*shown, *others])) or _WORDS
        return found


def text_of_length(length: int) -> str:
    """Return a plain text of exactly so many characters."""
    text = " ".join(SENTENCES)
    text *= length // len(text) + 1
    return f"{text[: length - 1]}." if length > 1 else "A" * length


@cache
def addresses(kinds: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return public HTTPS addresses, of files of some media types where they are given; the plainest first."""
    if kinds:
        names = (*_WORDS, *(f"{word}-{number}" for number in (1, 27) for word in _WORDS))
        return tuple(f"https://cdn.example.com/{name}.{_ENDINGS[kind]}" for kind in kinds for name in names)
    endings = ("", "-12", "?lead=7", "/v2", "#step")
    return tuple(f"https://hooks.example.com/{word}{ending}" for ending in endings for word in _WORDS)


def _varied(text: str, number: int) -> Iterator[str]:
    """Yield texts of the form of another, if it has one: a name, a letter, a date, a mailbox, an id, a heading."""
    if text.istitle() and text.isalpha():
        yield _of_its_kind(text, number) if len(text) == 1 else NAMES[number % len(NAMES)]
    elif date := _DATE.fullmatch(text):
        yield f"{date[1]}-{number % 12 + 1:02}-{number * 7 % 28 + 1:02}"
    elif "@" in text:
        yield f"{_WORDS[number % len(_WORDS)]}{number + 1}{text[text.index('@') :]}"
    elif any(char.isdigit() for char in text) and text.isalnum():
        yield "".join(_of_its_kind(char, number * (place + 3)) for place, char in enumerate(text))
    elif " " in text:
        yield HEADINGS[number % len(HEADINGS)]


def _of_its_kind(char: str, number: int) -> str:
    if char.isdigit():
        return str(1 + (int(char) + number) % 9)
    other = _ALPHABET[(ord(char) + number) % len(_ALPHABET)]
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
