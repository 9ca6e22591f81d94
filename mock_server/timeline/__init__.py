"""What happens to a lead, step by step and day by day, in a sequence that was built."""

from .filling import plan_of_world
from .model import Plan, Timeline, TimelineError
from .reading import as_json, lead_of, path_of, sequence_of
from .walk import walk

__all__ = [
    "Plan",
    "Timeline",
    "TimelineError",
    "as_json",
    "lead_of",
    "path_of",
    "plan_of_world",
    "sequence_of",
    "walk",
]
