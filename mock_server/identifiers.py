"""Makes ids that depend on seed, provider, world and a counter alone, so that the same calls give the same ids."""

from hashlib import blake2b, sha256
from uuid import UUID

from ..contracts.model import Identifier

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def world_id(provider: str, credential: str) -> str:
    """Return the id of the world that a credential opens: it tells nothing of the key."""
    return sha256(f"{provider}\n{credential}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def identifier(form: Identifier, seed: int, world: str, counter: int) -> str:
    """Return the id number `counter` of a world, in the form of its kind."""
    if form.alphabet == "integer":
        return str(form.first + counter)
    digest = blake2b(f"{seed}/{world}/{counter}".encode(), digest_size=32)
    if form.alphabet == "hexadecimal":
        return form.prefix + digest.hexdigest()[: form.length]
    if form.alphabet == "uuid":
        return str(UUID(bytes=digest.digest()[:16], version=4))
    number = int.from_bytes(digest.digest())
    characters = []
    for _ in range(form.length):
        number, digit = divmod(number, 62)
        characters.append(_ALPHABET[digit])
    return form.prefix + "".join(characters)
