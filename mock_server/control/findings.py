"""`findings`: how the client of a world behaved."""

from ..findings import Material, as_json, findings
from ..messages import Response
from .answers import Ask, Routes, answer
from .arguments import arguments


def _show(ask: Ask) -> Response:
    arguments(ask.request)
    world = ask.world
    material = Material(list(world.journal), ask.provider.contract, world.resources, world.journal.is_whole)
    return answer({"findings": list(map(as_json, findings(material))), "dropped": world.journal.fell_off})


ROUTES: Routes = {("GET", "findings"): _show}
