"""`timeline`: what happens to a lead in a sequence of a world."""

from ..messages import Response
from ..timeline import TimelineError, as_json, lead_of, plan_of_world, sequence_of, walk
from .answers import Ask, ControlError, Routes, answer, bad_request
from .arguments import arguments


def _show(ask: Ask) -> Response:
    given = arguments(ask.request, "sequence", "lead")
    try:
        plan = plan_of_world(ask.provider.contract, ask.world.resources)
        lead = lead_of(given.get("lead", ""), plan)
    except TimelineError as error:
        raise bad_request(error.message, error.hint) from None
    try:
        sequence = sequence_of(given.get("sequence"), plan, "sequence=ID")
    except TimelineError as error:
        if "sequence" not in given:
            raise bad_request(error.message, error.hint) from None
        raise ControlError(404, "unknown_sequence", error.message, error.hint) from None
    now = ask.now
    try:
        return answer(as_json(walk(plan, sequence, lead, now), now))
    except TimelineError as error:  # a step holds a text for a date
        raise bad_request(error.message, error.hint) from None


ROUTES: Routes = {("GET", "timeline"): _show}
