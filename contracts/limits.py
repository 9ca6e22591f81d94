"""Every limit of stepmock, in one place.

A number here bounds what a client can make the server or the linter hold or walk; none of them is
lemlist's or another vendor's. The README's table of limits is generated from these names.
"""

MAX_BODY_BYTES = 10 * 1024 * 1024
"""Bytes of a request body; a larger one is refused with 413."""

MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024
"""Bytes of a snapshot, or of a recording that is replayed; a larger one is refused, by the server with 413."""

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Bytes of a file that the linter reads, unless `--max-size` says otherwise."""

MAX_CONFIG_BYTES = 1024 * 1024
"""Bytes of a configuration file of the linter."""

MAX_NESTING = 100
"""Levels of arrays and objects in a payload."""

MAX_INTEGER_DIGITS = 4_300
"""Decimal digits of an integer in a payload."""

MAX_VALUES = 50_000
"""Values in a payload, members and items at any depth, once the aliases of YAML are written out."""

MAX_FINDINGS = 100
"""Violations that one check tells of one payload; a payload that breaks a rule more often is refused all the same."""

MAX_STEPS_PER_SEQUENCE = 100_000
"""Steps in one sequence; one more is refused with 400."""

MAX_WORLDS = 10_000
"""Worlds of one server; a key that would open one more is refused with 429."""

MAX_JOURNAL_ENTRIES = 1_000
"""Requests remembered for each world; the oldest goes first."""

MAX_JOURNAL_BODY_BYTES = 16 * 1024
"""Bytes of a request or response body kept in a journal entry; the rest is cut off."""

MAX_JOURNAL_BYTES = 8 * 1024 * 1024
"""Bytes of paths, headers, faults and bodies kept in the journal of a world; beyond it, too, the oldest request goes
first."""

JOURNAL_HEADER_BYTES = 64
"""Bytes that a header of a request counts for in the journal beside its name and value."""

MAX_JOURNAL_VIOLATIONS = 100
"""Violations kept in a journal entry."""

MAX_JOURNAL_PAGE = 1_000
"""Journal entries in one reply of the control plane; `limit` asks for fewer."""

JOURNAL_PAGE = 100
"""Journal entries in one reply of the control plane that asks for no other `limit`."""

MAX_NEAREST_ENTRIES = 3
"""Requests that a failed assertion shows as the nearest to what it expects."""

MAX_DIFFERENCES = 20
"""Differences told of one of those requests."""

MAX_COUNTED_DIFFERENCES = 100
"""Differences looked for in one request; one with more is as far from what is expected as one with so many."""

MAX_FAULTS = 100
"""Faults that stand in one world."""

MAX_FAULT_BYTES = 64 * 1024
"""Bytes of one fault as JSON."""

MAX_LATENCY_SECONDS = 300
"""Real seconds that a fault, or several together, can hold up one reply."""

MAX_CLOCK_LATENCY_SECONDS = 366 * 24 * 3600
"""Seconds on the clock of a world that one fault can let pass."""

MIN_REQUESTS_PER_MARK = 500
"""Requests between two marks that a recording can begin at; in a world of more than 4,000 resources, an eighth of them,
so that beyond 8,000 the journal may not reach back to a mark."""

MAX_DOWNSTREAM_REQUESTS = 10_000
"""Native requests remembered for each world of a unified API; the oldest goes first."""

MAX_MEDIA_REDIRECTS = 5
"""Redirects from the address of a medium to its file."""

MAX_THREADS = 256
"""Worlds whose requests are worked on at the same time by a server that downloads media; others wait."""

MAX_HEAD_BYTES = 64 * 1024
"""Bytes of a request line with its headers, or of one part of the framing of a body; more is refused with 431."""

MAX_HEADER_VIOLATIONS = 20
"""Items in the `X-Stepmock-Violations` header."""

MAX_HEADER_BYTES = 4 * 1024
"""Bytes of the `X-Stepmock-Violations` header."""

MAX_QUOTED_CHARACTERS = 80
"""Characters of an offending value that a message quotes."""

MAX_FINDING_EVIDENCE = 20
"""Requests that one finding shows; the first are kept."""

MAX_TIMELINE_STEPS = 10_000
"""Steps that a timeline walks; there it ends, with a note."""
