"""Passwords and one-time codes."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pyotp import random_base32
from pyotp.totp import TOTP

SHORTEST = 10
_hasher = PasswordHasher()  # argon2id with the library's (RFC 9106) parameters
_busy = asyncio.Semaphore(2)  # each takes 64 MB for a moment
STEP = 30  # seconds, RFC 6238


async def hashed(password: str) -> str:
    """The hash to keep."""
    async with _busy:
        return await asyncio.to_thread(_hasher.hash, password)


async def matches(kept: str, password: str) -> bool:
    """Whether that is the password. An empty hash takes as long as a real one, and never matches.

    So a stranger cannot tell by the time whether a login exists.
    """
    async with _busy:
        return await asyncio.to_thread(_matches, kept or _decoy(), password) and bool(kept)


def fresh() -> str:
    """A first password, to be read from a screen and typed once."""
    return "-".join(secrets.token_hex(2) for _ in range(4))


def fresh_totp() -> str:
    """A secret for an authenticator app."""
    return random_base32()


def totp_uri(secret: str, login: str, shop: str) -> str:
    """What the app scans."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=shop)


def code_step(secret: str, code: str, now: datetime, used: int) -> int:
    """The time step that a code belongs to, 0 if it is wrong or was used (RFC 6238, 5.2).

    One step before and after now is let through, for clocks that differ.
    """
    step = int(now.timestamp()) // STEP
    for each in (step - 1, step, step + 1):
        made = TOTP(secret).generate_otp(each)
        if secrets.compare_digest(made.encode(), code.strip().encode()) and each > used:
            return each
    return 0


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


_DECOY: list[str] = []


def _decoy() -> str:
    if not _DECOY:
        _DECOY.append(_hasher.hash(secrets.token_hex(16)))
    return _DECOY[0]
