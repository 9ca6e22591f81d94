"""What is known besides the payload."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Resource = Mapping[str, Any]


class Context(NamedTuple):
    """Facts that a payload does not hold itself. A fact that is None is unknown, and its rules stay silent.

    `stored` is the resource that an update changes; a field that it does not have is unknown. `siblings` are the steps
    already in the sequence, in order; `siblings_are_whole` says that there are no others. `find(kind, id)` gives a
    resource, an empty one where nothing is known of it, or None where there is none. `settings` are facts by name, for
    example the downstream provider. `parent` is the resource that holds what is written, for example the campaign.
    """

    stored: Resource | None = None
    siblings: Sequence[Resource] | None = None
    find: Callable[[str, str], Resource | None] | None = None
    settings: Mapping[str, str] | None = None
    parent: Resource | None = None
    siblings_are_whole: bool = True


NOTHING_KNOWN = Context()
