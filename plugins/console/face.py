"""What other plugins may use of the desk: its first account."""

from __future__ import annotations

from datetime import datetime

from plugins.console.models import Staff
from plugins.console.passwords import fresh, hashed
from plugins.console.roles import StaffRole

__all__ = ["first_account"]


async def first_account(login: str, name: str, now: datetime) -> str:
    """Make an account that may do everything, where there is none at all.

    Returns its password, or an empty string where somebody has an account already.
    """
    if await Staff.exists():
        return ""
    password = fresh()
    await Staff.create(
        login=login,
        name=name,
        password=await hashed(password),
        roles=[str(role) for role in StaffRole],
        created_at=now,
    )
    return password
