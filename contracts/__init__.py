"""What each provider promises: OpenAPI documents in a closed vocabulary, compiled and loaded.

`load("lemlist")` gives the frozen `Contract` that the validators and the mock server share. The documents are
`contracts/<provider>.yaml`, with an OpenAPI Overlay `<provider>.<profile>.yaml` beside it where a
profile reads the provider differently; what is loaded at run time is their compiled form.
"""

from .errors import ContractError
from .loader import add_contracts, load, providers
from .model import Contract

__all__ = ["Contract", "ContractError", "add_contracts", "load", "providers"]
