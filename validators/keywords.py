"""What each `x-` keyword of a request schema asserts: one small function a keyword.

A check takes the keyword's value in the contract, the value found in the payload, and the Occasion; it yields a
Flaw for whatever is wrong. A fact that the Context does not hold makes it yield nothing. The form of each
keyword's own value is declared in `stepmock.contracts.vocabulary`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import quick_schemas
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
from .text_checks import http_url, known_variables, media_types, public_url, template, usual_length


class Keyword(NamedTuple):
    """A keyword's check, the type of the values that it looks at, and the schema that tells sooner of right ones.

    `fact` names the fact of the Context without which the check has nothing to say. What fits the quick schema fits
    that of the keyword `covers` too, where both stand at one place. With `closes` it is no schema that tells of right
    values, but that an object has none but the declared fields.
    """

    looks_at: type | tuple[type, ...]
    check: Check
    fact: str = ""
    quick_schema: Callable[[Any], quick_schemas.Schema] = quick_schemas.none_there
    covers: str = ""
    closes: bool = False


KEYWORDS: Mapping[str, Keyword] = {
    "x-unknown-fields": Keyword(dict, unknown_fields, closes=True),
    "x-misplaced-fields": Keyword(dict, misplaced_fields, closes=True),
    "x-combined-max-items": Keyword(dict, combined_max_items, quick_schema=quick_schemas.combined_max_items),
    "x-required-on-first": Keyword(dict, required_on_first, fact="siblings"),
    "x-immutable": Keyword((str, int, float), immutable, fact="stored"),
    "x-references": Keyword((str, int), references, fact="find"),
    "x-not-in-state": Keyword(str, not_in_state, fact="find"),
    "x-template": Keyword(str, template, quick_schema=quick_schemas.template),
    "x-http-url": Keyword(str, http_url, quick_schema=quick_schemas.http_url),
    "x-public-url": Keyword(str, public_url),
    "x-media-types": Keyword(str, media_types),
    "x-either": Keyword(dict, either, quick_schema=quick_schemas.either),
    "x-when-fact": Keyword(object, when_fact, fact="settings"),
    "x-parent-state": Keyword((dict, str), parent_state, fact="parent"),
    "x-numbered": Keyword(list, numbered, quick_schema=quick_schemas.numbered),
    "x-first-has": Keyword(list, first_has, quick_schema=quick_schemas.first_has),
    "x-max-words": Keyword(list, max_words, quick_schema=quick_schemas.max_words),
    "x-gap": Keyword(list, gap, quick_schema=quick_schemas.gap),
    "x-sum": Keyword(dict, total, quick_schema=quick_schemas.total),
    "x-known-variables": Keyword(str, known_variables, quick_schema=quick_schemas.known_variables, covers="x-template"),
    "x-forbidden": Keyword(object, forbidden),
    "x-unique-among-siblings": Keyword((str, int, float), unique_among_siblings, fact="siblings"),
    "x-room-in-stored": Keyword(dict, room_in_stored, fact="stored"),
    "x-usual-length": Keyword(str, usual_length, quick_schema=quick_schemas.usual_length),
}
