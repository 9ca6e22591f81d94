"""The commands of `steplint`, a module each: `add(commands, parents)` declares its options, and names what runs it.

A module imports only what its options need; what it runs is imported once it runs.
"""
