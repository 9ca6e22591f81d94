"""Faults: failures that a test asks for.

`form` reads one fault from JSON, `catalogue` knows the errors of a provider by name, `standing` keeps what a world was
told, `strike` is what comes over one request. `reading` takes faults from a file or a request header.
"""

from .catalogue import Catalogue, fitting
from .form import Fault, FaultError, read_fault
from .reading import FAULT_HEADER, fault_of_header, faults_of_file, of_each_provider
from .standing import add_faults, choose, forget_fault, let_stand, read_standing, shown
from .strike import Strike

__all__ = [
    "FAULT_HEADER",
    "Catalogue",
    "Fault",
    "FaultError",
    "Strike",
    "add_faults",
    "choose",
    "fault_of_header",
    "faults_of_file",
    "fitting",
    "forget_fault",
    "let_stand",
    "of_each_provider",
    "read_fault",
    "read_standing",
    "shown",
]
