"""`downstream`: the native requests that the calls of a unified API stand for."""

from ..messages import Response
from .answers import Ask, Routes, answer


def _show(ask: Ask) -> Response:
    """Answer with the native requests of a world, the oldest first."""
    kept = ask.world.resources.get("downstream", {}).values()
    reply = answer({"requests": [{part: entry.get(part) for part in ("method", "url", "body")} for entry in kept]})
    return reply._replace(body=ask.redact(reply.body))


ROUTES: Routes = {("GET", "downstream"): _show}
