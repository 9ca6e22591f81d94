"""`faults`: the failures that a world was asked for."""

from typing import Any

from ..faults import FaultError, add_faults, forget_fault, shown
from ..messages import Response
from .answers import Ask, ControlError, Routes, answer, bad_request, done
from .arguments import arguments

_HINT = 'Send {"fault": "NAME"}, or a list of such; operation, nth and times may stand beside it.'


def fault_refused(error: FaultError) -> ControlError:
    """Return the error of a fault that cannot be used."""
    return bad_request(error.message, error.hint)


def _show(ask: Ask) -> Response:
    """Answer with the faults that stand, in their order."""
    return answer({"faults": _standing(ask)})


def _standing(ask: Ask) -> list[dict[str, Any]]:
    return [shown(entry) for entry in ask.world.faults["standing"]]


def _add(ask: Ask) -> Response:
    try:
        added = add_faults(ask.world, ask.provider.errors, ask.body(_HINT))
    except FaultError as error:
        raise fault_refused(error) from None
    return answer({"faults": _standing(ask), "added": [entry["id"] for entry in added]}, 201)


def _forget(ask: Ask) -> Response:
    """Take away the fault that the query names by `id`, or all of them."""
    name = arguments(ask.request, "id").get("id")
    if name is None:
        ask.world.faults["standing"] = []
    elif not forget_fault(ask.world, name):
        raise ControlError(
            404, "unknown_fault", f"There is no fault {name[:80]!a}.", "GET faults lists those that stand."
        )
    return done()


ROUTES: Routes = {("GET", "faults"): _show, ("POST", "faults"): _add, ("DELETE", "faults"): _forget}
