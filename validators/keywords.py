"""What each `x-` keyword of a request schema asserts: one small function a keyword.

A check takes the keyword's value in the contract, the value found in the payload, and the Occasion; it yields a
Flaw for whatever is wrong. A fact that the Context does not hold makes it yield nothing. The form of each
keyword's own value is declared in `stepmock.contracts.vocabulary`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .context_checks import (
    immutable,
    not_in_state,
    parent_state,
    references,
    required_on_first,
    room_in_stored,
    unique_among_siblings,
    when_fact,
)
from .field_checks import combined_max_items, either, forbidden, misplaced_fields, unknown_fields
from .list_checks import first_has, gap, max_words, numbered, total
from .occasion import Check
from .template import is_clean
from .text_checks import http_url, known_variables, media_types, public_url, template, usual_length


def never(value: Any) -> bool:
    """Return False: of this keyword nothing can be told by a quick look."""
    return False


class Keyword(NamedTuple):
    """A keyword's check, the type of the values that it looks at, and quick ways to see that one is right.

    `fact` names the fact of the Context without which the check has nothing to say.
    """

    looks_at: type | tuple[type, ...]
    check: Check
    surely_right: Callable[[Any], bool] = never
    fact: str = ""


KEYWORDS: Mapping[str, Keyword] = {
    "x-unknown-fields": Keyword(dict, unknown_fields),
    "x-misplaced-fields": Keyword(dict, misplaced_fields),
    "x-combined-max-items": Keyword(dict, combined_max_items),
    "x-required-on-first": Keyword(dict, required_on_first, fact="siblings"),
    "x-immutable": Keyword((str, int, float), immutable, fact="stored"),
    "x-references": Keyword((str, int), references, fact="find"),
    "x-not-in-state": Keyword(str, not_in_state, fact="find"),
    "x-template": Keyword(str, template, is_clean),
    "x-http-url": Keyword(str, http_url),
    "x-public-url": Keyword(str, public_url),
    "x-media-types": Keyword(str, media_types),
    "x-either": Keyword(dict, either),
    "x-when-fact": Keyword(object, when_fact, fact="settings"),
    "x-parent-state": Keyword((dict, str), parent_state, fact="parent"),
    "x-numbered": Keyword(list, numbered),
    "x-first-has": Keyword(list, first_has),
    "x-max-words": Keyword(list, max_words),
    "x-gap": Keyword(list, gap),
    "x-sum": Keyword(dict, total),
    "x-known-variables": Keyword(str, known_variables),
    "x-forbidden": Keyword(object, forbidden),
    "x-unique-among-siblings": Keyword((str, int, float), unique_among_siblings, fact="siblings"),
    "x-room-in-stored": Keyword(dict, room_in_stored, fact="stored"),
    "x-usual-length": Keyword(str, usual_length),
}
