"""Reads the credential of a request as the contract's security scheme says."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..validators.plain import is_unicode
from .call import Refused
from .messages import Request


class Admission(NamedTuple):
    """A request that may enter: what selects its world, and the facts that its headers give to the rules."""

    credential: str
    facts: Mapping[str, str]


def admission(scheme: Mapping[str, Any], request: Request, allowed: frozenset[str], missing: str) -> Admission:
    """Return what lets a request in; raises Refused with `missing`, or as the scheme says, for what does not.

    Any key is let in that is not empty and does not begin with `invalid`, unless `allowed` lists the keys. A key that
    does not decode is none that a provider gives out.
    """
    key = _key_of(scheme, request)
    if key is None:
        raise Refused(missing or scheme.get("missing", "unauthorized"))
    facts = {name: request.headers.get(header, "") for name, header in scheme.get("facts", {}).items()}
    return admission_of(scheme, key, facts, allowed)


def admission_of(scheme: Mapping[str, Any], key: str, facts: Mapping[str, str], allowed: frozenset[str]) -> Admission:
    """Return what lets a key and its facts in, as `admission` does; raises Refused."""
    if not is_good(key, allowed):
        raise Refused("unauthorized")
    if not all(facts.values()):
        raise Refused(scheme["missing_facts"])
    return admitted(key, facts)


def admitted(key: str, facts: Mapping[str, str]) -> Admission:
    """Return the admission of a key, with the facts that its requests give, in the order of the security scheme."""
    return Admission("\n".join((key, *facts.values())), facts)


def is_good(key: str, allowed: frozenset[str]) -> bool:
    """Return whether a key is let in."""
    return bool(key) and not key.startswith("invalid") and is_unicode(key) and (not allowed or key in allowed)


_MALFORMED = ""


def _key_of(scheme: Mapping[str, Any], request: Request) -> str | None:
    """Return the key; None when there is none, _MALFORMED when it cannot be read."""
    if scheme["type"] == "apiKey":
        found = (
            request.headers.get(scheme["name"].lower())
            if scheme["in"] == "header"
            else request.arguments.get(scheme["name"])
        )
        return found or None
    header = request.headers.get("authorization")
    if header is not None:
        return _basic_password(header)
    legacy = scheme.get("legacy_query")
    return (request.arguments.get(legacy) or None) if legacy and request.query else None


def _basic_password(header: str) -> str:
    """Return the password of HTTP Basic credentials with an empty user name, else _MALFORMED."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return _MALFORMED
    try:
        user, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return _MALFORMED
    return password if colon and not user else _MALFORMED
