"""The control plane: what belongs to stepmock itself, below `/_stepmock/`.

`plane` finds the handler of a request, `guard` keeps foreign ones out, and each further module is a topic: its `ROUTES`
name a method, a path below `worlds/ID/`, and the function that answers.
"""

from ..settings import CONTROL_PREFIX
from .faults import fault_refused
from .plane import Control, body_limit

__all__ = ["CONTROL_PREFIX", "Control", "body_limit", "fault_refused"]
