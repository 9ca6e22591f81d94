"""Makes ids that depend on seed, provider, world and a counter alone, so that the same calls give the same ids."""

from hashlib import blake2b, sha256
from uuid import UUID

from ..contracts.model import Identifier

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS = bytes(_ALPHABET[byte % len(_ALPHABET)] for byte in range(256))


def world_id(provider: str, credential: str) -> str:
    """Return the id of the world that a credential opens: it tells nothing of the key."""
    return sha256(f"{provider}\n{credential}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def identifier(form: Identifier, seed: int, world: str, counter: int) -> str:
    """Return the id number `counter` of a world, in the form of its kind."""
    if form.alphabet == "integer":
        return str(form.first + counter)
    number = f"{seed}/{world}/{counter}".encode()
    if form.alphabet == "hexadecimal":
        return form.prefix + blake2b(number).hexdigest()[: form.length]
    if form.alphabet == "uuid":
        return str(UUID(bytes=blake2b(number, digest_size=16).digest(), version=4))
    return form.prefix + blake2b(number, digest_size=form.length).digest().translate(_LETTERS).decode()
