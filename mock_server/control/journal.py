"""`journal`: the requests that a world got, and those that reached none; what a test expects of them; HAR."""

from collections import Counter
from collections.abc import Callable

from ...contracts.limits import JOURNAL_PAGE, MAX_JOURNAL_PAGE
from ..har import as_har
from ..messages import Response
from .answers import Ask, Handler, Routes, answer, bad_request, done
from .arguments import arguments, number_of
from .assertion import check
from .entries import FILTERS, Asked, as_json, selection_of

_PAGING = ("limit", "next")


def show(asked: Asked) -> Response:
    """Answer with a page of the entries, the oldest first.

    `next` of the reply, given as `next`, leads to the entries behind the page, however many have come since. `dropped`
    is how many before the page, and behind the one before it, are gone because the journal is full.
    """
    given = arguments(asked.request, *FILTERS, *_PAGING)
    selection = selection_of(given, asked)
    limit = number_of(given, "limit", 1, MAX_JOURNAL_PAGE, JOURNAL_PAGE)
    after = number_of(given, "next", 0, None, 0)
    if after > asked.newest:
        raise bad_request(
            f"next is {after}, and the newest request is {asked.newest}.",
            "The world was reset since that page; begin again without next.",
        )
    selection = selection._replace(since=max(after, selection.since or 0))
    found = asked.entries(selection)
    page = found[:limit]
    return answer(
        {
            "entries": [as_json(entry, asked.meant(entry)) for entry in page],
            "next": str(page[-1].number) if len(found) > limit else None,
            "dropped": asked.journal.fell_off_after(selection.since or 0),
        }
    )


def count(asked: Asked) -> Response:
    """Answer with how many entries there are, and how many of each operation, status and rule."""
    selection = selection_of(arguments(asked.request, *FILTERS), asked)
    found = asked.entries(selection)
    return answer(
        {
            "count": len(found),
            "operations": Counter(entry.operation for entry in found),
            "statuses": Counter(str(entry.status) for entry in found),
            "rules": Counter(code for entry in found for code in dict.fromkeys(entry.rules)),
            "dropped": asked.journal.fell_off_after(selection.since or 0),
        }
    )


def clear(asked: Asked) -> Response:
    """Forget the entries; requests are counted on."""
    arguments(asked.request)
    asked.journal.clear()
    return done()


def har(asked: Asked) -> Response:
    """Answer with the entries as a HAR file."""
    selection = selection_of(arguments(asked.request, *FILTERS), asked)
    gone = asked.journal.fell_off_after(selection.since or 0)
    comment = f"{asked.title}; {gone} older requests are no longer in the journal" if gone else asked.title
    return answer(as_har(asked.entries(selection), asked.contracts, comment))


def _of_world(ask: Ask) -> Asked:
    contract = ask.provider.contract
    title = f"stepmock, world {ask.world.id} of {contract.title}"
    return Asked(ask.world.journal, ask.world.requests, {contract.provider: contract}, ask.request, title)


HANDLERS = {
    ("GET", "journal"): show,
    ("DELETE", "journal"): clear,
    ("GET", "journal/count"): count,
    ("GET", "journal.har"): har,
}
"""What is asked of the journal of a world, and of that of the requests that reached none."""


def _for_a_world(handler: Callable[[Asked], Response]) -> Handler:
    return lambda ask: handler(_of_world(ask))


ROUTES: Routes = {
    **{route: _for_a_world(handler) for route, handler in HANDLERS.items()},
    ("POST", "journal/assert"): _for_a_world(check),
}
