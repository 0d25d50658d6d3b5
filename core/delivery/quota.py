"""The quota ledger: what a platform still takes for a contact, known before the call is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tortoise.expressions import F

from core.adapter import Window
from core.store.models import Grant

CLOSED = "window-closed"
USED = "quota-used"


async def use(conversation: int, windows: Mapping[str, Window], now: datetime) -> str:
    """Use one message of the best open window, inside a transaction.

    Returns an empty string, or why nothing may be sent: :data:`CLOSED` or :data:`USED`. Windows do
    not add up; the one with the most left is used. A channel without windows allows everything.
    """
    if not windows:
        return ""
    grants = await Grant.filter(conversation_id=conversation, until__gt=now)
    if not grants:
        return CLOSED
    best = max(grants, key=_left)
    if _left(best) <= 0:
        return USED
    await Grant.filter(id=best.id).update(used=F("used") + 1)
    return ""


async def exhaust(conversation: int, now: datetime) -> None:
    """The platform said no more (45015, 45047): believe it over our own count."""
    await Grant.filter(conversation_id=conversation, until__gt=now).update(until=now)


def _left(grant: Grant) -> float:
    return float("inf") if grant.allowed is None else grant.allowed - grant.used
