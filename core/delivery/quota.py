"""The quota ledger: what a platform still takes for a contact, known before the call is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import F

from core.adapter import Window
from core.store.models import Grant

CLOSED = "window-closed"
USED = "quota-used"


@dataclass(frozen=True, slots=True)
class Use:
    """Which grant was used, or why nothing may be sent: :data:`CLOSED` or :data:`USED`."""

    refusal: str = ""
    grant: int | None = None


async def use(conversation: int, windows: Mapping[str, Window], now: datetime) -> Use:
    """Use one message of the best open window, inside a transaction.

    Windows do not add up; the one with the most left is used. A channel without windows allows
    everything.
    """
    if not windows:
        return Use()
    grants = await Grant.filter(conversation_id=conversation, until__gt=now)
    if not grants:
        return Use(CLOSED)
    best = max(grants, key=_left)
    if _left(best) <= 0:
        return Use(USED)
    await Grant.filter(id=best.id).update(used=F("used") + 1)
    return Use(grant=best.id)


async def give_back(used: Use) -> None:
    """Nothing was sent after all, so nothing is used up."""
    if used.grant is not None:
        await Grant.filter(id=used.grant, used__gt=0).update(used=F("used") - 1)


async def exhaust(conversation: int, now: datetime) -> None:
    """The platform said no more (45015, 45047): believe it over our own count."""
    await Grant.filter(conversation_id=conversation, until__gt=now).update(until=now)


def _left(grant: Grant) -> float:
    return float("inf") if grant.allowed is None else grant.allowed - grant.used
