"""Counts the requests of a world against its provider's rate limit: a fixed window from its first request."""

from math import ceil
from typing import NamedTuple

from ..contracts.model import RateLimit
from .clock import javascript_text
from .messages import Headers
from .world import World


class Quota(NamedTuple):
    """Where a world stands in its window, after the present request."""

    exceeded: bool
    limit: int
    remaining: int
    reset_at: float
    retry_after: int


def count_request(world: World, limit: RateLimit, now: float, *, enforced: bool = True) -> Quota:
    """Count one request and return where the world stands; a refused request does not lengthen the window.

    A quota that is not enforced is counted and told all the same, and never exceeded.
    """
    start = world.window_start
    if start is None or not start <= now < start + limit.window_seconds:
        start = world.window_start = now
        world.window_count = 0
    used_up = world.window_count >= limit.requests
    world.window_count += not used_up
    exceeded = used_up and enforced
    reset_at = start + limit.window_seconds
    remaining = max(0, limit.requests - world.window_count)  # a snapshot may be of another reading, with a higher limit
    return Quota(exceeded, limit.requests, remaining, reset_at, max(1, ceil(reset_at - now)))


def quota_headers(limit: RateLimit, quota: Quota) -> Headers:
    """Return the headers that tell of a quota, in the names and forms of the provider."""
    values = {
        "limit": str(quota.limit),
        "remaining": str(quota.remaining),
        "retry-after": str(quota.retry_after),
        "reset-date": javascript_text(quota.reset_at),
        "reset-epoch": str(ceil(quota.reset_at)),
    }
    names = {**limit.headers, **(limit.refusal_headers if quota.exceeded else {})}
    return [(name, values[value]) for name, value in names.items()]
