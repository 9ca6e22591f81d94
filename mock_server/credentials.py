"""Reads the credential of a request as the contract's security scheme says."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any

from .messages import Request

MALFORMED = ""
"""Stands for a credential that is there but cannot be read."""


def credential_of(scheme: Mapping[str, Any], request: Request) -> str | None:
    """Return the credential; None when there is none, MALFORMED when it cannot be read."""
    if scheme["type"] == "apiKey":
        found = (
            request.headers.get(scheme["name"].lower())
            if scheme["in"] == "header"
            else request.arguments().get(scheme["name"])
        )
        return found or None
    header = request.headers.get("authorization")
    if header is not None:
        return _basic_password(header)
    legacy = scheme.get("legacy_query")
    return (request.arguments().get(legacy) or None) if legacy and request.query else None


def _basic_password(header: str) -> str:
    """Return the password of HTTP Basic credentials with an empty user name, else MALFORMED."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return MALFORMED
    try:
        user, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (Base64Error, ValueError):
        return MALFORMED
    return password if colon and not user else MALFORMED
