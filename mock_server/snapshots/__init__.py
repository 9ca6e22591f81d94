"""A world as a file: saved, put back, forked, compared, and built again from the requests it got.

`form` reads and writes snapshots, `differences` says in domain words what two of them differ in, `recording` writes the
requests of a world since a known state, and `replay` sends them once more.
"""

from .differences import Change, differences, in_words
from .form import read_text, restored, schema, snapshot_of

__all__ = ["Change", "differences", "in_words", "read_text", "restored", "schema", "snapshot_of"]
