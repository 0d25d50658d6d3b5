"""Request signing of the open-live interface.

The string to sign is the six ``x-bili-`` headers, sorted by name, as ``name:value`` lines without
a final line feed; its HMAC-SHA256 in lower-case hex is the ``Authorization`` header, with no
prefix. Source: platform page "signature".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

METHOD = "HMAC-SHA256"
SIGNED = (
    "x-bili-accesskeyid",
    "x-bili-content-md5",
    "x-bili-signature-method",
    "x-bili-signature-nonce",
    "x-bili-signature-version",
    "x-bili-timestamp",
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The application's key pair, and the signature version of its surface (``1.0`` or ``2.0``)."""

    key_id: str
    secret: str
    version: str = "1.0"


def content_md5(body: bytes) -> str:
    """Lower-case hex MD5 of the exact bytes sent; the platform asks for it, it protects nothing."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def string_to_sign(headers: Mapping[str, str]) -> str:
    """The canonical text of the signed headers; raises :class:`KeyError` when one is missing."""
    return "\n".join(f"{name}:{headers[name]}" for name in SIGNED)


def authorization(secret: str, text: str) -> str:
    """The signature of ``text``."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed_headers(keys: Keys, body: bytes, nonce: str, timestamp: int) -> dict[str, str]:
    """Every header of a call with this body; ``nonce`` is new each time, ``timestamp`` in seconds.

    Send exactly ``body``: an HTTP client that serialises again breaks the MD5 (code 4012).
    """
    values = (
        keys.key_id,
        content_md5(body),
        METHOD,
        nonce,
        keys.version,
        str(timestamp),
    )
    headers: dict[str, str] = dict(zip(SIGNED, values, strict=True))
    headers["Authorization"] = authorization(keys.secret, string_to_sign(headers))
    headers["Accept"] = headers["Content-Type"] = "application/json"
    return headers
