"""What a person gives away alone in a day: counted when they ask, and once more as it is written.

Whoever sends many proposals at once has each looked at before any is written: only the second
count, one proposal of a person at a time, holds them to their limit (S-186).
"""

from __future__ import annotations

from datetime import datetime, time

from tortoise import connections

from core.effects import Effects
from core.store.drivers import drive
from core.store.sql import ALONE, Work
from plugins.compensation.models import Proposal, Stage
from plugins.compensation.policy import Denied


def midnight(effects: Effects) -> datetime:
    """When the shop's day began."""
    zone = effects.texts.zone
    return datetime.combine(effects.clock.now().astimezone(zone), time.min, zone)


async def spent(login: str, since: datetime) -> int:
    """Fen that somebody gave away since then without a second person."""
    own = Proposal.filter(proposed_by=login, settled_by=login, settled_at__gte=since)
    return sum(row.total for row in await own.exclude(state=Stage.REFUSED))


def hold_to(effects: Effects, proposal: Proposal, limit: int) -> None:
    """Let the commit raise :class:`Denied` if the day's sum would be more than ``limit`` fen."""
    since = midnight(effects)

    async def count_again() -> None:
        await drive(_one_at_a_time(proposal.proposed_by), connections.get("default"))
        if proposal.total + await spent(proposal.proposed_by, since) > limit:
            raise Denied("day")

    effects.write(count_again)


def _one_at_a_time(login: str) -> Work[None]:
    yield ALONE, (f"compensation {login}",)
