"""Counts the requests of a world against its provider's rate limit: a fixed window from its first request."""

from math import ceil
from typing import NamedTuple

from ..contracts.model import RateLimit
from .world import World


class Quota(NamedTuple):
    """Where a world stands in its window, after the present request."""

    exceeded: bool
    limit: int
    remaining: int
    reset_at: float
    retry_after: int


def count_request(world: World, limit: RateLimit, now: float) -> Quota:
    """Count one request and return where the world stands; a refused request does not lengthen the window."""
    if not world.window_start <= now < world.window_start + limit.window_seconds:
        world.window_start, world.window_count = now, 0
    exceeded = world.window_count >= limit.requests
    world.window_count += not exceeded
    reset_at = world.window_start + limit.window_seconds
    return Quota(exceeded, limit.requests, limit.requests - world.window_count, reset_at, max(1, ceil(reset_at - now)))
