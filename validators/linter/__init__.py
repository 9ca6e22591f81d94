"""Lints payloads where they live: in JSON and YAML files, in lists of steps, and in recordings of traffic.

The way of a file: `files` finds it, `documents` reads it, `targets` says which operation each payload belongs to,
`replay` what is known besides it, `lint` checks and locates, `selection` keeps what was asked for.
"""
