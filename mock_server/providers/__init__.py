"""One module a provider: what its operations do to a world. Everything else about it stands in its contract.

A module offers `HANDLERS`, a Handler for each operation, and `open_account(world, contract, now)`, which adds to a new
world what every account of the provider has.
"""
